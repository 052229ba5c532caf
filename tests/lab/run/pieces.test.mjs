// Pieces that the lab knows, and those that it does not.
import { expect, test } from 'vitest';
import { labOf, runOnce, seenStep } from './labs.mjs';

const piece = (pieceName, actionName, input = {}, settings = {}) => ({
  name: 'step_1',
  type: 'PIECE',
  skip: false,
  valid: true,
  displayName: 'Piece',
  settings: { pieceName, actionName, pieceVersion: '0.1.0', input, ...settings },
});
const seen = seenStep({ value: '{{step_1.output}}' });

test.each([
  ['usd', 49, 4900],
  ['usd', 10.5, 1050],
  // It knows of no currency without minor units: 100 times too much.
  ['jpy', 4900, 490_000],
])('the stock Stripe piece: %s %s is sent as %i, without a key', async (currency, amount, sent) => {
  const input = {
    amount,
    currency,
    customer: 'cus_1',
    confirm: true,
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com',
    auth: '{{connections.stripe}}',
  };
  const { run, lab, world } = await runOnce([
    piece('@activepieces/piece-stripe', 'create_payment_intent', input),
    seen,
  ]);
  expect(run.error).toBe(null);
  expect(lab.calls()).toMatchObject([
    {
      endpoint: 'POST /v1/payment_intents',
      amount: sent,
      currency,
      idempotency_key: null,
      effect: 'charged',
    },
  ]);
  expect(world.charges()).toMatchObject([{ amount: sent, customer: 'cus_1' }]);
});

test('its older action takes the minor unit; what it lacks it says', async () => {
  const input = { amount: 4900, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
  const { lab } = await runOnce([piece('@activepieces/piece-stripe', 'createPayment', input)]);
  expect(lab.calls()).toMatchObject([{ amount: 4900 }]);
  const { run } = await runOnce([
    piece('@activepieces/piece-stripe', 'create_payment_intent', { confirm: true }),
  ]);
  expect(run).toMatchObject({ status: 'FAILED', error: 'Add a Payment Method ID, or turn off Charge Now.' });
});

test('a connection can be an object; a refusal fails the step', async () => {
  const connections = { stripe: { type: 'SECRET_TEXT', secret_text: 'sk_test_a_secret_of_tests' } };
  const step = piece('@activepieces/piece-stripe', 'create_refund', {
    payment_intent: 'pi_none',
    auth: '{{connections.stripe}}',
  });
  const { run } = await runOnce([step], {}, { connections });
  expect(run.error).toMatch(/^api\.stripe\.com answered 404: resource_missing/);
});

test('the stock Stripe piece behind a gateway that answers in HTML, and without a connection', async () => {
  const input = {
    amount: 49,
    currency: 'usd',
    customer: 'cus_1',
    confirm: true,
    payment_method: 'pm_card_visa',
  };
  const step = piece('@activepieces/piece-stripe', 'create_payment_intent', {
    ...input,
    return_url: 'https://example.com',
  });
  const { run, world } = await runOnce([step], {}, { fateOf: () => ({ strike: 'gateway_502' }) });
  expect(run).toMatchObject({
    status: 'FAILED',
    failed_step: 'step_1',
    error: 'api.stripe.com answered 502: ',
  });
  expect(world.charges()).toHaveLength(1);
});

test('an unknown piece puts out its sample data, or what it is told to, or nothing', async () => {
  const sample = { inputUiInfo: { currentSelectedData: { rows: [1] } } };
  const step = (settings) => piece('@activepieces/piece-google-sheets', 'find_rows', {}, settings);
  expect((await runOnce([step(sample), seen])).seen).toEqual([{ value: { rows: [1] } }]);
  expect((await runOnce([step({ sampleData: { rows: [2] } }), seen])).seen).toEqual([
    { value: { rows: [2] } },
  ]);
  expect((await runOnce([step(sample), seen], {}, { outputs: { step_1: [3] } })).seen).toEqual([
    { value: [3] },
  ]);
  expect(
    (await runOnce([step({ sampleData: { lastTestDate: 'x', sampleDataFileId: 'y' } }), seen])).seen,
  ).toEqual([{ value: {} }]);
});

test('Slack’s piece is down when Slack is', async () => {
  const step = piece('@activepieces/piece-slack', 'send_channel_message', { text: 'Billed' });
  const asked = [];
  const settings = {
    answerOf: (url) => {
      asked.push(url);
      return { status: 503, body: {} };
    },
  };
  const { run } = await runOnce([step], {}, settings);
  expect(asked).toEqual(['https://slack.com/api/chat.postMessage']);
  expect(run).toMatchObject({ status: 'FAILED', failed_step: 'step_1', error: 'slack.com answered 503' });
});

test('which pieces are not known', async () => {
  const { unknownPieces, readFlow } = await import('billonce/lab-worker');
  const { flowOf, http, loop } = await import('./labs.mjs');
  const inner = { ...piece('@activepieces/piece-slack', 'send_channel_message'), name: 'step_3' };
  const flow = readFlow(flowOf(piece('@activepieces/piece-stripe', 'list_disputes'), http({}), loop(inner)));
  expect(unknownPieces(flow)).toEqual([
    { step: 'step_1', piece: '@activepieces/piece-stripe', action: 'list_disputes' },
    { step: 'step_3', piece: '@activepieces/piece-slack', action: 'send_channel_message' },
  ]);
  expect(labOf([http({})]).lab.runs()).toEqual([]);
});
