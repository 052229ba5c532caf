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

/** The key that the proxy or Stripe is asked with. */
export interface Credential {
  /** The proxy's vault key. Without one a request has no Authorization header: the sender adds it. */
  vault_key?: string;
  /** Says that a raw Stripe secret (`sk_…`, `rk_…`) is meant where a vault key belongs. Default: false. */
  allow_raw_key?: boolean;
}

/** A request to build. Either `event` or `idempotency_key` is required. */
export interface RequestSpec extends Destination, Credential {
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
  /** How long the server asked to wait. */
  retry_after_ms: number | null;
  message: string;
  http_status: number;
  replayed: boolean;
  /** The id of the object that was made. */
  id: string | null;
  stripe_code: string | null;
  decline_code: string | null;
  request_id: string | null;
}

/** What a guard is made with. */
export interface GuardConfig extends Destination, Credential {
  /** What charges are judged by before they are sent. Without one, `decision` is null. */
  policy?: Policy;
  /** US cents already spent today; the guard adds what its own charges would spend. */
  spent_usd_cents?: number | string;
  /** Default: the host's clock. */
  now?: TimeLike;
  usd_rates?: UsdRates;
  /** What `charge` does when the decision forbids it. Default: `"throw"`. */
  on_deny?: 'throw' | 'return';
}

/** A prepared charge. It holds no secret: a Code step may return it. */
export interface Step {
  idempotency_key: string;
  /** What to send; null where the decision forbids it. */
  request: StripeRequest | null;
  /** Null where the guard has no policy. */
  decision: Decision | null;
}

/** The part of `fetch` that `send` uses. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; redirect: 'manual'; signal?: never },
) => Promise<{ status: number; headers: unknown; text(): Promise<string> }>;

/** One try of `send`. */
export interface Attempt {
  outcome: Outcome;
  /** How long was waited after it, before the next. */
  waited_ms: number;
}

/** What became of a step. */
export interface SendResult {
  /** That of the last attempt. */
  outcome: Outcome;
  /** The last answer's JSON, or null where it was none. */
  body: unknown;
  attempts: Attempt[];
}

/** How `send` tries. */
export interface SendOptions {
  /** Default: 3. */
  max_attempts?: number;
  /** Waits between attempts. Default: `setTimeout`; where the host has none, there is one attempt. */
  sleep?: (ms: number) => Promise<unknown>;
}

/** Billing within one run. Each call of `guard` makes its own; nothing is shared between two. */
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
   * Sends a prepared charge with the guard's vault key, and again with the same key where that is safe.
   *
   * @param fetch Default: the host's.
   * @throws {BillonceError} where there is nothing to send, or nothing to send it with. What Stripe or the proxy
   * answers is an outcome, not an error.
   */
  send(step: Step, fetch?: FetchLike, options?: SendOptions): Promise<SendResult>;
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
  | 'nothing_to_send'
  | 'foreign_request'
  | 'fetch_missing'
  | 'not_pinned'
  | 'host_unsupported'
  | 'internal_error';
