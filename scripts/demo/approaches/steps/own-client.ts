// The published "safe" step: each run makes its client, with its own key.
import Stripe from 'stripe';

export const code = async ({ credential, base_url, idempotency_key, ...charge }) => {
  const through = (url, init) => fetch(String(url).replace('https://api.stripe.com', base_url), init);
  const stripe = new Stripe(credential, { httpClient: Stripe.createFetchHttpClient(through) });
  const { id } = await stripe.charges.create(
    charge,
    idempotency_key ? { idempotencyKey: idempotency_key } : {},
  );
  return { charge_id: id };
};
