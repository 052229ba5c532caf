// Requests made so that a check and Stripe would read them differently. Each is refused, or reaches Stripe as it was judged.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rig, STRIPE_KEY } from './rig.mjs';

const FORM = 'application/x-www-form-urlencoded';
const GOOD = 'amount=100&currency=usd&customer=cus_1';

describe('nothing slips past the check', () => {
  let it_;
  let sent = 0;
  beforeAll(async () => {
    it_ = await rig({
      policy: { daily_usd_cap: 1000, max_charge_usd: 1, allowed_endpoints: ['POST /v1/charges'] },
    });
  });
  afterAll(() => it_.close());

  const raw = (path, { body = GOOD, headers = [], method = 'POST', type = FORM } = {}) => {
    const own = ['Authorization', `Bearer ${it_.vault.vault_key}`, 'Idempotency-Key', `smuggle-${++sent}`];
    return it_.raw(
      method,
      path,
      [...own, 'Content-Type', type, 'Content-Length', `${Buffer.byteLength(body)}`, ...headers],
      body,
    );
  };
  /** It was refused with this status, and Stripe never heard of it. */
  const expectRefused = async (sending, status, error) => {
    const before = it_.double.requests().length;
    const answer = await sending;
    expect([answer.status, answer.body?.error]).toEqual([status, error]);
    expect(it_.double.requests().length).toBe(before);
  };

  it('lets through what is plain', async () => {
    expect((await raw('/stripe/v1/charges')).status).toBe(200);
    const charset = await raw('/stripe/v1/charges', { type: `${FORM}; charset=utf-8` });
    expect(charset.status).toBe(200);
  });

  it.each([
    'amount=100&amount=90000',
    'amount=100&amount=100',
    'amount=100&%61mount=90000',
    'amount=100&amount[]=90000',
    'amount=100&amount%5B%5D=90000',
    'amount=100&amount[0]=90000',
    'amount=100&amount[x]=90000',
    'amount=100&Amount=90000',
    'amount=100;amount=90000',
    'amount=100&amount%00=90000',
    'amount=100&+amount=90000',
    'amount=100&_method=PUT',
    'amount=100&_stripe_account=acct_2',
    'amount=100&key=sk_live_other',
    'amount=100&amount',
    'amount=100\r\namount=90000',
    'amount=100&description=%ff',
    'amount=100&description=é',
    'amount=100&metadata[a=1',
    `${'a[x]=1&'.repeat(2)}amount=100`,
  ])('ambiguous parameters: %s', async (body) => {
    await expectRefused(
      raw('/stripe/v1/charges', { body: `${body}&currency=usd` }),
      400,
      'ambiguous_parameters',
    );
  });

  it('too many parameters', async () => {
    const body = Array.from({ length: 1001 }, (_, at) => `metadata[k${at}]=1`).join('&');
    await expectRefused(raw('/stripe/v1/charges', { body }), 400, 'ambiguous_parameters');
  });

  it.each([
    'amount[]=100&currency=usd',
    'amount=1e2&currency=usd',
    'amount=+100&currency=usd',
    'amount=100.0&currency=usd',
    'amount=0100&currency=usd',
    'amount=-100&currency=usd',
    'amount=0&currency=usd',
    'amount=&currency=usd',
    'amount=100&currency[]=usd',
    'amount=100&currency=us',
    'amount=%D9%A1%D9%A0%D9%A0&currency=usd',
  ])('an amount that is none: %s', async (body) => {
    await expectRefused(raw('/stripe/v1/charges', { body }), 422, 'amount_unknown');
  });

  it.each([
    '/stripe/v1/charges/',
    '/stripe/v1//charges',
    '/stripe//v1/charges',
    '/stripe/v1/./charges',
    '/stripe/v1/customers/../charges',
    '/stripe/v1/customers/%2e%2e/charges',
    '/stripe/v1/%63harges',
    '/stripe/v1/charges%2f',
    '/stripe/v1/charges%00',
    '/stripe/v1/charges;x=1',
    '/stripe/v1/Charges',
    '/stripe/V1/charges',
    '/stripe/v2/charges',
    '/stripe/v1/charges/{id}/capture',
    '/stripe/v1/charges/ch_1/capture',
    '/stripe/v1/payouts',
    '/stripe/v1/',
    '/stripe/',
    '/stripe/../stripe/v1/charges',
    '/stripe/v1\\charges',
  ])('a path that is not on the list: %s', async (path) => {
    await expectRefused(raw(path), 403, 'endpoint_not_allowed');
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS'])('another method: %s', async (method) => {
    await expectRefused(raw('/stripe/v1/charges', { method, body: '' }), 403, 'endpoint_not_allowed');
  });

  it('parameters in the query, or in a body of another kind', async () => {
    await expectRefused(raw('/stripe/v1/charges?amount=90000'), 400, 'parameters_not_allowed');
    for (const type of [
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      '',
      `${FORM}; charset=utf-16`,
      `${FORM}, application/json`,
    ]) {
      await expectRefused(raw('/stripe/v1/charges', { type }), 415, 'content_type_not_supported');
    }
    const zipped = { headers: ['Content-Encoding', 'gzip'] };
    await expectRefused(raw('/stripe/v1/charges', zipped), 415, 'content_type_not_supported');
  });

  it.each([
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-HTTP-Method', 'DELETE'],
    ['X-Method-Override', 'DELETE'],
    ['Stripe-Context', 'acct_2'],
    ['Stripe-Version', '2026-10-28.endive, 2020-01-01'],
    ['Stripe-Version', 'latest'],
  ])('a header that would change what is meant: %s: %s', async (name, value) => {
    await expectRefused(raw('/stripe/v1/charges', { headers: [name, value] }), 400, 'header_not_allowed');
  });

  it('another account than the policy’s', async () => {
    const other = { headers: ['Stripe-Account', 'acct_2'] };
    await expectRefused(raw('/stripe/v1/charges', other), 403, 'stripe_account_not_allowed');
    const { vault_key: token } = await it_.newVaultKey({ stripe_account: 'acct_1' });
    const charge = (key, account) => {
      const headers = account && { 'stripe-account': account };
      return it_.stripe('POST', '/v1/charges', { token, key, body: GOOD, headers });
    };
    expect((await charge('account-1', 'acct_2')).status).toBe(403);
    expect((await charge('account-2', 'acct_1')).status).toBe(200);
    expect((await charge('account-3')).status).toBe(200);
    expect(it_.double.requests().at(-1).account).toBe('acct_1');
  });

  it('credentials beside the vault key', async () => {
    const twice = ['Authorization', `Bearer ${it_.vault.vault_key}`, 'Authorization', 'Bearer sk_live_other'];
    const own = ['Idempotency-Key', 'twice', 'Content-Type', FORM, 'Content-Length', `${GOOD.length}`];
    await expectRefused(it_.raw('POST', '/stripe/v1/charges', [...twice, ...own], GOOD), 401, 'unauthorized');
    const proxy = { headers: ['Proxy-Authorization', 'Bearer sk_live_other', 'Cookie', 'session=1'] };
    expect((await raw('/stripe/v1/charges', proxy)).status).toBe(200);
  });

  it('two idempotency keys', async () => {
    const two = raw('/stripe/v1/charges', { headers: ['Idempotency-Key', 'another'] });
    await expectRefused(two, 400, 'invalid_idempotency_key');
  });

  it('bodies of any size, chunked or not', async () => {
    const large = `${GOOD}&description=${'a'.repeat(1_100_000)}`;
    await expectRefused(raw('/stripe/v1/charges', { body: large }), 413, 'request_too_large');
    const chunked = ['Authorization', `Bearer ${it_.vault.vault_key}`, 'Idempotency-Key', 'chunked'];
    const headers = [...chunked, 'Content-Type', FORM, 'Transfer-Encoding', 'chunked'];
    await expectRefused(it_.raw('POST', '/stripe/v1/charges', headers, large), 413, 'request_too_large');
    expect((await it_.raw('POST', '/stripe/v1/charges', headers, GOOD)).status).toBe(200);
    const over = GOOD.replace('amount=100', 'amount=101');
    const alsoChunked = [...headers.slice(0, 3), 'chunked-2', ...headers.slice(4)];
    const refused = it_.raw('POST', '/stripe/v1/charges', alsoChunked, over);
    await expectRefused(refused, 403, 'max_charge_usd_exceeded');
  });

  it('and what did get through is exactly what was judged', () => {
    for (const { path, params, method } of it_.double.requests()) {
      expect([method, path]).toEqual(['POST', '/v1/charges']);
      expect(params).toMatchObject({ amount: '100', currency: 'usd' });
    }
    expect(it_.double.charges().every(({ amount }) => amount === 100)).toBe(true);
    expect(it_.double.totals().count).toBeGreaterThan(4);
    expect(JSON.stringify(it_.double.requests())).not.toContain(STRIPE_KEY);
  });
});
