// The newest official package, governed, in every host that it serves: charges at the double, and the same answers.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { broughtNode, bun, deno, jsonOf, missing, workerd } from '../support/hosts.mjs';
import { consumer } from '../support/packed.mjs';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { jsonOfWorker } from '../support/workerd.mjs';
import { EVENT, PARAMS, VAULT_KEY } from './sdks.mjs';

const SCENARIO = `
export async function scenario({ Stripe, governed, billonce }, url) {
  const event = ${JSON.stringify(EVENT)};
  const params = ${JSON.stringify(PARAMS)};
  const policy = { allowed_endpoints: ['charges.create', 'payment_intents.create'], daily_usd_cap: 200 };
  const run = (config) => {
    const billing = governed({ base_url: url + '/stripe', policy, spent_usd_cents: 0, ...config });
    return { billing, stripe: new Stripe('${VAULT_KEY}', { httpClient: billing, maxNetworkRetries: 2 }) };
  };
  const told = (call) =>
    call.then(
      (object) => object.object,
      (error) => [error instanceof Stripe.errors.StripeError, error.type, error.code, error.message],
    );
  const { billing, stripe } = run();
  const first = await stripe.charges.create(params, billing.for(event));
  const again = run();
  const second = await again.stripe.charges.create(params, again.billing.for(event));
  const august = { ...event, billing_period: '2026-08' };
  const answers = {
    key: first.lastResponse.idempotencyKey,
    replayed: first.id === second.id,
    intent: await told(stripe.paymentIntents.create({ ...params, payment_method: 'pm_card_visa', confirm: true }, billing.for(event))),
    lost: await told(stripe.charges.create({ ...params, description: 'lost' }, billing.for(august))),
    cap: await told(stripe.charges.create({ ...params, amount: 10000 }, billing.for({ ...event, amount_cents: 10000 }))),
    allowlist: await told(stripe.refunds.create({ charge: first.id, amount: 4900 }, billing.for(event))),
    random: await told(stripe.charges.create(params)),
    declined: await told(stripe.charges.create({ ...params, customer: 'cus_declined', amount: 100 }, billing.for({ ...event, customer_id: 'cus_declined', amount_cents: 100 }))),
    listed: (await stripe.charges.list({ limit: 1 })).data.length,
    missing: await told(stripe.charges.retrieve('ch_none')),
  };
  const { charged, objects } = await billonce.findEarlier(undefined, event, { base_url: url + '/stripe', vault_key: '${VAULT_KEY}' });
  const units = billonce.minorUnits('49.90', 'usd');
  return { ...answers, earlier: [charged, objects.map(({ object, status }) => [object, status])], units };
}
`;
const IMPORTS = `
import Stripe from 'stripe';
import * as billonce from 'billonce';
import { governed } from 'billonce/stripe';
import { scenario } from './scenario.mjs';
const parts = { Stripe, governed, billonce };
`;
const MODULE = (url) => `${IMPORTS}
console.log(JSON.stringify(await scenario(parts, '${url}')));
`;
const COMMONJS = (url) => `
const parts = { Stripe: require('stripe'), governed: require('billonce/stripe').governed, billonce: require('billonce') };
import('./scenario.mjs')
  .then(({ scenario }) => scenario(parts, '${url}'))
  .then((answers) => console.log(JSON.stringify(answers)));
`;
const WORKER = (url) => `${IMPORTS}
export default {
  fetch: () => scenario(parts, '${url}').then((answers) => Response.json(answers), (error) => new Response(error.stack, { status: 500 })),
};
`;

let double;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
});
afterAll(() => double.close());

function project(file, program) {
  const cwd = consumer({ 'scenario.mjs': SCENARIO, [file]: program(double.url) });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(join(root, 'node_modules/stripe'), join(cwd, 'node_modules/stripe'), 'junction');
  return cwd;
}

const inNode = (major, file, program) => ({
  name: `Node ${major}, ${file.endsWith('.cjs') ? 'require' : 'import'}`,
  missing: missing(broughtNode(major)),
  run: () => jsonOf(broughtNode(major), [file], { cwd: project(file, program) }),
});
const HOSTS = [
  ...[20, 22, 24, 26].flatMap((major) => [
    inNode(major, 'main.mjs', MODULE),
    inNode(major, 'main.cjs', COMMONJS),
  ]),
  {
    name: 'Deno',
    missing: missing(deno),
    run: () => {
      const cwd = project('main.mjs', MODULE);
      const env = { ...process.env, DENO_DIR: `${cwd}/.deno`, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
      const options = ['--no-prompt', '--no-remote', '--allow-net=127.0.0.1', '--allow-env', '--allow-sys'];
      return jsonOf(deno, ['run', ...options, 'main.mjs'], { cwd, env });
    },
  },
  {
    name: 'Bun',
    missing: missing(bun),
    run: () => jsonOf(bun, ['--no-install', 'main.mjs'], { cwd: project('main.mjs', MODULE) }),
  },
  {
    name: 'workerd',
    missing: missing(workerd),
    run: () => jsonOfWorker(project('worker.mjs', WORKER)),
  },
];

describe('in every host', () => {
  for (const { name, missing, run } of HOSTS) {
    it.skipIf(missing)(name, { timeout: 60_000 }, async () => {
      double.reset();
      double.fail({ kind: 'lost_answer', when: ({ params }) => params?.description === 'lost' });
      const answer = await run();
      expect(answer).toEqual({
        key: '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872',
        replayed: true,
        intent: 'payment_intent',
        lost: 'charge',
        cap: [
          true,
          'StripeRateLimitError',
          'daily_usd_cap_exceeded',
          expect.stringContaining('$100.00 is more than the $53.00 left'),
        ],
        allowlist: [true, 'StripePermissionError', 'endpoint_not_allowed', expect.any(String)],
        random: [true, 'StripeIdempotencyError', 'idempotency_key_required', expect.any(String)],
        declined: [true, 'StripeCardError', 'card_declined', 'Your card was declined.'],
        listed: 1,
        missing: [true, 'StripeInvalidRequestError', 'resource_missing', "No such charge: 'ch_none'"],
        earlier: [
          'yes',
          expect.arrayContaining([
            ['charge', 'succeeded'],
            ['payment_intent', 'succeeded'],
          ]),
        ],
        units: 4990,
      });
      expect(double.totals()).toEqual({ count: 3, amount_minor: 14700 });
      const [asked, asked_again] = double.requests().filter(({ params }) => params?.description === 'lost');
      expect(asked_again.idempotency_key).toBe(asked.idempotency_key);
    });
  }

  afterAll(() => {
    const absent = HOSTS.filter(({ missing }) => missing).map(({ name }) => name);
    if (absent.length > 0) console.log(`\n  NOT RUN on this machine: ${absent.join(', ')}\n`);
  });
});
