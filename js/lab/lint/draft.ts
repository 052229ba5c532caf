import type { PeriodReference } from '../fix/period.ts';
import type { Flow, FlowStep, LintRule } from '../types.ts';
import type { StripeCall } from './calls.ts';
import type { Tracing } from './tracing.ts';

/** What every rule looks at. */
export interface Context {
  flow: Flow;
  tracing: Tracing;
  calls: readonly StripeCall[];
  /** The proxy's base URL, where the flow or the options name one. */
  proxy: string | null;
  /** The billing periods that the flow refers to. */
  periods: readonly PeriodReference[];
  /** The root of the user's own edge, where fixed flows are to go through one. */
  edge: string | null;
  /** A reference to the event's own id; null where none is known. */
  eventId: string | null;
  /** Whether references are written as in exports before 0.85.4. */
  olderSyntax: boolean;
}

/** A finding as a rule makes it. */
export interface Draft {
  rule: LintRule;
  severity: 'error' | 'warning';
  step: string;
  line?: number | undefined;
  message: string;
  fix: string;
  /** The call that it is about, where a key would mend it. */
  call?: StripeCall;
}

export type Rule = (context: Context) => Draft[];

/** The flow's steps that run. */
export function* activeSteps({ tracing }: Context): Generator<FlowStep> {
  for (const { step, skipped } of tracing.places.values()) if (!skipped) yield step;
}
