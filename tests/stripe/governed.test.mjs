// The official package through governed(): the double's charges, and the package's own objects and errors.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { clientOf, EVENT, failure, PARAMS, SDKS, VAULT_KEY } from './sdks.mjs';

const POLICY = {
  allowed_endpoints: ['charges.create', 'payment_intents.create', 'refunds.create'],
  daily_usd_cap: 98,
};

let double;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
});
afterEach(() => double.reset());
afterAll(() => double.close());

const posts = () => double.requests().filter(({ method }) => method === 'POST');
const keys = () => posts().map(({ idempotency_key }) => idempotency_key);

describe.each(SDKS)('$name', (sdk) => {
  const { Stripe, governed, billonce } = sdk;
  const KEY = billonce.idempotencyKey(EVENT);
  const keyAt = (endpoint) => billonce.idempotencyKey({ ...EVENT, scheme: 'v2', endpoint });

  /** A new run: a client and its billing. */
  function run(config = {}, options = {}) {
    const billing = governed({ base_url: `${double.url}/stripe`, ...config });
    return { billing, stripe: clientOf(sdk, billing, options) };
  }

  describe('a charge', () => {
    test('goes through the proxy with the event’s key, and comes back as the package’s own object', async () => {
      const { billing, stripe } = run({ policy: POLICY });
      const charge = await stripe.charges.create(PARAMS, billing.for(EVENT));
      expect(charge).toMatchObject({ object: 'charge', amount: 4900, customer: 'cus_A100' });
      expect(charge.metadata).toEqual({ billonce_key: KEY });
      expect(charge.lastResponse).toMatchObject({ statusCode: 200, idempotencyKey: KEY });
      expect(charge.lastResponse.requestId).toMatch(/^req_/);
      expect(posts()).toMatchObject([{ path: '/stripe/v1/charges', idempotency_key: KEY }]);
      expect(double.totals()).toEqual({ count: 1, amount_minor: 4900 });
    });

    test('of a second run is the first one’s', async () => {
      const charges = [];
      for (const { billing, stripe } of [run(), run(), run()]) {
        charges.push(await stripe.charges.create(PARAMS, billing.for({ ...EVENT })));
      }
      expect(new Set(charges.map(({ id }) => id)).size).toBe(1);
      expect(charges[2].lastResponse.headers['idempotent-replayed']).toBe('true');
      expect(double.totals().count).toBe(1);
    });

    test('is found by findEarlier', async () => {
      const { billing, stripe } = run();
      const { id } = await stripe.charges.create(PARAMS, billing.for(EVENT));
      const where = { base_url: `${double.url}/stripe`, vault_key: VAULT_KEY };
      const earlier = await billonce.findEarlier(fetch, EVENT, where);
      expect(earlier).toMatchObject({ charged: 'yes', objects: [{ id, same_as_event: true }] });
    });

    test('keeps the metadata that it had, and has no key there on request', async () => {
      const metadata = { order: '7' };
      const { billing, stripe } = run();
      const { metadata: with_key } = await stripe.charges.create({ ...PARAMS, metadata }, billing.for(EVENT));
      expect(with_key).toEqual({ order: '7', billonce_key: KEY });
      const other = run({ metadata_key: false });
      const july = { ...EVENT, billing_period: '2026-07' };
      const { metadata: without } = await other.stripe.charges.create(
        { ...PARAMS, metadata },
        other.billing.for(july),
      );
      expect(without).toEqual(metadata);
    });

    test('that is declined is a StripeCardError, again and again', async () => {
      const event = { ...EVENT, customer_id: 'cus_declined' };
      const params = { ...PARAMS, customer: 'cus_declined' };
      for (const { billing, stripe } of [run(), run()]) {
        const error = await failure(stripe.charges.create(params, billing.for(event)));
        expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
        expect(error).toMatchObject({
          code: 'card_declined',
          decline_code: 'generic_decline',
          statusCode: 402,
        });
      }
      expect(posts().map(({ replayed }) => replayed)).toEqual([false, true]);
      expect(double.totals().count).toBe(0);
    });
  });

  describe('a key', () => {
    test('is each endpoint’s own, and no token is ever sent', async () => {
      const { billing, stripe } = run();
      const options = billing.for(EVENT);
      const { id: charge } = await stripe.charges.create({ ...PARAMS, capture: false }, options);
      await stripe.charges.capture(charge, {}, options);
      await stripe.refunds.create({ charge, amount: 4900 }, options);
      const card = { payment_method: 'pm_card_visa' };
      const { id: intent } = await stripe.paymentIntents.create({ ...PARAMS, ...card }, options);
      await stripe.paymentIntents.confirm(intent, {}, options);
      await stripe.customers.create({ name: 'Jane' }, options);
      expect(keys()).toEqual([
        KEY,
        keyAt('charges.capture'),
        keyAt('refunds.create'),
        keyAt('payment_intents.create'),
        keyAt('payment_intents.confirm'),
        keyAt('customers.create'),
      ]);
      expect(new Set(keys()).size).toBe(6);
      expect(double.totals()).toEqual({ count: 2, amount_minor: 9800 });
    });

    test('of scheme v2 binds the currency and the endpoint', async () => {
      const { billing, stripe } = run();
      const event = { ...EVENT, scheme: 'v2', currency: 'usd', endpoint: 'charges.create' };
      await stripe.charges.create(PARAMS, billing.for(event));
      expect(keys()).toEqual([billonce.idempotencyKey(event)]);
      const euros = await failure(stripe.charges.create({ ...PARAMS, currency: 'eur' }, billing.for(event)));
      expect(euros).toMatchObject({ code: 'event_mismatch', param: 'event.currency' });
      const intent = await failure(stripe.paymentIntents.create(PARAMS, billing.for(event)));
      expect(intent).toMatchObject({ code: 'event_mismatch', param: 'event.endpoint' });
      expect(posts()).toHaveLength(1);
    });

    test('of the package’s own, a random one, is refused, and one of the caller’s is sent', async () => {
      for (const options of [{}, { maxNetworkRetries: 2 }]) {
        const { stripe } = run({}, options);
        const error = await failure(stripe.charges.create(PARAMS));
        expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
        expect(error).toMatchObject({
          code: 'idempotency_key_required',
          param: 'idempotencyKey',
          statusCode: 400,
          message:
            "idempotencyKey is required: pass what for(event) returns, or a key of your own; the package's random one would bill again on the next run",
        });
      }
      expect(double.requests()).toEqual([]);
      await run().stripe.charges.create(PARAMS, { idempotencyKey: 'order-7' });
      expect(keys()).toEqual(['order-7']);
    });

    test('is that of the client’s event, where the call names none', async () => {
      const { billing, stripe } = run({ event: EVENT }, { maxNetworkRetries: 1 });
      await stripe.charges.create(PARAMS);
      await stripe.charges.create(PARAMS, billing.for({ ...EVENT, charge_type: 'setup' }));
      await stripe.charges.create(PARAMS, { idempotencyKey: 'order-7' });
      expect(keys()).toEqual([KEY, billonce.idempotencyKey({ ...EVENT, charge_type: 'setup' }), 'order-7']);
    });

    test('that was used for other parameters is a StripeIdempotencyError of Stripe’s', async () => {
      const { billing, stripe } = run();
      await stripe.charges.create(PARAMS, billing.for(EVENT));
      const error = await failure(stripe.charges.create({ ...PARAMS, description: 'x' }, billing.for(EVENT)));
      expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
      expect(error.message).toContain(KEY);
      expect(double.totals().count).toBe(1);
    });
  });

  describe('what is refused before it is sent', () => {
    const cases = {
      'over the cap': {
        config: { policy: { ...POLICY, daily_usd_cap: '48.99' } },
        type: 'StripeRateLimitError',
        code: 'daily_usd_cap_exceeded',
        statusCode: 429,
        decision: { amount_usd_cents: 4900, cap_usd_cents: 4899 },
      },
      'not on the allowlist': {
        config: { policy: { ...POLICY, allowed_endpoints: ['payouts.create'] } },
        type: 'StripePermissionError',
        code: 'endpoint_not_allowed',
        statusCode: 403,
        decision: { http_status: 403 },
      },
      'by an expired policy': {
        config: { policy: { ...POLICY, expires_at: '2026-01-01' } },
        type: 'StripeAuthenticationError',
        code: 'policy_expired',
        statusCode: 401,
        decision: { http_status: 401 },
      },
      'in a currency without a rate': {
        config: { policy: POLICY },
        params: { currency: 'eur' },
        type: 'StripeInvalidRequestError',
        code: 'usd_rate_missing',
        statusCode: 400,
        decision: { http_status: 422 },
      },
      'of another amount than the event’s': {
        params: { amount: 490000 },
        type: 'StripeInvalidRequestError',
        code: 'event_mismatch',
        param: 'amount',
        statusCode: 400,
      },
      'of another customer': {
        params: { customer: 'cus_B200' },
        type: 'StripeInvalidRequestError',
        code: 'event_mismatch',
        param: 'customer',
        statusCode: 400,
      },
      'of no customer': {
        params: { customer: undefined, source: 'tok_visa' },
        type: 'StripeInvalidRequestError',
        code: 'event_mismatch',
        param: 'customer',
        statusCode: 400,
      },
      'with a reference that was not resolved': {
        params: { description: 'for {{step_1.name}}' },
        type: 'StripeInvalidRequestError',
        code: 'unresolved_reference',
        param: 'description',
        statusCode: 400,
      },
    };

    test.each(Object.keys(cases))('%s', async (title) => {
      const { config = {}, params = {}, type, decision, ...told } = cases[title];
      const { billing, stripe } = run(config, { maxNetworkRetries: 3 });
      const error = await failure(stripe.charges.create({ ...PARAMS, ...params }, billing.for(EVENT)));
      expect(error).toBeInstanceOf(Stripe.errors[type]);
      expect(error).toMatchObject({ type, ...told });
      if (decision)
        expect(error.raw.decision).toMatchObject({ allowed: false, code: told.code, ...decision });
      else expect(error.raw.decision).toBe(undefined);
      expect(double.requests()).toEqual([]);
    });

    test('and told not to be asked again, whatever a later major would do by itself', async () => {
      const { billing } = run();
      const headers = { Authorization: `Bearer ${VAULT_KEY}` };
      const call = ['api.stripe.com', '443', '/v1/charges', 'POST', headers, 'amount=1', 'https', 1000];
      const answer = await billing.makeRequest(...call);
      expect([answer.getStatusCode(), answer.getHeaders()]).toEqual([
        400,
        { 'stripe-should-retry': 'false' },
      ]);
      expect(await answer.toJSON()).toMatchObject({ error: { code: 'idempotency_key_required' } });
      expect(billing.getClientName()).toBe('billonce');
    });

    test('counts what this client’s calls would spend, each event once', async () => {
      const { billing, stripe } = run({ policy: POLICY, spent_usd_cents: 0 });
      const charge = (billing_period) =>
        stripe.charges.create(PARAMS, billing.for({ ...EVENT, billing_period }));
      for (const period of ['2026-06', '2026-06', '2026-07', '2026-06']) await charge(period);
      expect(await failure(charge('2026-08'))).toMatchObject({ code: 'daily_usd_cap_exceeded' });
      expect(double.totals()).toEqual({ count: 2, amount_minor: 9800 });
    });

    test('where the amount is not in the request', async () => {
      const { billing, stripe } = run({ policy: POLICY });
      const error = await failure(stripe.refunds.create({ charge: 'ch_1' }, billing.for(EVENT)));
      expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
      expect(error.code).toBe('amount_unknown');
      expect(error.message).toContain(
        'POST /v1/refunds takes all there is where amount is not given: give it.',
      );
    });

    test('but is sent in another currency with a rate', async () => {
      const { billing, stripe } = run({ policy: POLICY, usd_rates: { eur: 1.08 } });
      await stripe.charges.create({ ...PARAMS, currency: 'eur' }, billing.for(EVENT));
      expect(double.totals('eur').count).toBe(1);
    });
  });
});
