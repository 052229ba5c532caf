// From a scenario that ends badly to the smallest one within it that ends as badly.
import type { Fault, Scenario, ScenarioReport, Verdict } from '../run/types.ts';

export type Runner = (scenario: Scenario) => Promise<ScenarioReport>;

/** Fewer faults as long as the verdict stays, then the simplest seed. */
export async function shrunk(found: ScenarioReport, run: Runner): Promise<ScenarioReport> {
  const { verdict } = found;
  let smallest = found;
  for (let at = 0; at < smallest.scenario.faults.length; ) {
    const { seed, faults } = smallest.scenario;
    const fewer = await run({ seed, faults: faults.filter((_, index) => index !== at) });
    if (fewer.verdict === verdict) smallest = fewer;
    else at += 1;
  }
  for (const seed of [0, 1, 2]) {
    if (smallest.scenario.seed <= seed) break;
    const simpler = await run({ ...smallest.scenario, seed });
    if (simpler.verdict === verdict) return simpler;
  }
  return smallest;
}

/** Whether all of one's faults are among the other's. */
export function contains(faults: readonly Fault[], smaller: readonly Fault[]): boolean {
  const left = [...faults];
  return smaller.every(({ name, call }) => {
    const at = left.findIndex((it) => it.name === name && it.call === call);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

export const isBad = (verdict: Verdict): boolean => verdict !== 'billed_once';
