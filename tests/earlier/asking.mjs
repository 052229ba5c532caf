// What the tests of findEarlier share: a double for each file, what an event made there, and ways to ask.
import { findEarlier, idempotencyKey } from 'billonce';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

export const VAULT_KEY = 'vault_key_for_tests_4f9a';
export const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
export const KEY = idempotencyKey(EVENT);
export const INTENT_KEY = idempotencyKey({ ...EVENT, scheme: 'v2', endpoint: 'payment_intents.create' });
export const PARAMS = { amount: '4900', currency: 'usd', customer: 'cus_A100' };
export const DAYS = 86_400_000;

export let double;
export let options;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
  options = { vault_key: VAULT_KEY, base_url: `${double.url}/stripe` };
});
afterEach(() => double.reset());
afterAll(() => double.close());

/** Makes something at the double, so many days ago. */
export async function made(path, params, daysAgo = 0) {
  double.clock.advance(-daysAgo * DAYS);
  const response = await fetch(`${double.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${VAULT_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  });
  double.clock.advance(daysAgo * DAYS);
  const { error, ...object } = await response.json();
  return error?.payment_intent ?? (error?.charge ? { id: error.charge } : object);
}
export const charged = (more = {}, daysAgo = 0) =>
  made('charges', { ...PARAMS, 'metadata[billonce_key]': KEY, ...more }, daysAgo);
export const intended = (more = {}, daysAgo = 0) =>
  made(
    'payment_intents',
    {
      ...PARAMS,
      payment_method: 'pm_card_visa',
      confirm: 'true',
      'metadata[billonce_key]': INTENT_KEY,
      ...more,
    },
    daysAgo,
  );

export const asked = () => double.requests().filter(({ method }) => method === 'GET');
export const paths = () => asked().map(({ path }) => path.replace('/stripe/v1/', ''));
export const find = (more = {}, of = EVENT, get = fetch) => findEarlier(get, of, { ...options, ...more });
export const NOTHING = {
  found: 'no',
  charged: 'no',
  objects: [],
  message: "Nothing at Stripe carries this event's key.",
};

/** The double, but for the GETs that `instead` answers. */
export const through = (instead) => async (url, init) => {
  const { pathname } = new URL(url);
  return (await instead(pathname.replace('/stripe/v1/', ''), url)) ?? fetch(url, init);
};
export const json = (body, status = 200) => new Response(JSON.stringify(body), { status });
