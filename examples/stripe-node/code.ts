// The seed's "safe" step, with the official package, put right: as published, `host`, `port` and `protocol` lose the
// proxy's `/stripe` prefix, so that no call reaches its route.
import { governed } from 'billonce/stripe';
import Stripe from 'stripe';

export const code = async (inputs) => {
  const { customer_id, amount_cents, billing_period } = inputs;
  const billing = governed({
    policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: inputs.daily_usd_cap },
    base_url: inputs.base_url,
  });
  // In here, not at module scope: a client, its vault key and what it has spent are of this run alone.
  const stripe = new Stripe(inputs.vault_key, { httpClient: billing, maxNetworkRetries: 2 });
  const charge = await stripe.charges.create(
    {
      amount: amount_cents,
      currency: 'usd',
      customer: customer_id,
      description: `Renewal for ${billing_period}`,
    },
    billing.for({ customer_id, amount_cents, billing_period }),
  );
  return { charge_id: charge.id, idempotency_key: charge.lastResponse.idempotencyKey };
};
