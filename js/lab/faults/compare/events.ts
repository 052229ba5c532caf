import { isObject } from '../../flow/plain.ts';

/** Several events like one: of other customers, and with ids of their own. */
export const distinctEvents = (payload: unknown, count: number): unknown[] =>
  Array.from({ length: count }, (_, at) => changed(payload, at + 1));

function changed(value: unknown, number: number, name = ''): unknown {
  if (Array.isArray(value)) return value.map((inner) => changed(inner, number, name));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, changed(inner, number, member)]),
    );
  if (typeof value !== 'string') return value;
  return /^cus_/.test(value) || /customer|(^|_)id$/i.test(name) ? `${value}_${number}` : value;
}
