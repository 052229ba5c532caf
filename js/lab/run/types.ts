// What the lab tells of a flow that it ran.

/** Charges, and what they come to. */
export interface Money {
  charges: number;
  /** Minor units by currency, such as `{ usd: 4900 }`. */
  amounts: Record<string, number>;
}

/** Something that goes wrong, one thing each. docs/lab.md tells what happens in each. */
export type FaultName =
  // What repeats a run.
  | 'dashboard_retry'
  | 'retry_from_failed_step'
  | 'retry_after_25_hours'
  | 'retry_after_3_days'
  | 'duplicate_delivery'
  | 'duplicate_delivery_later'
  | 'worker_died'
  | 'hourly_schedule'
  // What repeats a step.
  | 'http_resend'
  | 'step_retry'
  // What is different the second time.
  | 'list_reordered'
  | 'field_renamed'
  | 'period_reformatted'
  // What the other side does.
  | 'stripe_409'
  | 'stripe_429'
  | 'stripe_500'
  | 'stripe_500_before'
  | 'stripe_timeout'
  | 'stripe_timeout_before'
  | 'slack_down';

/** A fault, where it is one of a call to Stripe with the call that it strikes. */
export interface Fault {
  name: FaultName;
  /** Which of the calls to Stripe of an undisturbed run, from 1. Only for `worker_died`, `http_resend`, `step_retry` and `stripe_*`. */
  call?: number;
}

/** What is to happen, so that it can happen again: the same scenario has the same report, to the last byte. */
export interface Scenario {
  /** From 0 to 4294967295. Which latencies, and which of two orders, it decides. */
  seed: number;
  /** Together, in one story; empty for an undisturbed run. */
  faults: Fault[];
}

/** What is wrong with what the customers paid. */
export type Verdict =
  /** Each charge that was owed was made, and no other. */
  | 'billed_once'
  /** Something owed once was charged more than once. */
  | 'charged_twice'
  /** Something owed was not charged, and every run says that it succeeded. */
  | 'lost'
  /** More was charged than is owed, or a day's charges of a vault key came to more than its cap. */
  | 'over_spent'
  /** Something owed is not charged yet, and a run is there that failed and says so: nobody was charged twice. */
  | 'unfinished';

/** What let it happen. */
export type Cause =
  /** The charge has no Idempotency-Key. */
  | 'no_key'
  /** Each run makes another key. */
  | 'key_changed'
  /** The key is another since the flow was edited. */
  | 'key_of_an_edit'
  /** The key is another since the items of a list changed their places. */
  | 'key_of_an_order'
  /** The key was the same, and Stripe had forgotten it: it keeps keys for 24 hours. */
  | 'key_forgotten'
  /** Two charges that are both owed have one key, and Stripe took the second for the first. */
  | 'key_shared'
  /** A call failed, and its run goes on as if it had not. */
  | 'failure_hidden'
  /** Another amount or customer than an undisturbed run has. */
  | 'other_amount'
  /** More went through a vault key on a day than its cap. */
  | 'cap_exceeded';

/** What happened, in its order. */
export interface TimelineEvent {
  /** Milliseconds of the simulated clock since the first delivery. */
  at: number;
  kind:
    | 'delivery'
    | 'run_started'
    | 'run_succeeded'
    | 'run_failed'
    | 'worker_died'
    | 'retry'
    | 'step_started'
    | 'step_succeeded'
    | 'step_failed'
    | 'call'
    | 'answer'
    | 'no_answer'
    | 'charge'
    | 'replay'
    | 'blocked'
    | 'fault';
  /** Such as `"run 1"`; what repeats a run from its failed step keeps its name. */
  run?: string;
  /** A step's name, such as `"step_2"`, and for the steps of a loop each index. */
  step?: string;
  loop_index?: number[];
  /** In a sentence's words, without secrets. */
  text: string;
  /** An answer's HTTP status. */
  status?: number;
  /** Of a call and of what became of it. */
  endpoint?: string;
  idempotency_key?: string;
  /** Of a charge. */
  charge?: { id: string; amount: number; currency: string; customer: string | null };
}

/** What one scenario did to the customers. */
export interface ScenarioReport {
  scenario: Scenario;
  verdict: Verdict;
  /** Null where nothing is wrong, or only unfinished. */
  cause: Cause | null;
  /** What an undisturbed run of each event means to charge. */
  owed: Money;
  charged: Money;
  deliveries: number;
  runs: number;
  /** Events of which a run failed to the last: nobody retries it any more. */
  failed: number;
  /** To Stripe or to the proxy before it. */
  calls: number;
  replays: number;
  /** Calls that the proxy refused, or a guard before they were sent. */
  blocked: number;
  /** The steps whose calls were charged more than once, or not at all. */
  steps: string[];
  timeline: TimelineEvent[];
}

/** What stands before Stripe, where the flow's calls go to another host than api.stripe.com. */
export type ProxyKind =
  /** Counts finished charges against the cap, and knows no keys. */
  | 'spend_cap'
  /** billonce's own: reserves before it forwards, and remembers keys longer than Stripe. */
  | 'billonce_edge';

/** What the vault key of the simulated proxy may do. */
export interface LabPolicy {
  allowed_endpoints: string[];
  daily_usd_cap: number;
  max_charge_usd?: number;
  /** US dollars that one whole unit of a currency is worth; without a rate billonce's edge refuses it. */
  usd_rates?: Record<string, number>;
}

/** The world that a flow runs in. */
export interface WorldOptions {
  /** What the trigger gets: a webhook's body, and for any other trigger its output. By default the sample data of the file. */
  payload?: unknown;
  /** Several events, each delivered once, in place of `payload`. */
  payloads?: unknown[];
  /** The moment of the first delivery, RFC 3339. */
  now?: string;
  proxy?: ProxyKind;
  /** The vault key's policy. By default: POST on the endpoints that the flow uses, and a daily cap of what is owed, at a dollar for each unit of another currency. */
  policy?: LabPolicy;
  /** What `{{connections['x']}}` gives, by name. By default something that looks like it. No real secret is needed. */
  connections?: Record<string, unknown>;
  /** What the hosts that are not Stripe answer, by the beginning of the URL. By default 200 with an empty object. */
  answers?: Record<string, { status: number; body?: unknown }>;
  /** What pieces that the lab does not know put out, by the step's name. By default their sample data. */
  outputs?: Record<string, unknown>;
  /** How long a Code step may run on this machine. By default 5,000. */
  step_time_limit_ms?: number;
}
