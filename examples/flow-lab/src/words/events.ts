// The kinds of what happens on a timeline, and how each looks.
import type { TimelineEvent } from '../lab-types.ts';
import { amount } from './money.ts';
import { capital } from './text.ts';

type Kind = TimelineEvent['kind'];

export interface Look {
  label: string;
  tone: 'plain' | 'soft' | 'bad' | 'warn' | 'good' | 'money';
  /** Shown with the money alone; the others only on request. */
  isMain: boolean;
}

export const LOOKS: Record<Kind, Look> = {
  delivery: { label: 'Delivery', tone: 'plain', isMain: true },
  run_started: { label: 'Run starts', tone: 'plain', isMain: true },
  run_succeeded: { label: 'Run succeeds', tone: 'good', isMain: true },
  run_failed: { label: 'Run fails', tone: 'warn', isMain: true },
  worker_died: { label: 'Worker dies', tone: 'warn', isMain: true },
  retry: { label: 'Retry', tone: 'plain', isMain: true },
  step_started: { label: 'Step starts', tone: 'soft', isMain: false },
  step_succeeded: { label: 'Step succeeds', tone: 'soft', isMain: false },
  step_failed: { label: 'Step fails', tone: 'warn', isMain: false },
  call: { label: 'Call', tone: 'plain', isMain: true },
  answer: { label: 'Answer', tone: 'soft', isMain: true },
  no_answer: { label: 'No answer', tone: 'warn', isMain: true },
  charge: { label: 'Charge', tone: 'money', isMain: true },
  replay: { label: 'Replay', tone: 'good', isMain: true },
  blocked: { label: 'Blocked', tone: 'good', isMain: true },
  fault: { label: 'Fault', tone: 'bad', isMain: true },
};

/** What is drawn at Stripe rather than in the run. */
export const AT_STRIPE: ReadonlySet<Kind> = new Set(['charge', 'replay', 'blocked']);

/** What happened, in a few words. */
export function textOf({ text, charge }: TimelineEvent): string {
  if (!charge) return capital(text.replace(/\.$/, ''));
  return `Charged ${amount(charge.amount, charge.currency)}${charge.customer ? ` to ${charge.customer}` : ''}`;
}
