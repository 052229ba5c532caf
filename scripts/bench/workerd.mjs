import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing, workerd } from '../../tests/support/hosts.mjs';
import { inWorkerd } from '../../tests/support/workerd.mjs';
import { root } from '../lib/run.mjs';
import { ratios, sideBySide } from './rounds.mjs';

/** A Worker's clock stands still while it computes, so each measure is a request of many calls, timed from outside. */
const WORKER = `
import { createHash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { guard, idempotencyKey, idempotencyKeys } from '../../../pkg/index.workerd.js';

const events = Array.from({ length: 10_000 }, (_, at) => ({
  customer_id: 'cus_' + (100_000 + at), amount_cents: 4900 + (at % 100), billing_period: '2026-06',
}));
const message = (event) =>
  event.customer_id + ':' + event.amount_cents + ':' + event.billing_period + ':activepieces-billing';
const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 };
const each = (call) => (calls) => { for (let at = 0; at < calls; at++) call(events[at % events.length]); };
const work = {
  createHash: each((event) => createHash('sha256').update(message(event)).digest('hex')),
  noble: each((event) => bytesToHex(sha256(utf8ToBytes(message(event))))),
  one: each(idempotencyKey),
  batch: (calls) => { for (let done = 0; done < calls; done += events.length) idempotencyKeys(events); },
  guard: each((event) => guard({ policy }).charge(event)),
};
export default {
  fetch(request) {
    const { searchParams } = new URL(request.url);
    work[searchParams.get('work')](Number(searchParams.get('calls')));
    return new Response('done');
  },
};
`;

/** One key, many, and a charge, in Cloudflare's runtime. */
export async function inWorkers() {
  const title = 'In workerd';
  if (missing(workerd)) return { title, note: 'Not run: no workerd on this machine.', rows: [['', 'ns']] };
  const folder = join(root, 'target/bench/worker');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'worker.mjs'), WORKER);
  return inWorkerd(folder, ['nodejs_compat'], async (url) => {
    const ask = (work) => async (calls) => {
      const answer = await (await fetch(`${url}?work=${work}&calls=${calls}`)).text();
      if (answer !== 'done') throw new Error(answer);
    };
    const keys = await sideBySide(
      [
        ['createHash of node:crypto, the seed’s line', ask('createHash')],
        ['@noble/hashes', ask('noble')],
        ['billonce idempotencyKey', ask('one')],
        ['billonce idempotencyKeys, for each of 10,000', ask('batch')],
      ],
      { calls: 50_000 },
    );
    const whole = await sideBySide([['guard().charge()', ask('guard')]], { calls: 2000 });
    return {
      title,
      note: 'Nanoseconds for one call, timed from outside, since a Worker’s clock stands still while it computes; the median of 11 rounds.',
      rows: [
        ['', 'ns', 'against the first'],
        ...ratios(keys),
        ...ratios(whole).map(([name, time]) => [name, time, '']),
      ],
    };
  });
}
