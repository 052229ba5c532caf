// What flows do, asked of a double of Stripe that somebody wrote: the calls succeed there, and the answers are read right.
import { BillonceError, buildRequest, guard } from 'billonce';
import { expect, test } from 'vitest';

const CHARGE = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const verdict = ({ outcome }) => `${outcome.kind} ${outcome.charged} ${outcome.retry}`;

/**
 * @param {object} double
 * @param {() => string} double.url below which `/v1/…` is
 * @param {string} double.key that it accepts
 * @param {(kind: 'good' | 'declined') => Promise<{ customer: string, payment_method?: string }>} double.newCustomer
 * @param {boolean} [double.keepsKeys] whether it replays
 * @param {boolean} [double.hasIntents]
 * @param {string} [double.twice] how it answers a second refund of all
 */
export function scenarios({ url, key, newCustomer, keepsKeys, hasIntents, twice }) {
  let count = 0;
  const billing = (vault_key = key) => guard({ vault_key, allow_raw_key: true, base_url: url() });
  const once = { max_attempts: 1 };
  /** Charges a new period of a customer's. */
  const charge = (customer, params, period = `2026-${++count}`) => {
    const step = billing().charge({ ...CHARGE, customer_id: customer, billing_period: period }, params);
    return billing().send(step, fetch, once);
  };
  const call = (endpoint, params, path = {}) => {
    const idempotency_key = `scenario-${Date.now()}-${++count}`;
    const request = buildRequest({ endpoint, params, path, base_url: url(), idempotency_key });
    return billing().send({ idempotency_key, request, decision: null }, fetch, once);
  };

  test('a charge', async () => {
    const { customer } = await newCustomer('good');
    const { outcome, body } = await charge(customer);
    expect(outcome).toMatchObject({
      kind: 'succeeded',
      charged: 'yes',
      retry: 'never',
      http_status: 200,
      livemode: false,
    });
    expect(outcome.id).toMatch(/^ch_/);
    expect(body).toMatchObject({ amount: 4900, currency: 'usd' });
  });

  test.runIf(keepsKeys)('its replay', async () => {
    const { customer } = await newCustomer('good');
    const first = await charge(customer, {}, 'the same');
    const second = await charge(customer, {}, 'the same');
    expect(second.outcome).toMatchObject({
      kind: 'replayed',
      charged: 'yes',
      id: first.outcome.id,
      replayed: true,
    });
    const other = await charge(customer, { description: 'other' }, 'the same');
    expect(verdict(other)).toBe('key_reused no review');
  });

  test('an authorisation, and its capture', async () => {
    const { customer } = await newCustomer('good');
    const held = await charge(customer, { capture: false });
    expect(verdict(held)).toBe('pending unknown never');
    const captured = await call('charges.capture', {}, { id: held.outcome.id });
    expect(verdict(captured)).toBe('succeeded yes never');
  });

  test('a declined card', async () => {
    const { customer } = await newCustomer('declined');
    const { outcome } = await charge(customer);
    expect(outcome).toMatchObject({
      kind: 'declined',
      charged: 'no',
      retry: 'new_key',
      stripe_code: 'card_declined',
    });
  });

  test('a refund, and a second one', async () => {
    const { customer } = await newCustomer('good');
    const { outcome } = await charge(customer);
    const refund = await call('refunds.create', { charge: outcome.id });
    expect(verdict(refund)).toBe('succeeded yes never');
    expect(refund.outcome.id).toMatch(/^re_/);
    if (twice) expect(verdict(await call('refunds.create', { charge: outcome.id }))).toBe(twice);
  });

  test.runIf(hasIntents)('a payment intent, confirmed at once', async () => {
    const { customer, payment_method } = await newCustomer('good');
    const params = { amount: 4900, currency: 'usd', customer, payment_method, confirm: true };
    const paid = await call('payment_intents.create', params);
    expect(verdict(paid)).toBe('succeeded yes never');
    expect(paid.outcome.id).toMatch(/^pi_/);
    const refund = await call('refunds.create', { payment_intent: paid.outcome.id });
    expect(verdict(refund)).toBe('succeeded yes never');
  });

  test.runIf(hasIntents)('a payment intent, step by step', async () => {
    const { customer, payment_method } = await newCustomer('good');
    const params = { amount: 4900, currency: 'usd', customer, payment_method };
    const made = await call('payment_intents.create', { ...params, capture_method: 'manual' });
    const path = { id: made.outcome.id };
    const confirmed = await call('payment_intents.confirm', {}, path);
    const captured = await call('payment_intents.capture', {}, path);
    const other = await call('payment_intents.create', params);
    const canceled = await call('payment_intents.cancel', {}, { id: other.outcome.id });
    expect([made, confirmed, captured, canceled].map(verdict)).toEqual([
      'requires_action no never',
      'pending unknown never',
      'succeeded yes never',
      'canceled no never',
    ]);
  });

  test.runIf(hasIntents)('a payment intent whose card is declined', async () => {
    const { customer, payment_method } = await newCustomer('declined');
    const params = { amount: 4900, currency: 'usd', customer, payment_method, confirm: true };
    expect(verdict(await call('payment_intents.create', params))).toBe('declined no new_key');
  });

  test('a customer that does not exist, and a key that is none', async () => {
    const refund = await call('refunds.create', { charge: 'ch_that_does_not_exist' });
    expect(verdict(refund)).toBe('invalid_request no never');
    const step = billing().charge(CHARGE);
    const wrong = await billing('wrong_key_of_the_test').send(step, fetch, once);
    expect(['unauthorized no never', 'vault_key_revoked no never']).toContain(verdict(wrong));
    expect(() => billing('')).toThrow(BillonceError);
  });
}
