// findEarlier: what an event has made already, and never "no" where there is a doubt.
import { findEarlier, guard, idempotencyKey } from 'billonce';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

const VAULT_KEY = 'vault_key_for_tests_4f9a';
const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const KEY = idempotencyKey(event);
const INTENT_KEY = idempotencyKey({ ...event, scheme: 'v2', endpoint: 'payment_intents.create' });
const PARAMS = { amount: '4900', currency: 'usd', customer: 'cus_A100' };
const DAYS = 86_400_000;

let double;
let options;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
  options = { vault_key: VAULT_KEY, base_url: `${double.url}/stripe` };
});
afterEach(() => double.reset());
afterAll(() => double.close());

/** Makes something at the double, so many days ago. */
async function made(path, params, daysAgo = 0) {
  double.clock.advance(-daysAgo * DAYS);
  const response = await fetch(`${double.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${VAULT_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  });
  double.clock.advance(daysAgo * DAYS);
  const { error, ...object } = await response.json();
  return error?.payment_intent ?? (error?.charge ? { id: error.charge } : object);
}
const charged = (more = {}, daysAgo = 0) =>
  made('charges', { ...PARAMS, 'metadata[billonce_key]': KEY, ...more }, daysAgo);
const intended = (more = {}, daysAgo = 0) =>
  made(
    'payment_intents',
    {
      ...PARAMS,
      payment_method: 'pm_card_visa',
      confirm: 'true',
      'metadata[billonce_key]': INTENT_KEY,
      ...more,
    },
    daysAgo,
  );

const asked = () => double.requests().filter(({ method }) => method === 'GET');
const paths = () => asked().map(({ path }) => path.replace('/stripe/v1/', ''));
const find = (more = {}, of = event, get = fetch) => findEarlier(get, of, { ...options, ...more });
const NOTHING = {
  found: 'no',
  charged: 'no',
  objects: [],
  message: "Nothing at Stripe carries this event's key.",
};

describe('finds', () => {
  test('a charge of three days ago, by the search alone', async () => {
    const { id, created } = await charged({}, 3);
    expect(await find()).toEqual({
      found: 'yes',
      charged: 'yes',
      message: 'Charged before: do not send this event again.',
      objects: [
        {
          id,
          object: 'charge',
          status: 'succeeded',
          amount: 4900,
          currency: 'usd',
          customer: 'cus_A100',
          created,
          charged: 'yes',
          same_as_event: true,
        },
      ],
    });
    expect(paths()).toEqual(['charges/search', 'payment_intents/search']);
  });

  test('a charge of a moment ago, which no search knows yet', async () => {
    const { id } = await charged();
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ id }] });
    expect(paths()).toEqual(['charges/search', 'payment_intents/search', 'charges', 'payment_intents']);
    expect(asked()[2].params).toMatchObject({ customer: 'cus_A100', limit: '100' });
  });

  test.each([[0], [3]])('a payment intent of %i days ago, and not its charge beside it', async (days) => {
    const { id } = await intended({}, days);
    const earlier = await find();
    expect(earlier).toMatchObject({ found: 'yes', charged: 'yes' });
    expect(earlier.objects).toMatchObject([{ id, object: 'payment_intent', same_as_event: true }]);
  });

  test('nothing where nothing is', async () => {
    await made('charges', { ...PARAMS, 'metadata[order]': KEY }, 3);
    await charged({ 'metadata[billonce_key]': idempotencyKey({ ...event, billing_period: '2026-07' }) });
    expect(await find()).toEqual(NOTHING);
    const [, , list] = asked();
    // A search knows all but the last hour: older objects are not read again.
    expect(Number(list.params.created.gte)).toBeCloseTo(Date.now() / 1000 - 86_400, -2);
  });

  test('a charge on a later page', async () => {
    const { id } = await charged();
    for (let number = 0; number < 205; number++) await made('charges', PARAMS);
    expect(await find()).toMatchObject({ found: 'yes', objects: [{ id }] });
    expect(asked().filter(({ path }) => path.endsWith('/charges'))).toHaveLength(3);
  });

  test('the event of a guest, who is no customer', async () => {
    const guest = { ...event, customer_id: 'guest-7' };
    const params = { ...PARAMS, source: 'tok_visa', 'metadata[billonce_key]': idempotencyKey(guest) };
    delete params.customer;
    await made('charges', params);
    expect(await find({}, guest)).toMatchObject({
      charged: 'yes',
      objects: [{ customer: null, same_as_event: true }],
    });
    expect(asked()[2].params).not.toHaveProperty('customer');
  });

  test('with the guard’s own key and base URL', async () => {
    const billing = guard({ ...options, stripe_account: 'acct_1' });
    expect(await billing.findEarlier(event)).toEqual(NOTHING);
    expect(asked().every(({ account }) => account === 'acct_1')).toBe(true);
    await charged({}, 3);
    expect(await guard(options).findEarlier(event, fetch, { max_pages: 1 })).toMatchObject({
      charged: 'yes',
    });
  });

  test('what it made itself, with the key that it put there', async () => {
    const body = new URLSearchParams(PARAMS).toString();
    const step = guard(options).admit({ endpoint: 'POST /v1/charges', body, event });
    await guard(options).send(step);
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ same_as_event: true }] });
  });
});

describe('tells whether money moved', () => {
  const unlucky = { ...event, customer_id: 'cus_declined' };
  const declined = { customer: 'cus_declined', 'metadata[billonce_key]': idempotencyKey(unlucky) };
  const badCard = { payment_method: 'pm_card_chargeDeclined' };

  test.each([
    ['a declined card', unlucky, () => charged(declined), 'no', 'failed'],
    ['a charge to be captured', event, () => charged({ capture: 'false' }), 'unknown', 'succeeded'],
    ['an intent that waits', event, () => intended({ confirm: 'false' }), 'no', 'requires_confirmation'],
    ['a declined intent', event, () => intended(badCard), 'no', 'requires_payment_method'],
  ])('%s', async (_, of, make, moved, status) => {
    await make();
    const earlier = await find({}, of);
    expect(earlier).toMatchObject({ found: 'yes', charged: moved });
    expect(earlier.objects).toMatchObject([{ status, charged: moved, same_as_event: true }]);
  });

  test('a decline that was followed by a charge, of which the search does not know yet', async () => {
    await intended(badCard, 3);
    await charged();
    expect(await find()).toMatchObject({ found: 'yes', charged: 'yes' });
  });

  test('a charge that was refunded has moved', async () => {
    const { id } = await charged();
    await made('refunds', { charge: id });
    expect(await find()).toMatchObject({ charged: 'yes' });
  });
});

describe('an object that is not the event’s', () => {
  test.each([
    ['amount', { amount: '5000' }, event],
    ['customer', { customer: 'cus_B200' }, { ...event, customer_id: 'cus_A100' }],
    ['currency', {}, { ...event, scheme: 'v2', currency: 'eur' }],
  ])('by its %s is told as such', async (_, more, of) => {
    await charged({ ...more, 'metadata[billonce_key]': idempotencyKey(of) }, 3);
    expect(await find({}, of)).toMatchObject({
      found: 'unknown',
      charged: 'unknown',
      message: "What carries this event's key has another amount, customer or currency: look at it first.",
      objects: [{ same_as_event: false }],
    });
  });

  test('leaves a doubt beside one that is', async () => {
    await charged({ amount: '5000' }, 3);
    await intended({ confirm: 'false' }, 3);
    expect(await find()).toMatchObject({ found: 'yes', charged: 'unknown' });
  });
});

/** The double, but for the GETs that `instead` answers. */
const through = (instead) => async (url, init) => {
  const { pathname } = new URL(url);
  return (await instead(pathname.replace('/stripe/v1/', ''), url)) ?? fetch(url, init);
};
const json = (body, status = 200) => new Response(JSON.stringify(body), { status });

describe('where there is no search', () => {
  const india = through((path) =>
    path.endsWith('/search')
      ? json({ error: { type: 'invalid_request_error', message: 'no search' } }, 400)
      : null,
  );

  test('the customer’s lists tell', async () => {
    const { id } = await charged({}, 300);
    expect(await find({}, event, india)).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ id }] });
    expect(await find({}, { ...event, billing_period: '2026-07' }, india)).toEqual(NOTHING);
  });

  test('they are read from the given time on', async () => {
    await charged({}, 30);
    const since = (days) => new Date(Date.now() - days * DAYS);
    expect(await find({ since: since(31) }, event, india)).toMatchObject({ found: 'yes' });
    expect(await find({ since: since(29).toISOString() }, event, india)).toEqual(NOTHING);
    expect(await find({ since: Math.floor(since(29) / 1000) }, event, india)).toEqual(NOTHING);
  });

  test('what has more pages than may be read is a doubt', async () => {
    for (let number = 0; number < 101; number++) await made('charges', PARAMS, 2);
    expect(await find({ max_pages: 1 }, event, india)).toMatchObject({
      found: 'unknown',
      charged: 'unknown',
      message:
        'Not everything could be looked through (GET /v1/charges: it has more than 1 pages): ask again before sending this event.',
    });
    expect(await find({ max_pages: 2 }, event, india)).toEqual(NOTHING);
  });
});

describe('a doubt is never a no', () => {
  const page = (data, more = {}) => ({ object: 'list', data, has_more: false, ...more });
  const GARBAGE = {
    'a refusal by the proxy': () => json({ error: 'Operation not permitted' }, 403),
    'a revoked key': () => json({ error: 'revoked' }, 401),
    'an error of Stripe’s': () => json({ error: { type: 'api_error' } }, 500),
    'an error with the status of an answer': () => json({ error: { type: 'api_error' } }),
    'a redirect': () => new Response('', { status: 302, headers: { location: 'https://example.com' } }),
    'another success': () => json(page([]), 206),
    'a page of HTML': () => new Response('<html>'),
    'an empty body': () => new Response(''),
    'a body cut short': () => new Response('{"object":"list","data":[],"has_mo'),
    null: () => json(null),
    'a list of JSON': () => json([]),
    'no list': () => json({ object: 'charge', id: 'ch_1' }),
    'a list without a kind': () => json({ data: [], has_more: false }),
    'data that is no list': () => json({ ...page([]), data: {} }),
    'data that is no object': () => json(page([null])),
    'no word on more': () => json({ object: 'list', data: [] }),
    'more, and nothing to go on from': () => json(page([], { has_more: true })),
    'more for ever': () => json(page([{ id: 'ch_1' }], { has_more: true })),
    'an answer that breaks off': () => ({ status: 200, text: () => Promise.reject(new Error(VAULT_KEY)) }),
    'no answer': () => Promise.reject(new TypeError(`Bearer ${VAULT_KEY}`)),
    'a fetch that throws': () => {
      throw new Error(VAULT_KEY);
    },
    'no response': () => 'none',
  };

  test.each(Object.keys(GARBAGE))('%s, to every question', async (kind) => {
    const earlier = await find({}, event, async () => GARBAGE[kind]());
    expect(earlier).toMatchObject({ found: 'unknown', charged: 'unknown', objects: [] });
    expect(earlier.message).toMatch(/^Not everything could be looked through \(GET \/v1\/charges: /);
    expect(JSON.stringify(earlier)).not.toContain(VAULT_KEY);
  });

  test.each(['charges', 'payment_intents'])('to the list of %s alone', async (collection) => {
    await intended({ confirm: 'false' }, 3);
    for (const garbage of Object.values(GARBAGE)) {
      const earlier = await find(
        {},
        event,
        through((path) => (path === collection ? garbage() : null)),
      );
      // What the search found is told all the same.
      expect(earlier).toMatchObject({
        found: 'yes',
        charged: 'unknown',
        objects: [{ object: 'payment_intent' }],
      });
      const none = { ...event, billing_period: '2026-07' };
      const unknown = await find(
        {},
        none,
        through((path) => (path === collection ? garbage() : null)),
      );
      expect(unknown).toMatchObject({ found: 'unknown', charged: 'unknown', objects: [] });
    }
  });

  test('5,000 random bodies: no exception, and no "no" but after a last page and without a find', async () => {
    const plainEntry = fc.record({
      id: fc.constant('ch_1'),
      metadata: fc.dictionary(fc.string(), fc.string()),
    });
    const plain = fc.record({
      object: fc.constant('list'),
      data: fc.array(plainEntry, { maxLength: 3 }),
      has_more: fc.constant(false),
    });
    const entry = fc.oneof(
      fc.record(
        {
          id: fc.oneof(fc.string(), fc.constant(7)),
          object: fc.constantFrom('charge', 'payment_intent', 'refund', 7),
          status: fc.constantFrom('succeeded', 'failed', 'x', 7),
          amount: fc.constantFrom(4900, 5000, '4900', 4900.5),
          customer: fc.constantFrom('cus_A100', 'cus_B', null, { id: 'cus_A100' }),
          metadata: fc.oneof(fc.constant({ billonce_key: KEY }), fc.constant({}), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const body = fc.oneof(
      plain,
      fc.record(
        {
          object: fc.constantFrom('list', 'search_result', 'x'),
          data: fc.oneof(fc.array(entry, { maxLength: 3 }), fc.jsonValue()),
          has_more: fc.oneof(fc.constant(false), fc.jsonValue()),
          next_page: fc.oneof(fc.string(), fc.constant(null)),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const isObject = (it) => it !== null && typeof it === 'object' && !Array.isArray(it);
    const isLastPage = (it) =>
      ['list', 'search_result'].includes(it?.object) &&
      Array.isArray(it.data) &&
      it.data.every(isObject) &&
      it.has_more === false;
    const isFind = ({ id, object, metadata }) =>
      typeof id === 'string' &&
      ['charge', 'payment_intent'].includes(object) &&
      metadata?.billonce_key === KEY;
    let sureOfNothing = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 6 }), async (bodies) => {
        const given = [];
        const earlier = await find({ max_pages: 2 }, event, async () => {
          given.push(bodies[given.length % bodies.length]);
          return json(given.at(-1));
        });
        if (earlier.found === 'no') {
          sureOfNothing++;
          expect(isLastPage(given.at(-1))).toBe(true);
          const pages = given.filter(isLastPage);
          expect(pages.flatMap(({ data }) => data).some(isFind)).toBe(false);
        }
        if (earlier.charged === 'no')
          expect(earlier.objects.every((object) => object.charged === 'no')).toBe(true);
        for (const object of earlier.objects) {
          expect(typeof object.id).toBe('string');
          expect([null, 4900, 5000]).toContain(object.amount);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(sureOfNothing).toBeGreaterThan(100);
  });
});

describe('what it asks', () => {
  test('goes below the base URL with the vault key, and follows no redirect', async () => {
    const seen = [];
    const spy = async (url, init) => {
      seen.push([url, init]);
      return json({ object: 'list', data: [], has_more: false });
    };
    const now = Math.floor(Date.now() / 1000);
    await findEarlier(spy, event, { vault_key: VAULT_KEY, stripe_version: '2026-10-28.endive' });
    const base = 'https://proxy.keybrake.com/stripe/v1';
    const query = `metadata['billonce_key']:'${KEY}' OR metadata['billonce_key']:'${INTENT_KEY}'`;
    expect(seen.map(([url]) => url.split('?')[0])).toEqual([
      `${base}/charges/search`,
      `${base}/payment_intents/search`,
      `${base}/charges`,
      `${base}/payment_intents`,
    ]);
    const params = seen.map(([url]) => Object.fromEntries(new URL(url).searchParams));
    expect(params.slice(0, 2)).toEqual([
      { query, limit: '100' },
      { query, limit: '100' },
    ]);
    expect(params[2]).toMatchObject({ customer: 'cus_A100', limit: '100' });
    expect(Number(params[2]['created[gte]'])).toBeGreaterThanOrEqual(now - 86_400);
    for (const [, { method, headers, redirect }] of seen) {
      expect([method, redirect]).toEqual(['GET', 'manual']);
      expect({ ...headers }).toEqual({
        Authorization: `Bearer ${VAULT_KEY}`,
        'Stripe-Version': '2026-10-28.endive',
      });
    }
  });

  test.each([
    [
      'no vault key',
      event,
      { vault_key: undefined },
      'missing_field',
      'vault_key is missing: what was sent before is asked for with it',
    ],
    [
      'a raw key',
      event,
      { vault_key: 'sk_test_1' },
      'raw_key_refused',
      expect.stringContaining('is a raw Stripe key'),
    ],
    ['a foreign base', event, { base_url: 'http://example.com' }, 'invalid_base_url', expect.any(String)],
    [
      'an unknown option',
      event,
      { pages: 1 },
      'unknown_field',
      expect.stringContaining('pages is not a field here'),
    ],
    ['no pages', event, { max_pages: 0 }, 'wrong_type', 'max_pages must be an integer from 1 to 1000'],
    ['half a page', event, { max_pages: 1.5 }, 'wrong_type', 'max_pages must be an integer from 1 to 1000'],
    ['no time', event, { since: 'June' }, 'invalid_time', expect.stringContaining('since is not a time')],
    ['no event', {}, {}, 'missing_field', expect.stringContaining('customer_id is missing')],
  ])('is refused with %s', async (_, of, more, code, message) => {
    await expect(find(more, of)).rejects.toMatchObject({ name: 'BillonceError', code, message });
    expect(double.requests()).toEqual([]);
  });

  test('needs a fetch', async () => {
    await expect(findEarlier('fetch', event, options)).rejects.toMatchObject({
      code: 'fetch_missing',
      message: 'fetch is missing: this host has none, so pass one to findEarlier',
    });
    const { fetch } = globalThis;
    try {
      globalThis.fetch = undefined;
      await expect(findEarlier(undefined, event, options)).rejects.toMatchObject({ code: 'fetch_missing' });
    } finally {
      globalThis.fetch = fetch;
    }
    expect(await findEarlier(undefined, event, options)).toEqual(NOTHING);
  });
});
