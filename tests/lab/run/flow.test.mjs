// Steps in their order: loops, routers, what is switched off.
import { expect, test } from 'vitest';
import { EXPORTED, GUARDED, UNGUARDED } from '../flows.mjs';
import { codeNamed, labOf, loop, routerOf, runOnce, seenStep, stepsRun } from './labs.mjs';

const BODY = "{{trigger['output'].body.lines}}";

test("a loop's index starts at 1, and its iterations can be read", async () => {
  const inner = { ...seenStep({ item: '{{step_9.output.item}}', index: '{{step_9.output.index}}' }) };
  const after = codeNamed('step_2', 'export const code = (inputs) => inputs.all;', {
    all: "{{step_9['output'].iterations[1].seen.output.item}}",
  });
  const { seen, timeline } = await runOnce([loop(inner, { items: BODY }), after], { lines: ['a', 'b'] });
  expect(seen).toEqual([
    { item: 'a', index: 1 },
    { item: 'b', index: 2 },
  ]);
  expect(stepsRun(timeline)).toEqual(['seen[1]', 'seen[2]', 'step_9', 'step_2']);
});

test('nested loops, each by its own name', async () => {
  const inner = seenStep({
    a: '{{step_8.output.index}}',
    b: '{{step_9.output.index}}',
    item: '{{step_9.output.item}}',
  });
  const nested = loop(loop(inner, { items: '{{step_8.output.item}}' }), { name: 'step_8', items: BODY });
  const { seen } = await runOnce([nested], { lines: [['x'], ['y', 'z']] });
  expect(seen).toEqual([
    { a: 1, b: 1, item: 'x' },
    { a: 2, b: 1, item: 'y' },
    { a: 2, b: 2, item: 'z' },
  ]);
});

test("a step after a loop does not see the loop's steps", async () => {
  const inner = codeNamed('step_2', 'export const code = () => 1;');
  const { seen } = await runOnce([loop(inner, { items: BODY }), seenStep({ a: '{{step_2.output}}' })], {
    lines: [0],
  });
  expect(seen).toEqual([{ a: '' }]);
});

test('what is no list fails the loop', async () => {
  const { run } = await runOnce([loop(seenStep({}), { items: BODY })], { lines: 'a' });
  expect(run).toMatchObject({
    status: 'FAILED',
    failed_step: 'step_9',
    error: 'The items you have selected must be a list.',
  });
});

test('an empty list is done at once', async () => {
  const { run, seen } = await runOnce([loop(seenStep({}), { items: BODY })], { lines: [] });
  expect([run.status, seen]).toEqual(['SUCCEEDED', []]);
});

const yes = [
  [{ operator: 'TEXT_EXACTLY_MATCHES', firstValue: "{{trigger['output'].body.plan}}", secondValue: 'pro' }],
];
const also = [[{ operator: 'EXISTS', firstValue: "{{trigger['output'].body.plan}}" }]];
const named = (name) => codeNamed(name, 'export const code = () => 0;');
const branches = {
  Pro: [yes, named('step_1')],
  Any: [also, named('step_2')],
  Rest: ['fallback', named('step_3')],
};

test.each([
  ['EXECUTE_FIRST_MATCH', { plan: 'PRO' }, ['step_1']],
  ['EXECUTE_ALL_MATCH', { plan: 'pro' }, ['step_1', 'step_2']],
  ['EXECUTE_FIRST_MATCH', { plan: 'free' }, ['step_2']],
  ['EXECUTE_ALL_MATCH', {}, ['step_3']],
  ['EXECUTE_FIRST_MATCH', {}, ['step_3']],
])('a router, %s with %j', async (type, payload, expected) => {
  const { timeline } = await runOnce([routerOf('step_9', branches, type)], payload);
  expect(stepsRun(timeline)).toEqual(['step_9', ...expected]);
});

test('what a router puts out', async () => {
  const { seen } = await runOnce(
    [routerOf('step_9', branches), seenStep({ all: "{{step_9['output'].branches}}" })],
    {
      plan: 'free',
    },
  );
  expect(seen[0].all).toEqual([
    { branchName: 'Pro', branchIndex: 1, evaluation: false },
    { branchName: 'Any', branchIndex: 2, evaluation: true },
    { branchName: 'Rest', branchIndex: 3, evaluation: false },
  ]);
});

test('a step that is switched off does not run, nor does what is in it', async () => {
  const off = { ...loop(seenStep({}), { items: BODY }), skip: true };
  const { seen, timeline } = await runOnce([off, { ...named('step_1'), skip: true }, named('step_2')], {
    lines: [1],
  });
  expect([seen, stepsRun(timeline)]).toEqual([[], ['step_2']]);
});

test('inputs and items can be changed on their way', async () => {
  const { lab, seen } = labOf([loop(seenStep({ item: '{{step_9.output.item}}' }), { items: BODY })], {
    itemsOf: (_, items, run) => (run.name === 'run 2' ? items.toReversed() : items),
  });
  const run = lab.deliver({ lines: [1, 2] });
  lab.retry(run, 'start', 1000);
  await lab.settle();
  expect(seen.map(({ item }) => item)).toEqual([1, 2, 2, 1]);
});

test('the flow that a real server exported, through its router and loop', async () => {
  const payload = { amount: '4900&payment_method=pm_card_visa', orderId: 7, lines: [{ n: 1 }, { n: 2 }] };
  const { run, timeline, world, lab } = await runOnce(JSON.parse(EXPORTED), payload);
  expect(run).toMatchObject({ status: 'SUCCEEDED' });
  expect(stepsRun(timeline)).toEqual(['step_1', 'step_2', 'step_3', 'step_5[1]', 'step_5[2]', 'step_4']);
  expect(world.charges()).toMatchObject([{ amount: 4900, currency: 'usd', idempotency_key: 'order-7' }]);
  expect(lab.calls()).toMatchObject([
    { place: 'step_2#1', endpoint: 'POST /v1/payment_intents', effect: 'charged' },
  ]);
});

test.each([
  ['without billonce', UNGUARDED, null],
  ['with billonce', GUARDED, '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872'],
])("the seed's flow %s", async (_, file, idempotency_key) => {
  const connections = {
    stripe_secret_key: 'sk_test_of_the_demo',
    billonce_vault_key: 'vault_key_of_the_demo',
    slack_webhook_url: 'https://hooks.slack.com/services/demo',
  };
  const payload = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
  const { run, world, timeline } = await runOnce(file, payload, { connections });
  expect(run).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(world.charges()).toMatchObject([{ amount: 4900, customer: 'cus_A100', idempotency_key }]);
  expect(JSON.stringify(timeline)).not.toMatch(/_of_the_demo/);
});
