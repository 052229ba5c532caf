// Deno, as a program and as the newest Activepieces runs a Code step: its TypeScript as it is, node_modules kept, and no
// permission at all, so none for the network either.
import { deno, jsonOf, missing } from '../../support/hosts.mjs';
import { consumer } from '../../support/packed.mjs';

const PROGRAM = `
import { run } from './run.mjs';
console.log(JSON.stringify({ version: Deno.version.deno, ...(await run()) }));
`;

const STEP = `
import { guard, type Step } from 'billonce';
import { run } from './run.mjs';

export const code = async (inputs: { customer_id: string }) => {
  const event = { customer_id: inputs.customer_id, amount_cents: 4900, billing_period: '2026-06' };
  const step: Step = guard({}).charge(event);
  return { version: Deno.version.deno, ...(await run()), step };
};
`;

const ENGINE = `
import { code } from './step.ts';
const network = await Deno.permissions.query({ name: 'net' });
if (network.state !== 'denied') throw new Error('the step may use the network');
console.log(JSON.stringify(await code({ customer_id: 'cus_A100' })));
`;

const launcher = (name, args, files) => ({
  name,
  missing: () => missing(deno),
  run: (suite) => {
    const cwd = consumer({ ...suite, ...files });
    // Nothing is fetched, asked or left behind.
    const env = { ...process.env, DENO_DIR: `${cwd}/.deno`, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
    return jsonOf(deno, ['run', '--no-prompt', '--no-remote', ...args], { cwd, env });
  },
});

export const launchers = [
  launcher('Deno', ['main.mjs'], { 'main.mjs': PROGRAM }),
  launcher(
    'Deno, Code step in TypeScript',
    ['--check', '--deny-net', '--v8-flags=--max-old-space-size=128', 'main.ts'],
    {
      'main.ts': ENGINE,
      'step.ts': STEP,
    },
  ),
];
