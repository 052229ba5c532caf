// What of this everyone can call. A flow runs in a thread of its own, which is ended with it.
import { BillonceError } from '../../index.ts';
import { textOfFile } from '../flow/file.ts';
import { readFlow } from '../flow/read.ts';
import { lint } from '../lint/lint.ts';
import type { ScenarioReport } from '../run/types.ts';
import { callJob } from '../thread/call.ts';
import type { Finding } from '../types.ts';
import { variantsOf } from './compare/variants.ts';
import { withRenamedInputs } from './rename-edit.ts';
import { samplePayload } from './sample.ts';
import type {
  Comparison,
  FlowSearch,
  FlowTest,
  GivenScenario,
  RunOptions,
  SearchOptions,
  TestOptions,
  Watching,
} from './types.ts';

/**
 * Lets one scenario happen to a flow. The same scenario has the same report, to the last byte.
 *
 * @param flow What `readFlow` takes.
 * @throws {BillonceError} as `readFlow` does; `invalid_scenario`; `endless_step` for code that does not end; `aborted`.
 */
export async function runScenario(
  flow: unknown,
  scenario: GivenScenario,
  options: RunOptions = {},
): Promise<ScenarioReport> {
  return (await run('scenario', flow, options, { scenario })) as ScenarioReport;
}

/**
 * The undisturbed run of a flow, then every fault that can happen to it, one by one.
 *
 * @throws {BillonceError} as `runScenario` does.
 */
export async function testFlow(flow: unknown, options: TestOptions = {}): Promise<FlowTest> {
  const findings = lint(flow).map(plain);
  return (await run('test', flow, options, { findings })) as FlowTest;
}

/**
 * Every single fault, then combinations of them, by a seed; and the smallest of those that end badly. Ended by its signal, it gives what it
 * has found by then.
 *
 * @throws {BillonceError} as `runScenario` does; `aborted` where it had not begun to find anything.
 */
export async function searchFlow(flow: unknown, options: SearchOptions = {}): Promise<FlowSearch> {
  let sofar: string | undefined;
  const { progress } = options;
  const hear = (done: number, total: number, note?: string): void => {
    if (note !== undefined) sofar = note;
    progress?.(done, total);
  };
  try {
    return (await run('search', flow, { ...options, progress: hear })) as FlowSearch;
  } catch (error) {
    if (!(error instanceof BillonceError) || error.code !== 'aborted' || sofar === undefined) throw error;
    return JSON.parse(sofar) as FlowSearch;
  }
}

/**
 * Six ways to let this flow bill, side by side, each established by running it: the published table.
 *
 * @throws {BillonceError} as `runScenario` does.
 */
export async function compareApproaches(flow: unknown, options: RunOptions = {}): Promise<Comparison> {
  const payload = options.payloads?.[0] ?? options.payload ?? samplePayload(readFlow(flow)).value;
  return (await run('compare', flow, options, {
    variants: variantsOf(textOfFile(flow), payload),
  })) as Comparison;
}

async function run(
  job: string,
  flow: unknown,
  { signal, progress, ...options }: RunOptions & { progress?: Watching['progress'] },
  more: object = {},
): Promise<unknown> {
  // Its own mistakes are told best as it is, and before a thread begins. What needs a parser of JavaScript is made here.
  const renamed = withRenamedInputs(readFlow(flow));
  const input = { ...more, renamed, flow: textOfFile(flow), options };
  const { step_time_limit_ms } = options;
  return callJob(job, cloned(input), { signal, progress, step_time_limit_ms });
}

/** As JSON has it, which is what a flow is given. */
function cloned(input: object): unknown {
  try {
    return JSON.parse(JSON.stringify(input));
  } catch {
    throw new BillonceError(
      'unreadable_input',
      'options',
      'options have what JSON cannot hold, such as a BigInt or a circle',
    );
  }
}

/** A finding's `fixed` is made when it is asked for, which it is not here. */
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
