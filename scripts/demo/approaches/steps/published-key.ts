// The published pattern's key, in the shape of a Code step.
import { createHash } from 'node:crypto';

export const code = async ({ customer_id, amount_cents, billing_period }) => {
  const idempotency_key = createHash('sha256')
    .update(`${customer_id}:${amount_cents}:${billing_period}:activepieces-billing`)
    .digest('hex');
  return { customer_id, amount_cents, billing_period, idempotency_key };
};
