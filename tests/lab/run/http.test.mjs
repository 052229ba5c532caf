// The HTTP piece: what it sends, how often, and what it makes of the answers.
import { expect, test } from 'vitest';
import { FORM } from '../flows.mjs';
import { http, runOnce, seenStep, worldOf } from './labs.mjs';

/** A world whose requests can be looked at. */
function spied() {
  const world = worldOf();
  const sent = [];
  const send = world.send.bind(world);
  world.send = (request) => {
    sent.push(request);
    return send(request);
  };
  return { world, sent };
}

async function send(input, settings = {}) {
  const { world, sent } = spied();
  const step = http({ headers: FORM, ...input }, { name: 'step_1' });
  const made = await runOnce(
    [step, seenStep({ all: '{{step_1.output}}' })],
    { customer: 'cus_1' },
    { world, ...settings },
  );
  return { ...made, sent };
}

test('Stripe itself, with a bearer token and a raw form', async () => {
  const { run, sent, seen } = await send({
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Idempotency-Key': 'k-{{trigger.output.body.customer}}',
    },
  });
  expect(run.error).toBe(null);
  expect(sent).toEqual([
    {
      to: 'stripe',
      path: '/v1/charges',
      url: 'https://api.stripe.com/v1/charges',
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': 'k-cus_1',
        authorization: 'Bearer sk_test_a_secret_of_tests',
      },
      body: 'amount=4900&currency=usd&customer=cus_1',
      timeout_ms: 30_000,
    },
  ]);
  expect(seen[0].all).toMatchObject({ status: 200, body: { object: 'charge', amount: 4900 } });
  expect(seen[0].all.headers['content-type']).toBe('application/json');
});

test.each([
  ['https://api.stripe.com/v1/charges?expand[]=customer', 'stripe', '/v1/charges?expand%5B%5D=customer'],
  ['https://proxy.keybrake.com/stripe/v1/charges', 'proxy', '/v1/charges'],
  [
    'https://stripe-cap.example.workers.dev/stripe/v1/charges/ch_1/capture',
    'proxy',
    '/v1/charges/ch_1/capture',
  ],
  ['https://proxy.keybrake.com/event-keys/evt_1', 'proxy', '/event-keys/evt_1'],
  ['http://localhost:8787/stripe/v1/charges', 'proxy', '/v1/charges'],
  ['http://127.0.0.1:4242/v1/charges', 'stripe', '/v1/charges'],
])('%s goes to %s', async (url, to, path) => {
  const { sent } = await send({ url });
  expect(sent).toMatchObject([{ to, path }]);
});

test.each([
  ['https://example.com/v1/charges', 200],
  ['https://hooks.slack.com/x', 200],
  // As stripe-node's host, port and protocol make it.
  ['https://proxy.keybrake.com/v1/charges', 404],
])('%s goes to neither', async (url, status) => {
  const { sent, lab, seen, run } = await send({ url });
  expect([sent, lab.calls()]).toEqual([[], []]);
  expect(status === 200 ? seen[0].all.status : run.error).toBe(
    status === 200 ? 200 : 'proxy.keybrake.com answered 404: not_found',
  );
});

test.each([
  [{ headers: {}, body_type: 'json', body: { data: { amount: 1 } } }, 'application/json', '{"amount":1}'],
  [{ headers: {}, body_type: 'json', body: { data: '{"amount":1}' } }, 'application/json', '{"amount":1}'],
  // Whatever it is, the piece's client calls it JSON where the step does not say what it is.
  [{ headers: {}, body: { data: 'amount=1' } }, 'application/json', 'amount=1'],
  [{ headers: {}, body_type: 'none' }, undefined, ''],
  [
    {
      body_type: 'json',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: { data: { amount: 1, metadata: { a: 'b c' } } },
    },
    'application/x-www-form-urlencoded',
    'amount=1&metadata[a]=b%20c',
  ],
  [{ headers: {}, method: 'GET' }, undefined, ''],
])('the body of %j', async (input, type, body) => {
  const { sent } = await send(input);
  expect([sent[0].headers['content-type'], sent[0].body]).toEqual([type, body]);
});

test.each([
  ['an object', { amount: 4900, currency: 'usd', empty: '' }],
  [
    'a list of fields',
    [
      { fieldName: 'amount', fieldType: 'text', textFieldValue: '4900' },
      { fieldName: 'currency', fieldType: 'text', textFieldValue: 'usd' },
    ],
  ],
])('form_data of %s is multipart, which Stripe does not read', async (_, data) => {
  const { sent, run } = await send({ body_type: 'form_data', body: { data } });
  const { headers, body } = sent[0];
  const [, boundary] = /^multipart\/form-data; boundary=(-{26}\d{24})$/.exec(headers['content-type']);
  expect(body).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="amount"\r\n\r\n4900\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="currency"\r\n\r\nusd\r\n--${boundary}--\r\n`,
  );
  expect(run.status).toBe('FAILED');
});

test.each([
  [
    { authType: 'BASIC', authFields: { username: 'sk_tést', password: '' } },
    `Basic ${btoa('sk_t\xc3\xa9st:')}`,
  ],
  [{ authType: 'NONE' }, undefined],
  [{ authType: 'NONE', headers: { Authorization: 'Bearer own' } }, 'Bearer own'],
  [{ headers: { Authorization: 'Bearer own' } }, 'Bearer own'],
])('authorization by %j', async (input, authorization) => {
  const { sent } = await send(input);
  expect(sent[0].headers.authorization).toBe(authorization);
});

test('query parameters, and a timeout in seconds', async () => {
  const { sent } = await send({ method: 'GET', queryParams: { limit: 3, 'a b': 'c&d' }, timeout: 2 });
  expect([sent[0].path, sent[0].timeout_ms]).toEqual(['/v1/charges?limit=3&a+b=c%26d', 2000]);
});

const always = (strike) => ({ fateOf: () => ({ strike }) });

test.each([
  ['retry_all', 'stripe_500', 3, 'FAILED'],
  ['retry_5xx', 'stripe_500', 3, 'FAILED'],
  ['continue_4xx', 'stripe_500', 3, 'FAILED'],
  ['continue_all', 'stripe_500', 1, 'SUCCEEDED'],
  ['continue_none', 'stripe_500', 1, 'FAILED'],
  ['retry_none', 'stripe_500', 1, 'FAILED'],
  ['retry_all', 'stripe_429', 3, 'FAILED'],
  ['retry_5xx', 'stripe_429', 1, 'SUCCEEDED'],
  ['continue_4xx', 'stripe_429', 1, 'SUCCEEDED'],
  ['retry_all', 'stripe_timeout', 3, 'FAILED'],
  ['continue_none', 'stripe_timeout', 1, 'FAILED'],
  ['continue_all', 'stripe_timeout', 1, 'SUCCEEDED'],
])('failureMode %s on %s: %i POSTs, and the run is %s', async (failureMode, strike, posts, status) => {
  const { run, lab } = await send({ failureMode }, always(strike));
  expect([lab.calls().length, run.status]).toEqual([posts, status]);
  expect(lab.calls().map(({ attempt, place }) => [attempt, place])).toEqual(
    Array.from({ length: posts }, (_, at) => [at + 1, 'step_1#1']),
  );
});

test('what continues has another shape', async () => {
  const { seen } = await send({ failureMode: 'continue_all' }, always('stripe_429'));
  expect(seen[0].all).toMatchObject({
    response: { status: 429, body: { error: { type: expect.any(String) } } },
    request: { body: 'amount=4900&currency=usd&customer=cus_1' },
  });
});

test('the three POSTs follow each other at once, and charge each time', async () => {
  const { timeline, world } = await send({ failureMode: 'retry_5xx' }, always('gateway_502'));
  const calls = timeline.filter(({ kind }) => kind === 'call').map(({ at }) => at);
  const answers = timeline.filter(({ kind }) => kind === 'answer').map(({ at }) => at);
  expect(calls.slice(1)).toEqual(answers.slice(0, 2));
  expect(world.charges()).toHaveLength(3);
});

test.each(['', '{{trigger.output.body.missing}}', 'api.stripe.com/v1/charges'])(
  '%j is no URL',
  async (url) => {
    const { run, sent } = await send({ url });
    expect([run.error, sent]).toEqual(['Invalid URL', []]);
  },
);
