// Whole flows against a Stripe and a network in virtual time: exactly one charge for each event, none lost, and every
// doubt a true one. tests/deep/ simulates more of them.
import { describe, expect, test } from 'vitest';
import { randomOf, seedOfThisRun } from '../support/random.mjs';
import { simulate } from '../support/simulation/flows.mjs';

const seed = seedOfThisRun;

describe('billing events', () => {
  test('are each charged once, whatever happens', async () => {
    const { happened, problems } = await simulate({ seed, count: 5000 });
    expect(problems).toEqual([]);
    expect(happened.attempts).toBeGreaterThan(5000);
  });

  test('are simulated in the same way by the same seed', async () => {
    const [one, same, other] = [
      await simulate({ seed, count: 200 }),
      await simulate({ seed, count: 200 }),
      await simulate({ seed: seed + 1, count: 200 }),
    ];
    expect(same).toEqual(one);
    expect(other.happened).not.toEqual(one.happened);
  });
});

describe('what the simulation would see', () => {
  const charges = ({ problems }) => problems.filter((problem) => / charges where 1 is owed$/.test(problem));

  test('a key of its own for each request', async () => {
    const disguise = (fetch, random) => (url, init) => {
      const headers = { ...init.headers, 'Idempotency-Key': `random-${random.next()}` };
      return fetch(url, { ...init, headers });
    };
    expect(charges(await simulate({ seed, count: 500, disguise })).length).toBeGreaterThan(20);
  });

  test('a key that Stripe has forgotten', async () => {
    expect(charges(await simulate({ seed, count: 2000, ageless: true })).length).toBeGreaterThan(0);
  });

  test('a Retry-After that is not obeyed', async () => {
    const random = randomOf(seed);
    const disguise =
      (fetch) =>
      async (...call) => {
        const answer = await fetch(...call);
        return { ...answer, headers: random.chance(0.5) ? answer.headers : new Map() };
      };
    const { problems } = await simulate({ seed, count: 1000, disguise });
    expect(problems.some((problem) => problem.endsWith('sent before Retry-After had passed'))).toBe(true);
  });
});
