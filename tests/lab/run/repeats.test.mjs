// All that repeats a run or a step, by facts seen on a real server.
import { expect, test } from 'vitest';
import { FORM } from '../flows.mjs';
import { codeNamed, http, labOf, loop, runOnce, seenStep, stepsRun, timesOf } from './labs.mjs';

const SLACK = 'https://hooks.slack.com/x';
const slack = { ...http({ url: SLACK }, { name: 'step_3' }) };
/** Slack is down until the given run. */
const downUntil = (name) => ({
  answerOf: (_, run) => ({ status: run.name < name ? 503 : 200, body: {} }),
});
const payload = { customer: 'cus_1', invoice_id: 'in_1', lines: [1, 2, 3] };
const failing = (when) =>
  `let n = 0; export const code = ({ i }) => { if (${when}) throw new Error('no'); return i; };`;

test('a step with retryOnFailure: four attempts, at +4, +8 and +16 s', async () => {
  const { run, timeline } = await runOnce([codeNamed('step_1', failing('true'), {}, { retry: true })]);
  expect(run).toMatchObject({ status: 'FAILED', failed_step: 'step_1', error: 'no' });
  expect(timesOf(timeline, 'step_started', 'step_1')).toEqual([0, 4000, 12_000, 28_000]);
  expect(timesOf(timeline, 'step_failed', 'step_1')).toHaveLength(4);
});

test('attempts end with the first that succeeds; each is a call of its own at the same place', async () => {
  const step = http({}, { name: 'step_1' });
  step.settings.errorHandlingOptions.retryOnFailure.value = true;
  const { run, lab, world } = await runOnce([step], payload, {
    fateOf: ({ attempt }) => (attempt < 3 ? { strike: 'stripe_500_before' } : {}),
  });
  expect(run.status).toBe('SUCCEEDED');
  expect(lab.calls().map(({ place, attempt, number }) => [place, attempt, number])).toEqual([
    ['step_1#1', 1, 1],
    ['step_1#1', 2, 2],
    ['step_1#1', 3, 3],
  ]);
  expect(world.charges()).toHaveLength(1);
});

test('continueOnFailure: the run goes on, and the error can be read', async () => {
  const steps = [
    codeNamed('step_1', failing('true'), {}, { goOn: true }),
    seenStep({ error: "{{step_1['error'].message}}", output: "{{step_1['output']}}" }),
  ];
  const { run, seen } = await runOnce(steps);
  expect(run.status).toBe('SUCCEEDED');
  expect(seen).toEqual([{ error: 'no', output: '' }]);
});

test('retry from the start: a new run, the same payload, every step again', async () => {
  const { lab, timeline, world } = labOf([http({}, { name: 'step_1' }), slack], downUntil('run 2'));
  const run = lab.deliver(payload);
  const again = lab.retry(run, 'start', 60_000);
  await lab.settle();
  expect([run.name, run.status, run.failed_step]).toEqual(['run 1', 'FAILED', 'step_3']);
  expect(run.error).toBe('hooks.slack.com answered 503');
  expect([again.name, again.status, again.payload]).toEqual(['run 2', 'SUCCEEDED', payload]);
  expect(stepsRun(timeline)).toEqual(['step_1', 'step_1', 'step_3']);
  // It has the key of the event, so Stripe charges once.
  expect(lab.calls().map(({ effect }) => effect)).toEqual(['charged', 'replayed']);
  expect(world.charges()).toHaveLength(1);
});

test('retry from the failed step: the same run, and what is finished is not run again', async () => {
  let down = true;
  const steps = [http({}, { name: 'step_1' }), slack, seenStep({ id: '{{step_1.output.body.object}}' })];
  const { lab, timeline, seen } = labOf(steps, { answerOf: () => ({ status: down ? 503 : 200, body: {} }) });
  const run = lab.deliver(payload);
  await lab.settle();
  down = false;
  expect(lab.retry(run, 'failed_step', 60_000)).toBe(run);
  await lab.settle();
  expect(run).toMatchObject({ name: 'run 1', status: 'SUCCEEDED', failed_step: null, error: null });
  expect(lab.runs()).toHaveLength(1);
  expect(stepsRun(timeline)).toEqual(['step_1', 'step_3', 'seen']);
  expect(seen).toEqual([{ id: 'charge' }]);
});

test('a loop goes on at its failed item, with the same index', async () => {
  let down = true;
  const step = http({ url: 'https://example.com/{{step_9.output.index}}' }, { name: 'step_1' });
  const asked = [];
  const { lab, timeline } = labOf([loop(step, { items: "{{trigger['output'].body.lines}}" })], {
    answerOf: (url) => {
      asked.push(url);
      return { status: down && url.endsWith('/2') ? 500 : 200, body: {} };
    },
  });
  const run = lab.deliver(payload);
  await lab.settle();
  expect(run).toMatchObject({ status: 'FAILED', failed_step: 'step_1' });
  down = false;
  lab.retry(run, 'failed_step');
  await lab.settle();
  expect(run.status).toBe('SUCCEEDED');
  expect(asked.map((url) => url.slice(-1))).toEqual(['1', '2', '2', '3']);
  expect(stepsRun(timeline)).toEqual(['step_1[1]', 'step_1[2]', 'step_1[3]', 'step_9']);
});

test('only a failed run can go on at its failed step', async () => {
  const { lab, timeline } = labOf([seenStep({})]);
  lab.retry(lab.deliver({}), 'failed_step', 1000);
  await lab.settle();
  expect(timeline.filter(({ kind }) => kind === 'retry' || kind === 'run_started')).toHaveLength(1);
});

test('a worker killed after the POST: two minutes later the same run begins again at its first step', async () => {
  const { run, lab, timeline, world } = await runOnce(
    [seenStep({}), http({ headers: FORM }, { name: 'step_1' })],
    payload,
    {
      fateOf: ({ number }) => ({ worker_dies: number === 1 }),
    },
  );
  expect(run).toMatchObject({ name: 'run 1', status: 'SUCCEEDED' });
  expect(lab.runs()).toHaveLength(1);
  expect(stepsRun(timeline)).toEqual(['seen', 'seen', 'step_1']);
  const [death] = timesOf(timeline, 'worker_died');
  expect(timesOf(timeline, 'run_started')).toEqual([0, death + 120_000]);
  expect(world.charges()).toHaveLength(2);
  expect(lab.calls().map(({ place, attempt }) => [place, attempt])).toEqual([
    ['step_1#1', 1],
    ['step_1#1', 2],
  ]);
});

test('a worker that dies within a Code step: nothing of it comes back', async () => {
  const source = `export const code = async () => {
    const answer = await fetch('https://api.stripe.com/v1/charges', { method: 'POST', body: 'amount=100&currency=usd&source=tok_visa',
      headers: { Authorization: 'Bearer sk_test_1234567890', 'Content-Type': 'application/x-www-form-urlencoded' } });
    console.log('answered');
    return (await answer.json()).amount; };`;
  const { run, lab, world } = await runOnce(
    [codeNamed('step_1', source)],
    {},
    {
      fateOf: ({ number }) => ({ worker_dies: number === 1 }),
    },
  );
  expect(run.status).toBe('SUCCEEDED');
  expect(lab.logs()).toEqual([{ run: 'run 1', text: 'answered' }]);
  expect(world.charges()).toHaveLength(2);
});

test('two deliveries of one event are two runs, and with one key in flight the second gets 409', async () => {
  const { lab, world } = labOf([http({}, { name: 'step_1' })]);
  lab.deliver(payload);
  lab.deliver(payload);
  await lab.settle();
  // Which of the two comes first is the world's chance.
  expect(new Set(lab.runs().map(({ error }) => error))).toEqual(
    new Set([null, 'api.stripe.com answered 409: idempotency_key_in_use']),
  );
  expect(world.charges()).toHaveLength(1);
});

test('the same scenario has the same timeline to the byte, another seed another', async () => {
  const told = async (seed) => {
    const { worldOf } = await import('./labs.mjs');
    const source = `import { randomUUID } from 'crypto';
      export const code = async () => { await new Promise((done) => setTimeout(done, Math.random() * 1000)); return randomUUID(); };`;
    const { lab, timeline } = labOf([codeNamed('step_1', source), http({}, { name: 'step_2' }), slack], {
      world: worldOf({ seed }),
      ...downUntil('run 2'),
    });
    const run = lab.deliver(payload);
    lab.deliver(payload, 10);
    lab.retry(run, 'start', 5000);
    await lab.settle();
    return JSON.stringify([timeline, lab.runs(), lab.calls()]);
  };
  expect(await told(5)).toBe(await told(5));
  expect(await told(5)).not.toBe(await told(6));
});
