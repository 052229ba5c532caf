// Combinations of faults, and the smallest of those that end badly.
import type { Scenario, ScenarioReport, Verdict } from '../run/types.ts';
import { applicableFaults } from './applies.ts';
import { scenarioOf } from './combinations.ts';
import { explainReport } from './explain.ts';
import { type Engine, runScenarioOf } from './run.ts';
import { contains, isBad, type Runner, shrunk } from './shrink.ts';
import type { Subject } from './subject.ts';
import { undisturbed } from './test.ts';
import type { FaultsReport, FlowSearch } from './types.ts';

const VERDICTS: Verdict[] = ['billed_once', 'charged_twice', 'lost', 'over_spent', 'unfinished'];
/** Of each verdict; the rest is only counted. */
const MOST_FOUND = 20;

export interface SearchSettings {
  search: number;
  seed: number;
  depth: number;
}

export async function searchSubject(
  subject: Subject,
  engine: Engine,
  { search, seed, depth }: SearchSettings,
  progress: (done: number, total: number, sofar: () => FlowSearch) => void,
): Promise<FlowSearch> {
  const run = (scenario: Scenario) => runScenarioOf(subject, scenario, engine, { quiet: true });
  const told = (scenario: Scenario) => runScenarioOf(subject, scenario, engine);
  const { faults } = applicableFaults(subject);
  const baseline = undisturbed(await told({ seed, faults: [] }));
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  const sums = { deliveries: 0, runs: 0, calls_made: 0 };
  const ways: FaultsReport[] = [];
  const total = Math.max(search, faults.length);
  const result = (scenarios: number): FlowSearch => ({
    flow: subject.flow.name,
    seed,
    depth,
    scenarios,
    cancelled: scenarios < total,
    verdicts: { ...verdicts },
    ...sums,
    found: [...ways].sort(bySize),
    baseline,
    calls: [...subject.calls],
    unknown_pieces: [...subject.unknown_pieces],
  });
  for (let number = 0; number < total; number++) {
    const report = await run(scenarioOf(number, faults, seed, depth));
    verdicts[report.verdict] += 1;
    sums.deliveries += report.deliveries;
    sums.runs += report.runs;
    sums.calls_made += report.calls;
    // What an undisturbed run does already needs no fault.
    if (isBad(report.verdict) && report.verdict !== baseline.report.verdict)
      await note(report, ways, run, told);
    progress(number + 1, total, () => result(number + 1));
  }
  return result(total);
}

/** A scenario that holds one that was found already tells nothing new. */
async function note(report: ScenarioReport, ways: FaultsReport[], run: Runner, told: Runner): Promise<void> {
  const { verdict, scenario } = report;
  const same = ways.filter((way) => way.report.verdict === verdict);
  const known = same.find((way) => contains(scenario.faults, way.report.scenario.faults));
  if (known) {
    known.count += 1;
    return;
  }
  if (same.length >= MOST_FOUND) return;
  const smallest = await shrunk(report, run);
  const there = same.find((way) => {
    const [one, other] = [way.report.scenario.faults, smallest.scenario.faults];
    return contains(one, other) && contains(other, one);
  });
  if (there) there.count += 1;
  else ways.push({ ...explainReport(smallest), report: await told(smallest.scenario), count: 1 });
}

/** Fewer faults first, then what is worse. */
const bySize = (one: FaultsReport, other: FaultsReport): number =>
  one.report.scenario.faults.length - other.report.scenario.faults.length ||
  VERDICTS.indexOf(one.report.verdict) - VERDICTS.indexOf(other.report.verdict) ||
  other.count - one.count;
