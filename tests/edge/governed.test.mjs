// The official package through `billonce/stripe`, in three majors, against the edge: unchanged but for its HTTP client.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failure, SDKS } from '../stripe/sdks.mjs';
import { rig } from './rig.mjs';

const EVENT = { customer_id: 'cus_A100', amount_cents: 1000, billing_period: '2026-06' };
const PARAMS = { amount: 1000, currency: 'usd', customer: 'cus_A100' };
const POLICY = {
  daily_usd_cap: 20,
  allowed_endpoints: [
    'POST /v1/charges',
    'POST /v1/payment_intents',
    'POST /v1/payment_intents/{id}/capture',
    'GET /v1/charges',
  ],
};

describe.each(SDKS)('$name', ({ Stripe, governed, billonce }) => {
  let edge;
  let billing;
  beforeEach(async () => {
    edge = await rig({ policy: POLICY });
    billing = governed({ base_url: `${edge.url}/stripe` });
  });
  afterEach(() => edge.close());

  const client = (key = edge.vault.vault_key, httpClient = billing) => {
    const stripe = new Stripe(key, { httpClient, telemetry: false, maxNetworkRetries: 2 });
    stripe.getInitialNetworkRetryDelay = () => 0.001;
    stripe.getMaxNetworkRetryDelay = () => 0.001;
    return stripe;
  };
  const charge = (event = EVENT) => client().charges.create(PARAMS, billing.for(event));
  const spent = async () => {
    const { spent_usd_cents, reserved_usd_cents } = await edge.status();
    return [spent_usd_cents, reserved_usd_cents];
  };

  test('an event is charged and counted once, by runs after each other, at once, and after a crash', async () => {
    const made = await charge();
    const again = [await charge(), ...(await Promise.all([charge(), charge()]))];
    await edge.crash();
    // It listens at another port now.
    billing = governed({ base_url: `${edge.url}/stripe` });
    again.push(await charge());
    expect(again.map(({ id }) => id)).toEqual(again.map(() => made.id));
    expect(edge.double.charges()).toMatchObject([
      {
        id: made.id,
        idempotency_key: billonce.idempotencyKey(EVENT),
        metadata: { billonce_key: billonce.idempotencyKey(EVENT) },
      },
    ]);
    expect(await spent()).toEqual([1000, 0]);
  });

  test('two runs at once get one charge: the second waits rather than being told of a conflict', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => charge()));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(edge.double.totals().count).toBe(1);
    expect(await spent()).toEqual([1000, 0]);
  });

  test('a lost answer is asked for again, with one charge', async () => {
    edge.double.fail({ kind: 'lost_answer' });
    const made = await charge();
    expect(edge.double.charges().map(({ id }) => id)).toEqual([made.id]);
    expect(await spent()).toEqual([1000, 0]);
  });

  test('the cap’s refusal is an error of the package’s, and is not asked again', async () => {
    await charge();
    await charge({ ...EVENT, billing_period: '2026-07' });
    const before = (await edge.status()).calls;
    const error = await failure(charge({ ...EVENT, billing_period: '2026-08' }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error).toMatchObject({ code: 'daily_usd_cap_exceeded', statusCode: 429 });
    expect(error.raw.proxy).toMatchObject({ spent_usd_cents: 2000, cap_usd_cents: 2000 });
    expect((await edge.status()).calls).toBe(before + 1);
    expect(edge.double.totals().count).toBe(2);
  });

  test('other refusals are the package’s errors too', async () => {
    const stripe = client();
    const forbidden = await failure(
      stripe.payouts.create({ amount: 1000, currency: 'usd' }, billing.for(EVENT)),
    );
    expect(forbidden).toBeInstanceOf(Stripe.errors.StripePermissionError);
    expect(forbidden.code).toBe('endpoint_not_allowed');
    const stranger = client(`vault_key_${'0'.repeat(80)}`).charges.create(PARAMS, billing.for(EVENT));
    expect(await failure(stranger)).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    await edge.admin('DELETE', `vault-keys/${edge.vault.id}`);
    const revoked = await failure(charge());
    expect(revoked).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(revoked.code).toBe('vault_key_revoked');
    expect(edge.double.totals().count).toBe(0);
  });

  test('a decline is the card’s error, and counts nothing', async () => {
    const declined = client().charges.create({ ...PARAMS, source: 'tok_chargeDeclined' }, billing.for(EVENT));
    const error = await failure(declined);
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(await spent()).toEqual([0, 0]);
  });

  test('a payment intent and its capture count once, each with its own key', async () => {
    const stripe = client();
    const params = { ...PARAMS, capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' };
    const intent = await stripe.paymentIntents.create(params, billing.for(EVENT));
    expect(await spent()).toEqual([1000, 0]);
    const captured = await stripe.paymentIntents.capture(intent.id, {}, billing.for(EVENT));
    expect([captured.id, captured.status]).toEqual([intent.id, 'succeeded']);
    expect(await spent()).toEqual([1000, 0]);
  });

  test('what is only read goes through, where the policy says so', async () => {
    const made = await charge();
    const { data } = await client().charges.list({ limit: 3 });
    expect(data.map(({ id }) => id)).toEqual([made.id]);
  });
});
