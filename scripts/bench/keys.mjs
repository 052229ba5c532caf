import * as crypto from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { createSHA256 } from 'hash-wasm';
import { guard, idempotencyKey, idempotencyKeys } from '../../pkg/index.js';
import { ratios, sideBySide } from './rounds.mjs';

const events = Array.from({ length: 10_000 }, (_, at) => ({
  customer_id: `cus_${100_000 + at}`,
  amount_cents: 4900 + (at % 100),
  billing_period: '2026-06',
}));
const message = ({ customer_id, amount_cents, billing_period }) =>
  `${customer_id}:${amount_cents}:${billing_period}:activepieces-billing`;

/** One key of an event object, and 10,000 of them. */
export async function keys() {
  const hashWasm = await createSHA256();
  const one = {
    'createHash, the seed’s line': (event) =>
      crypto.createHash('sha256').update(message(event)).digest('hex'),
    'crypto.hash': crypto.hash && ((event) => crypto.hash('sha256', message(event))),
    '@noble/hashes': (event) => bytesToHex(sha256(utf8ToBytes(message(event)))),
    'hash-wasm': (event) => hashWasm.init().update(message(event)).digest('hex'),
    'billonce idempotencyKey': idempotencyKey,
  };
  const known = Object.entries(one).filter(([, key]) => key);
  for (const [name, key] of known) {
    if (key(events[0]) !== idempotencyKey(events[0])) throw new Error(`${name} makes another key`);
  }
  const loop = (key) => (calls) => {
    for (let at = 0; at < calls; at++) key(events[at % events.length]);
  };
  const single = await sideBySide(
    known.map(([name, key]) => [name, loop(key)]),
    { calls: 20_000 },
  );
  const collect = (key) => () => events.map(key);
  const batch = await sideBySide(
    [
      ...known.slice(0, 2).map(([name, key]) => [`a loop of ${name}`, collect(key)]),
      ['billonce idempotencyKeys', () => idempotencyKeys(events)],
    ],
    { calls: events.length },
  );
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 };
  const whole = await sideBySide([['guard().charge()', loop((event) => guard({ policy }).charge(event))]], {
    calls: 2000,
  });
  return {
    title: 'Keys',
    note: 'Nanoseconds for one, the median of 11 rounds in one process; × is how many times as fast as the first line of its kind.',
    rows: [
      ['', 'ns', 'against the first'],
      ['**one key: event object in, text out**', '', ''],
      ...ratios(single),
      ['**10,000 keys in one call, for each**', '', ''],
      ...ratios(batch),
      ['**a whole guard: key, request and decision**', '', ''],
      ...ratios(whole).map(([name, time]) => [name, time, '']),
    ],
  };
}
