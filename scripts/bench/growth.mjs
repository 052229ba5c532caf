import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../lib/run.mjs';
import { median } from './rounds.mjs';

const ROUNDS = 9;

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const seedsLine = ({ customer_id, amount_cents, billing_period }) =>
  createHash('sha256')
    .update(`${customer_id}:${amount_cents}:${billing_period}:activepieces-billing`)
    .digest('hex');

/** Whether the time of a key depends on how many there are, and whether memory grows with the number of calls. */
export async function growth() {
  const memories = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      memories.push(this.exports.memory);
    }
  };
  const index = pathToFileURL(join(root, 'pkg/index.js'));
  const { guard, idempotencyKey, idempotencyKeys } = await import(`${index}?growth`);
  guard({}).charge(event);
  idempotencyKey(event);
  WebAssembly.Instance = Instance;

  const rows = [];
  for (const count of [10, 100, 1000, 10_000, 100_000, 1_000_000]) {
    const events = Array.from({ length: count }, (_, at) => ({ ...event, customer_id: `cus_${at}` }));
    const repeats = Math.max(1, 20_000 / count);
    const times = [idempotencyKeys, (events) => events.map(seedsLine)].map((work) => {
      const rounds = [];
      for (let round = -1; round < ROUNDS; round++) {
        const started = performance.now();
        for (let at = 0; at < repeats; at++) work(events);
        if (round >= 0) rounds.push(((performance.now() - started) * 1e6) / count / repeats);
      }
      return median(rounds);
    });
    rows.push([
      `${count.toLocaleString('en')} events`,
      ...times.map((ns) => Math.round(ns).toLocaleString('en')),
    ]);
  }
  const size = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  const before = size();
  for (let at = 0; at < 1_000_000; at++) idempotencyKey({ ...event, loop_index: at });
  for (let at = 0; at < 100_000; at++) guard({}).charge(event);
  const note = `The wasm memory was ${before.toLocaleString('en')} bytes before 1,000,000 single keys and 100,000 charges, and ${size().toLocaleString('en')} after.`;
  return {
    title: 'Growth',
    note: `Nanoseconds for each key, the median of ${ROUNDS}. ${note}`,
    rows: [['', 'billonce idempotencyKeys', 'a loop of createHash'], ...rows],
  };
}
