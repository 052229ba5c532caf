// Calls against the real stripe package: its fetch client shows the URL and the body that it would send.
import { readFileSync } from 'node:fs';
import { buildRequest, guard, idempotencyKey } from 'billonce';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

let sent;
const stripe = new Stripe('sk_test_none', {
  httpClient: Stripe.createFetchHttpClient(async (url, init) => {
    sent = { method: init.method, url, body: init.body ?? '' };
    return new Response('{}', { headers: { 'content-type': 'application/json' } });
  }),
});
const sentBy = async (call) => {
  await call(stripe);
  return sent;
};

const base_url = 'https://api.stripe.com';
const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const { endpoints } = JSON.parse(
  readFileSync(new URL('../vectors/stripe-post-endpoints.json', import.meta.url), 'utf8'),
);

/** `Checkout/Sessions.create` of `stripe`, bound. */
function methodOf(operation) {
  const names = operation.split(/[/.]/).map((name) => name[0].toLowerCase() + name.slice(1));
  const method = names.pop();
  const resource = names.reduce((object, name) => object[name], stripe);
  return resource[method].bind(resource);
}

/** A value that Stripe's types and the rules both take for a parameter of this name. */
const sample = (name) => {
  if (name === 'currency') return 'eur';
  if (/amount/.test(name)) return 4900;
  if (name === 'expand') return ['customer'];
  if (name === 'metadata') return { 'a[b]': 'ü & =', empty: '' };
  return `${name} é+%`;
};

describe('every endpoint', () => {
  // A file goes out as multipart, and stripe-node wants a version of its own for an ephemeral key.
  const encoded = endpoints.filter(({ path }) => !['/v1/files', '/v1/ephemeral_keys'].includes(path));
  test('is sent as stripe-node sends it, with every parameter that it has', async () => {
    for (const { path, operation, params } of encoded) {
      const names = params.map((name) => name.replace('?', ''));
      const given = Object.fromEntries(names.map((name) => [name, sample(name)]));
      const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name], at) => [name, `x ${at}/ü`]);
      const { method, url, body } = buildRequest({
        endpoint: `POST ${path}`,
        path: Object.fromEntries(ids),
        params: given,
        idempotency_key: 'k',
        base_url,
      });
      const theirs = await sentBy(() => methodOf(operation)(...ids.map(([, id]) => id), given));
      expect({ method, url, body }, path).toEqual(theirs);
    }
    expect(encoded.length).toBe(279);
  });
});

const BILLED = {
  amount: 4900,
  currency: 'usd',
  customer: 'cus_A100',
  description: 'Renewal for 2026-06',
};

/** What a guard prepares, and the same call of stripe-node; `key` goes into the metadata of what is made. */
const CALLS = {
  charge: [(b, p) => b.charge(event, p), (s, p, key) => s.charges.create({ ...BILLED, ...p, ...key })],
  'paymentIntents.create': [
    (b, p) => b.paymentIntents.create(event, p),
    (s, p, key) => s.paymentIntents.create({ ...BILLED, ...p, ...key }),
  ],
  'paymentIntents.confirm': [
    (b, p) => b.paymentIntents.confirm(event, 'pi_1', p),
    (s, p) => s.paymentIntents.confirm('pi_1', p),
  ],
  'paymentIntents.capture': [
    (b, p) => b.paymentIntents.capture(event, 'pi_1', p),
    (s, p) => s.paymentIntents.capture('pi_1', { amount_to_capture: 4900, ...p }),
  ],
  'paymentIntents.cancel': [
    (b, p) => b.paymentIntents.cancel(event, 'pi_1', p),
    (s, p) => s.paymentIntents.cancel('pi_1', p),
  ],
  'refunds.create': [
    (b, p) => b.refunds.create(event, { charge: 'ch_1', ...p }),
    (s, p, key) => s.refunds.create({ amount: 4900, charge: 'ch_1', ...p, ...key }),
  ],
  'invoiceItems.create': [
    (b, p) => b.invoiceItems.create(event, p),
    (s, p, key) => s.invoiceItems.create({ ...BILLED, ...p, ...key }),
  ],
  'invoices.create': [
    (b, p) => b.invoices.create(event, p),
    (s, p, key) => s.invoices.create({ customer: 'cus_A100', ...p, ...key }),
  ],
  'invoices.finalizeInvoice': [
    (b, p) => b.invoices.finalizeInvoice(event, 'in_1', p),
    (s, p) => s.invoices.finalizeInvoice('in_1', p),
  ],
  'invoices.pay': [(b, p) => b.invoices.pay(event, 'in_1', p), (s, p) => s.invoices.pay('in_1', p)],
  'subscriptions.create': [
    (b, p) => b.subscriptions.create(event, p),
    (s, p, key) => s.subscriptions.create({ customer: 'cus_A100', ...p, ...key }),
  ],
  'transfers.create': [
    (b, p) => b.transfers.create(event, { destination: 'acct_1', ...p }),
    (s, p, key) => s.transfers.create({ amount: 4900, currency: 'usd', destination: 'acct_1', ...p, ...key }),
  ],
  'payouts.create': [
    (b, p) => b.payouts.create(event, p),
    (s, p, key) => s.payouts.create({ amount: 4900, currency: 'usd', ...p, ...key }),
  ],
  'checkout.sessions.create': [
    (b, p) => b.checkout.sessions.create(event, p),
    (s, p, key) => s.checkout.sessions.create({ customer: 'cus_A100', ...p, ...key }),
  ],
};

describe('what a guard prepares', () => {
  const text = fc.string().filter((text) => !/\{\{|\}\}|\[object Object\]/.test(text));
  const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.date());
  const tree = fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.dictionary(text, value));
  /** Parameters that an endpoint has and a guard leaves alone; metadata has the key behind it. */
  const others = (name) => {
    const operation = name === 'charge' ? 'charges.create' : name;
    const { params } = endpoints.find(
      (endpoint) => endpoint.operation.replace('/', '.').toLowerCase() === operation.toLowerCase(),
    );
    // Besides: what transfers require, and lists whose items stripe-node reads as objects.
    const own =
      /^(amount|currency|customer|metadata|expand|price|pricing|quantity|unit_amount|destination)|items$/;
    const free = params.map((param) => param.replace('?', '')).filter((param) => !own.test(param));
    return fc.dictionary(fc.constantFrom(...(free.length > 0 ? free : ['expand'])), tree, { maxKeys: 3 });
  };

  test.each(Object.entries(CALLS))('%s is what stripe-node sends', async (name, [ours, theirs]) => {
    const billing = guard({ base_url });
    const keys = new Set();
    await fc.assert(
      fc.asyncProperty(others(name), async (params) => {
        const { idempotency_key, request } = ours(billing, params);
        keys.add(idempotency_key);
        const metadata = { metadata: { billonce_key: idempotency_key } };
        const { method, url, body } = request;
        expect({ method, url, body }).toEqual(await sentBy((s) => theirs(s, params, metadata)));
      }),
      { numRuns: 200 },
    );
    expect(keys.size).toBe(1);
  });

  test('has a key of its own for each call, and the event’s for a charge', () => {
    const billing = guard({});
    const keys = Object.values(CALLS).map(([ours]) => ours(billing, {}).idempotency_key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toBe(idempotencyKey(event));
    // The same key is made without a guard by an event of scheme v2 that names the endpoint.
    const refund = { ...event, scheme: 'v2', endpoint: 'refunds.create' };
    expect(CALLS['refunds.create'][0](billing, {}).idempotency_key).toBe(idempotencyKey(refund));
  });

  test('cannot be changed', () => {
    const billing = guard({});
    for (const [object, name] of [
      [billing.refunds, 'create'],
      [billing.checkout.sessions, 'create'],
      [billing, 'refunds'],
    ]) {
      expect(() => {
        object[name] = null;
      }).toThrow(TypeError);
    }
  });

  test('needs no `this`', () => {
    const { create } = guard({}).refunds;
    expect(create(event, { charge: 'ch_1' }).request.url).toBe(
      'https://proxy.keybrake.com/stripe/v1/refunds',
    );
  });
});

describe('sent to the Stripe double', () => {
  const vault_key = 'vault_key_for_tests_4f9a';
  let double;
  beforeAll(async () => {
    double = await startStripeDouble({ secrets: [vault_key] });
  });
  afterAll(() => double.close());

  test('every call of one event is made once, however often it is sent', async () => {
    const made = [];
    const bill = async (make) => {
      const send = async () => {
        // A guard for each run.
        const billing = guard({ vault_key, base_url: `${double.url}/stripe` });
        return billing.send(make(billing));
      };
      const { body, outcome } = await send();
      expect(outcome.http_status, JSON.stringify(body)).toBe(200);
      const again = await send();
      expect(again.outcome).toMatchObject({ replayed: true, id: body.id });
      made.push(body);
      return body;
    };
    const held = { payment_method: 'pm_card_visa', confirm: true, capture_method: 'manual' };
    const intent = await bill((b) => b.paymentIntents.create(event, held));
    const captured = await bill((b) => b.paymentIntents.capture(event, intent.id));
    expect(captured).toMatchObject({ id: intent.id, amount_received: 4900, status: 'succeeded' });
    expect(captured.metadata).toEqual(intent.metadata);
    const refund = await bill((b) => b.refunds.create(event, { payment_intent: intent.id }));
    expect(refund.amount).toBe(4900);
    const later = { ...event, charge_type: 'upgrade' };
    const open = await bill((b) => b.paymentIntents.create(later));
    const confirm = { payment_method: 'pm_card_visa' };
    expect((await bill((b) => b.paymentIntents.confirm(later, open.id, confirm))).status).toBe('succeeded');
    const unused = await bill((b) => b.paymentIntents.create({ ...event, charge_type: 'trial' }));
    const cancelled = (b) => b.paymentIntents.cancel({ ...event, charge_type: 'trial' }, unused.id);
    expect((await bill(cancelled)).status).toBe('canceled');
    await bill((b) => b.charge(event));
    await bill((b) => b.invoiceItems.create(event));
    await bill((b) => b.transfers.create(event, { destination: 'acct_1' }));
    await bill((b) => b.payouts.create(event));
    const keys = double.requests().map(({ idempotency_key }) => idempotency_key);
    expect(new Set(keys).size).toBe(made.length);
    expect(keys.length).toBe(2 * made.length);
    for (const object of made) expect(object.metadata.billonce_key).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the table of endpoints', () => {
  test('outlives calls of every kind, and the end of an instance', () => {
    const billing = guard({});
    for (let round = 0; round < 200; round++) {
      expect(() => billing.prepare('x'.repeat(round), event)).toThrow(
        expect.objectContaining({ code: 'invalid_endpoint' }),
      );
      const big = { description: 'é'.repeat(round * 100), metadata: Object.fromEntries(Array(40).entries()) };
      expect(billing.paymentIntents.create(event, big).request.url).toMatch(/payment_intents$/);
    }
    for (const { path } of endpoints) {
      expect(() => buildRequest({ endpoint: `POST ${path}`, path: {}, idempotency_key: 'k' })).not.toThrow(
        expect.objectContaining({ code: 'invalid_endpoint' }),
      );
    }
  });
});
