// What of this runs in a thread of its own: everything that runs a flow.
import { BillonceError } from '../../index.ts';
import type { JobContext } from '../jobs.ts';
import { lint } from '../lint/lint.ts';
import { openLab } from '../run/open.ts';
import type { ScenarioReport, WorldOptions } from '../run/types.ts';
import type { Finding } from '../types.ts';
import { openWorld } from '../world/world.ts';
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
}

export async function scenarioJob({
  flow,
  scenario,
  options,
}: Asked<WorldOptions> & { scenario: unknown }): Promise<ScenarioReport> {
  const subject = await prepare(flow, options, ENGINE);
  return runScenarioOf(subject, readScenario(scenario, subject.calls.length), ENGINE);
}

export async function testJob({ flow, options }: Asked<TestOptions>, context: JobContext): Promise<FlowTest> {
  const seed = readSeed(options.seed, 'seed');
  const subject = await prepare(flow, options, ENGINE);
  const settings = { seed, wanted: options.faults, findings: lint(flow).map(plain) };
  return testSubject(subject, ENGINE, settings, (done, total) => context.progress(done, total));
}

/** What can leave the thread: `fixed` is made when it is asked for. */
const plain = ({
  rule,
  severity,
  step,
  title,
  line,
  message,
  fix,
}: Finding): FlowTest['findings'][number] => ({
  rule,
  severity,
  step,
  title,
  ...(line === undefined ? {} : { line }),
  message,
  fix,
});

const MOST_DEPTH = 6;
const MOST_SEARCH = 10_000_000;

/** How often a search says how far it is, and how often what it has found. */
const TELL_EVERY = 20;
const SHOW_EVERY = 500;

/** Tells what it has found so far with its progress, as JSON: a search that is ended has not looked in vain. */
export async function searchJob(
  { flow, options }: Asked<SearchOptions>,
  context: JobContext,
): Promise<FlowSearch> {
  const seed = readSeed(options.seed, 'seed');
  const search = whole(options.search ?? 1_000, 'search', MOST_SEARCH);
  const depth = whole(options.depth ?? 3, 'depth', MOST_DEPTH);
  const subject = await prepare(flow, options, ENGINE);
  return searchSubject(subject, ENGINE, { search, seed, depth }, (done, total, sofar) => {
    if (done % TELL_EVERY !== 0 && done !== total) return;
    const shows = done % SHOW_EVERY === 0;
    context.progress(done, total, shows ? JSON.stringify(sofar()) : undefined);
  });
}

export async function compareJob(
  { flow, options }: Asked<WorldOptions>,
  context: JobContext,
): Promise<Comparison> {
  return compareFlow(flow, options, ENGINE, (done, total) => context.progress(done, total));
}

function whole(value: unknown, field: string, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new BillonceError('invalid_scenario', field, `${field} must be an integer from 1 to ${most}`);
}
