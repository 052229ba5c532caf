// What the page says of flows and runs, in the words of `billonce/lab`.
import type { Finding, Flow, LintRule } from 'billonce/lab';
import type { Fault, ScenarioReport } from '../../../js/lab/run/types.ts';

export type { Branch, Finding, Flow, FlowStep, LintRule, PieceStep, TriggerStep } from 'billonce/lab';
export type {
  Fault,
  FaultName,
  Money,
  ProxyKind,
  Scenario,
  ScenarioReport,
  TimelineEvent,
  Verdict,
  WorldOptions,
} from '../../../js/lab/run/types.ts';

/** A finding without its flow, which is made when it is asked for. */
export type Shown = Omit<Finding, 'fixed'> & { fixable: boolean };

/** A flow that was read. */
export interface Opened {
  text: string;
  flow: Flow;
  findings: Shown[];
}

/** A scenario's report, and what to say of it. */
export interface Told {
  report: ScenarioReport;
  explanation: string;
  prevention: string | null;
  rules: LintRule[];
}

export interface FaultTold extends Told {
  fault: Fault;
  title: string;
  what: string;
}

/** What every fault did, one by one. */
export interface Tested {
  baseline: Told;
  reports: FaultTold[];
  not_applicable: { fault: string; why: string }[];
  unknown_pieces: { step: string; title: string; piece: string }[];
  charges_nothing: boolean;
}

export interface Cell {
  state: 'yes' | 'partial' | 'no';
  text: string;
}

export interface Comparison {
  columns: { id: string; title: string }[];
  approaches: { id: string; title: string; missing: string | null; cells: Record<string, Cell> | null }[];
}

export interface SearchOutcome {
  scenarios: number;
  cancelled: boolean;
  /** The smallest ways to something bad. */
  found: (Told & { count: number })[];
}
