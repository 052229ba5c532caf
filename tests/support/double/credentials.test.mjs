// Which key a request came with, and what a restricted one may do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStripeDouble } from '../stripe-double/index.mjs';
import { call, RENEWAL } from './client.mjs';

describe('keys at the double', () => {
  let picky;
  beforeAll(async () => {
    const named = { token: 'sk_test_named', name: 'named' };
    const restricted = {
      token: 'rk_test_x',
      name: 'restricted',
      permissions: { charge: 'write', payout: 'read' },
    };
    picky = await startStripeDouble({ secrets: ['sk_test_plain', named, restricted] });
  });
  afterAll(() => picky.close());
  const as = (token, endpoint, form) => {
    const [method, path] = endpoint.split(' ');
    return call(method, path, form, { authorization: `Bearer ${token}` }, picky.url);
  };

  it('names what a request came with, and never shows it', async () => {
    for (const token of ['sk_test_plain', 'sk_test_named', 'sk_test_none'])
      await as(token, 'POST /v1/charges', RENEWAL);
    const log = picky.requests();
    expect(log.map(({ credential, status }) => [credential, status])).toEqual([
      [null, 200],
      ['named', 200],
      [null, 401],
    ]);
    expect(JSON.stringify(log)).not.toContain('sk_test');
  });

  it.each([
    ['POST /v1/charges', RENEWAL, 200],
    ['GET /v1/charges', undefined, 200],
    ['POST /v1/charges/ch_none/capture', {}, 404],
    ['GET /v1/payouts', undefined, 200],
    ['POST /v1/payouts', { amount: '1', currency: 'usd' }, 403],
    ['GET /v1/customers', undefined, 403],
    ['GET /v1/nothing', undefined, 404],
  ])('a restricted key and %s', async (endpoint, form, status) => {
    expect((await as('rk_test_x', endpoint, form)).status).toBe(status);
  });

  it('says which permission is missing, as Stripe does', async () => {
    const { error } = await as('rk_test_x', 'POST /v1/payment_intents', { amount: '1', currency: 'usd' });
    expect(error).toEqual({
      type: 'invalid_request_error',
      message:
        "The provided key 'rk_test_***' does not have the required permissions for this endpoint on account 'acct_default'. Having the 'rak_payment_intent_write' permission would allow this request to continue.",
    });
  });
});
