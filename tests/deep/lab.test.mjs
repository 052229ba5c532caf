// 100,000 combinations of faults against a flow without a guard, and against the same flow fixed by the lab.
import { fixFlow, runScenario, searchFlow, testFlow } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import { INVOICE_WITH_IDS, looped, RENEWAL, UNGUARDED } from '../lab/fault-flows.mjs';
import { chain, code, FORM, flowOf, http, loop } from '../lab/flows.mjs';

const SEARCH = { search: 100_000, seed: 20_261_124, depth: 5 };
/** A loop takes three times as long, and what is found without a guard is found early. */
const LESS = { ...SEARCH, search: 10_000 };
const EDGE = { edge: 'https://billing.example.com' };
const HALF_AN_HOUR = 1_800_000;

const named = (faults) => faults.map(({ name, call }) => (call === undefined ? name : `${name}@${call}`));

// Each search has a thread of its own.
describe.concurrent.each([
  ['one charge', UNGUARDED, RENEWAL, { unguarded: LESS, fixed: SEARCH }],
  ['a loop of three', looped(), INVOICE_WITH_IDS, { unguarded: LESS, fixed: LESS }],
])('%s', (_, flow, payload, searches) => {
  test(
    'without a guard: every fault that charges again is found, by itself',
    async () => {
      const search = searches.unguarded;
      const { reports } = await testFlow(flow, { payload });
      const { found, verdicts, scenarios } = await searchFlow(flow, { payload, ...search });
      const twice = reports.filter(({ report }) => report.charged.charges > report.owed.charges);
      const singles = found
        .filter(({ report }) => report.verdict === 'charged_twice')
        .map(({ report }) => report.scenario.faults);
      for (const { fault } of twice.slice(0, 20)) expect(singles.map(named)).toContainEqual(named([fault]));
      expect(scenarios).toBe(search.search);
      expect(verdicts.charged_twice).toBeGreaterThan(scenarios / 2);
      expect(verdicts.lost + verdicts.over_spent).toBe(0);
    },
    HALF_AN_HOUR,
  );

  test(
    'fixed, through the edge: nothing is charged twice, lost or over-spent',
    async () => {
      const { search, seed, depth } = searches.fixed;
      const { fixed } = fixFlow(flow, { ...EDGE, payload });
      // Two halves, each in a thread of its own.
      const halves = [seed, seed + 1].map((seed) =>
        searchFlow(fixed, { payload, search: search / 2, seed, depth }),
      );
      for (const { found, verdicts, scenarios } of await Promise.all(halves)) {
        expect(scenarios).toBe(search / 2);
        expect([verdicts.charged_twice, verdicts.lost, verdicts.over_spent]).toEqual([0, 0, 0]);
        // Stripe repeats a 500 that it keeps for a key; and after three retries nobody tries any more. Both say so.
        for (const { report } of found) {
          const faults = named(report.scenario.faults);
          expect(faults.length > 3 || faults.some((name) => name.startsWith('stripe_500@'))).toBe(true);
        }
        expect(verdicts.unfinished + verdicts.billed_once).toBe(scenarios);
      }
    },
    HALF_AN_HOUR,
  );
});

test('a loop that an hourly schedule makes too many calls of is refused by its name', async () => {
  const items = code('export const code = () => Array.from({ length: 2_000 }, (_, at) => at);');
  const charge = (name) =>
    http(
      { headers: FORM, body: { data: "amount=100&currency=usd&customer={{step_9['output']['item']}}" } },
      { name },
    );
  const charges = chain(...['step_2', 'step_3', 'step_4', 'step_5'].map(charge));
  const looping = flowOf(items, loop(charges, { items: "{{step_1['output']}}" }));
  await expect(
    runScenario(looping, { seed: 1, faults: [{ name: 'hourly_schedule' }] }),
  ).rejects.toMatchObject({
    code: 'input_too_large',
    field: 'step_3',
    message: 'step_3 comes after 150,000 calls in one scenario: give fewer items',
  });
}, 600_000);
