import { noSuch } from './errors.mjs';
import { RANGE_BOUNDS } from './params.mjs';

/** @typedef {import('./types.mjs').Context} Context */

/** Parameters that a list understands; those in FILTERS keep the objects whose field has that value. */
const FILTERS = ['customer', 'charge', 'payment_intent'];
export const LIST_PARAMS = new Set([...FILTERS, 'created', 'limit', 'starting_after', 'expand']);

/** @param {string} collection @param {string} object */
export function listObjects(collection, object) {
  /** @param {Context} context */
  return ({ params, books }) => {
    const filters = FILTERS.filter((name) => name in params);
    const newest_first = books.list(object).reverse();
    const matching = newest_first.filter(
      (it) => filters.every((name) => it[name] === params[name]) && isWithin(params.created, it.created),
    );
    const start = params.starting_after === undefined ? 0 : after(matching, object, params.starting_after);
    const data = matching.slice(start, start + (params.limit ?? 10));
    return {
      object: 'list',
      url: `/v1/${collection}`,
      has_more: start + data.length < matching.length,
      data,
    };
  };
}

/** @param {string} object */
export function retrieveObject(object) {
  const param = object === 'payment_intent' ? 'intent' : 'id';
  /** @param {Context} context */
  return ({ id, books }) => books.get(object, id, param);
}

/**
 * @param {number | { [bound: string]: number } | undefined} range
 * @param {number} created
 */
function isWithin(range, created) {
  if (range === undefined) return true;
  if (typeof range === 'number') return created === range;
  return Object.entries(range).every(([bound, at]) => RANGE_BOUNDS[bound](created, at));
}

/** @param {import('./types.mjs').Params[]} objects @param {string} object @param {string} id */
function after(objects, object, id) {
  const at = objects.findIndex((it) => it.id === id);
  if (at < 0) throw noSuch(object, id, 'starting_after');
  return at + 1;
}
