// The double held against the npm package stripe-stateful-mock and against Stripe's own client.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import Stripe from 'stripe';
import stateful from 'stripe-stateful-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, keyed, stripe } from './client.mjs';

// What both know is asked of both over HTTP, and the two transcripts must be equal: status, error type, code
// and parameter, whether an answer was a replay, which answers name the same object, and how many charges
// there are.
//
// Not compared, because the other mock lacks it or departs from Stripe's documentation there:
// - payment intents, 409 for a request in flight, keys that expire, unknown parameters, JSON bodies: it has none of it;
// - a key at another endpoint: it scopes keys by method and path, and executes;
// - parameter errors under a key: it saves and replays them (and keeps keys for GET too);
// - amounts: it knows minimums (usd 0.50) and a maximum of eight digits, and takes 10.5;
// - customers: there they must exist and own a card, so everything below charges a token.
describe('agreement with stripe-stateful-mock', () => {
  let other;
  let other_url;
  beforeAll(async () => {
    // It logs every mismatch that it is asked about.
    createRequire(import.meta.resolve('stripe-stateful-mock'))('loglevel').disableAll();
    other = createServer(stateful.createExpressApp());
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    other_url = `http://127.0.0.1:${other.address().port}`;
  });
  afterAll(() => new Promise((resolve) => other.close(resolve).closeAllConnections()));

  const CARD = { amount: '4900', currency: 'usd', source: 'tok_visa', 'metadata[period]': '2026-02' };
  const DECLINED = { ...CARD, source: 'tok_chargeDeclined' };
  const made = (key, form = CARD) => ({ method: 'POST', path: '/v1/charges', form, key });

  it.each([
    ['replays a charge', [made('k'), made('k'), made('k')]],
    ['charges twice without a key', [made(), made()]],
    ['charges twice with two keys', [made('a'), made('b'), made('a')]],
    ['refuses another amount, then replays', [made('k'), made('k', { ...CARD, amount: '5000' }), made('k')]],
    ['refuses other metadata', [made('k'), made('k', { ...CARD, 'metadata[period]': '2026-03' })]],
    ['refuses a parameter more', [made('k'), made('k', { ...CARD, description: 'x' })]],
    ['ignores the order', [made('k'), made('k', Object.fromEntries(Object.entries(CARD).reverse()))]],
    ['replays a declined card', [made('k', DECLINED), made('k', DECLINED), made('other', DECLINED)]],
    ['refuses a mismatch after a decline', [made('k', DECLINED), made('k')]],
    ['misses the amount', [made(undefined, { currency: 'usd', source: 'tok_visa' })]],
    ['misses the currency', [made(undefined, { amount: '4900', source: 'tok_visa' })]],
    ['refuses an amount of zero', [made(undefined, { ...CARD, amount: '0' })]],
    ['refuses a currency', [made(undefined, { ...CARD, currency: 'zzz' })]],
    ['wants a bearer token, and saves no 401', [{ ...made('k'), token: null }, made('k'), made('k')]],
    ['has no such charge', [{ method: 'GET', path: '/v1/charges/ch_none' }]],
    [
      'captures, replays the capture, and does not capture twice',
      [
        made('k', { ...CARD, capture: 'false' }),
        { method: 'POST', path: '/v1/charges/{0}/capture', form: {}, key: 'c' },
        { method: 'POST', path: '/v1/charges/{0}/capture', form: {}, key: 'c' },
        { method: 'POST', path: '/v1/charges/{0}/capture', form: {}, key: 'd' },
        { method: 'GET', path: '/v1/charges/{0}' },
      ],
    ],
    [
      'captures a part',
      [
        made('k', { ...CARD, capture: 'false' }),
        { method: 'POST', path: '/v1/charges/{0}/capture', form: { amount: '1000' }, key: 'c' },
      ],
    ],
    [
      'refunds once',
      [
        made('k'),
        { method: 'POST', path: '/v1/refunds', form: { charge: '{0}' }, key: 'r' },
        { method: 'POST', path: '/v1/refunds', form: { charge: '{0}' }, key: 'r' },
        { method: 'POST', path: '/v1/refunds', form: { charge: '{0}' }, key: 's' },
        made('k'),
        { method: 'GET', path: '/v1/charges/{0}' },
      ],
    ],
  ])('%s', async (name, steps) => {
    const here = await transcript(name, steps, stripe.url);
    const there = await transcript(name, steps, other_url);
    expect(here).toEqual(there);
  });

  /** The other mock cannot be reset, so every scenario has keys of its own and counts what it added. */
  async function transcript(name, steps, base) {
    const ids = [];
    const seen = [];
    const chargesNow = async () => (await plainCall(base, 'GET', '/v1/charges?limit=100')).json.data;
    const before = new Set((await chargesNow()).map((it) => it.id));
    const filled = (text) => text.replaceAll(/\{(\d)\}/g, (_, at) => ids[at]);
    for (const { method, path, form, key, token } of steps) {
      const extra = key ? keyed(`${name} ${key}`) : {};
      if (token === null) extra.authorization = null;
      const body = form && Object.fromEntries(Object.entries(form).map(([k, v]) => [k, filled(v)]));
      const { status, headers: answered, json } = await plainCall(base, method, filled(path), body, extra);
      if (json.id && !ids.includes(json.id)) ids.push(json.id);
      const { error, object, amount, amount_captured, amount_refunded, captured, paid, refunded } = json;
      seen.push({
        status,
        error: error && {
          type: error.type,
          code: error.code,
          decline: error.decline_code,
          param: error.param,
        },
        replayed: answered.get('idempotent-replayed'),
        same_as: json.id ? ids.indexOf(json.id) : null,
        object: { object, amount, amount_captured, amount_refunded, captured, paid, refunded },
        ...(json.object === 'charge' && { status_of_charge: json.status, metadata: json.metadata }),
      });
    }
    const added = (await chargesNow()).filter((it) => !before.has(it.id));
    return { seen, charges: added.map((it) => [it.amount, it.status]).sort() };
  }

  /** Like `call`, for a server that adds a charset to its content type. */
  async function plainCall(base, method, path, form, extra) {
    const { status, headers, text } = await call(method, path, form, extra, base);
    return { status, headers, json: JSON.parse(text) };
  }
});

describe('with Stripe’s own client', () => {
  const client = (options = {}) =>
    new Stripe('sk_test_x', {
      host: '127.0.0.1',
      port: Number(new URL(stripe.url).port),
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      ...options,
    });

  it('charges once for one key', async () => {
    const form = { amount: 4900, currency: 'usd', customer: 'cus_1', metadata: { a: 'b' } };
    const first = await client().charges.create(form, { idempotencyKey: 'k' });
    const again = await client().charges.create(form, { idempotencyKey: 'k' });
    expect(again).toEqual(first);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(stripe.charges()).toMatchObject([{ id: first.id, metadata: { a: 'b' }, idempotency_key: 'k' }]);
    expect((await client().charges.retrieve(first.id)).id).toBe(first.id);
  });

  it('makes, confirms, captures and lists payment intents', async () => {
    const intents = client().paymentIntents;
    const form = { amount: 4900, currency: 'usd', payment_method: 'pm_card_visa', capture_method: 'manual' };
    const intent = await intents.create({ ...form, automatic_payment_methods: { enabled: true } });
    expect((await intents.confirm(intent.id)).status).toBe('requires_capture');
    expect((await intents.capture(intent.id)).status).toBe('succeeded');
    expect((await intents.list({ limit: 3 })).data.map((it) => it.id)).toEqual([intent.id]);
    expect(stripe.totals()).toEqual({ count: 1, amount_minor: 4900 });
  });

  it('gets the errors that it has classes for', async () => {
    const form = { amount: 4900, currency: 'usd', customer: 'cus_1' };
    const { errors } = Stripe;
    await client().charges.create(form, { idempotencyKey: 'k' });
    await expect(
      client().charges.create({ ...form, amount: 1 }, { idempotencyKey: 'k' }),
    ).rejects.toBeInstanceOf(errors.StripeIdempotencyError);
    await expect(client().charges.create({ ...form, customer: 'cus_declined' })).rejects.toBeInstanceOf(
      errors.StripeCardError,
    );
    await expect(client().charges.create({ ...form, amount: 10.5 })).rejects.toBeInstanceOf(
      errors.StripeInvalidRequestError,
    );
    stripe.fail({ kind: 'rate_limit_429' });
    await expect(client().charges.create(form)).rejects.toBeInstanceOf(errors.StripeRateLimitError);
    stripe.fail({ kind: 'saved_500' });
    await expect(client().charges.create(form)).rejects.toBeInstanceOf(errors.StripeAPIError);
    // Twice, because the client asks again once after a reset connection, even when told to never retry.
    stripe.fail({ kind: 'lost_answer', times: 2 });
    await expect(client().charges.create(form)).rejects.toBeInstanceOf(errors.StripeConnectionError);
    const [lost, again] = stripe.requests().slice(-2);
    expect([again.replayed, again.idempotency_key]).toEqual([true, lost.idempotency_key]);
  });

  it('sees its own retry of a lost answer replayed', async () => {
    stripe.fail({ kind: 'lost_answer' });
    const paid = await client({ maxNetworkRetries: 1 }).charges.create({
      amount: 4900,
      currency: 'usd',
      customer: 'cus_1',
    });
    expect(stripe.charges().map((it) => it.id)).toEqual([paid.id]);
    expect(stripe.requests().map((it) => [it.status, it.replayed])).toEqual([
      [null, false],
      [200, true],
    ]);
  });
});
