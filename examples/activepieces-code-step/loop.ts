// A billing step inside Loop on Items: every line of one invoice is a charge of its own. `index` is the loop step's own,
// and counts from 1. Where lines can change places between two runs, give their id as `loop_item` instead.
import { guard } from 'billonce';

export const code = async (inputs) => {
  const billing = guard({
    policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: inputs.daily_usd_cap },
    base_url: inputs.base_url,
  });
  return billing.charge({
    customer_id: inputs.customer_id,
    amount_cents: inputs.item.amount_cents,
    billing_period: inputs.billing_period,
    loop_index: inputs.index,
  });
};
