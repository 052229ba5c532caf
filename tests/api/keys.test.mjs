// Keys against node:crypto, on both ways into the wasm: the per-key path and the door.
import { createHash } from 'node:crypto';
import { idempotencyKey, idempotencyKeys } from 'billonce';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const base = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };

/** Scheme v1, written a second time. */
function reference(event) {
  const prefix =
    (event.flow ?? 'activepieces-billing') + (event.branch === undefined ? '' : `-branch-${event.branch}`);
  const parts = [event.customer_id, event.amount_cents, event.billing_period, prefix];
  if (event.charge_type !== undefined) parts.push(event.charge_type);
  for (const index of [event.loop_index ?? []].flat()) parts.push(`loop_${index}`);
  if (event.loop_item !== undefined) parts.push(`item_${event.loop_item}`);
  return createHash('sha256').update(parts.join(':')).digest('hex');
}

const word = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0189_- é日💸.'), minLength: 1, maxLength: 80 })
  .map((text) => `x${text}x`);
const index = fc.nat(1000);
const optional = (arbitrary) => fc.option(arbitrary, { nil: undefined });
const event = fc
  .record({
    customer_id: word,
    amount_cents: fc.oneof(
      fc.integer({ min: 1, max: 999_999_999_999 }),
      fc.integer({ min: 1, max: 10 ** 9 }).map(String),
    ),
    billing_period: word,
    flow: optional(word),
    branch: optional(word),
    charge_type: optional(word),
    loop_index: optional(fc.oneof(index, index.map(String), fc.array(index, { minLength: 1, maxLength: 4 }))),
    loop_item: optional(word),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));

describe('one key', () => {
  test('is that of node:crypto, for 10,000 events', () => {
    fc.assert(
      fc.property(event, (billing) => {
        expect(idempotencyKey(billing)).toBe(reference(billing));
      }),
      { numRuns: 10_000 },
    );
  });

  test('is that of node:crypto at every length around block and buffer sizes', () => {
    for (const length of [
      ...Array(200).keys(),
      4095,
      4096,
      4097,
      32_750,
      32_768,
      65_535,
      65_536,
      1_000_000,
    ]) {
      const long = { ...base, customer_id: 'c'.repeat(length + 1) };
      expect(idempotencyKey(long), `${length}`).toBe(reference(long));
    }
  });

  test('does not depend on the order of fields, and -0 is 0', () => {
    const { customer_id, amount_cents, billing_period } = base;
    expect(idempotencyKey({ billing_period, amount_cents, customer_id })).toBe(reference(base));
    expect(idempotencyKey({ ...base, loop_index: -0 })).toBe(reference({ ...base, loop_index: 0 }));
  });

  test('of an object without a prototype, or parsed from JSON, is the same', () => {
    expect(idempotencyKey(Object.assign(Object.create(null), base))).toBe(reference(base));
    expect(idempotencyKey(JSON.parse(JSON.stringify(base)))).toBe(reference(base));
  });
});

describe('a batch', () => {
  test('is the keys of its events, in order, whatever their kinds', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 700 }), (events) => {
        expect(idempotencyKeys(events)).toEqual(events.map(reference));
      }),
      { numRuns: 60 },
    );
  });

  // Four plain events of one size are hashed at once; any other mix is not.
  test('of plain events of every size, in groups of every mix', () => {
    const sizes = fc.array(fc.oneof(fc.nat(250), fc.constantFrom(9, 18, 19, 82, 83, 146, 147, 210, 211)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(sizes, fc.nat(7), (lengths, at) => {
        const events = lengths.map((length) => ({
          ...base,
          customer_id: `c${'u'.repeat(length)}`,
          loop_index: at,
        }));
        expect(idempotencyKeys(events)).toEqual(events.map(reference));
      }),
      { numRuns: 500 },
    );
  });

  test('may hold events that do not fit the buffer, alone or together', () => {
    const events = Array.from({ length: 600 }, (_, at) => ({
      ...base,
      loop_index: at,
      loop_item: 'i'.repeat(at % 97 === 0 ? 40_000 : at * 3 + 1),
    }));
    expect(idempotencyKeys(events)).toEqual(events.map(reference));
  });

  test('of none is none', () => {
    expect(idempotencyKeys([])).toEqual([]);
  });

  test('names the first event that is refused', () => {
    const events = Array.from({ length: 300 }, (_, at) => ({ ...base, loop_index: at }));
    const refused = (bad) => {
      try {
        return idempotencyKeys(events.with(270, bad));
      } catch (error) {
        return [error.code, error.field];
      }
    };
    expect(refused({ ...base, customer_id: '' })).toEqual(['empty_field', 'events[270].customer_id']);
    expect(refused({ ...base, loop_idx: 1 })).toEqual(['unknown_field', 'events[270].loop_idx']);
    expect(refused(null)).toEqual(['wrong_type', 'events[270]']);
    expect(refused(undefined)).toEqual(['wrong_type', 'events[270]']);
  });

  test('that is no list is refused', () => {
    for (const bad of [null, undefined, 'events', 7, { length: 1 }]) {
      expect(() => idempotencyKeys(bad)).toThrow(
        expect.objectContaining({ code: 'wrong_type', field: 'events' }),
      );
    }
  });
});
