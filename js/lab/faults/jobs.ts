// What of this runs in a thread of its own: everything that runs a flow.
import { BillonceError } from '../../index.ts';
import type { JobContext } from '../jobs.ts';
import { openLab } from '../run/open.ts';
import type { ScenarioReport, WorldOptions } from '../run/types.ts';
import type { Flow } from '../types.ts';
import { openWorld } from '../world/world.ts';
import type { Variants } from './compare/approaches.ts';
import { compareFlow } from './compare/compare.ts';
import { prepare } from './prepare.ts';
import { type Engine, runScenarioOf } from './run.ts';
import { readScenario, readSeed } from './scenario.ts';
import { searchSubject } from './search.ts';
import { testSubject } from './test.ts';
import type { Comparison, FlowSearch, FlowTest, SearchOptions, TestOptions } from './types.ts';

const ENGINE: Engine = { openWorld, openLab };

interface Asked<Options> {
  flow: unknown;
  options: Options;
  /** The flow as it is after an edit; the parser of JavaScript, which makes it, is not in the thread. */
  renamed: Flow | null;
}

export async function scenarioJob({
  flow,
  scenario,
  options,
  renamed,
}: Asked<WorldOptions> & { scenario: unknown }): Promise<ScenarioReport> {
  const subject = await prepare(flow, options, ENGINE, renamed);
  return runScenarioOf(subject, readScenario(scenario, subject.calls.length), ENGINE);
}

export async function testJob(
  { flow, options, renamed, findings }: Asked<TestOptions> & Pick<FlowTest, 'findings'>,
  context: JobContext,
): Promise<FlowTest> {
  const seed = readSeed(options.seed, 'seed');
  const subject = await prepare(flow, options, ENGINE, renamed);
  const settings = { seed, wanted: options.faults, findings };
  return testSubject(subject, ENGINE, settings, (done, total) => context.progress(done, total));
}

const MOST_DEPTH = 6;
const MOST_SEARCH = 10_000_000;

/** How often a search says how far it is, and how often what it has found; that also when twice as much is found as it said last. */
const TELL_EVERY = 20;
const SHOW_EVERY = 500;

/** Tells what it has found so far with its progress, as JSON: a search that is ended has not looked in vain. */
export async function searchJob(
  { flow, options, renamed }: Asked<SearchOptions>,
  context: JobContext,
): Promise<FlowSearch> {
  const seed = readSeed(options.seed, 'seed');
  const search = whole(options.search ?? 1_000, 'search', MOST_SEARCH);
  const depth = whole(options.depth ?? 3, 'depth', MOST_DEPTH);
  const subject = await prepare(flow, options, ENGINE, renamed);
  let next = 1;
  return searchSubject(subject, ENGINE, { search, seed, depth }, (done, total, sofar) => {
    if (done % TELL_EVERY !== 0 && done !== total) return;
    const result = sofar();
    const shows = done % SHOW_EVERY === 0 || result.found.length >= next;
    if (shows) next = result.found.length * 2 || 1;
    context.progress(done, total, shows ? JSON.stringify(result) : undefined);
  });
}

export async function compareJob(
  { flow, options, variants }: Asked<WorldOptions> & { variants: Variants },
  context: JobContext,
): Promise<Comparison> {
  return compareFlow({ flow, variants }, options, ENGINE, (done, total) => context.progress(done, total));
}

function whole(value: unknown, field: string, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new BillonceError('invalid_scenario', field, `${field} must be an integer from 1 to ${most}`);
}
