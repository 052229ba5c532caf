// What the proxy answers, whose `error` is a text, and what is nobody's answer: the package's own errors, with billonce's
// code and outcome. As they come, the package would take them for errors of OAuth, without a message.
import { describe, expect, test } from 'vitest';
import { clientOf, EVENT, failure, PARAMS, SDKS, VAULT_KEY } from './sdks.mjs';

/** Status, body, the package's class, billonce's code, and how often it is asked with two retries. */
const PROXY = [
  [429, { error: 'daily_usd_cap_exceeded' }, 'StripeRateLimitError', 'daily_usd_cap_exceeded', 1],
  [
    429,
    { error: 'Daily spend cap of $50 reached', spent_today_usd: 49 },
    'StripeRateLimitError',
    'daily_usd_cap_exceeded',
    1,
  ],
  [429, { error: 'Too many requests' }, 'StripeRateLimitError', 'rate_limited', 3],
  [
    403,
    { error: 'Operation "payouts.create" is not permitted', allowed_endpoints: ['charges.create'] },
    'StripePermissionError',
    'endpoint_not_allowed',
    1,
  ],
  [403, { error: 'max_charge_usd_exceeded' }, 'StripePermissionError', 'max_charge_usd_exceeded', 1],
  [401, { error: 'revoked' }, 'StripeAuthenticationError', 'vault_key_revoked', 1],
  [422, { error: 'malformed' }, 'StripeInvalidRequestError', 'invalid_request', 1],
  [409, { error: 'in flight' }, 'StripeAPIError', 'in_flight', 3],
];

/** What it is, its status and body, the package's class, and how often it is asked. */
const NOBODY = [
  ['a page', 200, '<html>ok</html>', 'StripeAPIError', 3],
  ['nothing', 200, '', 'StripeAPIError', 3],
  ['an object of nobody', 200, '{}', 'StripeAPIError', 3],
  ['a body cut short', 200, '{"id":"ch_1","object":"cha', 'StripeAPIError', 3],
  ['null', 200, 'null', 'StripeAPIError', 3],
  ['a list', 200, '[]', 'StripeAPIError', 3],
  ['a text', 200, '"ch_1"', 'StripeAPIError', 3],
  ['success and an error', 200, '{"error":"cap"}', 'StripeAPIError', 3],
  ['a gateway’s page', 502, '<html>Bad Gateway</html>', 'StripeAPIError', 3],
  ['another program’s JSON', 404, '{"message":"not found"}', 'StripeInvalidRequestError', 1],
  ['a login page', 401, '<html>', 'StripeAuthenticationError', 1],
  ['a redirect', 302, '', 'StripeAPIError', 1],
];

describe.each(SDKS)('$name', (sdk) => {
  const { Stripe, governed, billonce } = sdk;
  const messageOf = (status, body) => billonce.classifyResponse({ status, body }).message;

  /** The client, and what was asked through it. */
  function answering(status, text) {
    const asked = [];
    const fetch = async (url, init) => {
      asked.push([url, init]);
      return new Response(text, {
        status,
        headers: { 'content-type': 'application/json', 'request-id': 'req_1' },
      });
    };
    const billing = governed({ fetch });
    return { asked, billing, stripe: clientOf(sdk, billing, { maxNetworkRetries: 2 }) };
  }

  test.each(PROXY)('the proxy’s %i %j is a %s', async (status, body, type, code, times) => {
    const { asked, billing, stripe } = answering(status, JSON.stringify(body));
    const error = await failure(stripe.charges.create(PARAMS, billing.for(EVENT)));
    const message = messageOf(status, body);
    expect(error).toBeInstanceOf(Stripe.errors[type]);
    expect(error).toMatchObject({ type, code, message, requestId: 'req_1' });
    expect(error.raw.proxy).toEqual(body);
    expect(error.raw.outcome).toMatchObject({ http_status: status, request_id: 'req_1' });
    expect(asked).toHaveLength(times);
    expect(JSON.stringify(error)).not.toContain(VAULT_KEY);
    const reading = await failure(stripe.charges.list());
    expect([reading.type, reading.code, reading.message]).toEqual([type, code, message]);
  });

  test.each(NOBODY)('%s with %i %j is a %s', async (_, status, text, type, times) => {
    const { asked, billing, stripe } = answering(status, text);
    const error = await failure(stripe.charges.create(PARAMS, billing.for(EVENT)));
    expect(error).toBeInstanceOf(Stripe.errors[type]);
    expect(error).toMatchObject({ type, code: 'unreadable', message: messageOf(status, text) });
    expect(error.raw.outcome).toMatchObject({ kind: 'unreadable', charged: 'unknown' });
    expect(asked).toHaveLength(times);
    expect(new Set(asked.map(([, { headers }]) => headers['Idempotency-Key'])).size).toBe(1);
  });

  test('a list that is none is an error too, and says nothing of charges', async () => {
    for (const [status, text] of [
      [200, '<html>'],
      [502, ''],
      [404, '{"message":"x"}'],
    ]) {
      const error = await failure(answering(status, text).stripe.charges.list());
      expect(error).toBeInstanceOf(Stripe.errors.StripeError);
      expect(error.message).toBe(`The answer (status ${status}) is not Stripe's nor the proxy's.`);
    }
  });

  test.each([0, undefined, 99, 600, '200', 200.5])(
    'a status of %s is none, and the charge may have been made',
    async (status) => {
      let asked = 0;
      const fetch = async () => {
        asked++;
        return { status, headers: new Headers(), text: async () => '{"id":"ch_1","object":"charge"}' };
      };
      const billing = governed({ fetch });
      const stripe = clientOf(sdk, billing, { maxNetworkRetries: 2 });
      const error = await failure(stripe.charges.create(PARAMS, billing.for(EVENT)));
      expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
      expect(error).toMatchObject({ code: 'network_error', raw: { outcome: { charged: 'unknown' } } });
      expect(asked).toBe(3);
    },
  );

  test('what Stripe says of asking again is left to it', async () => {
    const headers = { 'content-type': 'application/json', 'Stripe-Should-Retry': 'false' };
    let asked = 0;
    const fetch = async () => {
      asked++;
      return new Response('oops', { status: 500, headers });
    };
    const billing = governed({ fetch });
    const stripe = clientOf(sdk, billing, { maxNetworkRetries: 2 });
    await failure(stripe.charges.create(PARAMS, billing.for(EVENT)));
    expect(asked).toBe(1);
  });

  test('everything goes below the default base URL, with the vault key, and follows no redirect', async () => {
    const { asked, billing, stripe } = answering(200, '{"id":"ch_1","object":"charge","status":"succeeded"}');
    await stripe.charges.create(PARAMS, { ...billing.for(EVENT), stripeAccount: 'acct_1' });
    await stripe.charges.retrieve('ch_1');
    const [[created, post], [retrieved, get]] = asked;
    expect([created, retrieved]).toEqual([
      'https://proxy.keybrake.com/stripe/v1/charges',
      'https://proxy.keybrake.com/stripe/v1/charges/ch_1',
    ]);
    expect(post).toMatchObject({ method: 'POST', redirect: 'manual' });
    expect(post.headers).toMatchObject({
      Authorization: `Bearer ${VAULT_KEY}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Stripe-Account': 'acct_1',
      'Stripe-Version': expect.stringMatching(/^20/),
    });
    expect(post.body).toMatch(
      /^amount=4900&currency=usd&customer=cus_A100&metadata\[billonce_key\]=[0-9a-f]{64}$/,
    );
    expect(get).toMatchObject({ method: 'GET', redirect: 'manual' });
    expect(get.body).toBe(undefined);
    for (const { headers } of [post, get]) {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain('content-length');
    }
    expect(Object.keys(get.headers).some((name) => /idempotency/i.test(name))).toBe(false);
  });
});
