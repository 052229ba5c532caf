// The seed's billing step, as Activepieces' own editor writes a Code step. The HTTP step after it sends what it returns.
import { guard } from 'billonce';

export const code = async (inputs) => {
  const billing = guard({
    policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: inputs.daily_usd_cap },
    base_url: inputs.base_url,
  });
  return billing.charge({
    customer_id: inputs.customer_id,
    amount_cents: inputs.amount_cents,
    billing_period: inputs.billing_period,
  });
};
