// Which vault keys there are, and who failed to authenticate. One object for a whole deployment; calls with a good key touch it once
// in the life of an isolate.
import { DurableObject } from 'cloudflare:workers';
import { Audit } from './audit.ts';
import type { Env, Placed } from './types.ts';

const WINDOW_MS = 60_000;
/** Failures that an address may have in a minute; a typing mistake has a few, a search has many. */
const MOST_FAILURES = 20;
/** Addresses that are remembered at once. */
const MOST_ADDRESSES = 10_000;

/** How an authentication failed. */
export interface Failure {
  address: string;
  endpoint: string;
  reason: 'unauthorized' | 'admin_unauthorized';
}

export class Registry extends DurableObject<Env> {
  private readonly sql: SqlStorage;
  private readonly audit: Audit;
  /** Failures of the running minute, by what failed and the address. Not worth keeping: a restart forgives. */
  private failures = new Map<string, number>();
  private windowEnds = 0;

  constructor(ctx: ObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec('CREATE TABLE IF NOT EXISTS vault_keys (id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL)');
    this.audit = new Audit(this.sql);
  }

  add(id: string): void {
    this.sql.exec('INSERT INTO vault_keys VALUES (?, ?)', id, Date.now());
  }

  has(id: string): boolean {
    return this.sql.exec('SELECT 1 FROM vault_keys WHERE id = ?', id).toArray().length > 0;
  }

  /** Oldest first. */
  ids(): string[] {
    const rows = this.sql.exec<{ id: string }>('SELECT id FROM vault_keys ORDER BY created_ms, id').toArray();
    return rows.map(({ id }) => id);
  }

  /** Seconds for which an address is to stay away, or 0. */
  shutOut(address: string, reason: Failure['reason'] = 'admin_unauthorized'): number {
    const now = this.window();
    const failures = this.failures.get(`${reason} ${address}`) ?? 0;
    return failures >= MOST_FAILURES ? Math.ceil((this.windowEnds - now) / 1000) : 0;
  }

  /** Notes a failure, in the audit as well until there are too many; answers as `shutOut` did before it. */
  failed({ address, endpoint, reason }: Failure): number {
    const seconds = this.shutOut(address, reason);
    const who = `${reason} ${address}`;
    if (this.failures.size < MOST_ADDRESSES || this.failures.has(who)) {
      this.failures.set(who, (this.failures.get(who) ?? 0) + 1);
    }
    if (seconds === 0) {
      const call = { at: Date.now(), endpoint, amount: null, key: null, latency: 0 };
      this.audit.add({ ...call, allowed: false, reason, status: 401 });
    }
    return seconds;
  }

  newest(before: number, limit: number): Placed[] {
    return this.audit.newest(before, limit, null);
  }

  private window(): number {
    const now = Date.now();
    if (now >= this.windowEnds) {
      this.failures = new Map();
      this.windowEnds = now + WINDOW_MS;
    }
    return now;
  }
}
