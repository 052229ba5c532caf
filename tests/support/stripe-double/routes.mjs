import { readFileSync } from 'node:fs';
import { captureCharge, createCharge } from './charges.mjs';
import { LIST_PARAMS, listObjects, retrieveObject } from './lists.mjs';
import { integer } from './params.mjs';
import * as intents from './payment-intents.mjs';
import { createRefund } from './refunds.mjs';
import { SEARCH_PARAMS, searchObjects } from './search.mjs';
import { createSimple, SIMPLE_OBJECTS } from './simple-objects.mjs';

/**
 * @typedef {(context: import('./types.mjs').Context) => any} Run
 * @typedef {{ endpoint: string, run: Run, spec: import('./params.mjs').ParamSpec }} Route
 */

/** Which parameters each endpoint knows comes from stripe-node's types, so that it is not our opinion. */
const vectors = new URL('../../vectors/stripe-post-endpoints.json', import.meta.url);
/** @type {Map<string, string[]>} */
const KNOWN_PARAMS = new Map(
  JSON.parse(readFileSync(vectors, 'utf8')).endpoints.map((/** @type {any} */ it) => [it.path, it.params]),
);

const MONEY = { requires: ['amount', 'currency'] };
/** Valid under API versions older than the one that the vectors were taken from. */
const OLDER = { also: ['payment_method_types'] };

/** @type {Map<string, Route>} */
const ROUTES = new Map();

post('/v1/charges', createCharge, {
  ...MONEY,
  requires_one_of: { names: ['customer', 'source'], message: 'Must provide source or customer.' },
});
post('/v1/charges/{id}/capture', captureCharge);
post('/v1/payment_intents', intents.createPaymentIntent, { ...MONEY, ...OLDER });
post('/v1/payment_intents/{id}/confirm', intents.confirmPaymentIntent, OLDER);
post('/v1/payment_intents/{id}/capture', intents.capturePaymentIntent);
post('/v1/payment_intents/{id}/cancel', intents.cancelPaymentIntent);
post('/v1/refunds', createRefund, {
  requires_one_of: {
    names: ['charge', 'payment_intent'],
    message: 'One of the following params should be provided for this request: payment_intent or charge.',
  },
});
post('/v1/customers', createSimple('customers'));
post('/v1/transfers', createSimple('transfers'), { requires: ['amount', 'currency', 'destination'] });
post('/v1/payouts', createSimple('payouts'), MONEY);
post('/v1/topups', createSimple('topups'), MONEY);
// The one amount that may be negative: a credit on the next invoice.
post('/v1/invoiceitems', createSimple('invoiceitems'), {
  requires: ['customer'],
  rules: { amount: integer(-999_999_999_999) },
});

const simple = Object.entries(SIMPLE_OBJECTS).map(([collection, { object }]) => [collection, object]);
const stateful = [
  ['charges', 'charge'],
  ['payment_intents', 'payment_intent'],
  ['refunds', 'refund'],
];
for (const [collection, object] of [...stateful, ...simple]) {
  add('GET', `/v1/${collection}`, listObjects(collection, object), { allowed: LIST_PARAMS });
  add('GET', `/v1/${collection}/{id}`, retrieveObject(object), { allowed: new Set(['expand']) });
}
for (const [collection, object] of stateful.slice(0, 2)) {
  add('GET', `/v1/${collection}/search`, searchObjects(collection, object), SEARCH_PARAMS);
}

/**
 * No address here needs more than a collection, an id and a verb.
 *
 * @param {string} method
 * @param {string} path without the proxy's prefix
 */
export function findRoute(method, path) {
  const match = /^(\/v1\/[^/]+)(?:\/([^/]+)(\/[^/]+)?)?$/.exec(path);
  if (!match) return null;
  const [, collection, id, verb = ''] = match;
  const search = ROUTES.get(`${method} ${path}`);
  if (search && id === 'search') return { route: search, id: '' };
  const route = ROUTES.get(`${method} ${collection}${id === undefined ? '' : '/{id}'}${verb}`);
  return route ? { route, id: id === undefined ? '' : decoded(id) } : null;
}

/**
 * @param {string} path
 * @param {Route['run']} run
 * @param {Partial<Route['spec']> & { also?: string[] }} [rest]
 */
function post(path, run, { also = [], ...spec } = {}) {
  const known = KNOWN_PARAMS.get(path) ?? [];
  const allowed = new Set([...known.map((name) => name.replace('?', '')), ...also]);
  add('POST', path, run, { ...spec, allowed });
}

/** @param {string} method @param {string} path @param {Route['run']} run @param {Route['spec']} spec */
function add(method, path, run, spec) {
  const endpoint = `${method} ${path}`;
  ROUTES.set(endpoint, { endpoint, run, spec });
}

/** @param {string} id an id that cannot be decoded is only an id that nothing has */
function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
