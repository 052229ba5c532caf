// What the lab's functions take and give, besides what one scenario reports (run/types.ts).
import type { AbortSignalLike } from '../../types.ts';
import type { Fault, ScenarioReport, Verdict, WorldOptions } from '../run/types.ts';
import type { Finding, LintRule } from '../types.ts';

/** How something that takes a while is watched and ended. */
export interface Watching {
  /** Ends it. `searchFlow` gives what it has found so far; all else throws `aborted`. */
  signal?: AbortSignalLike;
  /** Hears how far it is. */
  progress?: (done: number, total: number) => void;
}

export interface RunOptions extends WorldOptions, Watching {}

/** A scenario as somebody writes it: a fault is an object, or a text such as `"stripe_500@2"`. */
export interface GivenScenario {
  seed?: number;
  faults: (Fault | string)[];
}

export interface TestOptions extends RunOptions {
  /** From 0 to 4294967295; by default 0. */
  seed?: number;
  /** Only these, such as `"dashboard_retry"` or `"stripe_500@2"`; a fault of a call without a number is tried at each call. */
  faults?: (Fault | string)[];
}

/** A call to Stripe of an undisturbed run. */
export interface FlowCall {
  /** From 1, as faults name it. */
  number: number;
  /** Such as `"step_2[1]#1"`: the step, each loop's index, and which call of the step. */
  place: string;
  step: string;
  endpoint: string | null;
  has_key: boolean;
}

/** What a report comes to, in words. */
export interface Explanation {
  /** What came of it, in a sentence. */
  explanation: string;
  /** What let it happen; null where nothing is wrong. */
  why: string | null;
  /** What prevents it; null where nothing is to be prevented. */
  prevention: string | null;
  /** The linter's rules that find the same, where there are any. */
  rules: LintRule[];
}

/** What one fault did. */
export interface FaultReport extends Explanation {
  fault: Fault;
  /** A few words. */
  title: string;
  /** What happens in this fault. */
  what: string;
  report: ScenarioReport;
}

/** What several faults did together. */
export interface FaultsReport extends Explanation {
  /** In how many of a search's scenarios these faults were, with the same verdict. */
  count: number;
  report: ScenarioReport;
}

/** What `testFlow` gives. */
export interface FlowTest {
  /** The flow's name. */
  flow: string;
  /** The undisturbed run. */
  baseline: FaultsReport;
  /** One for each fault, those of calls for each call. */
  reports: FaultReport[];
  /** Faults that cannot happen to this flow, and why. */
  not_applicable: { fault: string; why: string }[];
  calls: FlowCall[];
  /** Steps whose pieces the lab does not run: their outputs are sample data, or what the options give. */
  unknown_pieces: { step: string; piece: string; action: string | null }[];
  /** What the trigger got: what the options give, the file's sample data, or made up of what the flow refers to. */
  payload: { source: 'given' | 'sample' | 'made'; events: unknown[] };
  findings: Omit<Finding, 'fixed'>[];
  /** Whether nothing at all is charged: then nothing was tested. */
  charges_nothing: boolean;
}

export interface SearchOptions extends RunOptions {
  /** How many scenarios: every single fault, then combinations. By default 1,000. */
  search?: number;
  /** From 0 to 4294967295; by default 0. Decides the combinations and everything within them. */
  seed?: number;
  /** How many faults come together at most; by default 3, up to 6. */
  depth?: number;
}

/** What `searchFlow` gives. */
export interface FlowSearch {
  flow: string;
  seed: number;
  depth: number;
  /** How many scenarios ran. */
  scenarios: number;
  /** Whether it was ended before all of them. */
  cancelled: boolean;
  verdicts: Record<Verdict, number>;
  /** In all of them together. */
  deliveries: number;
  runs: number;
  calls_made: number;
  /**
   * Each way to something bad, the smallest first: taking any fault out of it makes it good. Up to 20 for a verdict.
   * `runScenario` repeats it from its `report.scenario`.
   */
  found: FaultsReport[];
  baseline: FaultsReport;
  calls: FlowCall[];
  unknown_pieces: FlowTest['unknown_pieces'];
}

/** The seed's approaches to billing from a flow, and billonce's own. */
export type ApproachId =
  | 'raw_key'
  | 'restricted_key'
  | 'key_only'
  | 'proxy_only'
  | 'key_and_proxy'
  | 'billonce_edge';

export type ComparisonColumn =
  | 'retry'
  | 'duplicate_webhook'
  | 'key_isolation'
  | 'spend_cap'
  | 'allowlist'
  | 'audit';

export interface ComparisonCell {
  state: 'yes' | 'partial' | 'no';
  /** What was seen. */
  text: string;
}

export interface Approach {
  id: ApproachId;
  title: string;
  /** Why there is no such variant of this flow; its cells are not there then. */
  missing: string | null;
  cells: Record<ComparisonColumn, ComparisonCell> | null;
  /** What the customers paid in the runs that the cells tell of. */
  figures: Record<string, { owed: number; charged: number }>;
}

/** What `compareApproaches` gives: the published table, from running flows. */
export interface Comparison {
  flow: string;
  columns: { id: ComparisonColumn; title: string }[];
  approaches: Approach[];
}
