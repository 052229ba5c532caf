// The per-key path. An event of plain ASCII text crosses as bytes into a small wasm of its own, without an object; any
// other event, and every refusal, goes through the door to the rules. Both are the same Rust.
import { idempotency_key } from '#glue';
import { isPlain, read } from './door.ts';
import { ask, attempt, keys as keysWasm } from './engine.ts';
import { BillonceError } from './error.ts';
import { hostBuffer, type NodeBuffer } from './hosts/buffer.ts';
import { utf8Decoder } from './hosts/utf8.ts';
import type { BillingEvent } from './types.ts';

const HEADER = 16;
const KEY = 64;
const ABSENT = 0xffff;

/** The wasm's buffers, as JavaScript sees them until its memory grows. */
interface Buffers {
  input: Uint8Array;
  output: Uint8Array | NodeBuffer;
  mostKeys: number;
}

let buffers: Buffers | undefined;

function view(memory: ArrayBuffer, offset: number, length: number): Uint8Array | NodeBuffer {
  return hostBuffer()?.from(memory, offset, length) ?? new Uint8Array(memory, offset, length);
}

function open(): Buffers {
  const wasm = keysWasm();
  if (buffers === undefined || buffers.input.buffer !== wasm.memory.buffer) {
    const { buffer } = wasm.memory;
    const mostKeys = wasm.most_keys();
    buffers = {
      input: new Uint8Array(buffer, wasm.input_pointer(), wasm.input_size()),
      output: view(buffer, wasm.output_pointer(), mostKeys * KEY),
      mostKeys,
    };
  }
  return buffers;
}

/**
 * The idempotency key of a billing event: 64 lowercase hex characters, the same on every run, every retry and
 * every host.
 *
 * @throws {BillonceError} for what is no billing event; `field` names the field.
 */
export function idempotencyKey(event: BillingEvent): string {
  const length = writeRecord(event, open().input, 0);
  return length > 0 && attempt(() => keysWasm().keys_of_records(length)) === 1
    ? madeKeys(1)
    : keyOfObject(event, '');
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
  const keys: string[] = [];
  const count = events.length;
  while (keys.length < count) {
    const { input, mostKeys } = open();
    let length = 0;
    let pending = 0;
    while (pending < mostKeys && keys.length + pending < count) {
      const end = writeRecord(events[keys.length + pending], input, length);
      if (end === 0) break;
      length = end;
      pending++;
    }
    const made = pending > 0 ? attempt(() => keysWasm().keys_of_records(length)) : 0;
    const hex = madeKeys(made);
    for (let at = 0; at < hex.length; at += KEY) keys.push(hex.slice(at, at + KEY));
    // The one that stopped the record writer, or that the rules refused. A full buffer stops it as well.
    if (keys.length < count && (pending === 0 || made < pending)) {
      keys.push(keyOfObject(events[keys.length], `events[${keys.length}]`));
    }
  }
  return keys;
}

/** The first keys of the output. The buffers are asked for anew, since making keys may have grown the memory. */
function madeKeys(count: number): string {
  const { output } = open();
  const length = count * KEY;
  return 'latin1Slice' in output
    ? output.latin1Slice(0, length)
    : utf8Decoder().decode(output.subarray(0, length));
}

function keyOfObject(event: unknown, path: string): string {
  const tree = read(event);
  return ask(idempotency_key, tree, path) as string;
}

/**
 * Writes an event's record at `at` (its form is told in src/keys.rs) and answers with the record's end, or with 0 where
 * the event is not of the plain kind.
 */
function writeRecord(event: unknown, input: Uint8Array, at: number): number {
  const end = writeFields(event, input, at);
  // What was written before the writer gave up; nothing of an event may stay.
  if (end === 0) input.fill(0, at);
  return end;
}

function writeFields(event: unknown, input: Uint8Array, at: number): number {
  let customer_id: unknown;
  let amount_cents: unknown;
  let billing_period: unknown;
  let flow: unknown;
  let branch: unknown;
  let charge_type: unknown;
  let loop_index: unknown;
  let loop_item: unknown;
  try {
    if (typeof event !== 'object' || event === null || !isPlain(event)) return 0;
    // Each field is read once, and a field unknown here is for the rules to name.
    for (const name in event) {
      const value = (event as Record<string, unknown>)[name];
      if (value === undefined) return 0;
      if (name === 'customer_id') customer_id = value;
      else if (name === 'amount_cents') amount_cents = value;
      else if (name === 'billing_period') billing_period = value;
      else if (name === 'flow') flow = value;
      else if (name === 'branch') branch = value;
      else if (name === 'charge_type') charge_type = value;
      else if (name === 'loop_index') loop_index = value;
      else if (name === 'loop_item') loop_item = value;
      else return 0;
    }
  } catch {
    return 0;
  }
  if (typeof amount_cents === 'number') amount_cents = `${amount_cents}`;
  if (typeof loop_index === 'number') loop_index = `${loop_index}`;
  let end = at + HEADER;
  if (end > input.length) return 0;
  end = writeField(customer_id, input, at, end);
  end = writeField(amount_cents, input, at + 2, end);
  end = writeField(billing_period, input, at + 4, end);
  end = writeField(flow, input, at + 6, end);
  end = writeField(branch, input, at + 8, end);
  end = writeField(charge_type, input, at + 10, end);
  end = writeField(loop_index, input, at + 12, end);
  return writeField(loop_item, input, at + 14, end);
}

/** Writes a field's length at `header` and its text at `at`; 0 where it is no ASCII text or does not fit. */
function writeField(text: unknown, input: Uint8Array, header: number, at: number): number {
  if (at === 0) return 0;
  let length = ABSENT;
  if (text !== undefined) {
    if (typeof text !== 'string') return 0;
    length = text.length;
    if (at + length > input.length) return 0;
    for (let from = 0; from < length; from++) {
      const unit = text.charCodeAt(from);
      if (unit > 0x7f) return 0;
      input[at++] = unit;
    }
  }
  input[header] = length;
  input[header + 1] = length >> 8;
  return at;
}
