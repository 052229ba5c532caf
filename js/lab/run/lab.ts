// What a scenario does with a flow: it delivers, retries, and lets everything happen that follows.
import type { Flow } from '../types.ts';
import type { Strike, World, WorldCharge } from '../world/types.ts';
import type { TimelineEvent } from './types.ts';

/** One run of the flow, as Activepieces' list of runs shows it. */
export interface Run {
  /** Such as `"run 1"`. */
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  payload: unknown;
  /** Of a failed run: the step, and what it said. */
  failed_step: string | null;
  error: string | null;
}

/** A call to Stripe as a step makes it. The same place in the flow has the same `path` in every run. */
export interface StripeCallMade {
  run: Run;
  step: string;
  loop_index: number[];
  /** The step's name, with each loop's index, and the number of the call within the step: `"step_2[1]#1"`. */
  place: string;
  /** Which call of its run it is, from 1. */
  number: number;
  /** Which time this place of this run is called, from 1: more than 1 for what is sent again. */
  attempt: number;
  endpoint: string | null;
  idempotency_key: string | null;
  /** As far as it can be read from the request. */
  amount: number | null;
  currency: string | null;
  customer: string | null;
  /** Once it has happened. */
  effect?: 'charged' | 'replayed' | 'blocked' | 'refused' | 'other' | 'nothing';
  charge?: WorldCharge;
  /** Of the answer, where one came. */
  status?: number;
}

/** What a scenario decides about a call before it is sent. */
export interface CallFate {
  strike?: Strike;
  /** The worker dies when Stripe has executed it. Two minutes later the same run begins again from step 1, by itself. */
  worker_dies?: boolean;
}

export interface LabSettings {
  flow: Flow;
  world: World;
  connections: Record<string, unknown>;
  /** Status and body of hosts other than Stripe, by the beginning of their URL; asked at each request. */
  answerOf: (url: string, run: Run) => { status: number; body: unknown };
  outputs: Record<string, unknown>;
  /** What a webhook's request has besides its body: the same for each delivery of an event. */
  aroundBody?: (run: Run) => { headers: Record<string, string>; queryParams: Record<string, string> };
  fateOf: (call: StripeCallMade) => CallFate;
  /** Changes what a step is given, for faults that make a later run different. */
  inputOf?: (step: { name: string; type: string }, input: unknown, run: Run) => unknown;
  /** The items of a loop, likewise. */
  itemsOf?: (step: { name: string }, items: unknown[], run: Run) => unknown[];
  /** The flow as it is when a run begins, where it was edited since: the same steps by the same names. */
  flowOf?: (run: Run) => Flow;
  /** Hears of each event at once; of a run that failed it may ask for a retry then. */
  tell: (event: TimelineEvent) => void;
}

/** Runs of one flow in one world. */
export interface FlowLab {
  /** A run begins after so many milliseconds (by default at once). */
  deliver(payload: unknown, after_ms?: number): Run;
  /** Somebody clicks Retry: from the start (a new run, the same payload), or from the failed step (the same run). */
  retry(run: Run, from: 'start' | 'failed_step', after_ms?: number): Run;
  /** Lets the world go on until nothing is left to happen. Throws a BillonceError for what a flow may not do, by the step's name. */
  settle(): Promise<void>;
  runs(): readonly Run[];
  /** Every call to Stripe so far, in its order. */
  calls(): readonly StripeCallMade[];
  /** What Code steps printed: the first thousand lines. */
  logs(): readonly { run: string; text: string }[];
}

export type OpenFlowLab = (settings: LabSettings) => FlowLab;
