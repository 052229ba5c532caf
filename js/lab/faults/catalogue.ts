// Every fault: what it is called, where it strikes, and what happens in it. docs/lab.md has the same table.
import type { FaultName } from '../run/types.ts';

export interface FaultKind {
  /** For a table: at most 26 characters. */
  title: string;
  /** In a sentence, in the words of whoever it happens to. */
  what: string;
  /** Whether it is one of a single call to Stripe. */
  of_a_call: boolean;
}

const once = (title: string, what: string): FaultKind => ({ title, what, of_a_call: false });
const ofCall = (title: string, what: string): FaultKind => ({ title, what, of_a_call: true });

/** In the order in which they are tried: what happens to everyone first. */
export const FAULTS: Record<FaultName, FaultKind> = {
  dashboard_retry: once(
    'retry from the dashboard',
    'A later step fails (Slack answers 503); 20 minutes after, somebody clicks Retry: a new run, every step again.',
  ),
  retry_from_failed_step: once(
    'retry from the failed step',
    'A later step fails (Slack answers 503); 20 minutes after, the same run goes on at the failed step.',
  ),
  duplicate_delivery: once(
    'delivered twice at once',
    'The sender delivers the event twice at once: two runs have their calls in flight together.',
  ),
  duplicate_delivery_later: once(
    'delivered again 30 s later',
    'The sender saw no answer and delivers the event again 30 seconds later: a second run.',
  ),
  worker_died: ofCall(
    'worker died after the call',
    'Stripe has executed the call and the worker is killed before the answer; two minutes later the run starts again from step 1, by itself.',
  ),
  http_resend: ofCall(
    'gateway answers 502 twice',
    'Stripe executes the call and a gateway answers 502, twice: whatever sends again at once, such as the failure modes of the HTTP piece, does.',
  ),
  step_retry: ofCall(
    'retry on failure',
    'Stripe executes the call and a gateway answers 502 until the step fails; retry on failure runs the step again 4 seconds later.',
  ),
  hourly_schedule: once(
    'runs hourly, 24 times',
    'A daily schedule was left at hourly: 24 runs of one event in 24 hours.',
  ),
  retry_after_25_hours: once(
    'retry after 25 hours',
    'A later step fails, and the run is retried from the start 25 hours after: Stripe may forget a key after 24.',
  ),
  retry_after_3_days: once(
    'retry after 3 days',
    'A later step fails on a Friday, and the run is retried from the start three days after.',
  ),
  list_reordered: once(
    'list in another order',
    'A run is repeated, and the items of its loops come in another order.',
  ),
  field_renamed: once(
    'a field was renamed',
    'The flow was edited before a run is repeated: the inputs of its Code steps have other names, in the source as well.',
  ),
  period_reformatted: once(
    'period written otherwise',
    'The flow was edited before a run is repeated: it writes the billing period in another format, such as 06/2026 for 2026-06.',
  ),
  stripe_409: ofCall(
    'Stripe answers 409',
    'Stripe says that a request with this key is under way, and does nothing.',
  ),
  stripe_429: ofCall('Stripe answers 429', "Stripe's rate limit: nothing is done."),
  stripe_500: ofCall('Stripe answers 500, charged', 'Stripe executes the call, and answers 500.'),
  stripe_500_before: ofCall('Stripe answers 500', 'Stripe answers 500 and has done nothing.'),
  stripe_timeout: ofCall(
    'answer lost',
    'Stripe executes the call, and its answer never comes: the step waits until its time is over.',
  ),
  stripe_timeout_before: ofCall('call lost', 'The call never reaches Stripe, and no answer comes.'),
  slack_down: once(
    'Slack down all the time',
    'Every host but Stripe answers 503 as long as the story lasts: every run fails, and is retried three times.',
  ),
};

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
