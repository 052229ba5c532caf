// Stripe's own SDK, pointed at the edge: it takes the edge's answers for Stripe's.
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rig } from './rig.mjs';

let it_;
let stripe;
beforeAll(async () => {
  it_ = await rig({ policy: { daily_usd_cap: 20 } });
  // `host`, `port` and `protocol` would lose the /stripe prefix.
  const toEdge = (url, init) =>
    fetch(String(url).replace('https://api.stripe.com', `${it_.url}/stripe`), init);
  const httpClient = Stripe.createFetchHttpClient(toEdge);
  stripe = new Stripe(it_.vault.vault_key, { httpClient, maxNetworkRetries: 2, telemetry: false });
});
afterAll(() => it_.close());

const charge = (idempotencyKey, amount = 1000) =>
  stripe.charges.create({ amount, currency: 'usd', customer: 'cus_1' }, { idempotencyKey });
const failure = (promise) =>
  promise.then(
    () => null,
    ({ type, statusCode, code }) => ({ type, statusCode, code }),
  );

it('charges once, whatever it is called', async () => {
  const first = await charge('sdk-1');
  const second = await charge('sdk-1');
  expect(second.id).toBe(first.id);
  expect(first.lastResponse.requestId).toMatch(/^req_/);
  expect(it_.double.totals().count).toBe(1);
});

it('gets an idempotency conflict as one', async () => {
  await charge('sdk-2', 500);
  expect(await failure(charge('sdk-2', 501))).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
  });
});

it('gets a declined card as one', async () => {
  const declined = stripe.charges.create(
    { amount: 100, currency: 'usd', source: 'tok_chargeDeclined' },
    { idempotencyKey: 'sdk-3' },
  );
  expect(await failure(declined)).toMatchObject({ type: 'StripeCardError', code: 'card_declined' });
});

it('sends a lost answer’s request again by itself, and is charged once', async () => {
  it_.double.fail({ kind: 'lost_answer' });
  const made = await charge('sdk-4', 400);
  const own = it_.double.charges().filter(({ idempotency_key }) => idempotency_key === 'sdk-4');
  expect(own.map(({ id }) => id)).toEqual([made.id]);
});

it('does not ask again where the cap says no', async () => {
  const before = it_.double.requests().length;
  const { calls } = await it_.status();
  expect(await failure(charge('sdk-5'))).toMatchObject({ statusCode: 429 });
  expect(it_.double.requests().length).toBe(before);
  expect((await it_.status()).calls).toBe(calls + 1);
});
