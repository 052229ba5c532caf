// Which scenarios a search runs: each is made from the seed and its number alone, so that any part of a search can be repeated.
import type { Fault, Scenario } from '../run/types.ts';
import { FAULTS } from './catalogue.ts';
import { randomOf } from './random.ts';

const SEEDS = 4_294_967_296;

/** The n-th scenario of a search, from 0: every single fault, then combinations. */
export function scenarioOf(number: number, faults: readonly Fault[], seed: number, depth: number): Scenario {
  const random = randomOf(seed, number);
  const scenarioSeed = random(SEEDS);
  const single = faults[number];
  if (single) return { seed: scenarioSeed, faults: [single] };
  if (faults.length === 0) return { seed: scenarioSeed, faults: [] };
  const most = Math.max(2, depth);
  const size = depth < 2 ? 1 : 2 + random(most - 1);
  const chosen: Fault[] = [];
  for (let tries = 0; chosen.length < size && tries < size * 4; tries++) {
    const fault = faults[random(faults.length)] as Fault;
    // A call may be struck twice by the same; the rest happens once.
    if (FAULTS[fault.name].of_a_call || !chosen.some(({ name }) => name === fault.name)) chosen.push(fault);
  }
  return { seed: scenarioSeed, faults: chosen };
}
