// What the page says of flows and runs, in the words of `billonce/lab`.
import type { FaultReport, FaultsReport, Finding, FixLimit, Flow, FlowSearch, FlowTest } from 'billonce/lab';

export type {
  Branch,
  Comparison,
  ComparisonCell,
  ComparisonColumn,
  Fault,
  FaultName,
  Finding,
  FixLimit,
  Flow,
  FlowStep,
  LintRule,
  Money,
  ProxyKind,
  Scenario,
  ScenarioReport,
  TimelineEvent,
  TriggerStep,
  Verdict,
  WorldOptions,
} from 'billonce/lab';

/** A finding without its flow, which is made when it is asked for. */
export type Shown = Omit<Finding, 'fixed'> & { fixable: boolean };

/** A flow that was read. */
export interface Opened {
  text: string;
  flow: Flow;
  findings: Shown[];
  /** What the trigger gets, unless the user says otherwise, as JSON text. */
  payload: string;
}

/** A flow that was mended. */
export interface Mended extends Opened {
  /** What it cannot promise. */
  limits: FixLimit[];
}

/** A scenario's report, and what to say of it. */
export type Told = Omit<FaultsReport, 'count'>;

export type FaultTold = FaultReport;

/** What every fault did, one by one. */
export type Tested = Omit<FlowTest, 'findings'>;

export type SearchOutcome = FlowSearch;
