// The edge in Cloudflare's own runtime, the Stripe double behind it, and one vault key.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEdge } from '../../scripts/edge/start.mjs';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';
export const STRIPE_KEY = 'sk_test_ofTheTests0123456789';
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const CHARGE = 'amount=1000&currency=usd&customer=cus_1';
const POLICY = { name: 'tests', allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 200 };

const ENV = { BILLONCE_ADMIN_TOKEN: ADMIN_TOKEN, STRIPE_SECRET_KEY: STRIPE_KEY };

/**
 * Starts everything; `close` ends it. `crash` kills the runtime as a power cut would, and starts it again. With a `stripeBase`
 * the double is not asked; `before` is a module that stands before the Worker.
 */
export async function rig({ policy = {}, double: options = {}, stripeBase, env = ENV, before } = {}) {
  const state = mkdtempSync(join(tmpdir(), 'billonce-edge-'));
  const double = await startStripeDouble({ secrets: [STRIPE_KEY], ...options });
  const start = () => startEdge({ port: 0, stripeBase: stripeBase ?? double.url, state, env, before });
  let edge = await start();

  const request = async (method, path, { token, headers, body } = {}) => {
    const authorization = token && { authorization: `Bearer ${token}` };
    const response = await fetch(edge.url + path, {
      method,
      headers: { ...authorization, ...headers },
      body,
    });
    return answerOf(response.status, Object.fromEntries(response.headers), await response.text());
  };
  const admin = (method, path, body) =>
    request(method, `/admin/${path}`, { token: ADMIN_TOKEN, body: body && JSON.stringify(body) });
  const newVaultKey = async (more = {}) =>
    (await admin('POST', 'vault-keys', { ...POLICY, ...policy, ...more })).body;
  const vault = await newVaultKey();
  const stripe = (method, path, { key, token = vault.vault_key, headers, body } = {}) => {
    const idempotency = key && { 'idempotency-key': key };
    const form = body && FORM;
    return request(method, `/stripe${path}`, {
      token,
      headers: { ...form, ...idempotency, ...headers },
      body,
    });
  };
  return {
    double,
    state,
    vault,
    request,
    admin,
    newVaultKey,
    stripe,
    get url() {
      return edge.url;
    },
    charge: (key, body = CHARGE, more = {}) => stripe('POST', '/v1/charges', { key, body, ...more }),
    status: async (id = vault.id) => (await admin('GET', `vault-keys/${id}`)).body,
    audit: async (query = '') => (await admin('GET', `audit${query}`)).body,
    /** A request that no HTTP client would tidy up: exact path, headers as a flat list. */
    raw: (method, path, headers, body) => raw(edge.url, method, path, headers, body),
    async crash() {
      process.kill(edge.pid, 'SIGKILL');
      await edge.ended;
      edge = await start();
    },
    async close() {
      edge.stop();
      await edge.ended;
      await double.close();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function raw(url, method, path, headers, body) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const withHost = ['Host', `${hostname}:${port}`, ...headers];
    const sent = httpRequest({ hostname, port, method, path, headers: withHost }, async (response) => {
      let text = '';
      for await (const part of response) text += part;
      resolve(answerOf(response.statusCode, response.headers, text));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function answerOf(status, headers, text) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {}
  return { status, headers, text, body };
}

/** Waits until `done` says so; the wait decides no test, its end does. */
export async function eventually(done, ms = 20_000) {
  const until = Date.now() + ms;
  for (;;) {
    const value = await done();
    if (value || Date.now() > until) return value;
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
