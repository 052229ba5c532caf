import { BillonceError } from '../../index.ts';

/** A step's settings hold no more than this: sample data of a megabyte has some ten thousand values. */
const MAX_VALUES = 200_000;
/** Activepieces' own forms nest a handful deep; JSON.stringify still copes with this. */
const MAX_DEPTH = 200;

/** A copy of a value as JSON has it. What is circular, too large or cannot be read is refused by the step's name. */
export function plain(value: unknown, field: string): unknown {
  let values = 0;
  const copy = (inner: unknown, depth: number): unknown => {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) {
      const message = `${field} is circular, nested more than ${MAX_DEPTH} deep, or has more than ${MAX_VALUES.toLocaleString('en-US')} values`;
      throw new BillonceError('input_too_large', field, message);
    }
    if (Array.isArray(inner)) return inner.map((item) => copy(item, depth + 1));
    if (inner !== null && typeof inner === 'object') {
      return Object.fromEntries(Object.entries(inner).map(([name, item]) => [name, copy(item, depth + 1)]));
    }
    return typeof inner === 'bigint' || typeof inner === 'function' || typeof inner === 'symbol'
      ? null
      : inner;
  };
  try {
    return copy(value, 0);
  } catch (error) {
    if (error instanceof BillonceError) throw error;
    throw new BillonceError('unreadable_input', field, `${field} cannot be read: give the exported JSON`);
  }
}

export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object's member of its own, or undefined. */
export const own = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
