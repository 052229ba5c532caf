// Reading calls pass; what cannot be judged is refused, with nothing sent.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { clientOf, EVENT, failure, PARAMS, SDKS, VAULT_KEY } from './sdks.mjs';

let double;
beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
});
afterEach(() => double.reset());
afterAll(() => double.close());

describe.each(SDKS)('$name', (sdk) => {
  const { Stripe, governed, billonce } = sdk;
  const config = () => ({ base_url: `${double.url}/stripe` });
  function run(more = {}) {
    const billing = governed({ ...config(), ...more });
    return { billing, stripe: clientOf(sdk, billing) };
  }

  describe('what reads', () => {
    test('pages, searches and retrieves, without a key', async () => {
      const { billing, stripe } = run();
      for (let loop_index = 0; loop_index < 5; loop_index++) {
        await stripe.charges.create(PARAMS, billing.for({ ...EVENT, loop_index }));
      }
      const listed = await stripe.charges.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
      expect(listed).toHaveLength(5);
      const retrieved = await stripe.charges.retrieve(listed[0].id, {}, billing.for(EVENT));
      expect(retrieved).toEqual(listed[0]);
      double.clock.advance(60_000);
      const query = `customer:'${PARAMS.customer}'`;
      expect((await stripe.charges.search({ query }, { idempotencyKey: 'k' })).data).toHaveLength(5);
      const reads = double.requests().filter(({ method }) => method === 'GET');
      expect(reads).toHaveLength(5);
      for (const { path, idempotency_key } of reads) {
        expect(path).toMatch(/^\/stripe\/v1\/charges/);
        expect(idempotency_key).toBe(null);
      }
    });

    test('fails with the package’s errors', async () => {
      const error = await failure(run().stripe.charges.retrieve('ch_none'));
      expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
      expect(error).toMatchObject({ code: 'resource_missing', statusCode: 404 });
    });

    test('and deletes, without a key', async () => {
      const { billing, stripe } = run();
      await failure(stripe.customers.del('cus_A100', billing.for(EVENT)));
      expect(double.requests()).toMatchObject([
        { method: 'DELETE', path: '/stripe/v1/customers/cus_A100', idempotency_key: null },
      ]);
    });

    test('passes what is no JSON on as a stream', async () => {
      const headers = { 'content-type': 'application/pdf' };
      const { stripe } = run({ fetch: async () => new Response('%PDF', { headers }) });
      const stream = await stripe.quotes.pdf('qt_1');
      expect(await new Response(stream).text()).toBe('%PDF');
    });

    test('reads JSON of any content type', async () => {
      const answers = ['{"object":"list","data":[]}', '<html>'];
      const { stripe } = run({ fetch: async () => new Response(answers.shift()) });
      expect(await stripe.charges.list()).toMatchObject({ object: 'list' });
      expect(await failure(stripe.charges.list())).toMatchObject({ code: 'unreadable' });
    });

    test('reads an object that has an error of null', async () => {
      const run_ = '{"id":"frr_1","object":"reporting.report_run","error":null}';
      const { stripe } = run({ event: EVENT, fetch: async () => new Response(run_) });
      expect(await stripe.reporting.reportRuns.retrieve('frr_1')).toMatchObject({ error: null });
      expect(await stripe.reporting.reportRuns.create({ report_type: 'x' })).toMatchObject({ error: null });
    });

    test('reads from the v2 API', async () => {
      const seen = [];
      const fetch = async (url) => {
        seen.push(url);
        return Response.json({ data: [], next_page_url: null, previous_page_url: null });
      };
      const { stripe } = run({ fetch, base_url: 'https://example.com/x' });
      await stripe.v2.core.eventDestinations.list();
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatch(/^https:\/\/example\.com\/x\/v2\/core\/event_destinations/);
    });
  });

  describe('is refused, and nothing is sent:', () => {
    const judge = (problem) =>
      `${problem}, so the call cannot be judged: make it with a client that is not governed`;
    const file = { data: 'x', name: 'x.txt', type: 'text/plain' };
    const CALLS = {
      'a file': [
        (stripe, options) => stripe.files.create({ purpose: 'dispute_evidence', file }, options),
        'unreadable_input',
        judge('body is no form, but a file'),
      ],
      'a POST of the v2 API': [
        (stripe, options) => stripe.rawRequest('POST', '/v2/core/event_destinations', { name: 'x' }, options),
        'invalid_endpoint',
        judge('path is not of the v1 API'),
      ],
      'a POST for OAuth': [
        (stripe, options) => stripe.oauth.token({ grant_type: 'authorization_code', code: 'x' }, options),
        'invalid_endpoint',
        judge('path is not of the v1 API'),
      ],
      'an endpoint that is none': [
        (stripe, options) => stripe.rawRequest('POST', '/v1/charge', {}, options),
        'invalid_endpoint',
        'endpoint is not one of Stripe\'s v1 POST endpoints; did you mean "POST /v1/charges"?',
      ],
      'another method': [
        (stripe, options) => stripe.rawRequest('PUT', '/v1/charges', undefined, options),
        'invalid_endpoint',
        judge('method is not known'),
      ],
      'a way out': [
        (stripe, options) => stripe.rawRequest('GET', '/v1/../../admin', undefined, options),
        'foreign_request',
        'path is not one below /v1 or /v2, so it might lead out of base_url',
      ],
      'another part of the proxy': [
        (stripe, options) => stripe.rawRequest('GET', '/admin', undefined, options),
        'foreign_request',
        'path is not one below /v1 or /v2, so it might lead out of base_url',
      ],
      'a token that was damaged': [
        (stripe, { idempotencyKey }) =>
          stripe.charges.create(PARAMS, { idempotencyKey: idempotencyKey.slice(0, -1) }),
        'unreadable_input',
        'idempotencyKey cannot be read as a billing event: pass what for() returned',
      ],
      'a token that was changed': [
        (stripe, { idempotencyKey }) =>
          stripe.charges.create(PARAMS, { idempotencyKey: idempotencyKey.replace('2026', '%7B%7B') }),
        'unresolved_reference',
        expect.stringContaining('event.billing_period holds a reference'),
      ],
      'a key that no header takes': [
        (stripe) => stripe.charges.create(PARAMS, { idempotencyKey: 'Jürgen' }),
        'invalid_idempotency_key',
        'idempotency_key is not an idempotency key: give 1 to 255 visible ASCII characters',
      ],
    };

    test.each(Object.keys(CALLS))('%s', async (title) => {
      const [call, code, message] = CALLS[title];
      const { billing, stripe } = run();
      const error = await failure(call(stripe, billing.for(EVENT))).catch((other) => other);
      // Newer majors look at a path themselves.
      if (title === 'a way out' && error.code === undefined) expect(error.message).toMatch(/path/i);
      else expect(error).toMatchObject({ code, message });
      expect(double.requests()).toEqual([]);
    });

    test('a call of a client whose options are wrong, or where there is no fetch', async () => {
      const create = (options) => {
        const { billing, stripe } = run(options);
        return failure(stripe.charges.create(PARAMS, billing.for(EVENT)));
      };
      const wrong = { code: 'wrong_type', field: 'metadata_key' };
      expect(() => run({ metadata_key: 'no' })).toThrow(expect.objectContaining(wrong));
      const { fetch } = globalThis;
      try {
        globalThis.fetch = undefined;
        expect(await create({})).toMatchObject({
          code: 'fetch_missing',
          message: 'fetch is missing: this host has none, so pass one to governed',
        });
      } finally {
        globalThis.fetch = fetch;
      }
      expect(double.requests()).toEqual([]);
    });

    test('a raw key, where no one says that it is meant', async () => {
      const raw = new Stripe('sk_test_1234', { httpClient: governed(config()) });
      for (const call of [raw.charges.list(), raw.charges.create(PARAMS, { idempotencyKey: 'k' })]) {
        const error = await failure(call);
        expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
        expect(error.code).toBe('raw_key_refused');
      }
      expect(double.requests()).toEqual([]);
      const meant = new Stripe('sk_test_1234', {
        httpClient: governed({ ...config(), allow_raw_key: true }),
      });
      expect((await failure(meant.charges.list())).message).toBe('Invalid API Key provided.');
    });
  });

  describe('governed() and for() refuse at once', () => {
    test.each([
      [{ base_url: 'http://example.com' }, 'invalid_base_url'],
      [{ policy: { daily_usd_cap: 49 } }, 'missing_field'],
      [{ spent_usd_cents: 0 }, 'missing_field'],
      [{ polices: {} }, 'unknown_field'],
      [{ event: { ...EVENT, customer_id: '' } }, 'empty_field'],
      [{ event: null }, 'wrong_type'],
      [{ fetch: 'fetch' }, 'wrong_type'],
    ])('%j', (options, code) => {
      expect(() => governed(options)).toThrow(expect.objectContaining({ name: 'BillonceError', code }));
    });

    test('what is no event', () => {
      const billing = governed();
      const refused = (event, code) =>
        expect(() => billing.for(event)).toThrow(expect.objectContaining({ name: 'BillonceError', code }));
      refused({ ...EVENT, customer_id: '{{step_1.id}}' }, 'unresolved_reference');
      refused({ ...EVENT, loop_item: undefined }, 'unresolved_reference');
      refused(undefined, 'wrong_type');
      let read = 0;
      const changing = {
        ...EVENT,
        get billing_period() {
          return `2026-0${++read}`;
        },
      };
      refused(changing, 'unreadable_input');
    });

    test('an error that is billonce’s own class, of the entry beside it', () => {
      expect(() => governed().for({})).toThrow(billonce.BillonceError);
    });
  });
});
