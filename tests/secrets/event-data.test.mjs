// Nothing of one billing event is left in wasm memory for the next: a step loads the package anew, a server does not.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { consumer } from '../support/packed.mjs';

/** Calls the package with a customer of its own each time, and prints what of them the memory still holds. */
const CHILD = `
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};
const { buildRequest, classifyResponse, guard, idempotencyKey, idempotencyKeys } = await import('billonce');
const calls = {
  key: (event) => idempotencyKey(event),
  'key of UTF-8': (event) => idempotencyKey({ ...event, loop_item: 'ü' }),
  'key by scheme v2': (event) => idempotencyKey({ ...event, scheme: 'v2' }),
  'key of 1,000 bytes': (event) => idempotencyKey({ ...event, loop_item: 'x'.repeat(1000) }),
  'key refused': (event) => { try { idempotencyKey({ ...event, flow: '' }); } catch {} },
  batch: (event) => idempotencyKeys([event, { ...event, loop_item: 'ü' }, { ...event, loop_index: 1 }]),
  'batch of many': (event) => idempotencyKeys(Array.from({ length: 9 }, (_, at) => ({ ...event, loop_index: at }))),
  'batch of long events': (event) => idempotencyKeys(Array.from({ length: 8 }, () => ({ ...event, loop_item: event.customer_id.repeat(5) }))),
  charge: (event) => guard({}).charge(event),
  payment: (event) => guard({}).invoices.pay(event, 'in_1', {}, { amount: 4900, currency: 'usd' }),
  session: (event) => {
    const item = (name) => ({ price_data: { currency: 'usd', unit_amount: 2450, product_data: { name } }, quantity: 1 });
    const line_items = [item(event.customer_id), item(event.customer_id)];
    guard({ policy: { allowed_endpoints: [], daily_usd_cap: 1 }, on_deny: 'return' }).checkout.sessions.create(event, { line_items });
  },
  'call refused': (event) => { try { guard({}).refunds.create(event, { chrage: event.customer_id }); } catch {} },
  request: (event) => buildRequest({ endpoint: 'refunds.create', params: { charge: event.customer_id }, event }),
  answer: ({ customer_id: customer }) => classifyResponse({ status: 200, body: { object: 'charge', customer } }),
};
const left = [];
const sizes = new Set();
for (const [name, call] of Object.entries(calls)) {
  for (let round = 0; round < 3; round++) {
    const customer_id = 'cus_' + name.replaceAll(/\\W/g, '') + 'SENTINEL' + round;
    call({ customer_id, amount_cents: 4900, billing_period: '2026-06' });
    if (memories.some(({ buffer }) => Buffer.from(buffer).includes(customer_id))) left.push(name);
  }
}
const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const size = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
const before = size();
for (let at = 0; at < 100_000; at++) idempotencyKey({ ...event, loop_index: at });
for (let at = 0; at < 10_000; at++) guard({}).charge({ ...event, loop_item: 'ü' + at });
console.log(JSON.stringify({ left, instances: memories.length, grown: size() - before }));
`;

test('no customer is left in wasm memory, and memory does not grow', async () => {
  const folder = await consumer({ 'child.mjs': CHILD });
  const printed = execFileSync(process.execPath, ['child.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ left: [], instances: 3, grown: 0 });
});
