/** How a key is written. `v1` is the default; `v2` also binds currency and endpoint. */
export type Scheme = 'v1' | 'v2';

/**
 * What is billed, to whom, for which period: all that a key is made from, and nothing that changes from run to run.
 *
 * A field that is given must have a value: `undefined` is refused, since a mistyped reference would otherwise
 * let two charges share a key.
 */
export interface BillingEvent {
  /** The Stripe customer, such as `"cus_A100"`. */
  customer_id: string;
  /** The amount in the currency's minor unit: an integer from 1 to 999999999999, or its decimal text (`"4900"`). */
  amount_cents: number | string;
  /** The period, the same on every run that bills it, such as `"2026-06"`. */
  billing_period: string;
  /** The flow's own name. Default: `"activepieces-billing"`. */
  flow?: string;
  /** The router's branch in which the step sits. */
  branch?: string;
  /** Tells apart several legitimate charges of one customer in one period, such as `"upgrade"`. */
  charge_type?: string;
  /** The index of the loop around the step (Activepieces counts from 1), or of every loop, outermost first. */
  loop_index?: number | string | readonly (number | string)[];
  /** An id of the loop's item. Unlike an index it stays the same when the list's order changes. */
  loop_item?: string;
  /** Default: `"v1"`. */
  scheme?: Scheme;
  /** Scheme v2 only: the currency, in lower case. */
  currency?: string;
  /** Scheme v2 only: the endpoint, as `"POST /v1/charges"` or `"charges.create"`. */
  endpoint?: string;
}

/** A parameter of a Stripe request. `undefined` is left out, `null` is sent empty, a `Date` in Unix seconds. */
export type StripeParam =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | readonly StripeParam[]
  | { readonly [name: string]: StripeParam };

/** Parameters of a Stripe request, as stripe-node takes them. */
export type StripeParams = { readonly [name: string]: StripeParam };

/** An HTTP request to Stripe, or to a proxy in front of it. */
export interface StripeRequest {
  method: 'POST';
  url: string;
  /**
   * `Content-Type`, `Idempotency-Key` and what was asked for. `Authorization` is here only if a `vault_key` was
   * given; `JSON.stringify` and `console.log` show it redacted. A structured clone (`postMessage`, the isolate of a
   * Code step) copies it in clear: do not return such a request from a step.
   */
  headers: Record<string, string>;
  /** The form-encoded parameters. */
  body: string;
  idempotency_key: string;
}

/** Where requests go. */
export interface Destination {
  /** Default: `"https://proxy.keybrake.com/stripe"`. https, or http on this machine. */
  base_url?: string;
  /** A connected account, `"acct_…"`. */
  stripe_account?: string;
  /** An API version, such as `"2026-10-28.endive"`. */
  stripe_version?: string;
}

/** What is done with a request's parameters. */
export interface ParamOptions {
  /** Lets parameters pass that this version does not know, as one of another API version. Default: false. */
  allow_unknown_params?: boolean;
  /**
   * Whether the event's key also goes into the metadata of the object that the request makes, as `billonce_key`: there it can be
   * found when Stripe has forgotten it. Default: true.
   */
  metadata_key?: boolean;
}

/** The key that the proxy or Stripe is asked with. */
export interface Credential {
  /** The proxy's vault key. Without one a request has no Authorization header: the sender adds it. */
  vault_key?: string;
  /** Says that a raw Stripe secret (`sk_…`, `rk_…`) is meant where a vault key belongs. Default: false. */
  allow_raw_key?: boolean;
}

/** A request to build. Either `event` or `idempotency_key` is required. */
export interface RequestSpec extends Destination, ParamOptions, Credential {
  /** `"POST /v1/charges"`, a path with `{id}` in it, or an operation name (`"charges.create"`). */
  endpoint: string;
  params?: StripeParams;
  /** Values of the path's parameters, such as `{ id: "ch_1" }`. */
  path?: Record<string, string>;
  event?: BillingEvent;
  idempotency_key?: string;
}

/** What a vault key may do. */
export interface Policy {
  /** `"POST /v1/charges"` or `"charges.create"`; nothing else may be called. */
  allowed_endpoints: readonly string[];
  /** US dollars (not cents) from one UTC midnight to the next, with at most two decimals: `49`, `49.99`, `"49.99"`. */
  daily_usd_cap: number | string;
  /** US dollars that one call may spend. */
  max_charge_usd?: number | string;
  /** From here on nothing is allowed. */
  expires_at?: TimeLike;
  /** The only connected account that the edge lets a request act for, `"acct_…"`. */
  stripe_account?: string;
  /** Whether the edge refuses a POST without an idempotency key. Default: true. */
  require_idempotency_key?: boolean;
}

/** ISO 8601 text with a zone (a date alone is its midnight in UTC), a `Date`, or Unix time in milliseconds or seconds. */
export type TimeLike = string | number | Date;

/** US dollars that one whole unit of a currency is worth: `{ eur: 1.08, jpy: "0.0067" }`. */
export type UsdRates = Record<string, number | string>;

/** What a request is judged by. */
export interface Circumstances {
  policy: Policy;
  /** US cents already spent today. Without it the request is judged alone. */
  spent_usd_cents?: number | string;
  /** Default: the host's clock. */
  now?: TimeLike;
  usd_rates?: UsdRates;
}

/** What a call would spend, where there is no request to read it from. */
export interface Spend {
  endpoint: string;
  /** In the currency's minor unit. */
  amount?: number | string;
  currency?: string;
}

/** A request to judge, and by what. */
export type PrecheckInput = Circumstances &
  ((Spend & { request?: undefined }) | { request: StripeRequest | Spend; endpoint?: undefined });

/** Why a request is allowed or not. */
export type DecisionCode =
  | 'allowed'
  | 'policy_expired'
  | 'endpoint_not_allowed'
  | 'amount_unknown'
  | 'usd_rate_missing'
  | 'max_charge_usd_exceeded'
  | 'daily_usd_cap_exceeded';

/** The judgement of a request. All amounts are integers of US cents. */
export interface Decision {
  allowed: boolean;
  code: DecisionCode;
  /** The status that the proxy would answer with: 200, 401, 403, 422 or 429. */
  http_status: number;
  message: string;
  /** What the request costs, rounded up; null where that cannot be known. */
  amount_usd_cents: number | null;
  /** What had been spent before this request; null where nobody said. */
  spent_usd_cents: number | null;
  cap_usd_cents: number;
  /** Cap less spent, before this request. */
  remaining_usd_cents: number | null;
  /** The next UTC midnight, in ISO 8601. */
  resets_at: string;
}

/** An answer to be understood. */
export interface StripeResponse {
  /** The HTTP status; 0 or null where no answer arrived. */
  status: number | null;
  /** A `Headers` object, or names (in any case) and values. */
  headers?: unknown;
  /** The body's text, or its JSON already parsed. */
  body?: unknown;
  /** When it arrived: for a `Retry-After` that is a date, where the answer has no `Date` header. */
  now?: TimeLike;
  /**
   * Whether an earlier request with this key may have charged: its outcome was `charged: 'unknown'`. Then a refusal
   * that says nothing about the key, such as a cap's, is no proof that nothing was charged. Default: false.
   */
  may_have_charged?: boolean;
}

/** What kind of answer it was. */
export type OutcomeKind =
  | 'succeeded'
  | 'replayed'
  | 'pending'
  | 'requires_action'
  | 'canceled'
  | 'declined'
  | 'in_flight'
  | 'key_reused'
  | 'cap_exceeded'
  | 'endpoint_not_allowed'
  | 'max_charge_usd_exceeded'
  | 'vault_key_revoked'
  | 'rate_limited'
  | 'lock_timeout'
  | 'invalid_request'
  | 'unauthorized'
  | 'stripe_error'
  | 'network_error'
  | 'unreadable';

/** An answer, understood. */
export interface Outcome {
  kind: OutcomeKind;
  /** Whether money moved, by this request or the earlier one that it replays. */
  charged: 'yes' | 'no' | 'unknown';
  /**
   * Whether to send again: the same request with the same key, within 24 hours; only as a new event with a key of
   * its own; not at all; or not before somebody has looked.
   */
  retry: 'same_key' | 'new_key' | 'never' | 'review';
  /** How long the server asked to wait, by its `Retry-After`. */
  retry_after_ms: number | null;
  message: string;
  http_status: number;
  replayed: boolean;
  /** The id of the object that was made. */
  id: string | null;
  /** Whether that object is of live mode; in test mode no money is real. */
  livemode: boolean | null;
  stripe_code: string | null;
  decline_code: string | null;
  request_id: string | null;
}

/** What a guard is made with. */
export interface GuardConfig extends Destination, ParamOptions, Credential {
  /** What calls are judged by before they are sent. Without one, `decision` is null. */
  policy?: Policy;
  /** US cents already spent today; the guard adds what its own calls would spend. */
  spent_usd_cents?: number | string;
  /** Default: the host's clock. */
  now?: TimeLike;
  usd_rates?: UsdRates;
  /** What a call does when the decision forbids it. Default: `"throw"`. */
  on_deny?: 'throw' | 'return';
}

/** A prepared call. It holds no secret: a Code step may return it. */
export interface Step {
  idempotency_key: string;
  /** What to send; null where the decision forbids it. */
  request: StripeRequest | null;
  /** Null where the guard has no policy. */
  decision: Decision | null;
}

/** The part of `fetch` that `send` uses. A `body` that is a stream is read only as far as an answer can be long. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; redirect: 'manual'; signal?: never },
) => Promise<{ status: number; headers: unknown; body?: unknown; text(): Promise<string> }>;

/** The part of an `AbortSignal` that `send` uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** One try of `send`. */
export interface Attempt {
  outcome: Outcome;
  /** When it began, in ISO 8601. That of the first is what `first_sent_at` asks for later. */
  started_at: string;
  duration_ms: number;
  /** How long was waited after it, before the next. */
  waited_ms: number;
}

/** What became of a step. */
export interface SendResult {
  /** That of the last attempt. */
  outcome: Outcome;
  /** The last answer's JSON, or null where it was none. */
  body: unknown;
  /** Empty where `first_sent_at` is too long ago to send anything. */
  attempts: Attempt[];
}

/** How `send` tries. */
export interface SendOptions {
  /** 1 to 100. Default: 3. */
  max_attempts?: number;
  /** How long one attempt may take, its answer's body included, where the host has timers. Default: 80000. */
  timeout_ms?: number;
  /**
   * How long is waited between attempts, all in all. A `Retry-After` that asks for more is not cut short: `send` stops,
   * and `retry_after_ms` tells when to call it again. Default: 60000.
   */
  max_wait_ms?: number;
  /**
   * When this step was first sent, where that was before. 24 hours later Stripe may have forgotten its key, and nothing is
   * sent any more: the outcome is `retry: 'review'`.
   */
  first_sent_at?: TimeLike;
  /** Waits between attempts. Default: `setTimeout`; where the host has none, there is one attempt. */
  sleep?: (ms: number) => Promise<unknown>;
  /** Ends the attempt under way, or the wait for the next. An attempt that was cut off has `charged: 'unknown'`. */
  signal?: AbortSignalLike;
}

/** A request that another program built, such as the official `stripe` package. */
export interface BuiltRequest {
  /** With its concrete path, such as `"POST /v1/payment_intents/pi_1/confirm"`. */
  endpoint: string;
  /** The form-encoded parameters. */
  body: string;
  /** Whose key it gets. Either this or `idempotency_key` is required. */
  event?: BillingEvent;
  idempotency_key?: string;
}

/** The part of `fetch` that `findEarlier` uses. */
export type FetchGet = (
  url: string,
  init: { method: 'GET'; headers: Record<string, string>; redirect: 'manual'; signal?: never },
) => Promise<{ status: number; headers: unknown; text(): Promise<string> }>;

/** How far back and how long `findEarlier` looks. */
export interface SearchOptions {
  /** When the event was first sent, at the earliest: shortens lists. Default: any time. */
  since?: TimeLike;
  /** How many pages of a hundred are read of a list before the answer is `"unknown"`: 1 to 1000. Default: 10. */
  max_pages?: number;
}

/** How `findEarlier` asks, where no guard does. */
export interface FindOptions extends SearchOptions, Destination, Credential {}

/** A charge or payment intent that carries an event's key. */
export interface EarlierObject {
  id: string;
  object: 'charge' | 'payment_intent';
  /** Stripe's, such as `"succeeded"` or `"failed"`. */
  status: string | null;
  /** In the currency's minor unit. */
  amount: number | null;
  currency: string | null;
  customer: string | null;
  /** In Unix seconds. */
  created: number | null;
  /** Whether money moved. A refund since then does not change it. */
  charged: 'yes' | 'no' | 'unknown';
  /** Whether amount and customer, and the currency of a v2 event that has one, are the event's. */
  same_as_event: boolean;
}

/** What became of an event that may have been sent before. */
export interface Earlier {
  /** `"no"` only where Stripe was asked for all there could be, and answered. */
  found: 'yes' | 'no' | 'unknown';
  /** Whether money moved: send the event again only where it is `"no"`. */
  charged: 'yes' | 'no' | 'unknown';
  /** What carries the key. The charge of a payment intent that is listed is left out. */
  objects: EarlierObject[];
  message: string;
}

/** What a call says besides its parameters. */
export interface CallOptions {
  /** Values of the path's parameters, such as `{ id: "ch_1" }`. */
  path?: Record<string, string>;
  /**
   * What the call moves, as fetched from Stripe, where the request does not say: an invoice's `amount_due`, say. It must be the
   * event's amount.
   */
  amount?: number | string;
  /** The currency that belongs to it. */
  currency?: string;
}

/** Prepares a call that makes an object. */
export type CreateCall = (event: BillingEvent, params?: StripeParams, options?: CallOptions) => Step;

/** Prepares a call on the object with this id. */
export type ObjectCall = (
  event: BillingEvent,
  id: string,
  params?: StripeParams,
  options?: Omit<CallOptions, 'path'>,
) => Step;

/**
 * Billing within one run. Each call of `guard` makes its own; nothing is shared between two.
 *
 * What is named as in stripe-node (`refunds.create`) is {@link Guard.prepare} for that operation.
 */
export interface Guard {
  /**
   * Prepares a charge (`POST /v1/charges`): its key, its request and the decision on it. Amount and customer are the event's;
   * `currency` is `"usd"` and `description` `"Renewal for <period>"` unless `params` says otherwise.
   *
   * @throws {BillonceError} for an event or parameters that are refused, and for a decision that forbids the
   * charge (unless `on_deny` is `"return"`): then its code is the decision's, and `decision` is set.
   */
  charge(event: BillingEvent, params?: StripeParams): Step;
  /**
   * Prepares any of Stripe's v1 POST calls, by its operation's name or as `"POST /v1/…"`. What the event knows and the call
   * takes is filled in: the amount with its currency, the customer, the description.
   *
   * Each operation of one event has a key of its own. An object's id is no part of it: to capture, refund or pay two objects of one
   * customer, period and amount, make two events.
   *
   * @throws {BillonceError} as `charge`.
   */
  prepare(operation: string, event: BillingEvent, params?: StripeParams, options?: CallOptions): Step;
  readonly paymentIntents: {
    readonly create: CreateCall;
    readonly confirm: ObjectCall;
    readonly capture: ObjectCall;
    readonly cancel: ObjectCall;
  };
  readonly refunds: { readonly create: CreateCall };
  readonly invoiceItems: { readonly create: CreateCall };
  readonly invoices: {
    readonly create: CreateCall;
    readonly finalizeInvoice: ObjectCall;
    readonly pay: ObjectCall;
  };
  readonly subscriptions: { readonly create: CreateCall };
  readonly transfers: { readonly create: CreateCall };
  readonly payouts: { readonly create: CreateCall };
  readonly checkout: { readonly sessions: { readonly create: CreateCall } };
  /**
   * Sends a prepared call with the guard's vault key, and again with the same key where that is safe: after a time-out,
   * a conflict, a rate limit or an error at Stripe, with growing waits; never after 24 hours, nor on a cap.
   *
   * @param fetch Default: the host's.
   * @throws {BillonceError} where there is nothing to send, or nothing to send it with, or the options are refused; nothing
   * has been sent then. What Stripe or the proxy answers is an outcome, not an error.
   */
  send(step: Step, fetch?: FetchLike, options?: SendOptions): Promise<SendResult>;
  /**
   * Gives a request that another program built the event's key for its endpoint, and judges it. A body whose amount,
   * customer or currency is not the event's is refused.
   *
   * The key of `POST /v1/charges` is `idempotencyKey(event)`; since Stripe's keys are not scoped to an endpoint, every other
   * one's is that of `{ ...event, scheme: "v2", endpoint }`.
   *
   * @throws {BillonceError} as `charge` does.
   */
  admit(request: BuiltRequest): Step;
  /**
   * As the function `findEarlier`, with the guard's vault key and base URL.
   *
   * @param fetch Default: the host's.
   */
  findEarlier(event: BillingEvent, fetch?: FetchGet, options?: SearchOptions): Promise<Earlier>;
  /**
   * Pins a key to an event's own id in the edge of `base_url`, unless one is pinned already: for flows whose later
   * versions would make another key of the same event. Charge with the key that comes back.
   *
   * @param fetch Default: the host's.
   * @throws {BillonceError} where no key came back: `not_pinned`, or what is missing.
   */
  pin(eventId: string, key: string, fetch?: FetchLike): Promise<PinnedKey>;
}

/** The key of an event. */
export interface PinnedKey {
  /** The key that was first pinned. */
  idempotency_key: string;
  /** Whether this call pinned it. */
  created: boolean;
}

/** Why an input was refused. Closed: a new code is a new version. */
export type ErrorCode =
  | Exclude<DecisionCode, 'allowed'>
  | 'missing_field'
  | 'unknown_field'
  | 'wrong_type'
  | 'unreadable_input'
  | 'input_too_large'
  | 'conflicting_fields'
  | 'empty_field'
  | 'unresolved_reference'
  | 'control_character'
  | 'surrounding_whitespace'
  | 'lone_surrogate'
  | 'colon_in_field'
  | 'branch_marker_in_field'
  | 'charge_type_like_suffix'
  | 'invalid_amount'
  | 'invalid_loop_index'
  | 'invalid_scheme'
  | 'not_in_scheme_v1'
  | 'event_mismatch'
  | 'invalid_currency'
  | 'invalid_endpoint'
  | 'unknown_parameter'
  | 'missing_parameter'
  | 'invalid_path_parameter'
  | 'invalid_base_url'
  | 'invalid_header'
  | 'invalid_idempotency_key'
  | 'idempotency_key_required'
  | 'invalid_vault_key'
  | 'raw_key_refused'
  | 'secret_in_output'
  | 'invalid_policy'
  | 'invalid_time'
  | 'invalid_rate'
  | 'invalid_spend'
  | 'invalid_flow'
  | 'invalid_scenario'
  | 'endless_step'
  | 'nothing_to_send'
  | 'foreign_request'
  | 'fetch_missing'
  | 'not_pinned'
  | 'aborted'
  | 'host_unsupported'
  | 'internal_error';
