// findEarlier: what an event has made already.
import { guard, idempotencyKey } from 'billonce';
import { describe, expect, test } from 'vitest';
import {
  asked,
  charged,
  EVENT,
  find,
  intended,
  KEY,
  made,
  NOTHING,
  options,
  PARAMS,
  paths,
} from './asking.mjs';

describe('finds', () => {
  test('a charge of three days ago, by the search alone', async () => {
    const { id, created } = await charged({}, 3);
    expect(await find()).toEqual({
      found: 'yes',
      charged: 'yes',
      message: 'Charged before: do not send this event again.',
      objects: [
        {
          id,
          object: 'charge',
          status: 'succeeded',
          amount: 4900,
          currency: 'usd',
          customer: 'cus_A100',
          created,
          charged: 'yes',
          same_as_event: true,
        },
      ],
    });
    expect(paths()).toEqual(['charges/search', 'payment_intents/search']);
  });

  test('a charge of a moment ago, which no search knows yet', async () => {
    const { id } = await charged();
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ id }] });
    expect(paths()).toEqual(['charges/search', 'payment_intents/search', 'charges', 'payment_intents']);
    expect(asked()[2].params).toMatchObject({ customer: 'cus_A100', limit: '100' });
  });

  test.each([[0], [3]])('a payment intent of %i days ago, and not its charge beside it', async (days) => {
    const { id } = await intended({}, days);
    const earlier = await find();
    expect(earlier).toMatchObject({ found: 'yes', charged: 'yes' });
    expect(earlier.objects).toMatchObject([{ id, object: 'payment_intent', same_as_event: true }]);
  });

  test('nothing where nothing is', async () => {
    await made('charges', { ...PARAMS, 'metadata[order]': KEY }, 3);
    await charged({ 'metadata[billonce_key]': idempotencyKey({ ...EVENT, billing_period: '2026-07' }) });
    expect(await find()).toEqual(NOTHING);
    const [, , list] = asked();
    // A search knows all but the last hour: older objects are not read again.
    expect(Number(list.params.created.gte)).toBeCloseTo(Date.now() / 1000 - 86_400, -2);
  });

  test('a charge on a later page', async () => {
    const { id } = await charged();
    for (let number = 0; number < 205; number++) await made('charges', PARAMS);
    expect(await find()).toMatchObject({ found: 'yes', objects: [{ id }] });
    expect(asked().filter(({ path }) => path.endsWith('/charges'))).toHaveLength(3);
  });

  test('the event of a guest, who is no customer', async () => {
    const guest = { ...EVENT, customer_id: 'guest-7' };
    const params = { ...PARAMS, source: 'tok_visa', 'metadata[billonce_key]': idempotencyKey(guest) };
    delete params.customer;
    await made('charges', params);
    expect(await find({}, guest)).toMatchObject({
      charged: 'yes',
      objects: [{ customer: null, same_as_event: true }],
    });
    expect(asked()[2].params).not.toHaveProperty('customer');
  });

  test('with the guard’s own key and base URL', async () => {
    const billing = guard({ ...options, stripe_account: 'acct_1' });
    expect(await billing.findEarlier(EVENT)).toEqual(NOTHING);
    expect(asked().every(({ account }) => account === 'acct_1')).toBe(true);
    await charged({}, 3);
    expect(await guard(options).findEarlier(EVENT, fetch, { max_pages: 1 })).toMatchObject({
      charged: 'yes',
    });
  });

  test('what it made itself, with the key that it put there', async () => {
    const body = new URLSearchParams(PARAMS).toString();
    const step = guard(options).admit({ endpoint: 'POST /v1/charges', body, event: EVENT });
    await guard(options).send(step);
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ same_as_event: true }] });
  });
});

describe('tells whether money moved', () => {
  const unlucky = { ...EVENT, customer_id: 'cus_declined' };
  const declined = { customer: 'cus_declined', 'metadata[billonce_key]': idempotencyKey(unlucky) };
  const badCard = { payment_method: 'pm_card_chargeDeclined' };

  test.each([
    ['a declined card', unlucky, () => charged(declined), 'no', 'failed'],
    ['a charge to be captured', EVENT, () => charged({ capture: 'false' }), 'unknown', 'succeeded'],
    ['an intent that waits', EVENT, () => intended({ confirm: 'false' }), 'no', 'requires_confirmation'],
    ['a declined intent', EVENT, () => intended(badCard), 'no', 'requires_payment_method'],
  ])('%s', async (_, of, make, moved, status) => {
    await make();
    const earlier = await find({}, of);
    expect(earlier).toMatchObject({ found: 'yes', charged: moved });
    expect(earlier.objects).toMatchObject([{ status, charged: moved, same_as_event: true }]);
  });

  test('a decline that was followed by a charge, of which the search does not know yet', async () => {
    await intended(badCard, 3);
    await charged();
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes' });
  });

  test('a charge that was refunded has moved', async () => {
    const { id } = await charged();
    await made('refunds', { charge: id });
    expect(await find()).toMatchObject({ charged: 'yes' });
  });
});

describe('an object that is not the event’s', () => {
  test.each([
    ['amount', { amount: '5000' }, EVENT],
    ['customer', { customer: 'cus_B200' }, { ...EVENT, customer_id: 'cus_A100' }],
    ['currency', {}, { ...EVENT, scheme: 'v2', currency: 'eur' }],
  ])('by its %s is told as such', async (_, more, of) => {
    await charged({ ...more, 'metadata[billonce_key]': idempotencyKey(of) }, 3);
    expect(await find({}, of)).toMatchObject({
      found: 'unknown',
      charged: 'unknown',
      message: "What carries this event's key has another amount, customer or currency: look at it first.",
      objects: [{ same_as_event: false }],
    });
  });

  test('leaves a doubt beside one that is', async () => {
    await charged({ amount: '5000' }, 3);
    await intended({ confirm: 'false' }, 3);
    expect(await find()).toMatchObject({ found: 'yes', charged: 'unknown' });
  });
});
