// One vault key: its policy, its ledger and its audit. The rules decide; this reads rows, writes rows and waits.
//
// Everything about a call's money happens in one synchronous transaction before the first await: between reading the totals and
// writing them nothing else of this object can run.
import { DurableObject } from 'cloudflare:workers';
import { BillonceError } from '../error.ts';
import type { Decision } from '../types.ts';
import { Audit } from './audit.ts';
import { json, refusal, refusalOf } from './http.ts';
import * as rules from './rules.ts';
import { VAULT_SCHEMA } from './schema.ts';
import { askStripe, readable } from './stripe.ts';
import type { Counted, Entry, Env, Incoming, Placed, Reply, Totals } from './types.ts';

const DAY_MS = 86_400_000;
/** How long a call waits for the one before it with the same key. */
const WAIT_MS = 30_000;
/** How soon somebody looks after a key that nobody waits for. */
const FIRST_LOOK_MS = 100_000;
/** A call that Stripe says is still in flight is asked for again this often. */
const IN_FLIGHT_TRIES = 6;
/** SQLite's rows in a Durable Object end at 2 MB; no answer of Stripe's comes near. */
const LONGEST_ANSWER = 1_000_000;

type VaultRow = {
  id: string;
  hash: string;
  name: string;
  policy: string;
  created_ms: number;
  revoked_ms: number | null;
};

type KeyRow = Entry & {
  key: string;
  attempt: number;
  endpoint: string;
  tries: number;
  outgoing: string | null;
  status: number | null;
  headers: string | null;
  body: string | null;
};

type DayRow = Totals & { calls: number; blocked: number };

/** What an admin sees. */
export interface VaultStatus {
  id: string;
  name: string;
  policy: unknown;
  created_at: string;
  revoked_at: string | null;
  spent_usd_cents: number;
  /** Set aside for calls that are not settled, those of unknown outcome included. */
  reserved_usd_cents: number;
  /** That part of it whose outcome is unknown. */
  held_usd_cents: number;
  calls: number;
  blocked: number;
  resets_at: string;
}

export class Vault extends DurableObject<Env> {
  private readonly storage: DurableStorage;
  private readonly sql: SqlStorage;
  private readonly audit: Audit;
  /** The requests that are being waited for, by their idempotency keys. */
  private readonly underWay = new Map<string, Promise<Reply>>();
  private alarmAt = Number.POSITIVE_INFINITY;

  constructor(ctx: ObjectState, env: Env) {
    super(ctx, env);
    this.storage = ctx.storage;
    this.sql = ctx.storage.sql;
    for (const statement of VAULT_SCHEMA) this.sql.exec(statement);
    this.audit = new Audit(this.sql);
    // Whatever is open now was left by a crash: nobody waits for it any more.
    const now = Date.now();
    const open = "state <> 'settled' AND due_ms < ?";
    if (this.row('SELECT 1 FROM keys WHERE '.concat(open, ' LIMIT 1'), now + DAY_MS)) {
      this.sql.exec(`UPDATE keys SET due_ms = ? WHERE ${open}`, now, now + DAY_MS);
      this.look(now);
    }
  }

  create(id: string, hash: string, name: string, policy: unknown): void {
    this.sql.exec(
      'INSERT INTO vault VALUES (1, ?, ?, ?, ?, ?, NULL)',
      id,
      hash,
      name,
      JSON.stringify(policy),
      Date.now(),
    );
  }

  /** Changes name and policy; what is not named stays. */
  update(change: Record<string, unknown>): VaultStatus | Reply {
    return orRefusal(() => {
      const vault = this.vault();
      const { name, policy } = rules.checkPolicy({
        name: vault.name,
        ...JSON.parse(vault.policy),
        ...change,
      });
      this.sql.exec('UPDATE vault SET name = ?, policy = ?', name, JSON.stringify(policy));
      return this.status();
    });
  }

  /** From the next call on, the key is none. */
  revoke(): VaultStatus {
    this.sql.exec('UPDATE vault SET revoked_ms = coalesce(revoked_ms, ?)', Date.now());
    return this.status();
  }

  status(): VaultStatus {
    const { id, name, policy, created_ms, revoked_ms } = this.vault();
    const today = dayOf(Date.now());
    const { spent, reserved, held, calls, blocked } = this.day(today);
    return {
      id,
      name,
      policy: JSON.parse(policy),
      created_at: new Date(created_ms).toISOString(),
      revoked_at: revoked_ms === null ? null : new Date(revoked_ms).toISOString(),
      spent_usd_cents: spent,
      reserved_usd_cents: reserved + held,
      held_usd_cents: held,
      calls,
      blocked,
      resets_at: new Date((today + 1) * DAY_MS).toISOString(),
    };
  }

  newest(before: number, limit: number): Placed[] {
    return this.audit.newest(before, limit, this.vault().id);
  }

  /** The decision on a call that is not made; null for a credential that is not this key's. */
  check(hash: string, given: unknown): Decision | Reply | null {
    const vault = this.authenticated(hash);
    if (!vault) return null;
    if (vault.revoked_ms !== null) return revoked();
    const now = Date.now();
    const today = totals(this.day(dayOf(now)));
    return orRefusal(() => rules.check({ given, vault: judge(vault), today, now }));
  }

  /** Pins a key to an event, unless one is pinned. */
  pin(hash: string, event: string, key: unknown): Reply | null {
    const vault = this.authenticated(hash);
    if (!vault) return null;
    if (vault.revoked_ms !== null) return revoked();
    return this.storage.transactionSync(() =>
      orRefusal(() => {
        rules.checkPin({ external_event_id: event, idempotency_key: key });
        const earlier = this.row<{ key: string }>('SELECT key FROM pins WHERE event = ?', event);
        if (!earlier) this.sql.exec('INSERT INTO pins VALUES (?, ?, ?)', event, key as string, Date.now());
        return json(earlier ? 200 : 201, {
          external_event_id: event,
          idempotency_key: earlier?.key ?? (key as string),
        });
      }),
    );
  }

  /** A call to Stripe; null for a credential that is not this key's. */
  async call(hash: string, request: Incoming): Promise<Reply | null> {
    const vault = this.authenticated(hash);
    if (!vault) return null;
    const now = Date.now();
    let lookedUp = false;
    for (;;) {
      const { step, attempt } = this.storage.transactionSync(() =>
        this.decide(vault, request, now, lookedUp),
      );
      switch (step.do) {
        case 'send':
          return this.exchange(step.key as string, step.outgoing, attempt, now);
        case 'read':
          return this.read(step.outgoing, attempt, now);
        case 'wait':
          return this.wait(step, now);
        case 'look_up':
          await this.lookUp(step.path, vault, now);
          lookedUp = true;
          break;
        case 'replay':
          return this.replayOf(step.key as string);
        case 'answer':
          return step.answer;
      }
    }
  }

  /** Looks after keys that nobody waits for: sends them again, gives them up, or forgets them. */
  async alarm(): Promise<void> {
    this.alarmAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    const due = this.rows<KeyRow>('SELECT * FROM keys WHERE due_ms <= ? ORDER BY due_ms LIMIT 50', now);
    const sent = due.map((row) => this.lookAfter(row, now));
    await Promise.all(sent);
    const next = this.row<{ due_ms: number | null }>('SELECT min(due_ms) AS due_ms FROM keys')?.due_ms;
    if (next) this.look(Math.max(next, Date.now() + 100));
  }

  /** Asks the rules what to do, and writes what they say. Nothing in it waits. */
  private decide(vault: VaultRow, request: Incoming, now: number, lookedUp: boolean) {
    const today = dayOf(now);
    const key = request.headers['idempotency-key'];
    const row = key === undefined ? undefined : this.key(key);
    const question = {
      request,
      vault: judge(vault),
      today: totals(this.day(today)),
      now,
      entry: row && entryOf(row),
      entry_day: row && totals(this.day(row.day)),
      looked_up: lookedUp,
      under_way: key !== undefined && this.underWay.has(key),
      own_key: key === undefined ? `billonce-edge-${crypto.randomUUID()}` : '',
    };
    let step = rules.arrive({ ...question, object: undefined });
    if (step.do === 'need_object') step = rules.arrive({ ...question, object: this.object(step.id) });
    if (step.do === 'look_up' || step.do === 'wait' || step.do === 'need_object') return { step, attempt: 0 };

    const stored = step.do === 'replay' && row ? row : undefined;
    const attempt = this.audit.add({
      at: now,
      endpoint: step.endpoint,
      amount: step.amount_usd_cents,
      allowed: step.do !== 'answer',
      reason: step.reason,
      key: step.key,
      ...(step.do === 'answer' && { status: step.answer.status, latency: 0 }),
      ...(stored && { status: stored.status ?? 0, requestId: requestIdOf(stored), latency: 0 }),
    });
    this.count(today, step.do === 'answer');
    if (step.do === 'send') {
      this.writeTotals(step.totals);
      this.writeEntry(step.key as string, step.entry, {
        attempt,
        endpoint: step.endpoint,
        outgoing: JSON.stringify(step.outgoing),
        due: now + FIRST_LOOK_MS,
      });
      this.look(now + FIRST_LOOK_MS);
    }
    return { step, attempt };
  }

  /** Sends a request whose money is reserved, and settles it by the answer. Whoever comes with the same key waits for this. */
  private exchange(key: string, outgoing: rules.Forward, attempt: number, now: number): Promise<Reply> {
    const work = async (): Promise<Reply> => {
      try {
        const answer = await this.askUntilDone(outgoing);
        return this.storage.transactionSync(() => this.settle(key, answer, attempt, Date.now() - now));
      } finally {
        this.underWay.delete(key);
      }
    };
    const pending = work();
    this.underWay.set(key, pending);
    this.ctx.waitUntil(pending.catch(() => {}));
    return pending;
  }

  /** Stripe's answer; while it says that a request with this key is in flight, it is asked again. */
  private async askUntilDone(outgoing: rules.Forward): Promise<Reply> {
    for (let tries = 0; ; tries++) {
      const answer = await askStripe(this.env, outgoing);
      if (answer.status !== 409 || tries === IN_FLIGHT_TRIES) return answer;
      await sleep(Math.min(250 * 2 ** tries, 4000));
    }
  }

  private settle(key: string, answer: Reply, attempt: number, latency: number): Reply {
    const row = this.key(key);
    if (!row) throw new Error('a key that was sent has no row');
    const asRead = readable(answer);
    const object = this.object(objectIn(asRead.body));
    const settlement = rules.answered({
      entry: entryOf(row),
      totals: totals(this.day(row.day)),
      endpoint: row.endpoint,
      vault: judge(this.vault()),
      answer: asRead,
      object,
      object_totals: object && object.day !== row.day ? totals(this.day(object.day)) : undefined,
    });
    const reply = settlement.reply ?? answer;
    this.writeTotals(settlement.totals);
    if (settlement.object_totals) this.writeTotals(settlement.object_totals);
    if (settlement.object) this.writeObject(settlement.object);
    for (const n of new Set([attempt, row.attempt])) {
      this.audit.end(n, answer.status, settlement.request_id, latency);
    }
    if (!settlement.entry) {
      this.sql.exec('DELETE FROM keys WHERE key = ?', key);
    } else if (settlement.entry.state === 'settled') {
      this.keep(key, settlement.entry, reply);
    } else {
      const due = Date.now() + Math.min(30_000 * 2 ** row.tries, 3_600_000);
      this.sql.exec(
        'UPDATE keys SET state = ?, cents = ?, tries = tries + 1, due_ms = ? WHERE key = ?',
        settlement.entry.state,
        settlement.entry.cents,
        due,
        key,
      );
      this.look(due);
    }
    return reply;
  }

  /** Keeps an answer, to be given again for as long as answers are kept. */
  private keep(key: string, entry: Entry, reply: Reply): void {
    const days = Math.max(Number(this.env.KEEP_ANSWERS_DAYS ?? 90) || 90, 90);
    const kept = reply.body.length <= LONGEST_ANSWER ? reply.body : null;
    this.sql.exec(
      `UPDATE keys SET state = ?, cents = ?, outgoing = NULL, due_ms = ?, status = ?, headers = ?, body = ? WHERE key = ?`,
      entry.state,
      entry.cents,
      entry.sent_ms + days * DAY_MS,
      reply.status,
      JSON.stringify(reply.headers),
      kept,
      key,
    );
  }

  private replayOf(key: string): Reply {
    const row = this.key(key);
    if (!row || row.status === null || row.headers === null || row.body === null) {
      const message =
        'This key was executed, and its answer was too long to be kept: look for the object at Stripe.';
      return refusal(409, 'answer_not_kept', message, { 'stripe-should-retry': 'false' });
    }
    return replayed({ status: row.status, headers: JSON.parse(row.headers), body: row.body });
  }

  /** Waits for the request that is under way with the same key, and answers as it is answered. */
  private async wait(step: rules.Step & { do: 'wait'; answer: Reply }, now: number): Promise<Reply> {
    const pending = this.underWay.get(step.key as string);
    const reply = pending && (await Promise.race([pending.catch(() => null), sleep(WAIT_MS)]));
    // An answer that settles nothing is no replay: the same request may be sent again.
    const settled = reply && this.key(step.key as string)?.state === 'settled';
    const answer = settled ? replayed(reply) : (reply ?? step.answer);
    this.storage.transactionSync(() => {
      this.audit.add({
        at: now,
        endpoint: step.endpoint,
        amount: step.amount_usd_cents,
        allowed: Boolean(reply),
        reason: reply ? 'waited' : 'idempotency_key_in_use',
        key: step.key,
        status: answer.status,
        requestId: answer.headers['request-id'] ?? null,
        latency: Date.now() - now,
      });
      this.count(dayOf(now), !reply);
    });
    return answer;
  }

  /** Forwards what moves no money. */
  private async read(outgoing: rules.Forward, attempt: number, now: number): Promise<Reply> {
    const answer = await askStripe(this.env, outgoing);
    this.audit.end(attempt, answer.status, answer.headers['request-id'] ?? null, Date.now() - now);
    if (answer.status === 0) return refusal(502, 'no_answer', 'No answer from Stripe: read again.');
    return answer.status === 401
      ? refusal(
          502,
          'stripe_key_refused',
          'Stripe does not accept the key that this edge holds: tell its operator.',
        )
      : answer;
  }

  /** Learns the amount of an object that a call is about, where it is not known yet. */
  private async lookUp(path: string, vault: VaultRow, now: number): Promise<void> {
    const { stripe_account } = JSON.parse(vault.policy) as { stripe_account: string | null };
    const headers: Record<string, string> = stripe_account ? { 'Stripe-Account': stripe_account } : {};
    const answer = readable(await askStripe(this.env, { method: 'GET', path, headers, body: '' }));
    const object = rules.learn({ answer, day: dayOf(now) });
    // Another call may have counted it meanwhile: what is there stays.
    if (object && !this.object(object.id)) this.writeObject(object);
  }

  private async lookAfter(row: KeyRow, now: number): Promise<void> {
    if (row.state === 'settled') {
      this.sql.exec("DELETE FROM keys WHERE key = ? AND state = 'settled'", row.key);
      return;
    }
    if (this.underWay.has(row.key)) {
      this.sql.exec('UPDATE keys SET due_ms = ? WHERE key = ?', now + FIRST_LOOK_MS, row.key);
      return;
    }
    const { send } = this.storage.transactionSync(() => {
      const decided = rules.resolve({ entry: entryOf(row), totals: totals(this.day(row.day)), now });
      this.writeTotals(decided.totals);
      const due = decided.send ? now + FIRST_LOOK_MS : null;
      const { state, cents } = decided.entry;
      this.sql.exec(
        'UPDATE keys SET state = ?, cents = ?, due_ms = ? WHERE key = ?',
        state,
        cents,
        due,
        row.key,
      );
      return decided;
    });
    if (send && row.outgoing !== null) {
      await this.exchange(row.key, JSON.parse(row.outgoing), row.attempt, now).catch(() => {});
    }
  }

  private authenticated(hash: string): VaultRow | null {
    const vault = this.row<VaultRow>('SELECT * FROM vault');
    return vault && rules.sameHash(hash, vault.hash) ? vault : null;
  }

  private vault(): VaultRow {
    const vault = this.row<VaultRow>('SELECT * FROM vault');
    if (!vault) throw new Error('this object holds no vault key');
    return vault;
  }

  private day(day: number): DayRow {
    const row = this.row<DayRow>('SELECT * FROM days WHERE day = ?', day);
    return row ?? { day, spent: 0, reserved: 0, held: 0, calls: 0, blocked: 0 };
  }

  private writeTotals({ day, spent, reserved, held }: Totals): void {
    this.sql.exec(
      `INSERT INTO days (day, spent, reserved, held) VALUES (?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET spent = excluded.spent, reserved = excluded.reserved, held = excluded.held`,
      day,
      spent,
      reserved,
      held,
    );
  }

  private count(day: number, blocked: boolean): void {
    this.sql.exec(
      `INSERT INTO days (day, calls, blocked) VALUES (?1, 1, ?2)
       ON CONFLICT (day) DO UPDATE SET calls = calls + 1, blocked = blocked + ?2`,
      day,
      blocked ? 1 : 0,
    );
  }

  private key(key: string): KeyRow | undefined {
    return this.row<KeyRow>('SELECT * FROM keys WHERE key = ?', key);
  }

  /** A key's first row, or what another try changes of it: its first attempt stays. */
  private writeEntry(
    key: string,
    entry: Entry,
    more: { attempt: number; endpoint: string; outgoing: string; due: number },
  ): void {
    this.sql.exec(
      `INSERT INTO keys (key, fingerprint, day, sent_ms, state, cents, attempt, endpoint, outgoing, due_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, cents = excluded.cents, due_ms = excluded.due_ms`,
      key,
      entry.fingerprint,
      entry.day,
      entry.sent_ms,
      entry.state,
      entry.cents,
      more.attempt,
      more.endpoint,
      more.outgoing,
      more.due,
    );
  }

  private object(id: string | null): Counted | null {
    if (id === null) return null;
    return this.row<Counted>('SELECT * FROM objects WHERE id = ?', id) ?? null;
  }

  private writeObject({ id, amount, currency, cents, day }: Counted): void {
    this.sql.exec('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)', id, amount, currency, cents, day);
  }

  private look(at: number): void {
    if (this.alarmAt <= at) return;
    this.alarmAt = at;
    this.ctx.waitUntil(this.storage.setAlarm(at));
  }

  private rows<Row>(query: string, ...bindings: (string | number | null)[]): Row[] {
    return this.sql.exec<Row>(query, ...bindings).toArray();
  }

  private row<Row>(query: string, ...bindings: (string | number | null)[]): Row | undefined {
    return this.rows<Row>(query, ...bindings)[0];
  }
}

/** What the rules refuse is an answer here: an error would not cross to the Worker as it is. */
function orRefusal<T>(work: () => T): T | Reply {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof BillonceError) return refusalOf(cause);
    throw cause;
  }
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

const totals = ({ day, spent, reserved, held }: DayRow): Totals => ({ day, spent, reserved, held });

const entryOf = ({ fingerprint, day, sent_ms, state, cents }: KeyRow): Entry => ({
  fingerprint,
  day,
  sent_ms,
  state,
  cents,
});

const judge = ({ policy, revoked_ms }: VaultRow): rules.Judge => ({
  policy: JSON.parse(policy),
  revoked: revoked_ms !== null,
});

const revoked = (): Reply => refusal(401, 'vault_key_revoked', 'This vault key is revoked.');

const replayed = (reply: Reply): Reply => ({
  ...reply,
  headers: { ...reply.headers, 'idempotent-replayed': 'true' },
});

const requestIdOf = (row: KeyRow): string | null => JSON.parse(row.headers ?? '{}')['request-id'] ?? null;

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** The id of the object that an answer is about, or that a decline brings along. */
function objectIn(body: unknown): string | null {
  const { id, error } = (body ?? {}) as { id?: unknown; error?: { payment_intent?: { id?: unknown } } };
  const found = id ?? error?.payment_intent?.id;
  return typeof found === 'string' ? found : null;
}
