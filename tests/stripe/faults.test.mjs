// What happens on the way: the package asks again as it always does, with the event's key, and one charge is made.

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { clientOf, EVENT, failure, NEWEST, PARAMS, SDKS, VAULT_KEY } from './sdks.mjs';

let double;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
});
afterEach(() => double.reset());
afterAll(() => double.close());

const keys = () => double.requests().map(({ idempotency_key }) => idempotency_key);

describe.each(SDKS)('$name', (sdk) => {
  const { Stripe, governed, billonce } = sdk;
  const KEY = billonce.idempotencyKey(EVENT);

  function charge(options = {}, config = {}) {
    const billing = governed({ base_url: `${double.url}/stripe`, ...config });
    const stripe = clientOf(sdk, billing, { maxNetworkRetries: 2, ...options });
    return stripe.charges.create(PARAMS, billing.for(EVENT));
  }

  test.each([
    ['dropped_before', false],
    ['lost_answer', true],
    ['gateway_502_before', false],
    ['gateway_502', true],
    ['lock_timeout_429', false],
  ])('after %s it asks again with the same key', async (kind, replayed) => {
    double.fail({ kind, times: 2 });
    const { id, lastResponse } = await charge();
    expect(id).toMatch(/^ch_/);
    expect(lastResponse.headers['idempotent-replayed'] === 'true').toBe(replayed);
    expect(keys()).toEqual([KEY, KEY, KEY]);
    expect(double.totals()).toEqual({ count: 1, amount_minor: 4900 });
  });

  test('after a closed connection it asks once more even without retries, with the same key', async () => {
    double.fail({ kind: 'lost_answer' });
    expect(await charge({ maxNetworkRetries: 0 })).toMatchObject({ object: 'charge' });
    expect(keys()).toEqual([KEY, KEY]);
    expect(double.totals().count).toBe(1);
  });

  test('while another run is in flight it waits for that one’s charge', async () => {
    let release;
    const until = new Promise((done) => {
      release = done;
    });
    const { reached } = double.fail({ kind: 'hang_until', until });
    const first = charge();
    await reached;
    let asked = 0;
    // The first 409 has been read when the second request begins.
    const watching = (...call) => {
      if (++asked === 2) release();
      return fetch(...call);
    };
    const second = await charge({}, { fetch: watching });
    expect(second.id).toBe((await first).id);
    expect(double.requests().map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409, 200]));
    expect(double.totals().count).toBe(1);
  });

  test('with no more retries it is a StripeConnectionError, and the next run gets the charge', async () => {
    double.fail({ kind: 'lost_answer', times: 3 });
    const error = await failure(charge());
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(error.detail).toMatchObject({ name: 'ConnectionError', code: 'ECONNRESET' });
    expect(error.detail.message).toBe('no answer arrived (ECONNRESET)');
    expect(await charge()).toMatchObject({ object: 'charge' });
    expect(double.totals().count).toBe(1);
  });

  test('past its time it is a StripeConnectionError that says so', async () => {
    const hanging = (_url, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error(VAULT_KEY)));
      });
    const error = await failure(charge({ timeout: 20, maxNetworkRetries: 0 }, { fetch: hanging }));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(error.message).toBe('Request aborted due to timeout being reached (20ms)');
    expect(error.detail.code).toBe('ETIMEDOUT');
    const deaf = () => new Promise(() => {});
    const other = await failure(charge({ timeout: 20, maxNetworkRetries: 0 }, { fetch: deaf }));
    expect(other.detail.code).toBe('ETIMEDOUT');
  });

  test('a body that breaks off is asked for again', async () => {
    let asked = 0;
    const breaking = async (...call) => {
      const response = await fetch(...call);
      if (++asked > 1) return response;
      await response.text();
      const { status, headers } = response;
      return { status, headers, text: () => Promise.reject(new TypeError('terminated')) };
    };
    expect(await charge({}, { fetch: breaking })).toMatchObject({ object: 'charge' });
    expect(keys()).toEqual([KEY, KEY]);
    expect(double.totals().count).toBe(1);
  });

  test('what a fetch throws is not passed on', async () => {
    for (const thrown of [new Error(`Bearer ${VAULT_KEY}`), VAULT_KEY, undefined, { code: VAULT_KEY }]) {
      const throwing = () => Promise.reject(thrown);
      const error = await failure(charge({ maxNetworkRetries: 0 }, { fetch: throwing }));
      expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
      expect(error.detail.message).toBe('no answer arrived');
      expect(error.detail.code).toBe(undefined);
      expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(VAULT_KEY);
    }
  });

  test('an error that Stripe keeps is told, and not asked for again', async () => {
    double.fail({ kind: 'saved_500', times: 2 });
    const error = await failure(charge());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error.message).toBe('An unknown error occurred');
    expect(keys()).toEqual([KEY]);
  });
});

test('1,000 events through random faults, each run again until it is answered: one charge each', async () => {
  const FAULTS = [
    'dropped_before',
    'lost_answer',
    'gateway_502',
    'gateway_502_before',
    'lock_timeout_429',
    'rate_limit_429',
  ];
  const plan = fc.array(fc.constantFrom(...FAULTS), { maxLength: 6 });
  const plans = fc.sample(plan, 1_000);
  const config = { base_url: `${double.url}/stripe` };

  async function bill(loop_index) {
    const event = { ...EVENT, loop_index };
    const description = `event ${loop_index}`;
    for (const kind of plans[loop_index])
      double.fail({ kind, when: ({ params }) => params?.description === description });
    for (let runs = 1; ; runs++) {
      const billing = NEWEST.governed(config);
      const stripe = clientOf(NEWEST, billing, { maxNetworkRetries: runs % 3 });
      const answer = stripe.charges.create({ ...PARAMS, description }, billing.for(event));
      const charge = await answer.catch(() => null);
      if (charge) return charge.id;
    }
  }

  const ids = [];
  for (let from = 0; from < 1_000; from += 50) {
    ids.push(...(await Promise.all(Array.from({ length: 50 }, (_, at) => bill(from + at)))));
  }
  expect(new Set(ids).size).toBe(1_000);
  expect(double.totals()).toEqual({ count: 1_000, amount_minor: 4_900_000 });
  expect(new Set(double.charges().map(({ id }) => id))).toEqual(new Set(ids));
  expect(new Set(double.requests().map(({ idempotency_key }) => idempotency_key)).size).toBe(1_000);
});
