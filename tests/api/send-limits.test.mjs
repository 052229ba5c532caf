// The limits of guard.send: of time, of an answer's size, of a key's age. Where a test needs time to pass, nothing else could
// end what it waits for.
import { execFileSync } from 'node:child_process';
import { guard } from 'billonce';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { answering, CHARGED, charged, limited, lost, never } from '../support/answers/fetches.mjs';
import { consumer } from '../support/packed.mjs';

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const HOUR_MS = 3_600_000;
const billing = guard({ vault_key: 'vault_key_for_tests_4f9a' });
const step = billing.charge(event);
const noWait = { sleep: async () => {} };

afterEach(() => vi.restoreAllMocks());

const kinds = ({ attempts }) => attempts.map(({ outcome }) => outcome.kind);
describe('time', () => {
  test('a fetch that never settles is cut off, told so, and tried again', async () => {
    const { fetch, inits } = answering(never, never, charged);
    const result = await billing.send(step, fetch, { ...noWait, timeout_ms: 5 });
    expect(kinds(result)).toEqual(['network_error', 'network_error', 'succeeded']);
    expect(inits.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    expect(inits[0].signal).not.toBe(inits[1].signal);
  });

  test('so is a body that never ends', async () => {
    const endless = () => new Response(new ReadableStream({ pull: never }));
    const textless = () => ({ status: 200, headers: {}, text: never });
    const { fetch } = answering(endless, textless, charged);
    const result = await billing.send(step, fetch, { ...noWait, timeout_ms: 5 });
    expect(kinds(result)).toEqual(['network_error', 'network_error', 'succeeded']);
  });

  test('works where the host has no AbortController', async () => {
    vi.stubGlobal('AbortController', undefined);
    const { fetch, inits } = answering(never, charged);
    const result = await billing.send(step, fetch, { ...noWait, timeout_ms: 5 });
    vi.unstubAllGlobals();
    expect(kinds(result)).toEqual(['network_error', 'succeeded']);
    expect('signal' in inits[0]).toBe(false);
  });

  test('where the host has no timers, there is one attempt, unless it is told how to sleep', async () => {
    vi.stubGlobal('setTimeout', undefined);
    const alone = await billing.send(step, lost);
    const patient = await billing.send(step, lost, noWait);
    vi.unstubAllGlobals();
    expect([kinds(alone).length, kinds(patient).length]).toEqual([1, 3]);
    expect(alone.attempts[0].waited_ms).toBe(0);
  });

  test('each attempt is reported', async () => {
    const { fetch } = answering(lost, charged);
    const before = Date.now();
    const { attempts } = await billing.send(step, fetch, noWait);
    for (const { started_at, duration_ms } of attempts) {
      expect(new Date(started_at).toISOString()).toBe(started_at);
      expect(Date.parse(started_at)).toBeGreaterThanOrEqual(before);
      expect(duration_ms).toBeGreaterThanOrEqual(0);
    }
    expect(attempts.map(({ waited_ms }) => waited_ms > 0)).toEqual([true, false]);
  });

  test('nothing holds the process afterwards, and nothing is rejected unseen', () => {
    const program = `
      import { guard } from 'billonce';
      const billing = guard({ vault_key: 'vault_key_1' });
      const step = billing.charge(${JSON.stringify(event)});
      const late = (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject));
      const answers = [async () => new Response('${CHARGED}'), late, async () => { throw new Error('x'); }];
      for (const fetch of answers) {
        const { outcome } = await billing.send(step, fetch, { max_attempts: 1, timeout_ms: fetch === late ? 5 : 3600000 });
        console.log(outcome.kind);
      }`;
    const cwd = consumer({ 'main.mjs': program });
    const printed = execFileSync(process.execPath, ['--unhandled-rejections=strict', 'main.mjs'], {
      cwd,
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(printed).toBe('succeeded\nnetwork_error\nnetwork_error\n');
  });
});

describe('waits', () => {
  const waitsOf = async (answers, options) => {
    const waits = [];
    const { fetch } = answering(...answers);
    const result = await billing.send(step, fetch, { sleep: async (ms) => waits.push(ms), ...options });
    return { waits, result };
  };

  test('are never shorter than Retry-After, nor than their own', async () => {
    const { waits } = await waitsOf([
      limited({ 'Retry-After': '7' }),
      limited({ 'Retry-After': '0' }),
      charged,
    ]);
    expect(waits[0]).toBe(7000);
    expect(waits[1]).toBeGreaterThanOrEqual(500);
  });

  test('obey a Retry-After that is a date', async () => {
    const at = (seconds) => new Date(Date.UTC(2026, 5, 1, 9, 0, seconds)).toUTCString();
    const { waits } = await waitsOf([limited({ 'Retry-After': at(40), Date: at(0) }), charged]);
    expect(waits).toEqual([40_000]);
    vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 5, 1, 9, 0, 10));
    const clockless = await waitsOf([limited({ 'Retry-After': at(40) }), charged]);
    expect(clockless.waits).toEqual([30_000]);
  });

  test('are not begun where there is not enough patience left: it stops, and says when', async () => {
    const { waits, result } = await waitsOf([
      limited({ 'Retry-After': '40' }),
      limited({ 'Retry-After': '30' }),
    ]);
    expect(waits).toEqual([40_000]);
    expect(result.outcome).toMatchObject({ kind: 'rate_limited', retry: 'same_key', retry_after_ms: 30_000 });
    const long = await waitsOf([limited({ 'Retry-After': '99999999999999999999' })], {
      max_wait_ms: HOUR_MS,
    });
    expect(long.waits).toEqual([]);
    const none = await waitsOf([lost], { max_wait_ms: 0 });
    expect(none.waits).toEqual([]);
  });

  test('grow, up to a limit, and differ', async () => {
    const runs = [];
    for (let run = 0; run < 20; run++) {
      const { waits } = await waitsOf(Array(8).fill(lost), { max_attempts: 8 });
      runs.push(waits);
      for (const [at, ms] of waits.entries()) {
        const most = Math.min(500 * 2 ** at, 8000);
        expect(ms).toBeGreaterThanOrEqual(most / 2);
        expect(ms).toBeLessThanOrEqual(most);
      }
    }
    expect(new Set(runs.map(String)).size).toBeGreaterThan(1);
  });
});

describe('size', () => {
  const streamOf = (chunk, count) => {
    let given = 0;
    const pull = (controller) => {
      if (given++ === count) controller.close();
      else controller.enqueue(chunk);
    };
    const stream = new ReadableStream({ pull, cancel: () => given }, { highWaterMark: 0 });
    return { stream, given: () => given };
  };

  test('of an endless answer is bounded, and it is unreadable', async () => {
    const { stream, given } = streamOf(new Uint8Array(1 << 20), Number.POSITIVE_INFINITY);
    const { fetch } = answering(() => new Response(stream), charged);
    const result = await billing.send(step, fetch, noWait);
    expect(kinds(result)).toEqual(['unreadable', 'succeeded']);
    expect(result.attempts[0].outcome.http_status).toBe(200);
    expect(given()).toBeLessThan(8);
  });

  test('does not matter where text comes in pieces', async () => {
    const bytes = new TextEncoder().encode(`${CHARGED.slice(0, -1)},"description":"Grüße, 日本 😀"}`);
    const cut = [...bytes].map((byte) => Uint8Array.of(byte));
    const pieces = new ReadableStream({
      pull: (controller) => (cut.length ? controller.enqueue(cut.shift()) : controller.close()),
    });
    const { fetch } = answering(() => new Response(pieces));
    const { body, outcome } = await billing.send(step, fetch, noWait);
    expect([outcome.charged, body.description]).toEqual(['yes', 'Grüße, 日本 😀']);
  });

  test.each([
    ['is cut short', new Uint8Array([123, 34]), 1],
    ['is no UTF-8', new Uint8Array([255, 254, 253]), 9],
    ['is empty', new Uint8Array(0), 3],
  ])('where the answer %s it is unreadable', async (_, chunk, count) => {
    const { fetch } = answering(() => new Response(streamOf(chunk, count).stream));
    const { outcome, body } = await billing.send(step, fetch, { max_attempts: 1 });
    expect([outcome.kind, outcome.charged, body]).toEqual(['unreadable', 'unknown', null]);
  });
});

describe('a key’s age', () => {
  const now = Date.UTC(2026, 5, 2, 9);
  const forgotten = { kind: 'network_error', charged: 'unknown', retry: 'review' };

  test.each([
    ['ISO 8601', '2026-06-01T09:00:00Z'],
    ['a Date', new Date(Date.UTC(2026, 5, 1))],
    ['Unix time', Date.UTC(2026, 4, 1) / 1000],
  ])('of 24 hours ends it before anything is sent: %s', async (_, first_sent_at) => {
    vi.spyOn(Date, 'now').mockReturnValue(now);
    const { fetch, inits } = answering();
    const result = await billing.send(step, fetch, { first_sent_at });
    expect(result.outcome).toMatchObject(forgotten);
    expect(result.outcome.message).toMatch(/forgotten the key after 24 hours/);
    expect([inits, result.attempts, result.body]).toEqual([[], [], null]);
  });

  test('leaves room for the attempt itself', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(now);
    const sent = async (ms_left, timeout_ms) => {
      const { fetch, inits } = answering(charged);
      const first_sent_at = now - 24 * HOUR_MS + ms_left;
      await billing.send(step, fetch, { first_sent_at, timeout_ms });
      return inits.length;
    };
    expect([await sent(1001, 1000), await sent(1000, 1000)]).toEqual([1, 0]);
  });

  test('ends it as well where the host slept through the day', async () => {
    let clock = now;
    vi.spyOn(Date, 'now').mockImplementation(() => clock);
    const sleep = async () => {
      clock += 25 * HOUR_MS;
    };
    const { fetch, inits } = answering(limited(), charged);
    const { outcome, attempts } = await billing.send(step, fetch, { sleep });
    expect(inits.length).toBe(1);
    expect(outcome).toMatchObject({ kind: 'rate_limited', charged: 'no', retry: 'review' });
    expect(attempts.map((attempt) => attempt.outcome.retry)).toEqual(['same_key']);
  });

  test('of less leaves open what became of the first attempt', async () => {
    const cap = () => new Response('{"error":"daily_usd_cap_exceeded"}', { status: 429 });
    const first_sent_at = new Date(Date.now() - HOUR_MS);
    const { outcome } = await billing.send(step, cap, { first_sent_at });
    expect(outcome).toMatchObject({ kind: 'cap_exceeded', charged: 'unknown', retry: 'review' });
    const alone = await billing.send(step, cap);
    expect(alone.outcome).toMatchObject({ kind: 'cap_exceeded', charged: 'no', retry: 'never' });
    const { fetch } = answering(limited(), cap);
    expect((await billing.send(step, fetch, noWait)).outcome.charged).toBe('no');
  });
});
