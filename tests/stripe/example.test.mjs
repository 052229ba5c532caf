// The example, bundled as Activepieces bundles a Code step, run in processes of their own against the double.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { BUILDS } from '../activepieces/step.mjs';
import { consumer, packedFixture } from '../support/packed.mjs';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { EVENT, VAULT_KEY } from './sdks.mjs';

const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';
const RUN = `
require('./step.cjs').code(JSON.parse(process.argv[2])).then(
  (output) => console.log(JSON.stringify({ output })),
  ({ type, code, message }) => console.log(JSON.stringify({ error: { type, code, message } })),
);
`;

let double;
let cwd;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
  cwd = consumer({ 'run.cjs': RUN });
  await build({
    ...BUILDS.minified,
    entryPoints: [join(root, 'examples/stripe-node/code.ts')],
    // The example's own folder has neither package.
    nodePaths: [join(packedFixture().folder, 'node_modules')],
    outfile: join(cwd, 'step.cjs'),
    logLevel: 'error',
  });
});
afterEach(() => double.reset());
afterAll(() => double.close());

async function run(changes = {}) {
  const inputs = {
    ...EVENT,
    vault_key: VAULT_KEY,
    base_url: `${double.url}/stripe`,
    daily_usd_cap: 49,
    ...changes,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['run.cjs', JSON.stringify(inputs)], {
    cwd,
  });
  return JSON.parse(stdout);
}

test('charges once, whatever runs it again', async () => {
  double.fail({ kind: 'lost_answer' });
  const outputs = [await run(), await run({ amount_cents: '4900' }), ...(await Promise.all([run(), run()]))];
  const [{ output }] = outputs;
  expect(output).toEqual({ charge_id: expect.stringMatching(/^ch_/), idempotency_key: KEY });
  expect(outputs).toEqual(outputs.map(() => ({ output })));
  expect(double.charges()).toMatchObject([{ amount: 4900, description: 'Renewal for 2026-06' }]);
});

test('is stopped by its cap before anything is sent', async () => {
  expect(await run({ daily_usd_cap: 48 })).toMatchObject({
    error: { type: 'StripeRateLimitError', code: 'daily_usd_cap_exceeded' },
  });
  expect(double.requests()).toEqual([]);
});
