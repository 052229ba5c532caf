// The per-key path. An event of plain ASCII text crosses as bytes into a small wasm of its own, without an object; any
// other event, and every refusal, goes through the door to the rules. Both are the same Rust.
import { isPlain } from './door.ts';
import { BillonceError } from './error.ts';
import { keyByRules } from './key-by-rules.ts';
import { type KeyEngine, keyEngine, makeKeys } from './key-engine.ts';
import type { BillingEvent } from './types.ts';

const KEY = 64;
/** What a byte can tell of a field's length. */
const LONGEST = 0xff;

/**
 * The idempotency key of a billing event: 64 lowercase hex characters, the same on every run, every retry and
 * every host.
 *
 * @throws {BillonceError} for what is no billing event; `field` names the field.
 */
export function idempotencyKey(event: BillingEvent): string {
  const engine = keyEngine();
  const { input } = engine;
  const end = writeRecord(event, engine.memory.bytes(), input, engine.inputEnd);
  return end > 0 && makeKeys(engine, end - input, 1) === 1 ? hexOf(engine, 1) : keyByRules(event, '');
}

/**
 * The keys of many events, in their order.
 *
 * @throws {BillonceError} for the first that is no billing event; `field` is such as `"events[3].customer_id"`.
 */
export function idempotencyKeys(events: readonly BillingEvent[]): string[] {
  if (!Array.isArray(events)) {
    throw new BillonceError('wrong_type', 'events', 'events must be a list of billing events');
  }
  const made: string[] = [];
  const count = events.length;
  while (made.length < count) {
    const engine = keyEngine();
    const { input, inputEnd } = engine;
    const most = Math.min(engine.mostKeys, count - made.length);
    const bytes = engine.memory.bytes();
    let end = input;
    let pending = 0;
    while (pending < most) {
      const next = writeRecord(events[made.length + pending], bytes, end, inputEnd);
      if (next === 0) break;
      end = next;
      pending++;
    }
    const ready = pending > 0 ? makeKeys(engine, end - input, pending) : 0;
    const hex = hexOf(engine, ready);
    for (let at = 0; at < hex.length; at += KEY) made.push(hex.slice(at, at + KEY));
    // The one that stopped the record writer, or that the rules refused. A full buffer stops it as well.
    if (made.length < count && (pending === 0 || ready < pending)) {
      made.push(keyByRules(events[made.length], `events[${made.length}]`));
    }
  }
  return made;
}

/** The first keys of the output. */
function hexOf({ memory, output }: KeyEngine, count: number): string {
  return memory.text(output, output + count * KEY);
}

/**
 * Writes an event's record at `at` (its form is told in src/keys.rs) and answers with the record's end, or with 0 where
 * the event is not of the plain kind or the record would pass `limit`.
 */
function writeRecord(event: unknown, bytes: Uint8Array, at: number, limit: number): number {
  let end = 0;
  try {
    if (typeof event === 'object' && event !== null && isPlain(event))
      end = writeFields(event, bytes, at, limit);
  } catch {
    // A getter or proxy threw; the rules will say which.
  }
  // What was written before the writer gave up; nothing of an event may stay.
  if (end === 0) bytes.fill(0, at, limit);
  return end;
}

/** Each field is read once. One that is unknown here, or is `undefined`, is for the rules to name. */
function writeFields(event: Partial<BillingEvent>, bytes: Uint8Array, at: number, limit: number): number {
  let given = 0;
  for (const _ in event) given++;
  const { customer_id, amount_cents, billing_period, flow, branch, charge_type, loop_index, loop_item } =
    event;
  let header = at + 1;
  let end = header + given * 2;
  if (end > limit) return 0;
  bytes[at] = given;
  end = writeField(0, customer_id, bytes, header, end, limit);
  end = writeField(1, digits(amount_cents), bytes, header + 2, end, limit);
  end = writeField(2, billing_period, bytes, header + 4, end, limit);
  header += 6;
  if (flow !== undefined) {
    end = writeField(3, flow, bytes, header, end, limit);
    header += 2;
  }
  if (branch !== undefined) {
    end = writeField(4, branch, bytes, header, end, limit);
    header += 2;
  }
  if (charge_type !== undefined) {
    end = writeField(5, charge_type, bytes, header, end, limit);
    header += 2;
  }
  if (loop_index !== undefined) {
    end = writeField(6, digits(loop_index), bytes, header, end, limit);
    header += 2;
  }
  if (loop_item !== undefined) {
    end = writeField(7, loop_item, bytes, header, end, limit);
    header += 2;
  }
  return header === at + 1 + given * 2 ? end : 0;
}

/** The two fields that may be numbers cross as text, like the others. */
function digits(value: unknown): unknown {
  return typeof value === 'number' ? `${value}` : value;
}

/** Writes a field's number and length at `header` and its text at `at`; 0 where it is no short ASCII text or does not fit. */
function writeField(
  field: number,
  text: unknown,
  bytes: Uint8Array,
  header: number,
  at: number,
  limit: number,
): number {
  if (typeof text !== 'string') return 0;
  const { length } = text;
  if (at === 0 || length > LONGEST || at + length > limit) return 0;
  bytes[header] = field;
  bytes[header + 1] = length;
  let units = 0;
  for (let from = 0; from < length; from++) {
    const unit = text.charCodeAt(from);
    units |= unit;
    bytes[at + from] = unit;
  }
  return units > 0x7f ? 0 : at + length;
}
