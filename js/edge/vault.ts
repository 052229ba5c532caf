// One vault key: its policy, its ledger and its audit. The rules decide; this reads rows, writes rows and waits.
//
// Everything about a call's money happens in one synchronous transaction: between reading the totals and writing them nothing else
// of this object can run, and what is to be sent is under way before it does.
import { DurableObject } from 'cloudflare:workers';
import { BillonceError } from '../error.ts';
import type { Decision } from '../types.ts';
import { Audit } from './audit.ts';
import { json, refusal, refusalOf, stripeError } from './http.ts';
import { type KeyRow, Rows, type VaultRow } from './rows.ts';
import * as rules from './rules.ts';
import { askStripe, askUntilDone, NO_ANSWER, readable } from './stripe.ts';
import { Turns } from './turns.ts';
import type { Entry, Env, Incoming, Placed, Reply } from './types.ts';

const DAY_MS = 86_400_000;
/** How long a call waits for the one before it with the same key. */
const WAIT_MS = 30_000;
/** How soon somebody looks after a key that nobody waits for. */
const FIRST_LOOK_MS = 100_000;
/** How many keys are looked after at once. */
const MOST_AT_ONCE = 50;
/** SQLite's rows in a Durable Object end at 2 MB; no answer of Stripe's comes near. */
const LONGEST_ANSWER = 1_000_000;

/** Answers are kept no longer than a century. */
const MOST_DAYS = 36_500;

/** What an administrator sees. */
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

/** An answer, or where to look first. */
type Begun = Reply | { look_up: string } | null;

export class Vault extends DurableObject<Env> {
  private readonly rows: Rows;
  private readonly audit: Audit;
  /** The requests that are being waited for, by their idempotency keys. */
  private readonly underWay = new Map<string, Promise<Reply>>();
  private readonly turns = new Turns();
  /** The one row that every call needs, read once: nobody else writes it. */
  private known: VaultRow | undefined;
  private alarmAt = Number.POSITIVE_INFINITY;

  constructor(ctx: ObjectState, env: Env) {
    super(ctx, env);
    this.rows = new Rows(ctx.storage.sql);
    this.audit = new Audit(ctx.storage.sql);
    // Whatever is open now was left by a crash: nobody waits for it any more.
    const now = Date.now();
    if (this.rows.allOpenDue(now)) this.look(now);
  }

  create(id: string, hash: string, name: string, policy: unknown): void {
    this.rows.makeVault(id, hash, name, policy, Date.now());
  }

  /** Changes name and policy; what is not named stays. */
  update(change: Record<string, unknown>): VaultStatus | Reply {
    return orRefusal(() => {
      const vault = this.vault();
      const changed = { name: vault.name, ...JSON.parse(vault.policy), ...change };
      const { name, policy } = rules.checkPolicy(changed);
      this.rows.changeVault(name, policy);
      this.known = undefined;
      return this.status();
    });
  }

  /** From the next call on, the key is none. */
  revoke(): VaultStatus {
    this.rows.revoke(Date.now());
    this.known = undefined;
    return this.status();
  }

  status(): VaultStatus {
    const { id, name, policy, created_ms, revoked_ms } = this.vault();
    const today = dayOf(Date.now());
    const { spent, reserved, held, calls, blocked } = this.rows.day(today);
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
    const now = Date.now();
    const standing = { vault: judge(vault), today: this.rows.totals(dayOf(now)), now };
    // That it has expired is a decision.
    if (standing.vault.revoked) return rules.ended(standing);
    return orRefusal(() => rules.check({ given, ...standing }));
  }

  /** Pins a key to an event, unless one is pinned. */
  pin(hash: string, given: string | undefined, key: unknown): Reply | null {
    const vault = this.authenticated(hash);
    if (!vault) return null;
    const now = Date.now();
    const ended = rules.ended({ vault: judge(vault), today: this.rows.totals(dayOf(now)), now });
    if (ended) return ended;
    return orRefusal(() => {
      rules.checkPin({ external_event_id: given, idempotency_key: key });
      const event = given as string;
      // No await between the two: nothing else of this object runs there.
      const earlier = this.rows.pinned(event);
      if (earlier === undefined) this.rows.pin(event, key as string, now);
      const pinned = { external_event_id: event, idempotency_key: earlier ?? key };
      return json(earlier === undefined ? 201 : 200, pinned);
    });
  }

  /** A call to Stripe; null for a credential that is not this key's. */
  async call(hash: string, request: Incoming): Promise<Reply | null> {
    const now = Date.now();
    return this.turns.during(async () => {
      for (let lookedUp = false; ; lookedUp = true) {
        const begun = await this.turns.next(() => this.begin(hash, request, now, lookedUp));
        if (!begun || 'status' in begun) return begun;
        await this.lookUp(begun.look_up, now);
      }
    });
  }

  /** Decides on a call and begins what is decided, before anything else of this object runs. */
  private begin(hash: string, request: Incoming, now: number, lookedUp: boolean): Begun | Promise<Reply> {
    const vault = this.authenticated(hash);
    if (!vault) return null;
    const decide = () => this.decide(vault, request, now, lookedUp);
    const { step, attempt } = this.ctx.storage.transactionSync(decide);
    switch (step.do) {
      case 'send':
        return this.exchange(step.key as string, step.outgoing, attempt, now);
      case 'read':
        return this.read(step.outgoing, attempt, now);
      case 'wait':
        return this.wait(step, now);
      case 'replay':
        return this.replayOf(step.key as string);
      case 'answer':
        return step.answer;
      case 'look_up':
        return { look_up: step.path };
      default:
        throw new Error('the rules want an object that they were given');
    }
  }

  /** Looks after keys that nobody waits for: sends them again, gives them up, or forgets them. */
  async alarm(): Promise<void> {
    this.alarmAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    await Promise.all(this.rows.dueKeys(now, MOST_AT_ONCE).map((row) => this.lookAfter(row, now)));
    const next = this.rows.nextDue();
    if (next !== null) this.look(Math.max(next, Date.now() + 100));
  }

  /** Asks the rules what to do, and writes what they say. Nothing in it waits. */
  private decide(vault: VaultRow, request: Incoming, now: number, lookedUp: boolean) {
    const today = dayOf(now);
    const key = request.headers['idempotency-key'];
    const row = key === undefined ? undefined : this.rows.key(key);
    const question = {
      request,
      vault: judge(vault),
      today: this.rows.totals(today),
      now,
      entry: row && entryOf(row),
      entry_day: row && this.rows.totals(row.day),
      looked_up: lookedUp,
      under_way: key !== undefined && this.underWay.has(key),
      own_key: key === undefined ? `billonce-edge-${crypto.randomUUID()}` : '',
    };
    let step = rules.arrive({ ...question, object: undefined });
    if (step.do === 'need_object') step = rules.arrive({ ...question, object: this.rows.object(step.id) });
    // Nothing is decided yet.
    if (step.do === 'look_up' || step.do === 'wait') return { step, attempt: 0 };

    const replay = step.do === 'replay' ? row : undefined;
    const attempt = this.audit.add({
      at: now,
      endpoint: step.endpoint,
      amount: step.amount_usd_cents,
      allowed: step.do !== 'answer',
      reason: step.reason,
      key: step.key,
      ...(step.do === 'answer' && { status: step.answer.status, latency: 0 }),
      ...(replay && { status: replay.status ?? 0, requestId: requestIdOf(replay), latency: 0 }),
    });
    // A key that is sent again may belong to an earlier day than its call.
    const counted = step.do === 'send' && step.totals.day === today ? step.totals : undefined;
    this.rows.count(today, step.do === 'answer', counted);
    if (step.do === 'send') {
      const sent = step.key as string;
      const due = now + FIRST_LOOK_MS;
      if (!counted) this.rows.writeTotals(step.totals);
      if (row) this.rows.changeKey(sent, step.entry, row.tries, due);
      else this.rows.makeKey(sent, step.entry, attempt, step.endpoint, JSON.stringify(step.outgoing), due);
      this.look(due);
    }
    return { step, attempt };
  }

  /** Sends a request whose money is reserved, and settles it by the answer. Whoever comes with the same key waits for this. */
  private exchange(key: string, outgoing: rules.Forward, attempt: number, now: number): Promise<Reply> {
    const work = async (): Promise<Reply> => {
      const answer = await askUntilDone(this.env, outgoing).catch(() => NO_ANSWER);
      const settle = () => this.settle(key, answer, attempt, Date.now() - now);
      return this.turns.next(() => {
        try {
          return this.ctx.storage.transactionSync(settle);
        } finally {
          // At once: the next of this turn may send another request with this key.
          this.underWay.delete(key);
        }
      });
    };
    const pending = work();
    this.underWay.set(key, pending);
    // It goes on when the caller has hung up.
    this.ctx.waitUntil(pending.catch(() => {}));
    return pending;
  }

  private settle(key: string, answer: Reply, attempt: number, latency: number): Reply {
    const row = this.rows.key(key);
    if (!row) throw new Error('a key that was sent has no row');
    const asRead = readable(answer);
    const object = this.rows.object(objectIn(asRead.body));
    const settlement = rules.answered({
      entry: entryOf(row),
      totals: this.rows.totals(row.day),
      endpoint: row.endpoint,
      vault: judge(this.vault()),
      answer: asRead,
      object,
      object_totals: object && object.day !== row.day ? this.rows.totals(object.day) : undefined,
    });
    const { entry, totals, object_totals, object: counted, request_id } = settlement;
    const reply = settlement.reply ?? answer;
    this.rows.writeTotals(totals);
    if (object_totals) this.rows.writeTotals(object_totals);
    if (counted) this.rows.writeObject(counted);
    // Of a call that was cut off by a crash, the audit learns the end as well.
    for (const n of new Set([attempt, row.attempt])) this.audit.end(n, answer.status, request_id, latency);
    if (!entry) {
      this.rows.dropKey(key);
    } else if (entry.state === 'settled') {
      const days = Math.min(Math.max(Number(this.env.KEEP_ANSWERS_DAYS) || 0, 90), MOST_DAYS);
      const body = reply.body.length <= LONGEST_ANSWER ? reply.body : null;
      this.rows.keepAnswer(key, entry, reply, body, entry.sent_ms + days * DAY_MS);
    } else {
      const due = Date.now() + Math.min(15_000 * 2 ** row.tries, 3_600_000);
      this.rows.changeKey(key, entry, row.tries + 1, due);
      this.look(due);
    }
    return reply;
  }

  private replayOf(key: string): Reply {
    const row = this.rows.key(key);
    if (!row || row.status === null || row.headers === null || row.body === null) {
      const message =
        'This key was executed, and its answer was too long to keep: look for the object at Stripe.';
      return refusal(409, 'answer_not_kept', message, { 'stripe-should-retry': 'false' });
    }
    return replayed({ status: row.status, headers: JSON.parse(row.headers), body: row.body });
  }

  /** Waits for the request that is under way with the same key, and answers as it is answered. */
  private async wait(step: rules.Step & { do: 'wait' }, now: number): Promise<Reply> {
    const key = step.key as string;
    const reply = await within(WAIT_MS, this.underWay.get(key));
    // An answer that settles nothing is no replay: the same request may be sent again.
    const settled = reply && this.rows.key(key)?.state === 'settled';
    const answer = settled ? replayed(reply) : (reply ?? step.answer);
    this.ctx.storage.transactionSync(() => {
      this.audit.add({
        at: now,
        endpoint: step.endpoint,
        amount: step.amount_usd_cents,
        allowed: Boolean(reply),
        reason: reply ? 'waited' : 'idempotency_key_in_use',
        key,
        status: answer.status,
        requestId: answer.headers['request-id'] ?? null,
        latency: Date.now() - now,
      });
      this.rows.count(dayOf(now), !reply);
    });
    return answer;
  }

  /** Forwards what moves no money. */
  private async read(outgoing: rules.Forward, attempt: number, now: number): Promise<Reply> {
    const answer = await askStripe(this.env, outgoing);
    const requestId = answer.headers['request-id'] ?? null;
    await this.turns.next(() => this.audit.end(attempt, answer.status, requestId, Date.now() - now));
    if (answer.status === 0) return stripeError(502, 'no_answer', 'No answer from Stripe: read again.');
    if (answer.status !== 401) return answer;
    const message = 'Stripe does not accept the key that this edge holds: tell its operator.';
    return stripeError(502, 'stripe_key_refused', message, { 'stripe-should-retry': 'false' });
  }

  /** Learns the amount of an object that a call is about, where it is not known yet. */
  private async lookUp(path: string, now: number): Promise<void> {
    const { stripe_account } = JSON.parse(this.vault().policy) as { stripe_account: string | null };
    const headers: Record<string, string> = stripe_account ? { 'Stripe-Account': stripe_account } : {};
    const answer = readable(await askStripe(this.env, { method: 'GET', path, headers, body: '' }));
    const object = rules.learn({ answer, day: dayOf(now) });
    // Another call may have counted it meanwhile: what is there stays.
    if (object && !this.rows.object(object.id)) this.rows.writeObject(object);
  }

  private async lookAfter(row: KeyRow, now: number): Promise<void> {
    if (row.state === 'settled') return this.rows.dropKey(row.key);
    if (this.underWay.has(row.key)) {
      return this.rows.changeKey(row.key, row, row.tries, now + FIRST_LOOK_MS);
    }
    const send = this.ctx.storage.transactionSync(() => {
      const decided = rules.resolve({ entry: entryOf(row), totals: this.rows.totals(row.day), now });
      this.rows.writeTotals(decided.totals);
      this.rows.changeKey(row.key, decided.entry, row.tries, decided.send ? now + FIRST_LOOK_MS : null);
      return decided.send;
    });
    if (send && row.outgoing !== null) {
      await this.exchange(row.key, JSON.parse(row.outgoing), row.attempt, now).catch(() => {});
    }
  }

  private authenticated(hash: string): VaultRow | null {
    this.known ??= this.rows.vault();
    return this.known && rules.sameHash(hash, this.known.hash) ? this.known : null;
  }

  private vault(): VaultRow {
    this.known ??= this.rows.vault();
    if (!this.known) throw new Error('this object holds no vault key');
    return this.known;
  }

  private look(at: number): void {
    if (this.alarmAt <= at) return;
    this.alarmAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
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

const replayed = (reply: Reply): Reply => ({
  ...reply,
  headers: { ...reply.headers, 'idempotent-replayed': 'true' },
});

const requestIdOf = (row: KeyRow): string | null => JSON.parse(row.headers ?? '{}')['request-id'] ?? null;

/** What a promise gives, or null where it fails or takes too long. */
async function within<T>(ms: number, promise: Promise<T> | undefined): Promise<T | null> {
  let timer: number | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), ms);
  });
  try {
    return await Promise.race([promise ?? null, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The id of the object that an answer is about, or that a decline brings along. */
function objectIn(body: unknown): string | null {
  const { id, error } = (body ?? {}) as { id?: unknown; error?: { payment_intent?: { id?: unknown } } };
  const found = id ?? error?.payment_intent?.id;
  return typeof found === 'string' ? found : null;
}
