// The types fit those of each major of the official package, by each way a project resolves them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { consumer } from '../support/packed.mjs';

const PROGRAM = `
import Stripe from 'stripe';
import { BillonceError, type BillingEvent } from 'billonce';
import { governed, type Governed, type GovernedFetch, type GovernedOptions, type GovernedResponse } from 'billonce/stripe';

const event: BillingEvent = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const fetching: GovernedFetch = async (url, { method, headers, body }) => {
  const sent: string = method + url + headers['Authorization'] + body;
  return { status: 200, headers: new Map(), text: async () => sent };
};
const options: GovernedOptions = {
  base_url: 'https://x.test', allow_raw_key: false, event, metadata_key: true, fetch: fetching,
  policy: { allowed_endpoints: ['charges.create'], daily_usd_cap: 49 }, spent_usd_cents: 0, now: 0, usd_rates: { eur: 1 },
};
const billing: Governed = governed(options);
const stripe = new Stripe('vault_key', { httpClient: billing, maxNetworkRetries: 2 });
new Stripe('vault_key', { httpClient: governed({ fetch }) });
new Stripe('vault_key', { httpClient: governed() });

export async function run(): Promise<string | undefined> {
  const { idempotencyKey } = billing.for(event);
  const params = { amount: 4900, currency: 'usd', customer: 'cus_A100' };
  try {
    const charge = await stripe.charges.create(params, billing.for(event));
    return (await stripe.paymentIntents.create(params, { idempotencyKey, stripeAccount: 'acct_1' })).id + charge.id;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeRateLimitError) return error.code;
    if (error instanceof BillonceError) return error.field;
    throw error;
  }
}

declare const response: GovernedResponse;
const status: number = response.getStatusCode();
// @ts-expect-error: an event is no option of a call
stripe.charges.create({ amount: 1, currency: 'usd' }, event);
// @ts-expect-error: the package's own types are read
new Stripe('vault_key', { httpClient: {} });
// @ts-expect-error: no such option
governed({ vault_key: 'v' });
// @ts-expect-error: the period is missing
billing.for({ customer_id: 'c', amount_cents: 1 });
export { status };
`;

const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
const HOST = ['--target', 'es2022', '--lib', 'es2022,dom', '--types', 'node', '--skipLibCheck'];
const WAYS = [
  ['an ES module', 'program.mts', 'node16', 'node16'],
  ['a CommonJS module', 'program.cts', 'node16', 'node16'],
  ['a bundler', 'program.ts', 'esnext', 'bundler'],
];

const cases = ['stripe', 'stripe-22', 'stripe-18'].flatMap((name) => WAYS.map((way) => [name, ...way]));

test.each(cases)('%s for %s', (name, _, file, module, moduleResolution) => {
  const cwd = consumer({ [file]: PROGRAM });
  mkdirSync(join(cwd, 'node_modules/@types'), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), join(cwd, 'node_modules/stripe'), 'junction');
  symlinkSync(join(root, 'node_modules/@types/node'), join(cwd, 'node_modules/@types/node'), 'junction');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, ...STRICT, ...HOST, '--module', module, '--moduleResolution', moduleResolution, file];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
