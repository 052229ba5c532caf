// What crosses between the Worker, its Durable Objects and the rules.
import type { Registry } from './registry.ts';
import type { Vault } from './vault.ts';

/** What a deployment binds. Secrets are bindings, never arguments. */
export interface Env {
  VAULTS: Namespace<Vault>;
  REGISTRY: Namespace<Registry>;
  BILLONCE_ADMIN_TOKEN: string;
  STRIPE_SECRET_KEY: string;
  /** Where requests are forwarded. Default: Stripe itself. */
  STRIPE_BASE?: string;
  /** How long answers are kept, in days. Default, and least: 90. */
  KEEP_ANSWERS_DAYS?: string;
}

/** An HTTP answer, as it crosses. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An HTTP request, as it is judged: `headers` are those that the rules look at, by lower-case names. */
export interface Incoming {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Whether the body was larger than any call of Stripe's, and is not here. */
  too_large?: boolean;
}

/** Columns of the `days` table, in US cents. */
export type Totals = { day: number; spent: number; reserved: number; held: number };

/** Columns of the `keys` table that the ledger decides on. */
export type Entry = {
  fingerprint: string;
  day: number;
  sent_ms: number;
  state: 'reserved' | 'held' | 'settled';
  cents: number;
};

/** A row of the `objects` table. */
export type Counted = { id: string; amount: number; currency: string; cents: number; day: number };

/** One row of the audit. */
export interface AuditRow {
  time: string;
  attempt_id: string;
  vault_key_id: string | null;
  endpoint: string | null;
  amount_usd_cents: number | null;
  verdict: 'allowed' | 'refused';
  reason: string;
  idempotency_key: string | null;
  /** Stripe's. */
  request_id: string | null;
  status: number | null;
  latency_ms: number | null;
}

/** A row and where it stands among all. */
export interface Placed {
  n: number;
  row: AuditRow;
}
