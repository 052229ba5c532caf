// Code steps that charge by themselves, two runs in one worker: a module is loaded once, and its function called for each run. A worker that
// keeps its modules does the same.
import type { ApproachKind } from './approaches.ts';

const THROUGH = `const through = (url, init) => fetch(String(url).replace('https://api.stripe.com', base_url), init);`;
const CHARGE = `await stripe.charges.create(charge, idempotency_key ? { idempotencyKey: idempotency_key } : {});`;

const CLIENTS: Record<ApproachKind['client'], string> = {
  // UNSAFE, as many write it: the first run of a worker makes the client, and every later run charges with its key.
  module_scope: `import Stripe from 'stripe';
let stripe;
const one = async ({ credential, base_url, idempotency_key, charge }) => {
  ${THROUGH}
  stripe ??= new Stripe(credential, { httpClient: Stripe.createFetchHttpClient(through) });
  ${CHARGE}
};`,
  own: `import Stripe from 'stripe';
const one = async ({ credential, base_url, idempotency_key, charge }) => {
  ${THROUGH}
  const stripe = new Stripe(credential, { httpClient: Stripe.createFetchHttpClient(through) });
  ${CHARGE}
};`,
  governed: `import { governed } from 'billonce/stripe';
import Stripe from 'stripe';
const one = async ({ credential, base_url, charge }) => {
  const billing = governed({ policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 1000 }, base_url });
  const stripe = new Stripe(credential, { httpClient: billing });
  const event = { customer_id: charge.customer, amount_cents: charge.amount, billing_period: '2026-06' };
  await stripe.charges.create(charge, billing.for(event));
};`,
};

/** A flow of this one step. */
export const flowOfClient = (client: ApproachKind['client']) => ({
  displayName: 'Two runs in one worker',
  schemaVersion: '22',
  trigger: {
    name: 'trigger',
    type: 'PIECE_TRIGGER',
    displayName: 'Catch Webhook',
    settings: { pieceName: '@activepieces/piece-webhook', triggerName: 'catch_webhook', input: {} },
    nextAction: {
      name: 'step_1',
      type: 'CODE',
      displayName: 'Charge',
      settings: {
        input: { runs: "{{trigger['output']['body']['runs']}}" },
        sourceCode: {
          code: `${CLIENTS[client]}\nexport const code = async ({ runs }) => { for (const run of runs) await one(run); };\n`,
          packageJson: '{}',
        },
      },
    },
  },
});
