// Writes tests/vectors/keys-v2.json from an implementation of its own of scheme v2 (ARCHITECTURE.md, "Keys"), so that
// the vectors and the Rust check each other. With --check it writes nothing and fails on a difference.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const target = new URL('../tests/vectors/keys-v2.json', import.meta.url);

const line = (name, text) => `${name} ${Buffer.byteLength(text)}:${text}\n`;

/** The bytes that are hashed. `endpoint` is written in its canonical form, `POST /v1/…`. */
function preimage(event, endpoint) {
  const optional = (name, value = event[name]) => (value === undefined ? '' : line(name, `${value}`));
  return [
    line('scheme', 'billonce-v2'),
    line('customer_id', event.customer_id),
    line('amount_cents', `${event.amount_cents}`),
    optional('currency'),
    line('billing_period', event.billing_period),
    optional('endpoint', endpoint),
    line('flow', event.flow ?? 'activepieces-billing'),
    optional('branch'),
    optional('charge_type'),
    ...[event.loop_index ?? []].flat().map((index) => line('loop_index', `${index}`)),
    optional('loop_item'),
  ].join('');
}

const base = { scheme: 'v2', customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const bound = { ...base, currency: 'usd', endpoint: 'POST /v1/charges' };
const cases = [
  ["the seed's event, bound to currency and endpoint", bound],
  ['without currency and endpoint', base],
  ['another currency', { ...bound, currency: 'eur' }],
  ['another endpoint', { ...bound, endpoint: 'POST /v1/payment_intents' }],
  ['an endpoint by its operation name', { ...bound, endpoint: 'charges.create' }, 'POST /v1/charges'],
  ['amount as a canonical decimal string', { ...bound, amount_cents: '4900' }],
  ['own flow name', { ...bound, flow: 'acme-renewals' }],
  ['branch', { ...bound, branch: 'upgrade' }],
  ['charge type', { ...bound, charge_type: 'upgrade' }],
  ['loop index', { ...bound, loop_index: 3 }],
  ['nested loops, outermost first', { ...bound, loop_index: [2, '5'] }],
  ['stable loop item', { ...bound, loop_item: 'line_42' }],
  [
    'colons and markers, which v1 refuses',
    { ...bound, customer_id: 'a:b', flow: 'x-branch-y', branch: 'branch-z' },
  ],
  ['a field that imitates another', { ...bound, billing_period: '2026-06 branch 7:upgrade' }],
  ['a charge type like a loop suffix', { ...bound, charge_type: 'loop_3' }],
  ['UTF-8, lengths in bytes', { ...bound, customer_id: 'kunde_Ünïcode_日本💸' }],
  [
    'everything',
    { ...bound, flow: 'f', branch: 'b', charge_type: 'c', loop_index: [0, 1, 2], loop_item: 'i' },
  ],
];

const vectors = cases.map(([name, event, endpoint = event.endpoint]) => {
  const text = preimage(event, endpoint);
  return { name, event, preimage: text, key: createHash('sha256').update(text).digest('hex') };
});
const json = `${JSON.stringify({ scheme: 'v2', vectors }, null, 1)}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== json) {
    console.error(
      'tests/vectors/keys-v2.json differs from scripts/generate-v2-vectors.mjs; a published key never changes',
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, json);
}
