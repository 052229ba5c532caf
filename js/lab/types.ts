/** A flow as Activepieces' Export writes it, read. */
export interface Flow {
  name: string;
  /** As the file has it; null where it has none. */
  schema_version: string | null;
  trigger: TriggerStep;
  /** The steps in their order, those of loops and branches within them. */
  steps: FlowStep[];
}

/** What every step has. */
interface Named {
  /** Its name in references, such as `"step_2"`. */
  name: string;
  /** Its name on the screen. */
  title: string;
}

interface Action extends Named {
  /** Switched off: it does not run. */
  skip: boolean;
}

interface Retryable extends Action {
  /** The inputs by name, references unresolved. */
  input: Record<string, unknown>;
  /** Up to 4 attempts, at +4, +8 and +16 seconds. */
  retry_on_failure: boolean;
  continue_on_failure: boolean;
}

export interface TriggerStep extends Named {
  type: 'trigger';
  /** Such as `"@activepieces/piece-webhook"`; null for an empty trigger. */
  piece: string | null;
  /** Such as `"catch_webhook"`. */
  trigger: string | null;
  input: Record<string, unknown>;
  /** What it put out when it was tested, if the file has that; null otherwise. */
  sample_data: unknown;
}

export interface CodeStep extends Retryable {
  type: 'code';
  /** TypeScript or JavaScript. */
  code: string;
  /** The JSON text of its package.json. */
  package_json: string;
}

export interface PieceStep extends Retryable {
  type: 'piece';
  /** Such as `"@activepieces/piece-http"`. */
  piece: string;
  version: string | null;
  /** Such as `"send_request"`. */
  action: string | null;
  /** What it put out when it was tested, if the file has that; null otherwise. */
  sample_data: unknown;
}

export interface LoopStep extends Action {
  type: 'loop';
  /** Usually a reference. Its output is `{ item, index }`; the index starts at 1. */
  items: unknown;
  steps: FlowStep[];
}

export interface RouterStep extends Action {
  type: 'router';
  /** Whether more than one branch can run. */
  execution: 'first_match' | 'all_matches';
  branches: Branch[];
}

export interface Branch {
  name: string;
  /** A fallback runs where no condition holds. */
  fallback: boolean;
  conditions: unknown;
  steps: FlowStep[];
}

export type FlowStep = CodeStep | PieceStep | LoopStep | RouterStep;

/** The linter's rules. */
export type LintRule =
  | 'missing-idempotency-key'
  | 'unstable-idempotency-key'
  | 'constant-idempotency-key'
  | 'loop-without-index'
  | 'branch-without-name'
  | 'raw-stripe-key'
  | 'stripe-client-at-module-scope'
  | 'secret-in-output'
  | 'direct-stripe-url'
  | 'proxy-prefix-lost'
  | 'body-not-form-encoded'
  | 'zero-decimal-times-100'
  | 'retry-without-key'
  | 'bigint-in-output'
  | 'unreadable-code';

/** Something that can charge twice, not charge, or show a secret. It never repeats a secret. */
export interface Finding {
  rule: LintRule;
  /** `"error"` where money or a secret is at stake; `"warning"` where it may be. */
  severity: 'error' | 'warning';
  /** The step's name, such as `"step_2"`. */
  step: string;
  /** The step's name on the screen. */
  title: string;
  /** The line within the Code step's source, from 1. */
  line?: number;
  /** Why it is a fault. */
  message: string;
  /** What to do. */
  fix: string;
  /**
   * The whole flow with this mended, ready for Import; there only where that is safe. Raw Stripe keys are taken out of it: it asks for
   * the connection `stripe_key` in their place.
   */
  readonly fixed?: unknown;
}

/** How to lint. */
export interface LintOptions {
  /** The base URL of the proxy in front of Stripe, where the flow itself does not name one. */
  proxy?: string;
}

/** How to mend. */
export interface FixOptions extends LintOptions {
  /**
   * The base URL of your own edge, such as `"https://billing.example.com"`: HTTP steps that call Stripe go through it then, with its vault key
   * from the connection `billonce_vault_key`, and keys are pinned to their events.
   */
  edge?: string;
  /** What the trigger gets, such as a webhook's body: it shows whether an event has an id of its own, and a billing period where the flow refers to none. */
  payload?: unknown;
}

/** What `fixFlow` gives. */
export interface FixedFlow {
  /** The whole file; null where nothing could be mended safely. */
  fixed: unknown;
  /** What is left. */
  findings: Finding[];
  /** What the fixed flow cannot promise, and what would. */
  limits: FixLimit[];
}

/** A way in which a fixed flow may still charge again. */
export interface FixLimit {
  step: string;
  kind: 'not_mended' | 'key_forgotten' | 'no_event_id' | 'no_item_id';
  message: string;
}
