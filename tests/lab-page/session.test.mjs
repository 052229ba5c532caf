// The page without a page: its state, with the real lab behind it, in this process.
import { describe, expect, test } from 'vitest';
import { answers, problemOf } from '../../examples/flow-lab/src/desk/answers.ts';
import { Refusal } from '../../examples/flow-lab/src/desk/client.ts';
import { sharedBy } from '../../examples/flow-lab/src/state/link.ts';
import { openSession } from '../../examples/flow-lab/src/state/session.ts';
import { shownVersion, testedOf } from '../../examples/flow-lab/src/state/types.ts';
import { GUARDED, UNGUARDED } from '../lab/flows.mjs';

/** Asks as the worker would answer. `held` keeps the answers to a question until they are let go. */
function deskHere(held = {}) {
  return {
    async ask(question, given, { signal = new AbortController().signal, progress = () => {} } = {}) {
      const gate = held[question];
      try {
        const answer = await answers[question](given, { signal, progress });
        await gate;
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

/** A session whose answers to a question come when they are let go. */
function holding(question) {
  const held = {};
  const session = sessionOf(held);
  return {
    session,
    hold() {
      let go;
      held[question] = new Promise((resolve) => (go = resolve));
      return () => {
        held[question] = undefined;
        go();
      };
    },
  };
}

test.each([
  ['cancelled', (session) => session.cancelReading(), 'Reading was cancelled.'],
  ['left for the start', (session) => session.close(), undefined],
])('a file whose reading is %s is not opened when it has been read all the same', async (_, stop, said) => {
  const { session, hold } = holding('open');
  const go = hold();
  const opening = session.open(UNGUARDED, 'slow.json');
  stop(session);
  go();
  await opening;
  const { versions, reading, problem } = session.state();
  expect([versions, reading, problem?.message]).toEqual([[], null, said]);
});

test('a flow that is mended while it is tested is tested to the end, and so is the mended one', async () => {
  const { session, hold } = holding('test');
  const go = hold();
  const opening = session.open(UNGUARDED, 'renewal.json');
  await reached(session, ({ versions }) => versions[0]?.tests.status === 'running');
  const fixing = session.fix('all');
  await reached(session, ({ versions }) => versions.length === 2);
  go();
  await Promise.all([opening, fixing]);
  const state = session.state();
  expect(state.shown).toBe(1);
  expect(state.versions.map(({ tests }) => tests.status)).toEqual(['done', 'done']);
  expect(state.versions.map((_, at) => twice(state, at))).toEqual([13, 3]);
});

test('what a combination did to one flow is not shown with another', async () => {
  const { session, hold } = holding('run');
  await session.openExample();
  await session.fix('all');
  session.choose({ name: 'duplicate_delivery' });
  const go = hold();
  const running = session.runChosen();
  session.show(0);
  go();
  await running;
  expect(session.state().story).toBeNull();
  session.show(1);
  expect(session.state().versions[1].combination.status).toBe('done');
});

const reached = (session, holds) =>
  new Promise((resolve) => {
    const look = () => holds(session.state()) && resolve();
    session.subscribe(look);
    look();
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
  session.plan({ depth: 3, combinations: 100_000 });
  const searching = session.search();
  session.cancel('search');
  await searching;
  expect(session.state().versions[0].search.status).toBe('cancelled');
  session.plan({ combinations: 50 });
  await session.search();
  expect(session.state().plan).toEqual({ depth: 3, combinations: 50 });
  expect(session.state().versions[0].search).toMatchObject({ status: 'done', value: { cancelled: false } });
});

describe('the same scenario', () => {
  test('by a link is the same to the last byte', async () => {
    const [one, other] = [sessionOf(), sessionOf()];
    await one.openExample();
    one.choose({ name: 'duplicate_delivery' });
    await one.runChosen();
    await other.take(await sharedBy(await one.share(false)));
    expect(JSON.stringify(other.state().story)).toBe(JSON.stringify(one.state().story));
  });

  test('of a search has the seed number that the search found it with', async () => {
    const [one, other] = [sessionOf(), sessionOf()];
    await one.openExample();
    one.set({ seed: 7 });
    await one.test();
    one.plan({ combinations: 20 });
    await one.search();
    const [found] = one.state().versions[0].search.value.found;
    expect(found.report.scenario.seed).not.toBe(7);
    one.showStory(found);
    await other.take(await sharedBy(await one.share(false)));
    expect(other.state().story.report).toEqual(found.report);
  });

  test('without its flow waits for the flow, and is then let happen to it', async () => {
    const [one, other] = [sessionOf(), sessionOf()];
    await one.open(UNGUARDED, 'mine.json');
    one.set({ seed: 5 });
    one.choose({ name: 'duplicate_delivery' });
    const link = await sharedBy(await one.share(false));
    expect(link.flow).toBeNull();
    await other.take(link);
    expect(other.state()).toMatchObject({ versions: [], awaited: true, chosen: link.faults });
    await other.open(UNGUARDED, 'mine.json');
    expect(other.state().awaited).toBe(false);
    expect(other.state().story.report.scenario).toEqual({ seed: 5, faults: link.faults });
    // A flow that is open is what a link without one is about.
    await other.take({ ...link, seed: 6, faults: [{ name: 'worker_died', call: 1 }] });
    expect(other.state().story.report.scenario).toMatchObject({ seed: 6, faults: [{ name: 'worker_died' }] });
    expect(other.state().fileName).toBe('mine.json');
  });

  test('of a mended flow carries the mended flow, where its own edge is too', async () => {
    const [one, other] = [sessionOf(), sessionOf()];
    await one.open(UNGUARDED, 'mine.json');
    await one.fix('all', 'https://billing.example.com');
    one.choose({ name: 'retry_after_25_hours' });
    await one.runChosen();
    const link = await sharedBy(await one.share(true));
    expect(link).toMatchObject({ proxy: 'billonce_edge', flow: { kind: 'text' } });
    await other.take(link);
    const { verdict, charged } = other.state().story.report;
    expect([verdict, charged]).toEqual(['billed_once', one.state().story.report.charged]);
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
