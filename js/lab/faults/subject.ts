// A flow made ready for scenarios: what it is given, what it means to charge, and which calls it makes undisturbed.
import type { LabPolicy, WorldOptions } from '../run/types.ts';
import type { Flow } from '../types.ts';
import type { Owed } from './owed.ts';
import type { Around } from './sample.ts';

/** A call to Stripe of an undisturbed run. */
export interface PlannedCall {
  /** From 1, as faults name it. */
  number: number;
  place: string;
  step: string;
  endpoint: string | null;
  has_key: boolean;
}

export interface Subject {
  flow: Flow;
  options: WorldOptions;
  payloads: readonly unknown[];
  payload_source: 'given' | 'sample' | 'made';
  /** How long after one event the next comes. */
  between_ms: number;
  /** Unix time in milliseconds. */
  now: number;
  connections: Record<string, unknown>;
  outputs: Record<string, unknown>;
  answerOf: (url: string) => { status: number; body: unknown };
  policy: LabPolicy;
  /** With a restricted Stripe key: which resources it may write. */
  restricted_to?: string[];
  owed: readonly Owed[];
  calls: readonly PlannedCall[];
  /** Of `calls`, in their order. */
  places: readonly string[];
  /** The place whose charge is the last of a run. */
  last_billing: string | null;
  /** Whether another host is called behind the charge. */
  calls_others: boolean;
  /** By step: the loops around it, outermost first. */
  loops: ReadonlyMap<string, readonly string[]>;
  /** By step: its inputs, references unresolved. */
  inputs: ReadonlyMap<string, unknown>;
  /** The flow with other names for its inputs; null where it cannot be edited without knowing more. */
  renamed: Flow | null;
  /** Whether some step is given a billing period. */
  has_period: boolean;
  /** Whether a schedule starts it. */
  scheduled: boolean;
  /** Steps with retry on failure. */
  retrying: ReadonlySet<string>;
  unknown_pieces: readonly { step: string; piece: string; action: string | null }[];
  /** What the flow asks of a webhook's request besides its body. */
  around: readonly Around[];
  /** Sees what each step is given. */
  sees?: (step: string, input: unknown) => void;
}
