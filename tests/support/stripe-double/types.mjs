/**
 * The shapes that cross file boundaries here; no code.
 *
 * @typedef {{ [name: string]: any }} Params      form parameters; no prototype, so that `__proto__` is a name
 *
 * @typedef {object} Answer                       what goes back; exact text, so that a replay is exact
 * @property {number} status
 * @property {string} body
 * @property {Record<string, string>} headers
 * @property {boolean} [stripe]                   false: a gateway speaks, so Stripe's own headers are missing
 * @property {boolean} [drop]                     the socket is destroyed instead of answering
 *
 * @typedef {object} LoggedRequest                one received request; never holds the authorization value
 * @property {number} index                       0 for the first request since the start or the last reset
 * @property {string} method
 * @property {string} path                        as received, proxy prefix included, query left out
 * @property {string | null} endpoint             `POST /v1/charges/{id}/capture`; null for an unknown address
 * @property {string | null} credential           the name of the secret that it came with
 * @property {string} account                     the Stripe-Account header, else `acct_default`
 * @property {string | null} idempotency_key
 * @property {Params | null} params               null when the body could not be read as a form
 * @property {string} request_id
 * @property {number | null} status               null while in flight and when the socket was destroyed
 * @property {boolean} replayed
 * @property {string[]} faults                    the kinds of fault that struck this request
 *
 * @typedef {object} Charge                       money that really moved
 * @property {string} id
 * @property {number} amount                      minor units that were captured
 * @property {string} currency
 * @property {string | null} customer
 * @property {string | null} description
 * @property {Record<string, string>} metadata
 * @property {number} created                     unix seconds
 * @property {string | null} idempotency_key      of the request that moved the money: the capture, if any
 * @property {string} endpoint                    of that same request
 *
 * @typedef {{ now(): number, advance(ms: number): void }} Clock       milliseconds
 *
 * @typedef {object} Context                      what an endpoint is given to work with
 * @property {Params} params                      checked and converted
 * @property {string} id                          the `{id}` of the path, or ''
 * @property {import('./books.mjs').Books} books
 * @property {number} now                         unix seconds
 * @property {(charge: Params, amount: number) => void} moved           tells the double that money moved
 */

export {};
