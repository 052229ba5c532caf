// The faults that can be switched on, and what is logged.
import { request as rawRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startStripeDouble } from '../stripe-double/index.mjs';
import { charge, expectExecuted, gate, get, keyed, post, RENEWAL, stripe } from './client.mjs';

describe('faults', () => {
  it('loses the answer of a charge that was made', async () => {
    stripe.fail({ kind: 'lost_answer', times: 2 });
    await expect(charge('k')).rejects.toThrow('fetch failed');
    expect(stripe.charges()).toHaveLength(1);
    await expect(charge('k')).rejects.toThrow('fetch failed');
    const third = await charge('k');
    expect([third.status, third.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(stripe.charges()).toHaveLength(1);
    expect(stripe.requests().map((it) => [it.status, it.replayed, it.faults])).toEqual([
      [null, false, ['lost_answer']],
      [null, true, ['lost_answer']],
      [200, true, []],
    ]);
  });

  it('does not spend a lost answer on a refusal', async () => {
    stripe.fail({ kind: 'lost_answer' });
    expect((await charge('k', { ...RENEWAL, amount: '0' })).status).toBe(400);
    await expect(charge('k')).rejects.toThrow('fetch failed');
  });

  it.each([
    ['gateway_502', 1, 'true'],
    ['gateway_502_before', 0, null],
  ])('puts a gateway in between: %s', async (kind, charged, replayed) => {
    stripe.fail({ kind });
    const broken = await charge('k');
    expect([broken.status, broken.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(broken.text).toContain('<h1>502 Bad Gateway</h1>');
    expect([broken.headers.get('request-id'), broken.headers.get('stripe-version')]).toEqual([null, null]);
    expect(stripe.charges()).toHaveLength(charged);
    const again = await charge('k');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, replayed]);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('drops the connection before anything happens', async () => {
    stripe.fail({ kind: 'dropped_before' });
    await expect(charge('k')).rejects.toThrow('fetch failed');
    expect(stripe.charges()).toEqual([]);
    expectExecuted(await charge('k'));
    expect(stripe.charges()).toHaveLength(1);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('saves a 500 for the key, money moved: %s', async (moved, charged) => {
    stripe.fail({ kind: 'saved_500', moved });
    const first = await charge('k');
    expect([first.status, first.error.type]).toEqual([500, 'api_error']);
    expect(first.headers.get('stripe-should-retry')).toBe('false');
    expect(stripe.charges()).toHaveLength(charged);
    const again = await charge('k');
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
      500,
      first.text,
      'true',
    ]);
    expect(stripe.charges()).toHaveLength(charged);
    expect((await charge('new')).status).toBe(200);
  });

  it('lets a rule put headers on the answer, and take them off', async () => {
    stripe.fail({ kind: 'saved_500', headers: { 'Stripe-Should-Retry': null, 'Retry-After': '2' } });
    for (const answer of [await charge('k'), await charge('k')]) {
      expect([answer.headers.get('stripe-should-retry'), answer.headers.get('retry-after')]).toEqual([
        null,
        '2',
      ]);
    }
  });

  it.each([
    ['rate_limit_429', 'rate_limit', null],
    ['lock_timeout_429', 'lock_timeout', 'true'],
  ])('saves nothing of %s', async (kind, code, should_retry) => {
    stripe.fail({ kind });
    const refused = await charge('k');
    expect(refused.status).toBe(429);
    expect(refused.error).toMatchObject({ type: 'invalid_request_error', code, message: expect.any(String) });
    expect(refused.headers.get('stripe-should-retry')).toBe(should_retry);
    expect(stripe.charges()).toEqual([]);
    expectExecuted(await charge('k'));
    expect(stripe.charges()).toHaveLength(1);
  });

  it('is slow with the key in its hand', async () => {
    const fault = stripe.fail({ kind: 'slow', delay_ms: 1 });
    const [first, reached] = await Promise.all([charge('k'), fault.reached]);
    expect([first.status, reached.idempotency_key, reached.faults]).toEqual([200, 'k', ['slow']]);
    // A delay that outlives the test: only the conflict is looked at, and nothing waits for the rest.
    const forever = stripe.fail({ kind: 'slow', delay_ms: 2 ** 31 - 1 });
    const abandoned = new AbortController();
    const pending = fetch(`${stripe.url}/v1/charges`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer t',
        'content-type': 'application/x-www-form-urlencoded',
        ...keyed('slow'),
      },
      body: new URLSearchParams(RENEWAL),
      signal: abandoned.signal,
    }).catch((error) => error.name);
    await forever.reached;
    expect((await charge('slow')).status).toBe(409);
    abandoned.abort();
    expect(await pending).toBe('AbortError');
  });

  it('executes even when nobody waits for the answer any more', async () => {
    const held = gate();
    const fault = stripe.fail({ kind: 'hang_until', until: held.promise });
    const gone = rawRequest(`${stripe.url}/v1/charges`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer t',
        'content-type': 'application/x-www-form-urlencoded',
        ...keyed('k'),
      },
    });
    gone.on('error', () => {});
    gone.end(new URLSearchParams(RENEWAL).toString());
    await fault.reached;
    gone.destroy();
    held.open();
    // Any later request is answered after the held one has executed: each takes at least a turn of the event
    // loop.
    await charge('later');
    const again = await charge('k');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(stripe.charges()).toHaveLength(2);
  });

  it('strikes the requests it is told to, as often as it is told to', async () => {
    const rule = stripe.fail({
      kind: 'rate_limit_429',
      when: (req) => req.params.customer === 'cus_2' && req.endpoint === 'POST /v1/charges',
      times: Number.POSITIVE_INFINITY,
    });
    const second = { ...RENEWAL, customer: 'cus_2' };
    const statuses = [];
    for (const form of [RENEWAL, second, second, RENEWAL])
      statuses.push((await charge(undefined, form)).status);
    expect(statuses).toEqual([200, 429, 429, 200]);
    rule.cancel();
    expect((await charge(undefined, second)).status).toBe(200);
  });

  it('leaves reads alone unless told otherwise', async () => {
    stripe.fail({ kind: 'dropped_before' });
    expect((await get('/v1/charges')).status).toBe(200);
    stripe.fail({ kind: 'gateway_502_before', when: (req) => req.method === 'GET' });
    expect((await get('/v1/charges')).status).toBe(502);
  });

  it('lets two faults meet on one request', async () => {
    stripe.fail({ kind: 'hang_until', until: Promise.reject(new Error('the test gave up')) });
    stripe.fail({ kind: 'lost_answer' });
    await expect(charge('k')).rejects.toThrow('fetch failed');
    expect(stripe.requests()[0].faults).toEqual(['hang_until', 'lost_answer']);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('refuses a rule that it does not understand', () => {
    expect(() => stripe.fail({ kind: 'toString' })).toThrow(
      /^no such fault: toString; there are dropped_before, /,
    );
    expect(() => stripe.fail({ kind: 'slow' })).toThrow('slow needs delay_ms');
    expect(() => stripe.fail({ kind: 'hang_until' })).toThrow('hang_until needs until');
  });

  it('does not pass off its own mistakes as Stripe', async () => {
    stripe.fail({
      kind: 'lost_answer',
      when: () => {
        throw new Error('a mistake in the test');
      },
    });
    const broken = await charge('k');
    expect(broken.status).toBe(500);
    expect(broken.error.message).toContain('The Stripe double itself failed: Error: a mistake in the test');
  });
});

describe('headers and the log', () => {
  it('sends the headers that Stripe sends', async () => {
    const { headers } = await post('/v1/charges', RENEWAL, keyed('k', { 'stripe-version': '2024-06-20' }));
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('request-id')).toMatch(/^req_[0-9a-f]{24}$/);
    expect(headers.get('original-request')).toBe(headers.get('request-id'));
    expect(headers.get('idempotency-key')).toBe('k');
    expect(headers.get('stripe-version')).toBe('2024-06-20');
    expect(headers.get('stripe-should-retry')).toBe('false');
    const plain = (await charge()).headers;
    expect(plain.get('stripe-version')).toBe('2026-10-28.endive');
    expect([plain.get('idempotency-key'), plain.get('stripe-should-retry')]).toEqual([null, null]);
  });

  it('logs every request, and no secret', async () => {
    await post('/stripe/v1/charges?expand[]=customer', RENEWAL, {
      authorization: 'Bearer sk_test_secret',
      ...keyed('k'),
    });
    await get('/v1/nowhere');
    const log = stripe.requests();
    expect(log).toEqual([
      {
        index: 0,
        method: 'POST',
        path: '/stripe/v1/charges',
        endpoint: 'POST /v1/charges',
        credential: null,
        account: 'acct_default',
        idempotency_key: 'k',
        params: { ...RENEWAL, expand: ['customer'] },
        request_id: expect.stringMatching(/^req_/),
        status: 200,
        replayed: false,
        faults: [],
      },
      expect.objectContaining({ index: 1, method: 'GET', path: '/v1/nowhere', endpoint: null, status: 404 }),
    ]);
    expect(JSON.stringify(log)).not.toContain('secret');
  });

  it('hands out copies', async () => {
    await charge('k', { ...RENEWAL, 'metadata[a]': 'b' });
    stripe.charges()[0].metadata.a = 'changed';
    stripe.charges().pop();
    stripe.requests().pop();
    expect(stripe.charges()).toMatchObject([{ metadata: { a: 'b' } }]);
    expect(stripe.requests()).toHaveLength(1);
  });

  it('closes with a request in flight, and twice', async () => {
    const short = await startStripeDouble();
    const fault = short.fail({ kind: 'hang_until', until: new Promise(() => {}) });
    const pending = post('/v1/charges', RENEWAL, {}, short.url).catch((error) => error.message);
    await fault.reached;
    await short.close();
    await short.close();
    expect(await pending).toBe('fetch failed');
  });
});
