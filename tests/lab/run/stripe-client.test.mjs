// `import Stripe from 'stripe'` in a step, beside the official package: the same requests, retries and errors.
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { codeNamed, runOnce, seenStep, worldOf } from './labs.mjs';

/** What the official package sends, given the same answers. */
async function official(call, answers = []) {
  const sent = [];
  const httpClient = Stripe.createFetchHttpClient(async (url, { method, headers, body }) => {
    sent.push({
      method,
      path: new URL(url).pathname + new URL(url).search,
      headers: Object.fromEntries(new Headers(headers)),
      body,
    });
    const answer = answers[sent.length - 1] ??
      answers.at(-1) ?? { status: 200, body: { object: 'x', data: [] } };
    if (answer === 'lost') throw new TypeError('fetch failed');
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
  });
  const stripe = new Stripe('sk_test_1234567890', { httpClient, telemetry: false });
  const error = await call(stripe).then(
    () => null,
    (thrown) => thrown,
  );
  return { sent, error };
}

/** The same call in a step, at a Stripe that answers the same. */
async function inLab(call, answers = []) {
  const world = worldOf();
  const sent = [];
  const next = world.next.bind(world);
  const send = world.send.bind(world);
  const replies = new Map();
  world.send = (request) => {
    sent.push(request);
    const ticket = send(request);
    replies.set(
      ticket,
      answers[sent.length - 1] ?? answers.at(-1) ?? { status: 200, body: { object: 'x', data: [] } },
    );
    return ticket;
  };
  world.next = () => {
    const happened = next();
    const reply = happened && replies.get(happened.ticket);
    if (!reply) return happened;
    const { ticket, effect } = happened;
    if (reply === 'lost') return { kind: 'no_answer', ticket, reason: 'connection_closed', effect };
    return {
      kind: 'answer',
      ticket,
      effect,
      answer: { status: reply.status, headers: reply.headers ?? {}, body: JSON.stringify(reply.body) },
    };
  };
  const source = `import Stripe from 'stripe';
    const stripe = new Stripe('sk_test_1234567890');
    export const code = async () => {
      try { await (${call})(stripe); return null; }
      catch (error) { const { type, code, message, statusCode, decline_code, param, rawType } = error; return { type, code, message, statusCode, decline_code, param, rawType }; } };`;
  const { run, seen } = await runOnce(
    [codeNamed('step_1', source), seenStep({ error: '{{step_1.output}}' })],
    {},
    { world },
  );
  expect(run.error).toBe(null);
  return { sent, error: seen[0].error || null };
}

const shape = ({ method, path, headers, body }) => ({
  method,
  path,
  body: body || undefined,
  key: headers['idempotency-key']?.replace(/[\da-f]{8}-.*/, '<random>'),
  authorization: headers.authorization,
  version: headers['stripe-version'],
  account: headers['stripe-account'],
});

const CALLS = [
  (stripe) =>
    stripe.charges.create({
      amount: 4900,
      currency: 'usd',
      customer: 'cus_1',
      metadata: { a: 'b c', 'd!': '(e)' },
    }),
  (stripe) => stripe.charges.create({ amount: 1 }, { idempotencyKey: 'mine', stripeAccount: 'acct_1' }),
  (stripe) => stripe.charges.create({ amount: 1 }, { maxNetworkRetries: 0 }),
  (stripe) =>
    stripe.paymentIntents.create({
      amount: 1,
      currency: 'usd',
      automatic_payment_methods: { enabled: true },
      payment_method_types: ['card', 'x'],
    }),
  (stripe) => stripe.paymentIntents.capture('pi_1', { amount_to_capture: 2 }),
  (stripe) => stripe.paymentIntents.capture('pi_1', {}, { idempotencyKey: 'k' }),
  (stripe) => stripe.paymentIntents.confirm('pi_1'),
  (stripe) => stripe.refunds.create({ charge: 'ch_1' }),
  (stripe) =>
    stripe.checkout.sessions.create({ mode: 'payment', line_items: [{ price: 'price_1', quantity: 1 }] }),
  (stripe) => stripe.invoices.pay('in_1'),
  (stripe) => stripe.invoices.finalizeInvoice('in_1', { auto_advance: false }),
  (stripe) => stripe.subscriptions.update('sub_1', { cancel_at_period_end: true }),
  (stripe) => stripe.customers.createBalanceTransaction('cus_1', { amount: -5, currency: 'usd' }),
  (stripe) => stripe.customers.retrieve('cus_1'),
  (stripe) => stripe.customers.del('cus_1'),
  (stripe) => stripe.charges.list({ limit: 3, created: { gte: 5 } }),
  (stripe) => stripe.charges.search({ query: "metadata['a']:'b'" }),
  (stripe) => stripe.balance.retrieve(),
  (stripe) => stripe.events.retrieve('evt_1'),
  (stripe) => stripe.rawRequest('POST', '/v1/charges', { amount: 3 }),
];

test.each(CALLS)('%s', async (call) => {
  const [theirs, ours] = [await official(call), await inLab(call)];
  expect(ours.sent.map(shape)).toEqual(theirs.sent.map(shape));
  expect(ours.sent).toHaveLength(1);
});

const error = (status, body, headers = {}) => ({ status, body: { error: body }, headers });
const CHARGE = (stripe) => stripe.charges.create({ amount: 4900, currency: 'usd' });

test.each([
  [
    'a declined card',
    [
      error(402, {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'generic_decline',
        message: 'no',
        param: 'x',
      }),
    ],
  ],
  ['parameters', [error(400, { type: 'invalid_request_error', message: 'Missing', param: 'amount' })]],
  ['another request of the key', [error(400, { type: 'idempotency_error', message: 'Keys' })]],
  ['no such key', [error(401, { type: 'invalid_request_error', message: 'Invalid API Key' })]],
  ['not allowed', [error(403, { type: 'invalid_request_error', message: 'No' })]],
  [
    'too many requests',
    [error(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Slower' })],
  ],
  [
    'a key in flight, then done',
    [
      error(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In use' }),
      { status: 200, body: {} },
    ],
  ],
  ['500 each time', [error(500, { type: 'api_error', message: 'Oops' })]],
  [
    '500 that is not to be asked again',
    [error(500, { type: 'api_error', message: 'Oops' }, { 'stripe-should-retry': 'false' })],
  ],
  [
    '400 that is',
    [
      error(400, { type: 'api_error', message: 'Oops' }, { 'stripe-should-retry': 'true' }),
      { status: 200, body: {} },
    ],
  ],
  ['nothing, then done', ['lost', { status: 200, body: {} }]],
  ['never an answer', ['lost']],
  ["a proxy's words", [{ status: 403, body: { error: 'Endpoint not in allowlist' } }]],
])(
  '%s',
  async (_, answers) => {
    const [theirs, ours] = [await official(CHARGE, answers), await inLab(CHARGE, answers)];
    expect(ours.sent).toHaveLength(theirs.sent.length);
    // Sent again, it has the same key.
    expect(new Set(ours.sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    if (theirs.error === null) return expect(ours.error).toBe(null);
    const { type, code, message, statusCode, decline_code, param, rawType } = theirs.error;
    expect(ours.error).toEqual(
      JSON.parse(JSON.stringify({ type, code, message, statusCode, decline_code, param, rawType })),
    );
  },
  60_000,
);

test("a client with billonce's own transport, as in examples/stripe-node", async () => {
  const source = `import { governed } from 'billonce/stripe';
    import Stripe from 'stripe';
    export const code = async ({ vault_key }) => {
      const billing = governed({ policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 } });
      const stripe = new Stripe(vault_key, { httpClient: billing, maxNetworkRetries: 2 });
      const charge = await stripe.charges.create({ amount: 4900, currency: 'usd', customer: 'cus_1' },
        billing.for({ customer_id: 'cus_1', amount_cents: 4900, billing_period: '2026-06' }));
      return [charge.object, charge.lastResponse.statusCode]; };`;
  const { run, seen, lab } = await runOnce([
    codeNamed('step_1', source, { vault_key: '{{connections.vault}}' }),
    seenStep({ value: '{{step_1.output}}' }),
  ]);
  expect([run.error, seen[0]?.value]).toEqual([null, ['charge', 200]]);
  expect(lab.calls()).toMatchObject([
    { effect: 'charged', idempotency_key: expect.stringMatching(/^[\da-f]{64}$/) },
  ]);
});

test("host, port and protocol lose the proxy's prefix: nothing is charged", async () => {
  const source = `import Stripe from 'stripe';
    export const code = () => new Stripe('vault_key_1234', { host: 'proxy.keybrake.com', port: 443, protocol: 'https' }).charges.create({ amount: 1, currency: 'usd' });`;
  const { run, world, lab } = await runOnce([codeNamed('step_1', source)]);
  expect([run.status, world.charges(), lab.calls()]).toEqual(['FAILED', [], []]);
});

test('a list, page by page', async () => {
  const call = `async (stripe) => { const all = []; for await (const one of stripe.charges.list({ limit: 1 })) all.push(one.id); if (all.join() !== 'ch_1,ch_2') throw new Error(all.join()); }`;
  const answers = [
    { status: 200, body: { data: [{ id: 'ch_1' }], has_more: true } },
    { status: 200, body: { data: [{ id: 'ch_2' }], has_more: false } },
  ];
  const { sent, error: thrown } = await inLab(call, answers);
  expect([thrown, sent.map(({ path }) => path)]).toEqual([
    null,
    ['/v1/charges?limit=1', '/v1/charges?limit=1&starting_after=ch_1'],
  ]);
});
