// The suite as an Activepieces Code step: bundled with the server's newer options, node_modules deleted, and run in a
// child process or in the bare V8 isolate.
import { loadsIsolate, runInIsolate, runInNode } from '../../activepieces/hosts.mjs';
import { buildSteps } from '../../activepieces/step.mjs';
import { broughtNode } from '../../support/hosts.mjs';

const STEP = `
import { run } from './run.mjs';
export const code = async () => run();
`;

async function runStep(suite, host) {
  const { conformance } = await buildSteps({ conformance: { ...suite, 'index.ts': STEP } });
  const { version, results } = await host([
    { bundle: conformance.minified, shape: 'code', inputs: {}, now: 0 },
  ]);
  const [{ output, error }] = results;
  if (error) throw new Error(`the step failed: ${error.name}: ${error.message}`);
  return { version: version.replace(/^v/, ''), ...JSON.parse(output) };
}

/** isolated-vm has binaries for some versions of Node alone. */
const isolate = (major) => {
  const nodes = [broughtNode(major), process.execPath];
  const node = nodes.find(loadsIsolate);
  return {
    name: `Code step, V8 isolate of Node ${major}`,
    missing: () => (node ? null : `isolated-vm has no binary for ${nodes.join(' or ')}`),
    run: (suite) => runStep(suite, (runs) => runInIsolate(runs, node)),
  };
};

export const launchers = [
  { name: 'Code step, child process', run: (suite) => runStep(suite, runInNode) },
  isolate(22),
  isolate(24),
];
