// Steps that want out, or never end, or bring everything down: in the lab's thread.
import { createContext, runInContext } from 'node:vm';
import { callJob } from 'billonce/lab-worker';
import { describe, expect, test } from 'vitest';
import { ESCAPES } from './escapes.mjs';
import { codeNamed, flowOf, NOW, routerOf } from './labs.mjs';

const WORLD = {
  seed: 1,
  now: NOW,
  proxy: { kind: 'spend_cap', policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 } },
};

const run = (steps, payload = {}, options = {}) =>
  callJob(
    'run',
    { flow: flowOf(...steps), payload, connections: {}, world: WORLD, timeline: false },
    options,
  );

const step = (source, input) => codeNamed('step_4', source, input);

describe('steps that never end are named', () => {
  const SOON = { step_time_limit_ms: 300 };
  const LOOPS = 'step_4 ran for more than 300 ms without an end: its code may be an endless loop';
  test.each([
    ['a loop', 'export const code = () => { for (;;); };', LOOPS],
    ['a loop of promises', 'export const code = async () => { for (;;) await null; };', LOOPS],
    ['at module scope', 'for (;;); export const code = () => 1;', LOOPS],
    ['in what it gives', 'export const code = () => ({ toJSON() { for (;;); } });', LOOPS],
    ['a regular expression', `export const code = () => /^(a+)+$/.test('${'a'.repeat(40)}!');`, LOOPS],
    [
      'after its first wait',
      "export const code = async () => { await fetch('https://example.com'); for (;;); };",
      LOOPS,
    ],
    [
      'a promise',
      'export const code = () => new Promise(() => {});',
      'step_4 never ends: it waits for something that does not come',
    ],
    [
      'an interval',
      'export const code = () => new Promise(() => { setInterval(() => {}, 1); });',
      'step_4 has set more than 50,000 timers: it seems to wait for something that does not come',
    ],
  ])('%s', async (name, source, message) => {
    const options = name === 'an interval' ? {} : SOON;
    await expect(run([step(source)], {}, options)).rejects.toMatchObject({
      code: 'endless_step',
      field: 'step_4',
      message,
    });
  });

  test('an expression', async () => {
    const conditions = [[{ operator: 'EXISTS', firstValue: '{{(() => { for (;;); })()}}' }]];
    await expect(run([routerOf('step_4', { A: [conditions] })], {}, SOON)).rejects.toMatchObject({
      code: 'endless_step',
      field: 'step_4',
      message: LOOPS,
    });
  });
});

test('a step that waits for days ends its run, as Activepieces does after ten minutes', async () => {
  const { runs } = await run([
    step('export const code = () => new Promise((done) => setTimeout(done, 1e8));'),
  ]);
  expect(runs).toMatchObject([
    {
      status: 'FAILED',
      failed_step: 'step_4',
      error: 'it is not done after ten minutes, and Activepieces ends the run',
    },
  ]);
});

test.each([
  ['a text', "export const code = () => 'x'.repeat(6_000_000);", 'step_4 put out more than 5 MB'],
  [
    'memory',
    'export const code = () => { const all = []; for (;;) all.push(new Array(1e6).fill(0.5)); };',
    "step_4 ended the lab's thread: it uses too much memory, or its code breaks the engine",
  ],
])('too much of everything: %s', async (_, source, message) => {
  await expect(run([step(source)], {}, { step_time_limit_ms: 60_000 })).rejects.toMatchObject({
    code: 'input_too_large',
    field: 'step_4',
    message,
  });
});

test.each([
  [
    'a stack without end',
    'const f = () => f(); export const code = () => f();',
    /^Maximum call stack size exceeded$/,
  ],
  ['an array of all', 'export const code = () => new Array(2 ** 32);', /^Invalid array length$/],
  ['a text of all', "export const code = () => 'x'.repeat(2 ** 30);", /^Invalid string length$/],
  ['a proxy that throws', 'export const code = () => new Proxy({}, { ownKeys() { throw 1; } });', /^1$/],
  ['a getter that throws', "export const code = () => ({ get a() { throw new Error('a'); } });", /^a$/],
  ['an error without a message', 'export const code = () => { throw Object.create(null); };', /^\{\}$/],
  [
    'a rejection that is no error',
    'export const code = () => Promise.reject({ get message() { throw 1; } });',
    /^it threw something that cannot be read$/,
  ],
  ['a thenable that throws', 'export const code = () => ({ then() { throw new Error("t"); } });', /^t$/],
  [
    'its own JSON',
    'JSON.stringify = () => { throw new Error("mine"); }; export const code = () => 1n;',
    /BigInt/,
  ],
])('%s only fails the step', async (_, source, error) => {
  const { runs } = await run([step(source)]);
  expect(runs).toMatchObject([
    { status: 'FAILED', failed_step: 'step_4', error: expect.stringMatching(error) },
  ]);
});

test.each(Object.keys(ESCAPES))('no way out: %s', async (name) => {
  const source = `export const code = async () => { const out = await (async () => { ${ESCAPES[name]} })(); console.log(typeof out, String(out).slice(0, 200)); };`;
  let said;
  try {
    const { runs, logs } = await run([step(source)], {}, { step_time_limit_ms: 10_000 });
    said = runs[0].error ?? logs.at(-1)?.text;
  } catch (refusal) {
    expect(refusal.code).not.toBe('internal_error');
    said = refusal.message;
  }
  // None got hold of the outside: a marker that each of them would print.
  expect(said).not.toMatch(/ESCAPED|object process|native code.*process/);
  expect(said).toMatch(
    /^(undefined|code from texts is not|step_4 (imports|has import|has code that cannot)|Cannot (read|assign|redefine)|'caller'|.* is not (a function|a constructor|defined|iterable)|number 0|object null|string none)/,
  );
});

test.each(['the bare name constructor', 'console', 'a stack’s call sites'])(
  'the same way leads out of a context of node:vm that has functions from outside: %s',
  async (name) => {
    const context = createContext({ console, fetch, setTimeout });
    expect(await runInContext(`(async () => { ${ESCAPES[name]} })()`, context)).toBe('ESCAPED');
  },
);

test('what one flow does to the language is not seen by the next', async () => {
  const { openLab } = await import('billonce/lab-worker');
  expect(openLab).toBeTypeOf('function');
  const { runOnce } = await import('./labs.mjs');
  await runOnce([
    codeNamed('step_1', "Array.prototype.map = () => 'mine'; export const code = () => [1].map(String);"),
  ]);
  const { run: after } = await runOnce([
    codeNamed(
      'step_1',
      'export const code = () => { if ([1].map(String)[0] !== "1") throw new Error("seen"); };',
    ),
  ]);
  expect([after.error, [1].map(String)]).toEqual([null, ['1']]);
});
