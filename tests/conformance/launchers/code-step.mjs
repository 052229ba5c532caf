// The suite as an Activepieces Code step: bundled with the server's newer options, node_modules deleted.

import { runInNode } from '../../activepieces/hosts.mjs';
import { buildSteps } from '../../activepieces/step.mjs';

const STEP = `
import * as billonce from 'billonce';
import { runCases } from './cases.mjs';
import { vectors } from './vectors.mjs';
export const code = async () => runCases(billonce, vectors);
`;

export const name = 'Code step, child process';

export const run = (suite) => runStep(suite, runInNode);

/** Builds the step and runs it in one of Activepieces' hosts. */
export async function runStep(suite, host) {
  const { conformance } = await buildSteps({ conformance: { ...suite, 'index.ts': STEP } });
  const { version, results } = await host([
    { bundle: conformance.minified, shape: 'code', inputs: {}, now: 0 },
  ]);
  const [{ output, error }] = results;
  if (error) throw new Error(`the step failed: ${error.name}: ${error.message}`);
  return { version: version.replace(/^v/, 'node '), ...JSON.parse(output) };
}
