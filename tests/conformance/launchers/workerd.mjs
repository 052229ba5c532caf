// Cloudflare's runtime. The suite runs in a request's handler.
import { execFileSync } from 'node:child_process';
import { missing, workerd } from '../../support/hosts.mjs';
import { consumer } from '../../support/packed.mjs';
import { inWorkerd } from '../../support/workerd.mjs';

const WORKER = `
import { run } from './run.mjs';
export default { fetch: () => Response.json(run()) };
`;

const run = (suite, flags) =>
  inWorkerd(consumer({ ...suite, 'worker.mjs': WORKER }), flags, async (url) => {
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  });

const version = () =>
  execFileSync(workerd, ['--version'], { encoding: 'utf8' }).trim().replace('workerd ', '');

const launcher = (name, flags) => ({
  name,
  missing: () => missing(workerd),
  run: async (suite) => ({ version: version(), ...(await run(suite, flags)) }),
});

export const launchers = [launcher('workerd', []), launcher('workerd, nodejs_compat', ['nodejs_compat'])];
