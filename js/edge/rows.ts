// The rows of one vault key, read and written. Nothing here decides.
import { VAULT_SCHEMA } from './schema.ts';
import type { Counted, Entry, Reply, Totals } from './types.ts';

export type VaultRow = {
  id: string;
  hash: string;
  name: string;
  policy: string;
  created_ms: number;
  revoked_ms: number | null;
};

export type DayRow = Totals & { calls: number; blocked: number };

export type KeyRow = Entry & {
  key: string;
  /** The audit's number of the call that used it first. */
  attempt: number;
  endpoint: string;
  tries: number;
  /** The request, until its answer is known. */
  outgoing: string | null;
  status: number | null;
  headers: string | null;
  body: string | null;
};

/** A key that is not settled is due within a day; a settled one is due when it may be forgotten, after months. */
const SOON_MS = 86_400_000;
const OPEN = "state <> 'settled' AND due_ms < ?";

export class Rows {
  constructor(private readonly sql: SqlStorage) {
    for (const statement of VAULT_SCHEMA) sql.exec(statement);
  }

  vault(): VaultRow | undefined {
    return this.one<VaultRow>('SELECT * FROM vault');
  }

  makeVault(id: string, hash: string, name: string, policy: unknown, now: number): void {
    const values = [id, hash, name, JSON.stringify(policy), now];
    this.sql.exec('INSERT INTO vault VALUES (1, ?, ?, ?, ?, ?, NULL)', ...values);
  }

  changeVault(name: string, policy: unknown): void {
    this.sql.exec('UPDATE vault SET name = ?, policy = ?', name, JSON.stringify(policy));
  }

  revoke(now: number): void {
    this.sql.exec('UPDATE vault SET revoked_ms = coalesce(revoked_ms, ?)', now);
  }

  day(day: number): DayRow {
    const row = this.one<DayRow>('SELECT * FROM days WHERE day = ?', day);
    return row ?? { day, spent: 0, reserved: 0, held: 0, calls: 0, blocked: 0 };
  }

  totals(of: number): Totals {
    const { day, spent, reserved, held } = this.day(of);
    return { day, spent, reserved, held };
  }

  writeTotals({ day, spent, reserved, held }: Totals): void {
    this.sql.exec(
      `INSERT INTO days (day, spent, reserved, held) VALUES (?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET spent = excluded.spent, reserved = excluded.reserved, held = excluded.held`,
      day,
      spent,
      reserved,
      held,
    );
  }

  /** Counts a call, and writes its day's totals with it where they change. */
  count(day: number, blocked: boolean, totals?: Totals): void {
    const more = blocked ? 1 : 0;
    if (!totals) {
      this.sql.exec(
        `INSERT INTO days (day, calls, blocked) VALUES (?1, 1, ?2)
         ON CONFLICT (day) DO UPDATE SET calls = calls + 1, blocked = blocked + ?2`,
        day,
        more,
      );
      return;
    }
    const { spent, reserved, held } = totals;
    this.sql.exec(
      `INSERT INTO days (day, spent, reserved, held, calls, blocked) VALUES (?1, ?3, ?4, ?5, 1, ?2)
       ON CONFLICT (day) DO UPDATE SET calls = calls + 1, blocked = blocked + ?2, spent = ?3, reserved = ?4, held = ?5`,
      day,
      more,
      spent,
      reserved,
      held,
    );
  }

  key(key: string): KeyRow | undefined {
    return this.one<KeyRow>('SELECT * FROM keys WHERE key = ?', key);
  }

  makeKey(key: string, entry: Entry, attempt: number, endpoint: string, outgoing: string, due: number): void {
    const { fingerprint, day, sent_ms, state, cents } = entry;
    const values = [key, fingerprint, day, sent_ms, state, cents, attempt, endpoint, outgoing, due];
    this.sql.exec(
      `INSERT INTO keys (key, fingerprint, day, sent_ms, state, cents, attempt, endpoint, outgoing, due_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...values,
    );
  }

  /** What another try, or an answer that tells nothing, changes of a key. */
  changeKey(key: string, { state, cents }: Entry, tries: number, due: number | null): void {
    this.sql.exec(
      'UPDATE keys SET state = ?, cents = ?, tries = ?, due_ms = ? WHERE key = ?',
      state,
      cents,
      tries,
      due,
      key,
    );
  }

  /** Keeps an answer with its key; the request is not needed any more. */
  keepAnswer(key: string, { state, cents }: Entry, reply: Reply, body: string | null, due: number): void {
    const values = [state, cents, due, reply.status, JSON.stringify(reply.headers), body, key];
    this.sql.exec(
      `UPDATE keys SET outgoing = NULL, state = ?, cents = ?, due_ms = ?, status = ?, headers = ?, body = ? WHERE key = ?`,
      ...values,
    );
  }

  dropKey(key: string): void {
    this.sql.exec('DELETE FROM keys WHERE key = ?', key);
  }

  /** Keys that somebody should look after. */
  dueKeys(now: number, most: number): KeyRow[] {
    return this.all<KeyRow>('SELECT * FROM keys WHERE due_ms <= ? ORDER BY due_ms LIMIT ?', now, most);
  }

  nextDue(): number | null {
    return this.one<{ due_ms: number | null }>('SELECT min(due_ms) AS due_ms FROM keys')?.due_ms ?? null;
  }

  /** Makes every open key due at once; answers whether there is one. */
  allOpenDue(now: number): boolean {
    if (!this.one(`SELECT 1 FROM keys WHERE ${OPEN} LIMIT 1`, now + SOON_MS)) return false;
    this.sql.exec(`UPDATE keys SET due_ms = ? WHERE ${OPEN}`, now, now + SOON_MS);
    return true;
  }

  object(id: string | null): Counted | null {
    return id === null ? null : (this.one<Counted>('SELECT * FROM objects WHERE id = ?', id) ?? null);
  }

  writeObject({ id, amount, currency, cents, day }: Counted): void {
    this.sql.exec('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)', id, amount, currency, cents, day);
  }

  pinned(event: string): string | undefined {
    return this.one<{ key: string }>('SELECT key FROM pins WHERE event = ?', event)?.key;
  }

  pin(event: string, key: string, now: number): void {
    this.sql.exec('INSERT INTO pins VALUES (?, ?, ?)', event, key, now);
  }

  private all<Row>(query: string, ...bindings: (string | number | null)[]): Row[] {
    return this.sql.exec<Row>(query, ...bindings).toArray();
  }

  private one<Row>(query: string, ...bindings: (string | number | null)[]): Row | undefined {
    return this.all<Row>(query, ...bindings)[0];
  }
}
