// Flows for the tests of faults, and events for them.
import { chain, code, FORM, flowOf, http, loop, UNGUARDED } from './flows.mjs';

const ref = (name) => `{{trigger['output']['body']['${name}']}}`;

export const RENEWAL = {
  customer_id: 'cus_A100',
  amount_cents: 4900,
  billing_period: '2026-06',
  event_id: 'evt_1',
};
const AMOUNTS = [2000, 2000, 1000];
/** An invoice of three lines, two of them equal. */
export const INVOICE = { ...RENEWAL, lines: AMOUNTS.map((amount_cents) => ({ amount_cents })) };
export const INVOICE_WITH_IDS = {
  ...RENEWAL,
  lines: AMOUNTS.map((amount_cents, at) => ({ id: `il_${at + 1}`, amount_cents })),
};

const period = code(
  'export const code = (inputs) => inputs.billing_period;',
  { billing_period: ref('billing_period') },
  { name: 'step_7' },
);
const slack = http(
  { url: 'https://hooks.slack.com/services/T1', headers: {}, body_type: 'json', body: { data: {} } },
  { name: 'step_3' },
);

const charge = (more = {}, options = {}) =>
  http(
    {
      headers: FORM,
      body: { data: `amount=${ref('amount_cents')}&currency=usd&customer=${ref('customer_id')}` },
      ...more,
    },
    options,
  );
const withKey = (key, more = {}) => charge({ headers: { ...FORM, 'Idempotency-Key': key }, ...more });
const lineOf = (name) => `{{step_9['output']['${name}']}}`;
const line = `amount={{step_9['output']['item']['amount_cents']}}&currency=usd&customer=${ref('customer_id')}`;

/** One charge and Slack, with this Idempotency-Key. */
export const keyed = (key, ...before) => flowOf(...before, withKey(key), slack);
/** Three charges and Slack, likewise. */
export const looped = (key) =>
  flowOf(
    period,
    loop(key === undefined ? charge({ body: { data: line } }) : withKey(key, { body: { data: line } })),
    slack,
  );
export const LINE = { index: lineOf('index') };
export const byEvent = ref('event_id');

/** A key that is made of all inputs, with their names. */
export const keyOfInputs = flowOf(
  code(
    "import { createHash } from 'node:crypto';\nexport const code = async (inputs) => ({ key: createHash('sha256').update(JSON.stringify(inputs)).digest('hex') });",
    { customer: ref('customer_id'), amount: ref('amount_cents'), period: ref('billing_period') },
    { name: 'step_4' },
  ),
  withKey("{{step_4['output']['key']}}"),
  slack,
);
export const keyOfChance = flowOf(
  code('export const code = async () => ({ key: String(Math.random()) });', {}, { name: 'step_4' }),
  withKey("{{step_4['output']['key']}}"),
  slack,
);

const errors = (retryOnFailure, continueOnFailure) => ({
  retryOnFailure: { value: retryOnFailure },
  continueOnFailure: { value: continueOnFailure },
});
function withErrors(step, options) {
  return { ...step, settings: { ...step.settings, errorHandlingOptions: options } };
}
export const continuing = flowOf(withErrors(withKey(byEvent), errors(false, true)));
export const retrying = flowOf(withErrors(charge(), errors(true, false)), slack);
export const withoutSlack = flowOf(charge());
export const proxied = (key) =>
  flowOf(
    (key ? withKey : charge)(...(key ? [key] : []), {
      url: 'https://proxy.keybrake.com/stripe/v1/charges',
      authFields: { token: "{{connections['vault_key']}}" },
    }),
  );
export const twoCharges = flowOf(
  chain(withKey(byEvent), {
    ...withKey(byEvent, { body: { data: 'amount=4900&currency=usd&customer=cus_A100' } }),
    name: 'step_8',
  }),
);
export { UNGUARDED };
