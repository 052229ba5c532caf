// The page without a page: its state, with the real lab behind it, in this process.
import { describe, expect, test } from 'vitest';
import { answers, problemOf } from '../../examples/flow-lab/src/desk/answers.ts';
import { Refusal } from '../../examples/flow-lab/src/desk/client.ts';
import { openSession } from '../../examples/flow-lab/src/state/session.ts';
import { shownVersion, testedOf } from '../../examples/flow-lab/src/state/types.ts';
import { GUARDED, UNGUARDED } from '../lab/flows.mjs';

/** Asks as the worker would answer. `held` keeps the answers to a question until they are let go. */
function deskHere(held = {}) {
  return {
    async ask(question, given, { signal = new AbortController().signal, progress = () => {} } = {}) {
      try {
        const answer = await answers[question](given, { signal, progress });
        await held[question];
        return answer;
      } catch (error) {
        throw new Refusal(problemOf(error));
      }
    },
  };
}

const EVENT = {
  event_id: 'evt_1001',
  customer_id: 'cus_A100',
  amount_cents: 4900,
  billing_period: '2026-06',
};
const EXAMPLE = { text: UNGUARDED, name: 'The published flow', payload: JSON.stringify(EVENT) };
const sessionOf = (held) => openSession(deskHere(held), EXAMPLE);
const twice = (state, at) =>
  testedOf(state.versions[at]).reports.filter(({ report }) => report.verdict === 'charged_twice').length;

test('from a file to a flow that charges nobody twice', async () => {
  const session = sessionOf();
  const seen = [];
  session.subscribe(() => seen.push(session.state().versions[0]?.tests.status ?? 'none'));
  await session.openExample();
  expect(seen).toContain('running');
  expect(twice(session.state(), 0)).toBeGreaterThan(10);
  expect(session.state().said).toMatch(/^This flow would charge this customer twice in/);

  await session.fix('all');
  let state = session.state();
  expect([state.shown, state.versions.map(({ kind }) => kind)]).toEqual([1, ['original', 'fixed']]);
  expect(state.versions[1].limits.map(({ kind }) => kind)).toEqual(['key_forgotten']);
  expect(twice(state, 1)).toBe(3);

  await session.fix('all', 'https://billing.example.com');
  state = session.state();
  expect(state.versions[1].edge).toBe('https://billing.example.com');
  expect(twice(state, 1)).toBe(0);
  // The flow as it came is still there, with its tests.
  expect(twice(state, 0)).toBeGreaterThan(10);
});

test('a refusal keeps what was there, and a new file replaces all of it', async () => {
  const session = sessionOf();
  await session.open(UNGUARDED, 'one.json');
  await session.open('{', 'two.json');
  expect(session.state().problem).toMatchObject({ code: 'invalid_flow', field: 'flow' });
  expect(session.state().fileName).toBe('one.json');
  session.closeProblem();
  expect(session.state().problem).toBeNull();
  await session.open(GUARDED, 'three.json');
  const { fileName, versions, isExample, problem } = session.state();
  expect([fileName, versions.length, isExample, problem]).toEqual(['three.json', 1, false, null]);
  session.close();
  expect(session.state().versions).toEqual([]);
});

test('of two files the one that was opened last is shown, whichever was read first', async () => {
  let release;
  const held = { open: new Promise((resolve) => (release = resolve)) };
  const session = sessionOf(held);
  const slow = session.open(UNGUARDED, 'slow.json');
  held.open = undefined;
  await session.open(GUARDED, 'quick.json');
  release();
  await slow;
  expect(session.state().fileName).toBe('quick.json');
  expect(shownVersion(session.state()).flow.name).toBe('Renewal, billed once');
});

test('another event forgets what the old one showed', async () => {
  const session = sessionOf();
  await session.openExample();
  session.choose({ name: 'duplicate_delivery' });
  session.choose({ name: 'worker_died', call: 1 });
  await session.runChosen();
  expect(session.state().story.report.charged.charges).toBeGreaterThan(1);
  session.set({ payload: JSON.stringify({ ...EVENT, amount_cents: 9900 }) });
  const { story, versions, chosen } = session.state();
  expect([story, versions[0].tests.status, versions[0].combination.status]).toEqual([null, 'idle', 'idle']);
  expect(chosen).toHaveLength(2);
  await session.test();
  expect(testedOf(session.state().versions[0]).baseline.report.owed).toEqual({
    charges: 1,
    amounts: { usd: 9900 },
  });
  // Chosen twice is not chosen.
  session.choose({ name: 'duplicate_delivery' });
  expect(session.state().chosen).toEqual([{ name: 'worker_died', call: 1 }]);
});

test('work that is cancelled says so, and can be begun again', async () => {
  const session = sessionOf();
  await session.openExample();
  const searching = session.search(3, 100_000);
  session.cancel('search');
  await searching;
  expect(session.state().versions[0].search.status).toBe('cancelled');
  await session.search(2, 50);
  expect(session.state().versions[0].search).toMatchObject({ status: 'done', value: { cancelled: false } });
});

describe('the same scenario', () => {
  test('by a link is the same to the last byte', async () => {
    const [one, other] = [sessionOf(), sessionOf()];
    await one.openExample();
    one.choose({ name: 'duplicate_delivery' });
    await one.runChosen();
    const { sharedBy } = await import('../../examples/flow-lab/src/state/link.ts');
    await other.take(await sharedBy(await one.share(false)));
    expect(JSON.stringify(other.state().story)).toBe(JSON.stringify(one.state().story));
  });

  test('of a fault that is none is refused by the lab', async () => {
    const session = sessionOf();
    await session.take({
      faults: [{ name: 'no_such_fault' }],
      seed: 1,
      proxy: null,
      cap: null,
      flow: { kind: 'example' },
    });
    expect(session.state().versions[0].combination).toMatchObject({
      status: 'failed',
      problem: { code: 'invalid_scenario' },
    });
  });
});
