// The audit of one Durable Object: rows are added, never changed.
import { AUDIT_SCHEMA } from './schema.ts';
import type { AuditRow, Placed } from './types.ts';

/** What is known of a call when its row is written. */
export interface Call {
  at: number;
  endpoint: string | null;
  amount: number | null;
  allowed: boolean;
  reason: string;
  key: string | null;
  status?: number;
  requestId?: string | null;
  latency?: number;
}

type Row = {
  n: number;
  at_ms: number;
  endpoint: string | null;
  amount: number | null;
  verdict: 'allowed' | 'refused';
  reason: string;
  key: string | null;
  status: number | null;
  request_id: string | null;
  latency_ms: number | null;
};

const NEWEST = `
  SELECT calls.n, at_ms, endpoint, amount, verdict, reason, key,
    coalesce(endings.status, calls.status) AS status,
    coalesce(endings.request_id, calls.request_id) AS request_id,
    coalesce(endings.latency_ms, calls.latency_ms) AS latency_ms
  FROM calls LEFT JOIN endings ON endings.n = calls.n
  WHERE calls.n < ? ORDER BY calls.n DESC LIMIT ?`;

export class Audit {
  private last: number;

  constructor(private readonly sql: SqlStorage) {
    for (const statement of AUDIT_SCHEMA) sql.exec(statement);
    this.last = sql.exec<{ n: number | null }>('SELECT max(n) AS n FROM calls').toArray()[0]?.n ?? 0;
  }

  /**
   * Adds a call's row, and answers with its number: the time in milliseconds and three digits more, so that the rows of many
   * objects can be put in one order.
   */
  add(call: Call): number {
    this.last = Math.max(this.last + 1, call.at * 1000);
    this.sql.exec(
      'INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      this.last,
      call.at,
      call.endpoint,
      call.amount,
      call.allowed ? 'allowed' : 'refused',
      call.reason,
      call.key,
      call.status ?? null,
      call.requestId ?? null,
      call.latency ?? null,
    );
    return this.last;
  }

  /** Adds what became of a call. What was added first stays. */
  end(n: number, status: number, requestId: string | null, latency: number): void {
    this.sql.exec('INSERT OR IGNORE INTO endings VALUES (?, ?, ?, ?)', n, status, requestId, latency);
  }

  /** The newest rows before a number. */
  newest(before: number, limit: number, vaultKeyId: string | null): Placed[] {
    return this.sql
      .exec<Row>(NEWEST, before, limit)
      .toArray()
      .map((row) => ({ n: row.n, row: shown(row, vaultKeyId) }));
  }
}

function shown(row: Row, vaultKeyId: string | null): AuditRow {
  return {
    time: new Date(row.at_ms).toISOString(),
    attempt_id: `${vaultKeyId ?? 'edge'}_${row.n}`,
    vault_key_id: vaultKeyId,
    endpoint: row.endpoint,
    amount_usd_cents: row.amount,
    verdict: row.verdict,
    reason: row.reason,
    idempotency_key: row.key,
    request_id: row.request_id,
    status: row.status,
    latency_ms: row.latency_ms,
  };
}
