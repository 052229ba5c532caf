// A billing step inside a Router's branch: an upgrade and a renewal of one customer in one period are two charges.
// `on_deny: 'return'` lets the flow branch on the decision instead of failing.
import { guard } from 'billonce';

export const code = async (inputs) => {
  const billing = guard({
    policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: inputs.daily_usd_cap },
    base_url: inputs.base_url,
    on_deny: 'return',
  });
  return billing.charge({
    customer_id: inputs.customer_id,
    amount_cents: inputs.amount_cents,
    billing_period: inputs.billing_period,
    branch: inputs.branch,
  });
};
