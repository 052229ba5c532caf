// What the double's tests share: one double for a file, begun anew after each test, and a few ways to ask it.
//
// No result depends on time that passes (only Stripe's client sleeps, before it asks again). Where one request must be
// in flight while another arrives, the first is held by a promise, and `reached` says that it holds its key.
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startStripeDouble } from '../stripe-double/index.mjs';

export const DAY_MS = 24 * 60 * 60 * 1000;
export const START_MS = Date.UTC(2026, 0, 31, 12);
export const RENEWAL = {
  amount: '4900',
  currency: 'usd',
  customer: 'cus_1',
  description: 'Renewal for 2026-02',
};
export const INTENT = { amount: '4900', currency: 'usd', customer: 'cus_1', payment_method: 'pm_card_visa' };

/** @type {import('../stripe-double/index.mjs').StripeDouble} */
export let stripe;
beforeAll(async () => {
  stripe = await startStripeDouble({ now: () => START_MS });
});
afterEach(() => stripe.reset());
afterAll(() => stripe.close());

/** Sends and reads one request. `form` may be a ready-made body; null headers are left out. */
export async function call(method, path, form, headers = {}, base = stripe.url) {
  const all = {
    authorization: 'Bearer sk_test_x',
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  const body = form === undefined || typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const response = await fetch(base + path, { method, headers: kept, body });
  const text = await response.text();
  const json = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : null;
  return { status: response.status, headers: response.headers, text, json, error: json?.error };
}
export const post = (path, form, headers, base) => call('POST', path, form, headers, base);
export const get = (path, headers, base) => call('GET', path, undefined, headers, base);
export const keyed = (key, extra = {}) => ({ 'idempotency-key': key, ...extra });
export const charge = (key, form = RENEWAL) => post('/v1/charges', form, key === undefined ? {} : keyed(key));

/** Succeeded, and is no replay. */
export function expectExecuted({ status, headers }) {
  expect([status, headers.get('idempotent-replayed')]).toEqual([200, null]);
}

/** A promise with its own switch. */
export function gate() {
  let open;
  const promise = new Promise((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Bytes in, everything that comes back until the connection closes out. */
export function rawExchange(text, { half_close = false } = {}) {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(new URL(stripe.url).port), '127.0.0.1', () => {
      socket.write(text);
      if (half_close) socket.end();
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
