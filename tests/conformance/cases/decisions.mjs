import { EVENT, MIDNIGHT, NOW, NOW_MS, PARAMS, POLICY, PROXY } from './shared.mjs';

const CHARGE = { endpoint: 'POST /v1/charges', amount: 4900, currency: 'usd' };
const STATUS = {
  allowed: 200,
  policy_expired: 401,
  endpoint_not_allowed: 403,
  amount_unknown: 422,
  usd_rate_missing: 422,
  max_charge_usd_exceeded: 403,
  daily_usd_cap_exceeded: 429,
};

const withPolicy = (change) => ({ policy: { ...POLICY, ...change } });
const tooMuch = (amount, left) =>
  `${amount} is more than the ${left} left of the daily cap of $49.00, which starts anew at ${MIDNIGHT}.`;

export function decisions({ precheck, buildRequest }, check) {
  /** `change` is what differs from a charge of $49.00 under a cap of $49.00; `expected`, from that charge's figures. */
  const judge = (title, code, message, change, expected) => {
    check(title, () => precheck({ policy: POLICY, spent_usd_cents: 0, now: NOW, ...CHARGE, ...change }), {
      allowed: code === 'allowed',
      code,
      http_status: STATUS[code],
      message,
      amount_usd_cents: 4900,
      spent_usd_cents: 0,
      cap_usd_cents: 4900,
      remaining_usd_cents: 4900,
      resets_at: MIDNIGHT,
      ...expected,
    });
  };
  const fits = (title, change, expected, message = '$49.00 of the $49.00 left of the daily cap.') =>
    judge(title, 'allowed', message, change, expected);

  fits('at the cap', {});
  fits('an amount as text, a currency in capitals', { amount: '4900', currency: 'USD' });
  fits('a time in milliseconds', { now: NOW_MS });
  fits('a time as a Date', { now: new Date(NOW_MS) });
  fits('judged alone', { spent_usd_cents: undefined }, { spent_usd_cents: null, remaining_usd_cents: null });

  const over = (title, message, change, expected) =>
    judge(title, 'daily_usd_cap_exceeded', message, change, expected);
  over('one cent over', tooMuch('$49.01', '$49.00'), { amount: 4901 }, { amount_usd_cents: 4901 });
  const oneSpent = { spent_usd_cents: 1, remaining_usd_cents: 4899 };
  over('one cent spent before', tooMuch('$49.00', '$48.99'), { spent_usd_cents: 1 }, oneSpent);
  const allSpent = { spent_usd_cents: 5000, remaining_usd_cents: 0 };
  over('more spent than the cap', tooMuch('$49.00', '$0.00'), { spent_usd_cents: 5000 }, allSpent);

  const dimes = { cap_usd_cents: 4990, remaining_usd_cents: 4990 };
  const ofDimes = '$49.00 of the $49.90 left of the daily cap.';
  fits('a cap with decimals', withPolicy({ daily_usd_cap: 49.9 }), dimes, ofDimes);
  fits('a cap as text', withPolicy({ daily_usd_cap: '49.90' }), dimes, ofDimes);

  const notAllowed = (title, message, change) => judge(title, 'endpoint_not_allowed', message, change);
  const refunds = 'POST /v1/refunds is not on the allowlist (POST /v1/charges).';
  notAllowed('not on the allowlist', refunds, { endpoint: 'refunds.create' });
  const none = 'POST /v1/charges is not on the allowlist (it is empty).';
  notAllowed('an empty allowlist', none, withPolicy({ allowed_endpoints: [] }));

  const unknown = (title, message, change) =>
    judge(title, 'amount_unknown', message, change, { amount_usd_cents: null });
  const noAmount = 'POST /v1/charges needs the parameter amount, given once.';
  unknown('no amount', noAmount, { amount: undefined });
  const noCurrency = 'POST /v1/charges does not say its currency: give it as currency.';
  unknown('no currency', noCurrency, { currency: undefined });
  const elsewhere =
    "POST /v1/invoices/{id}/pay does not carry its amount: fetch the invoice's amount_due first and pre-check that.";
  const pay = { endpoint: 'invoices.pay', amount: undefined, currency: undefined };
  unknown('an amount elsewhere', elsewhere, {
    ...pay,
    ...withPolicy({ allowed_endpoints: ['invoices.pay'] }),
  });

  const noRate =
    'The cap is in US dollars, the amount in eur: give usd_rates with the dollars that one eur is worth.';
  judge('another currency', 'usd_rate_missing', noRate, { currency: 'eur' }, { amount_usd_cents: null });
  const euros = { currency: 'eur', usd_rates: { eur: 1.08 } };
  over('another currency with a rate', tooMuch('$52.92', '$49.00'), euros, { amount_usd_cents: 5292 });
  const cent = '$0.02 of the $49.00 left of the daily cap.';
  fits('a price is rounded up', { ...euros, amount: 1 }, { amount_usd_cents: 2 }, cent);
  const yen = { amount: 5000, currency: 'jpy', usd_rates: { jpy: '0.0067' } };
  const yenLeft = '$33.50 of the $49.00 left of the daily cap.';
  fits('a currency without decimals', yen, { amount_usd_cents: 3350 }, yenLeft);

  const perCall = '$49.00 is more than the $48.99 that one call may spend.';
  judge(
    'over the limit of one call',
    'max_charge_usd_exceeded',
    perCall,
    withPolicy({ max_charge_usd: 48.99 }),
  );
  const ofTheEdge = { max_charge_usd: '49', stripe_account: 'acct_1', require_idempotency_key: false };
  fits('what the edge alone enforces', withPolicy(ofTheEdge));

  const expired = 'The policy has expired; issue a new vault key.';
  judge('at its expiry', 'policy_expired', expired, withPolicy({ expires_at: NOW }));
  const lastMoment = { now: '2026-05-31T23:59:59.999Z', ...withPolicy({ expires_at: '2026-06-01' }) };
  fits('a millisecond before its expiry', lastMoment, { resets_at: '2026-06-01T00:00:00.000Z' });

  const instead = { endpoint: undefined, amount: undefined, currency: undefined };
  const request = buildRequest({ endpoint: 'charges.create', event: EVENT, params: PARAMS });
  fits('a built request', { ...instead, request });
  fits('a request in short', { ...instead, request: CHARGE });
  const twice = { url: `${PROXY}/v1/charges`, body: 'amount=1&amount=4900&currency=usd' };
  unknown('an amount that is given twice', noAmount, { ...instead, request: { ...request, ...twice } });
}
