// Idempotency as Stripe documents it: replays, mismatches, forgetting, and two requests at once.
import { describe, expect, it } from 'vitest';
import { startStripeDouble } from '../stripe-double/index.mjs';
import {
  charge,
  DAY_MS,
  expectExecuted,
  gate,
  get,
  keyed,
  post,
  RENEWAL,
  rawExchange,
  START_MS,
  stripe,
} from './client.mjs';

describe('idempotency keys', () => {
  it('replays the same status and body, and says so', async () => {
    const first = await charge('k');
    const again = await charge('k');
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(stripe.charges()).toHaveLength(1);
    expect(stripe.requests().map((it) => it.replayed)).toEqual([false, true]);
  });

  it('replays what was answered then, not what the object is now', async () => {
    const first = await charge('k');
    await post('/v1/refunds', { charge: first.json.id });
    expect((await charge('k')).json).toMatchObject({ amount_refunded: 0, refunded: false });
  });

  it('charges again without a key, or with another', async () => {
    const ids = [];
    for (const key of [undefined, undefined, 'a', 'b']) ids.push((await charge(key)).json.id);
    expect(new Set(ids).size).toBe(4);
    expect(stripe.totals()).toEqual({ count: 4, amount_minor: 4 * 4900 });
  });

  it('refuses a key with other parameters or at another endpoint, and keeps its first answer', async () => {
    const first = await charge('k');
    const { id } = (await charge('held', { ...RENEWAL, capture: 'false' })).json;
    const { id: other } = (await charge('held too', { ...RENEWAL, capture: 'false' })).json;
    await post(`/v1/charges/${id}/capture`, '', keyed('capture'));
    const message =
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      "Try using a key other than 'k' if you meant to execute a different request.";
    for (const reused of [
      await charge('k', { ...RENEWAL, amount: '4901' }),
      await charge('k', { ...RENEWAL, 'metadata[a]': 'b' }),
      await charge('k', { ...RENEWAL, amount: 'NaN' }),
      await post('/v1/payment_intents', RENEWAL, keyed('k')),
    ]) {
      expect([reused.status, reused.error]).toEqual([400, { type: 'idempotency_error', message }]);
    }
    const elsewhere = await post(`/v1/charges/${other}/capture`, '', keyed('capture'));
    expect([elsewhere.status, elsewhere.error.type]).toEqual([400, 'idempotency_error']);
    expect((await charge('k')).text).toBe(first.text);
    expect(stripe.charges()).toHaveLength(2);
  });

  it('compares parameters, not bytes', async () => {
    const first = await charge(
      'k',
      'amount=4900&currency=usd&customer=cus_1&metadata[a]=1&metadata[b]=x%20y',
    );
    const again = await charge(
      'k',
      'metadata%5Bb%5D=x+y&customer=cus_1&currency=usd&metadata[a]=1&amount=4900',
    );
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('keeps the keys of two accounts apart', async () => {
    await charge('k');
    const there = await post('/v1/charges', RENEWAL, keyed('k', { 'stripe-account': 'acct_2' }));
    expectExecuted(there);
    expect(stripe.charges()).toHaveLength(2);
    expect((await get('/v1/charges', { 'stripe-account': 'acct_2' })).json.data).toHaveLength(1);
  });

  it('forgets a key after 24 hours, not before, and then charges again', async () => {
    const first = await charge('k');
    stripe.clock.advance(DAY_MS - 1);
    expect((await charge('k')).text).toBe(first.text);
    stripe.clock.advance(1);
    const later = await charge('k');
    expectExecuted(later);
    expect(later.json.created - first.json.created).toBe(DAY_MS / 1000);
    expect(stripe.charges().map((it) => it.id)).toEqual([first.json.id, later.json.id]);
    expect(stripe.clock.now()).toBe(START_MS + DAY_MS);
    stripe.reset();
    expect(stripe.clock.now()).toBe(START_MS);
  });

  it('takes keys of 1 to 255 characters, and ignores them on a GET', async () => {
    expect((await charge('k'.repeat(255))).status).toBe(200);
    for (const key of ['k'.repeat(256), '']) {
      const refused = await charge(key);
      expect([refused.status, refused.error.type]).toEqual([400, 'invalid_request_error']);
      expect(refused.error.message).toContain(`Idempotent key length is ${key.length},`);
    }
    expect((await get('/v1/charges', keyed('k'.repeat(256)))).status).toBe(200);
    const before = await get('/v1/charges', keyed('g'));
    expectExecuted(await charge('g'));
    const after = await get('/v1/charges', keyed('g'));
    expect([before.json.data.length, after.json.data.length]).toEqual([1, 2]);
  });

  it('saves what an endpoint refuses once it has begun', async () => {
    const first = await post('/v1/charges/ch_none/capture', '', keyed('k'));
    const again = await post('/v1/charges/ch_none/capture', '', keyed('k'));
    expect([first.status, again.status, again.text]).toEqual([404, 404, first.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('two requests at once', () => {
  it('answers 409 while the first is in flight, and replays once it is done', async () => {
    const held = gate();
    const fault = stripe.fail({ kind: 'hang_until', until: held.promise });
    const first = charge('k');
    await fault.reached;

    const second = await charge('k');
    expect(second.status).toBe(409);
    expect(second.error).toMatchObject({ type: 'invalid_request_error', code: 'idempotency_key_in_use' });
    expect(second.headers.get('stripe-should-retry')).toBe('true');
    const different = await charge('k', { ...RENEWAL, amount: '1' });
    expect([different.status, different.error.type]).toEqual([400, 'idempotency_error']);
    const unrelated = await charge('other');
    expect(unrelated.status).toBe(200);
    expect(stripe.charges()).toHaveLength(1);

    held.open();
    const { status, text } = await first;
    const third = await charge('k');
    expect([status, third.status, third.text]).toEqual([200, 200, text]);
    expect(third.headers.get('idempotent-replayed')).toBe('true');
    expect(stripe.charges()).toHaveLength(2);
  });

  it('never executes twice, however many arrive together', async () => {
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => charge(`round ${round}`)));
      const executed = answers.filter((it) => it.status === 200 && !it.headers.has('idempotent-replayed'));
      expect(executed).toHaveLength(1);
      for (const it of answers) {
        if (it.status === 200) expect(it.text).toBe(executed[0].text);
        else expect([it.status, it.error.code]).toEqual([409, 'idempotency_key_in_use']);
      }
      expect(stripe.charges()).toHaveLength(round + 1);
    }
  });

  it('does not forget a key that is still in flight, however long it takes', async () => {
    const held = gate();
    const fault = stripe.fail({ kind: 'hang_until', until: held.promise });
    const first = charge('k');
    await fault.reached;
    stripe.clock.advance(2 * DAY_MS);
    expect((await charge('k')).status).toBe(409);
    held.open();
    expectExecuted(await first);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('sees the second of two pipelined requests before the first has executed', async () => {
    const body = new URLSearchParams(RENEWAL).toString();
    const text =
      'POST /v1/charges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nIdempotency-Key: k\r\n' +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
    const received = await rawExchange(`${text}\r\n${body}${text}Connection: close\r\n\r\n${body}`);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 409']);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('does not let a request from before a reset bill after it', async () => {
    const held = gate();
    const fault = stripe.fail({ kind: 'hang_until', until: held.promise });
    const first = charge('k');
    await fault.reached;
    stripe.reset();
    held.open();
    expect((await first).status).toBe(200);
    expect([stripe.charges(), stripe.requests(), stripe.objects('charge')]).toEqual([[], [], []]);
    expectExecuted(await charge('k'));
  });

  it('waits for the latency that it was given', async () => {
    const slow = await startStripeDouble({ latency_ms: 1 });
    expect((await post('/v1/charges', RENEWAL, {}, slow.url)).status).toBe(200);
    await slow.close();
  });
});
