import { StripeError } from './errors.mjs';

/** @typedef {import('./types.mjs').Answer} Answer */

/**
 * @param {number} status
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
export function jsonAnswer(status, value, headers = {}) {
  return {
    status,
    body: `${JSON.stringify(value, null, 2)}\n`,
    headers: { 'Content-Type': 'application/json', ...headers },
    stripe: true,
  };
}

/**
 * @param {unknown} error
 * @returns {Answer} anything that is no StripeError is a fault of ours: it goes on up
 */
export function errorAnswer(error) {
  if (!(error instanceof StripeError)) throw error;
  return jsonAnswer(error.status, { error: error.error }, error.headers);
}

/** @returns {Answer} what a load balancer between here and Stripe says: HTML, and none of Stripe's headers */
export function badGateway() {
  return {
    status: 502,
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n',
    headers: { 'Content-Type': 'text/html' },
    stripe: false,
  };
}

/** @returns {Answer} */
export function noAnswer() {
  return { status: 0, body: '', headers: {}, stripe: false, drop: true };
}

/**
 * A header that is null is taken away.
 *
 * @param {Answer} answer
 * @param {Record<string, string | null>} [extra]
 * @returns {Answer}
 */
export function withHeaders(answer, extra = {}) {
  const headers = Object.entries({ ...answer.headers, ...extra }).filter(([, value]) => value !== null);
  return { ...answer, headers: /** @type {Record<string, string>} */ (Object.fromEntries(headers)) };
}
