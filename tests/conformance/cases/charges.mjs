import { EVENT, JULY, JULY_KEY, KEY, keyed, MIDNIGHT, NOW, POLICY, requestOf, VAULT_KEY } from './shared.mjs';

const BODY = 'amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06';
const JULY_BODY = 'amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-07';

export function charges({ guard }, check) {
  const step = (change) => ({
    idempotency_key: KEY,
    request: requestOf(KEY, keyed(BODY, KEY)),
    decision: null,
    ...change,
  });
  check('without a policy', () => guard({}).charge(EVENT), step());
  check('of an amount as text', () => guard({}).charge({ ...EVENT, amount_cents: '4900' }), step());
  check('with a vault key, which no step holds', () => guard({ vault_key: VAULT_KEY }).charge(EVENT), step());

  const params = { description: 'June', metadata: { seats: 3 }, amount: '4900', capture: undefined };
  const body = 'amount=4900&currency=usd&customer=cus_A100&description=June&metadata[seats]=3';
  check(
    'with params',
    () => guard({}).charge(EVENT, params),
    step({ request: requestOf(KEY, keyed(body, KEY)) }),
  );
  const eurBody = BODY.replace('usd', 'eur');
  const euros = () =>
    guard({ metadata_key: false }).charge({ ...EVENT, scheme: 'v2', currency: 'eur' }).request.body;
  check('a key of scheme v2 fixes the currency', euros, eurBody);
  const otherEuros = () => guard({}).charge(EVENT, { currency: 'eur' });
  check(
    'a key of scheme v1 leaves it open',
    otherEuros,
    step({ request: requestOf(KEY, keyed(eurBody, KEY)) }),
  );

  const decision = (spent, change) => ({
    allowed: true,
    code: 'allowed',
    http_status: 200,
    message: `$49.00 of the $${100 - spent}.00 left of the daily cap.`,
    amount_usd_cents: 4900,
    spent_usd_cents: spent * 100,
    cap_usd_cents: 10000,
    remaining_usd_cents: 10000 - spent * 100,
    resets_at: MIDNIGHT,
    ...change,
  });
  const first = step({ decision: decision(0) });
  const second = {
    idempotency_key: JULY_KEY,
    request: requestOf(JULY_KEY, keyed(JULY_BODY, JULY_KEY)),
    decision: decision(49),
  };
  const denied = decision(98, {
    allowed: false,
    code: 'daily_usd_cap_exceeded',
    http_status: 429,
    message: `$49.00 is more than the $2.00 left of the daily cap of $100.00, which starts anew at ${MIDNIGHT}.`,
  });

  const inOneGuard = (config, ...events) => {
    const policy = { ...POLICY, daily_usd_cap: '100' };
    const { charge } = guard({ policy, spent_usd_cents: 0, now: NOW, ...config });
    return events.map((event) => charge(event));
  };
  const august = { ...EVENT, billing_period: '2026-08' };
  check("a guard's own charges count", () => inOneGuard({}, EVENT, JULY), [first, second]);
  check('an event counts once', () => inOneGuard({}, EVENT, EVENT, JULY), [first, first, second]);
  check('another guard counts for itself', () => [...inOneGuard({}, EVENT), ...inOneGuard({}, EVENT)], [
    first,
    first,
  ]);
  check('a denial stops the run', () => inOneGuard({}, EVENT, JULY, august), {
    code: 'daily_usd_cap_exceeded',
    field: 'policy',
    message: `policy forbids this charge: ${denied.message}`,
    decision: denied,
  });
  const returned = () => {
    const { request, decision } = inOneGuard({ on_deny: 'return' }, EVENT, JULY, august)[2];
    return { request, decision };
  };
  check('or is returned', returned, { request: null, decision: denied });
}
