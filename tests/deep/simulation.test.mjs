// 100,000 billing events through every fault: each charged once, none lost, and every doubt a true one.
import { afterAll, describe, expect, test } from 'vitest';
import { seedOfThisRun } from '../support/random.mjs';
import { simulate } from '../support/simulation/flows.mjs';
import { FAULT_NAMES } from '../support/simulation/network.mjs';

const BATCHES = 20;
const EVENTS = 5000;

describe('100,000 billing events', () => {
  const happened = {};
  const doubts = {};
  const add = (sums, more) => {
    for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
  };

  test.each(Array.from({ length: BATCHES }, (_, batch) => [batch + 1, seedOfThisRun + batch]))(
    `are each charged once, whatever happens: ${EVENTS} more, %i of ${BATCHES}`,
    async (_, seed) => {
      const batch = await simulate({ seed, count: EVENTS });
      expect(batch.problems).toEqual([]);
      add(happened, batch.happened);
      for (const [kind, seen] of Object.entries(batch.unknown)) {
        doubts[kind] ??= {};
        add(doubts[kind], seen);
      }
    },
  );

  test('met every fault and every answer', () => {
    const own = [
      'rate_limited',
      'refused_409',
      'replayed',
      'lock_timeout',
      'saved_500_before',
      'saved_500_after',
    ];
    const acted = ['declined', 'too_old', 'looked', 'billed_anew'];
    for (const name of [...FAULT_NAMES, ...own, ...acted])
      expect([name, happened[name] > 50]).toEqual([name, true]);
  });

  // If one of these were about a charge that was always made, or never, then the answer could have said so.
  test('left doubts that were true ones: of each kind some were about a charge that was made, and some were not', () => {
    const kinds = [
      'network_error',
      'unreadable',
      'in_flight',
      'stripe_error',
      'cap_exceeded',
      'rate_limited',
      'lock_timeout',
    ];
    expect(Object.keys(doubts).sort()).toEqual(kinds.sort());
    for (const [kind, { charged, not }] of Object.entries(doubts)) {
      expect([kind, charged > 0, not > 0]).toEqual([kind, true, true]);
    }
  });

  afterAll(() => {
    const rows = Object.entries(happened).map(([name, count]) => `  ${name.padEnd(20)} ${count}`);
    const kinds = Object.entries(doubts).map(
      ([kind, { charged, not }]) => `  ${kind.padEnd(20)} ${charged} / ${not}`,
    );
    console.log(
      ['', '  what happened', ...rows, '', '  last doubts: charged / not', ...kinds, ''].join('\n'),
    );
  });
});
