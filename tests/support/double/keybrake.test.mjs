// The double of the vendor's proxy: a cap that is checked against finished charges.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startKeybrakeDouble } from '../keybrake-double.mjs';
import { startStripeDouble } from '../stripe-double/index.mjs';
import { DAY_MS, gate } from './client.mjs';

const STRIPE_KEY = 'sk_test_behind';
const POLICY = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 50 };
const CHARGE = 'amount=5000&currency=usd&customer=cus_1';

describe('the double of the spend-cap proxy', () => {
  let now = Date.UTC(2026, 5, 1, 12);
  let stripe;
  let proxy;
  beforeAll(async () => {
    stripe = await startStripeDouble({ secrets: [STRIPE_KEY] });
    proxy = await startKeybrakeDouble({ stripeBase: stripe.url, stripeKey: STRIPE_KEY, now: () => now });
  });
  afterEach(() => stripe.reset());
  afterAll(() => Promise.all([proxy.close(), stripe.close()]));

  const ask = async (token, path = '/stripe/v1/charges', body = CHARGE, headers = {}) => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${token}` };
    const init = { method: 'POST', headers: { ...form, ...headers }, body };
    const response = await fetch(proxy.url + path, init);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  it('forwards with the real key, and passes back what Stripe says', async () => {
    const { vault_key } = proxy.issue({ ...POLICY, daily_usd_cap: 1000 });
    const first = await ask(vault_key, undefined, undefined, { 'idempotency-key': 'k' });
    const again = await ask(vault_key, undefined, undefined, { 'idempotency-key': 'k' });
    expect([first.status, first.body.object]).toEqual([200, 'charge']);
    expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([first.body.id, 'true']);
    expect((await ask(vault_key, undefined, 'amount=1')).status).toBe(400);
  });

  it('refuses in the vendor’s words', async () => {
    const { vault_key } = proxy.issue({ ...POLICY, expires_at: now + 1 });
    await ask(vault_key);
    expect(await ask(vault_key)).toMatchObject({
      status: 429,
      body: { error: 'Daily spend cap of $50 reached', spent_today_usd: 50 },
    });
    expect(await ask(vault_key, '/stripe/v1/payouts')).toMatchObject({
      status: 403,
      body: { allowed_endpoints: ['POST /v1/charges'], attempted: 'POST /v1/payouts' },
    });
    expect((await ask('vault_key_of_nobody')).status).toBe(401);
    now += DAY_MS;
    expect((await ask(vault_key)).body).toEqual({ error: 'Vault key has expired' });
    const other = proxy.issue(POLICY);
    proxy.revoke(other.vault_key);
    expect((await ask(other.vault_key)).status).toBe(401);
    // Whoever loses the prefix does not reach Stripe by it.
    expect((await ask(vault_key, '/v1/charges')).status).toBe(404);
    expect(stripe.totals().count).toBe(1);
  });

  it('knows a charge’s cost when it has finished: what is in flight overruns the cap', async () => {
    const { vault_key } = proxy.issue(POLICY);
    const { promise, open } = gate();
    const { reached } = stripe.fail({ kind: 'hang_until', until: promise });
    const first = ask(vault_key);
    await reached;
    expect((await ask(vault_key)).status).toBe(200);
    open();
    expect((await first).status).toBe(200);
    expect(stripe.totals()).toEqual({ count: 2, amount_minor: 10_000 });
    expect((await ask(vault_key)).status).toBe(429);
    now += DAY_MS;
    expect((await ask(vault_key)).status).toBe(200);
  });

  it('keeps a row of each call', async () => {
    const { id, vault_key } = proxy.issue(POLICY);
    await ask(vault_key);
    await ask(vault_key);
    await ask(vault_key, '/stripe/v1/payouts');
    const rows = proxy.audit().filter((row) => row.vault_key_id === id);
    expect(
      rows.map(({ endpoint, status, amount_usd_cents }) => [endpoint, status, amount_usd_cents]),
    ).toEqual([
      ['POST /v1/charges', 200, 5000],
      ['POST /v1/charges', 429, 0],
      ['POST /v1/payouts', 403, 0],
    ]);
  });
});
