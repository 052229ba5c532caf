// The billing step of a flow that charges one customer for several things in one period: `charge_type` tells them apart.
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
    charge_type: inputs.charge_type,
  });
};
