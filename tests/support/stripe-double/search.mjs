import { invalidRequest } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */

export const SEARCH_PARAMS = { allowed: new Set(['query', 'limit', 'page', 'expand']), requires: ['query'] };

/** How long after it was made an object cannot be searched for; Stripe says "under normal conditions in less than a minute". */
export const SEARCH_LAG_S = 60;

/** `customer:'cus_1'` or `metadata['order']:'7'`, in either quotes. */
const CLAUSE = /^(?:(customer|status|currency)|metadata\[(["'])([^"']+)\2\]):(["'])([^"']*)\4$/;

/**
 * Stripe's search as far as text fields and metadata go: clauses that are all joined by AND or all by OR.
 *
 * @param {string} collection
 * @param {string} object
 */
export function searchObjects(collection, object) {
  /** @param {import('./types.mjs').Context} context */
  return ({ params, books, now }) => {
    const fits = parseQuery(params.query);
    const indexed = books.list(object).filter((it) => it.created <= now - SEARCH_LAG_S);
    const matching = indexed.reverse().filter(fits);
    const start = params.page === undefined ? 0 : startOf(params.page);
    const end = start + (params.limit ?? 10);
    const has_more = end < matching.length;
    return {
      object: 'search_result',
      url: `/v1/${collection}/search`,
      has_more,
      data: matching.slice(start, end),
      next_page: has_more ? Buffer.from(`page-${end}`).toString('base64') : null,
    };
  };
}

/** @param {string} query @returns {(object: Params) => boolean} */
function parseQuery(query) {
  const [all, any] = [query.split(' AND '), query.split(' OR ')];
  if (all.length > 1 && any.length > 1) {
    throw unreadable('You cannot combine AND and OR in the same query.');
  }
  const clauses = (all.length > 1 ? all : any).map((text) => {
    const match = CLAUSE.exec(text.trim());
    if (!match) throw unreadable('We were unable to parse your search query.');
    const [, field, , key, , value] = match;
    return (/** @type {Params} */ it) => (field ? it[field] : it.metadata?.[key]) === value;
  });
  return (it) => (all.length > 1 ? clauses.every((fits) => fits(it)) : clauses.some((fits) => fits(it)));
}

/** @param {string} page */
function startOf(page) {
  const [, start] = /^page-(\d+)$/.exec(Buffer.from(page, 'base64').toString()) ?? [];
  if (start === undefined) throw invalidRequest('Invalid page.', { param: 'page' });
  return Number(start);
}

/** @param {string} message */
const unreadable = (message) => invalidRequest(message, { param: 'query' });
