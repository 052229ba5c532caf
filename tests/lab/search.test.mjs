// The search: what it finds is all that there is, as small as it can be, and the same each time.
import { fixFlow, runScenario, searchFlow, testFlow } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import { byEvent, INVOICE_WITH_IDS, keyed, keyOfInputs, looped, RENEWAL, UNGUARDED } from './fault-flows.mjs';

const BAD = ['charged_twice', 'lost', 'over_spent', 'unfinished'];
const text = (faults) => faults.map(({ name, call }) => `${name}@${call ?? ''}`).sort();

describe.each([
  ['without a key', UNGUARDED],
  ['with a key that edits change', keyOfInputs],
  ['with a key', keyed(byEvent)],
])('a flow %s', (_, flow) => {
  const options = { payload: RENEWAL, search: 200, seed: 5, depth: 3 };

  test('has every single fault that is bad by itself among what was found', async () => {
    const [{ reports }, { found, verdicts, scenarios }] = await Promise.all([
      testFlow(flow, { payload: RENEWAL }),
      searchFlow(flow, options),
    ]);
    const bad = reports
      .filter(({ report }) => BAD.includes(report.verdict))
      .map(({ fault }) => text([fault]));
    const singles = found
      .map(({ report }) => text(report.scenario.faults))
      .filter((faults) => faults.length === 1);
    expect(singles.sort()).toEqual(bad.sort());
    expect(Object.values(verdicts).reduce((sum, count) => sum + count, 0)).toBe(scenarios);
    expect(scenarios).toBe(200);
  });

  test('has nothing found that is not as small as it can be, and each can be repeated', async () => {
    const { found } = await searchFlow(flow, options);
    for (const { report } of found) {
      const { seed, faults } = report.scenario;
      expect(await runScenario(flow, report.scenario, { payload: RENEWAL })).toEqual(report);
      for (const at of faults.keys()) {
        const fewer = { seed, faults: faults.filter((_, index) => index !== at) };
        const { verdict } = await runScenario(flow, fewer, { payload: RENEWAL });
        expect(verdict).not.toBe(report.verdict);
      }
    }
  }, 120_000);

  test('is searched the same way twice, and another way by another seed', async () => {
    const [one, other, third] = await Promise.all([
      searchFlow(flow, options),
      searchFlow(flow, options),
      searchFlow(flow, { ...options, seed: 6 }),
    ]);
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(JSON.stringify(third)).not.toBe(JSON.stringify(one));
  });
});

test('the same flow fixed has none that charges twice', async () => {
  const { fixed } = fixFlow(looped(), { edge: 'https://billing.example.com', payload: INVOICE_WITH_IDS });
  const { verdicts } = await searchFlow(fixed, { payload: INVOICE_WITH_IDS, search: 500, seed: 3, depth: 4 });
  expect([verdicts.charged_twice, verdicts.lost, verdicts.over_spent]).toEqual([0, 0, 0]);
  expect(verdicts.billed_once).toBeGreaterThan(350);
});

test('it tells how far it is, and ended, what it has found so far', async () => {
  const ended = new AbortController();
  const heard = [];
  const progress = (done, total) => {
    heard.push([done, total]);
    if (done >= 1_000) ended.abort();
  };
  const search = 1_000_000;
  const options = { payload: RENEWAL, search, signal: ended.signal, progress };
  const { cancelled, scenarios, found } = await searchFlow(UNGUARDED, options);
  expect([cancelled, scenarios]).toEqual([true, 1_000]);
  expect(found.length).toBeGreaterThan(5);
  expect(heard.every(([done, total]) => done <= total && total === search)).toBe(true);
});

test('ended early it gives what it has found by then', async () => {
  const ended = new AbortController();
  const progress = () => ended.abort();
  const options = { payload: RENEWAL, search: 100_000, signal: ended.signal, progress };
  const { cancelled, scenarios, found } = await searchFlow(UNGUARDED, options);
  expect([cancelled, scenarios]).toEqual([true, 20]);
  expect(found.map(({ report }) => report.verdict)).toContain('charged_twice');
});

test('ended before it began, it is refused', async () => {
  const refusal = await searchFlow(UNGUARDED, { signal: AbortSignal.abort() }).catch(({ code }) => code);
  expect(refusal).toBe('aborted');
});

test.each([
  [{ search: 0 }, 'search', 'search must be an integer from 1 to 10000000'],
  [{ depth: 7 }, 'depth', 'depth must be an integer from 1 to 6'],
  [{ seed: 1.5 }, 'seed', 'seed must be an integer from 0 to 4294967295'],
])('%j is refused', async (options, field, message) => {
  const refusal = await searchFlow(UNGUARDED, options).catch((error) => error);
  expect([refusal.code, refusal.field, refusal.message]).toEqual(['invalid_scenario', field, message]);
});
