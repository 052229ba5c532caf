// The table of endpoints: what it is made from, and that a name which Stripe lacks cannot get into it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AMOUNTS, FILLED, NEGATIVE, OBSCURING } from '../../scripts/lib/endpoint-money.mjs';
import { endpointTable } from '../../scripts/lib/endpoint-table.mjs';

const root = new URL('../../', import.meta.url);
const { endpoints } = JSON.parse(
  readFileSync(new URL('tests/vectors/stripe-post-endpoints.json', root), 'utf8'),
);
const table = readFileSync(new URL('src/endpoint/table.bin', root));

test('is up to date, and as small as ARCHITECTURE.md says', () => {
  expect(table.equals(endpointTable(endpoints))).toBe(true);
  expect(readFileSync(new URL('ARCHITECTURE.md', root), 'utf8')).toContain(
    `in ${table.length.toLocaleString('en-US')} bytes`,
  );
});

const without = (path) => endpoints.filter((endpoint) => endpoint.path !== `/v1/${path}`);
const named = [
  ...AMOUNTS.flatMap(({ paths }) => paths),
  ...Object.keys(OBSCURING),
  ...NEGATIVE,
  ...FILLED.customer,
];

test.each([...new Set(named)].map((path) => [path]))('%s must be one of Stripe’s endpoints', (path) => {
  expect(() => endpointTable(without(path))).toThrow(`Stripe has no POST /v1/${path}`);
});

test.each([
  ['refunds', 'amount'],
  ['payment_intents/{id}/capture', 'amount_to_capture'],
  ['checkout/sessions', 'shipping_options'],
  ['customers', 'balance'],
  ['subscriptions', 'customer'],
])('%s must have %s', (path, name) => {
  const changed = endpoints.map((endpoint) =>
    endpoint.path === `/v1/${path}`
      ? { ...endpoint, params: endpoint.params.filter((param) => param.replace('?', '') !== name) }
      : endpoint,
  );
  expect(() => endpointTable(changed)).toThrow(`POST /v1/${path} has no ${name}`);
});

test('every endpoint must take expand, which the table leaves out', () => {
  const changed = endpoints.map((endpoint) => ({ ...endpoint, params: [] }));
  expect(() => endpointTable(changed)).toThrow('does not take expand');
});
