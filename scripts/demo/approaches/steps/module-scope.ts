// UNSAFE, as many write it: the client stands at module scope. The first run of a worker makes it, with its own key, and every
// later run in that worker charges with it.
import Stripe from 'stripe';

let stripe: Stripe | undefined;

export const code = async ({ credential, base_url, idempotency_key, ...charge }) => {
  const through = (url, init) => fetch(String(url).replace('https://api.stripe.com', base_url), init);
  stripe ??= new Stripe(credential, { httpClient: Stripe.createFetchHttpClient(through) });
  const { id } = await stripe.charges.create(
    charge,
    idempotency_key ? { idempotencyKey: idempotency_key } : {},
  );
  return { charge_id: id };
};
