// Cloudflare's runtime. The suite runs in a request's handler.
import { execFileSync } from 'node:child_process';
import { missing, workerd } from '../../support/hosts.mjs';
import { consumer } from '../../support/packed.mjs';
import { jsonOfWorker } from '../../support/workerd.mjs';

const WORKER = `
import { run } from './run.mjs';
export default { fetch: async () => Response.json(await run()) };
`;

const version = () =>
  execFileSync(workerd, ['--version'], { encoding: 'utf8' }).trim().replace('workerd ', '');

const launcher = (name, flags) => ({
  name,
  missing: () => missing(workerd),
  run: async (suite) => {
    const cwd = consumer({ ...suite, 'worker.mjs': WORKER });
    return { version: version(), ...(await jsonOfWorker(cwd, flags)) };
  },
});

export const launchers = [launcher('workerd', []), launcher('workerd, nodejs_compat', ['nodejs_compat'])];
