// Jobs in the lab's thread: progress, an end by the caller, sizes.
import { callJob, openLab, openWorld, readFlow } from 'billonce/lab-worker';
import { expect, test } from 'vitest';
import { codeNamed, flowOf, loop, NOW } from './labs.mjs';

const WORLD = {
  seed: 1,
  now: NOW,
  proxy: { kind: 'spend_cap', policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 } },
};
const order = (steps, payload = {}) => ({
  flow: flowOf(...steps),
  payload,
  connections: {},
  world: WORLD,
  timeline: true,
});
const ONE = codeNamed('step_1', 'export const code = () => 1;');

test('a job gives what it gives here', async () => {
  const input = order([
    ONE,
    codeNamed('step_2', 'export const code = ({ a }) => a;', { a: '{{step_1.output}}' }),
  ]);
  const timeline = [];
  const lab = openLab({
    flow: readFlow(input.flow),
    world: openWorld(WORLD),
    connections: {},
    answerOf: () => ({ status: 200, body: {} }),
    outputs: {},
    fateOf: () => ({}),
    tell: (event) => timeline.push(event),
  });
  lab.deliver({});
  await lab.settle();
  expect(await callJob('run', input)).toEqual({
    runs: lab.runs(),
    calls: [],
    charges: [],
    logs: [],
    timeline,
  });
});

test('a refusal crosses as it is; a job that is not there is a defect', async () => {
  await expect(callJob('run', { ...order([]), flow: '{' })).rejects.toMatchObject({
    name: 'BillonceError',
    code: 'invalid_flow',
    field: 'flow',
  });
  await expect(callJob('constructor', {})).rejects.toMatchObject({
    code: 'internal_error',
    message: 'there is no job constructor',
  });
});

test('ended by its caller, while a step runs', async () => {
  const control = new AbortController();
  const endless = callJob('run', order([codeNamed('step_1', 'export const code = () => { for (;;); };')]), {
    signal: control.signal,
    step_time_limit_ms: 60_000,
  });
  setTimeout(() => control.abort(), 50);
  await expect(endless).rejects.toMatchObject({ code: 'aborted', field: 'signal' });
  await expect(callJob('run', order([ONE]), { signal: control.signal })).rejects.toMatchObject({
    code: 'aborted',
  });
});

test('a loop over 100,000 items', async () => {
  const items = codeNamed(
    'step_1',
    'export const code = () => Array.from({ length: 100_000 }, (_, at) => at);',
  );
  const inner = codeNamed('step_2', 'export const code = ({ item }) => item * 2;', {
    item: '{{step_9.output.item}}',
  });
  const input = order([
    items,
    loop(inner, { items: '{{step_1.output}}' }),
    codeNamed('step_3', 'export const code = ({ last }) => console.log(last);', {
      last: "{{step_9['output'].iterations[99999].step_2.output}}",
    }),
  ]);
  const { runs, logs } = await callJob('run', { ...input, timeline: false });
  expect(runs).toMatchObject([{ status: 'SUCCEEDED' }]);
  expect(logs).toEqual([{ run: 'run 1', text: '199998' }]);
}, 120_000);

test('loops that would take more than a million steps are refused by the step’s name', async () => {
  const items = codeNamed('step_1', 'export const code = () => Array.from({ length: 2_000 }, () => 0);');
  const empty = loop(undefined, { name: 'step_7', items: '{{step_1.output}}' });
  const nested = loop(loop(empty, { name: 'step_8', items: '{{step_1.output}}' }), {
    items: '{{step_1.output}}',
  });
  await expect(callJob('run', { ...order([items, nested]), timeline: false })).rejects.toMatchObject({
    code: 'input_too_large',
    field: expect.stringMatching(/^step_[789]$/),
  });
}, 120_000);

test('2,000 steps', async () => {
  const steps = Array.from({ length: 2_000 }, (_, at) =>
    codeNamed(`step_${at + 1}`, 'export const code = ({ n }) => n + 1;', {
      n: at === 0 ? 0 : `{{step_${at}.output}}`,
    }),
  );
  const last = codeNamed('step_2000', 'export const code = ({ n }) => console.log(n);', {
    n: '{{step_1999.output}}',
  });
  const { runs, logs } = await callJob('run', { ...order([...steps.slice(0, -1), last]), timeline: false });
  expect([runs[0].status, logs]).toEqual(['SUCCEEDED', [{ run: 'run 1', text: '1999' }]]);
}, 120_000);
