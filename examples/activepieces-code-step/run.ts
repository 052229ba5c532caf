// The same step in the seed's shape: `run`, with the package imported inside it.
export const run = async ({ inputs }) => {
  const { guard } = await import('billonce');
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
