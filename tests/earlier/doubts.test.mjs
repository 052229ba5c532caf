// findEarlier: never "no" where there is a doubt.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  charged,
  DAYS,
  EVENT,
  find,
  intended,
  json,
  KEY,
  made,
  NOTHING,
  PARAMS,
  through,
  VAULT_KEY,
} from './asking.mjs';

describe('where there is no search', () => {
  const india = through((path) =>
    path.endsWith('/search')
      ? json({ error: { type: 'invalid_request_error', message: 'no search' } }, 400)
      : null,
  );

  test('the customer’s lists tell', async () => {
    const { id } = await charged({}, 300);
    expect(await find({}, EVENT, india)).toMatchObject({ found: 'yes', charged: 'yes', objects: [{ id }] });
    expect(await find({}, { ...EVENT, billing_period: '2026-07' }, india)).toEqual(NOTHING);
  });

  test('they are read from the given time on', async () => {
    await charged({}, 30);
    const since = (days) => new Date(Date.now() - days * DAYS);
    expect(await find({ since: since(31) }, EVENT, india)).toMatchObject({ found: 'yes' });
    expect(await find({ since: since(29).toISOString() }, EVENT, india)).toEqual(NOTHING);
    expect(await find({ since: Math.floor(since(29) / 1000) }, EVENT, india)).toEqual(NOTHING);
  });

  test('what has more pages than may be read is a doubt', async () => {
    for (let number = 0; number < 101; number++) await made('charges', PARAMS, 2);
    expect(await find({ max_pages: 1 }, EVENT, india)).toMatchObject({
      found: 'unknown',
      charged: 'unknown',
      message:
        'Not everything could be looked through (GET /v1/charges: it has more pages than max_pages (1)): ask again before sending this event.',
    });
    expect(await find({ max_pages: 2 }, EVENT, india)).toEqual(NOTHING);
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
    const earlier = await find({}, EVENT, async () => GARBAGE[kind]());
    expect(earlier).toMatchObject({ found: 'unknown', charged: 'unknown', objects: [] });
    expect(earlier.message).toMatch(/^Not everything could be looked through \(GET \/v1\/charges: /);
    expect(JSON.stringify(earlier)).not.toContain(VAULT_KEY);
  });

  test.each(['charges', 'payment_intents'])('to the list of %s alone', async (collection) => {
    await intended({ confirm: 'false' }, 3);
    for (const garbage of Object.values(GARBAGE)) {
      const earlier = await find(
        {},
        EVENT,
        through((path) => (path === collection ? garbage() : null)),
      );
      // What the search found is told all the same.
      expect(earlier).toMatchObject({
        found: 'yes',
        charged: 'unknown',
        objects: [{ object: 'payment_intent' }],
      });
      const none = { ...EVENT, billing_period: '2026-07' };
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
        const earlier = await find({ max_pages: 2 }, EVENT, async () => {
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
