// What the calls of an approach go through: Stripe alone, the vendor's proxy before it, or the edge of this project.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKeybrakeDouble } from '../../../tests/support/keybrake-double.mjs';
import { startStripeDouble } from '../../../tests/support/stripe-double/index.mjs';
import { workerdPath } from '../../edge/runtime.mjs';
import { startEdge } from '../../edge/start.mjs';
import { has } from '../../lib/run.mjs';

/**
 * @typedef {{ allowed_endpoints: string[], daily_usd_cap: number }} Policy
 * @typedef {{ id: string, token: string }} Credential
 * @typedef {{ endpoint: string, status: number, request_id: string | null, vault_key_id: string, reason?: string }} Row
 *
 * @typedef {object} Stand
 * @property {import('../../../tests/support/stripe-double/index.mjs').StripeDouble} stripe
 * @property {string} address            where calls are sent to
 * @property {string} prefix             of Stripe's paths there
 * @property {(policy: Policy) => Promise<Credential> | Credential} issue   a credential, and one of its own for each call
 * @property {(id: string) => Promise<Row[]> | Row[]} audit     what the approach itself keeps of a credential's calls
 * @property {(request: object) => Promise<string | null> | string | null} cameWith   which credential a request came with, by its id
 * @property {() => unknown} close
 */

/** The account's own key: for what is there before a scenario begins, and what a proxy forwards with. */
export const ACCOUNT_KEY = 'sk_test_of_the_account';

/** Why the edge cannot run on this machine, or null. */
export function whyNoEdge(path = workerdPath()) {
  if (has(path)) return null;
  return `Cloudflare's runtime (workerd) does not run here: ${process.platform} ${process.arch}`;
}

/** Stripe itself, with two keys of equal rights; `permissions` restricts them. @returns {Promise<Stand>} */
export async function atStripe(permissions) {
  const kind = permissions ? 'rk' : 'sk';
  const keys = ['first', 'second'].map((name) => ({ token: `${kind}_test_${name}`, name, permissions }));
  const stripe = await startStripeDouble({ secrets: [ACCOUNT_KEY, ...keys] });
  let issued = 0;
  return {
    stripe,
    address: stripe.url,
    prefix: '',
    issue() {
      const { name, token } = keys[issued++ % 2];
      return { id: name, token };
    },
    audit: () => [],
    cameWith: ({ credential }) => credential,
    close: stripe.close,
  };
}

/** @returns {Promise<Stand>} */
export async function behindProxy() {
  const stripe = await startStripeDouble({ secrets: [ACCOUNT_KEY] });
  const now = () => stripe.clock.now();
  const proxy = await startKeybrakeDouble({ stripeBase: stripe.url, stripeKey: ACCOUNT_KEY, now });
  return {
    stripe,
    address: proxy.url,
    prefix: '/stripe',
    issue(policy) {
      const { id, vault_key } = proxy.issue(policy);
      return { id, token: vault_key };
    },
    audit: (id) => proxy.audit().filter((row) => row.vault_key_id === id),
    cameWith: ({ request_id }) => inAudit(proxy.audit(), request_id),
    close: () => Promise.all([proxy.close(), stripe.close()]),
  };
}

/** The edge as `npm run edge` starts it. @returns {Promise<Stand>} */
export async function behindEdge() {
  const state = mkdtempSync(join(tmpdir(), 'billonce-start-edge-'));
  const remove = () => rmSync(state, { recursive: true, force: true });
  process.once('exit', remove);
  const stripe = await startStripeDouble({ secrets: [ACCOUNT_KEY] });
  const env = { BILLONCE_ADMIN_TOKEN: 'admin-token-of-the-demo', STRIPE_SECRET_KEY: ACCOUNT_KEY };
  const edge = await startEdge({ port: 0, stripeBase: stripe.url, state, env });
  const headers = { authorization: `Bearer ${env.BILLONCE_ADMIN_TOKEN}` };
  const admin = async (path, body) => {
    const init = body && { method: 'POST', body: JSON.stringify(body) };
    return (await fetch(`${edge.url}/admin/${path}`, { headers, ...init })).json();
  };
  const rows = async (query) => (await admin(`audit?limit=1000${query}`)).data.reverse();
  return {
    stripe,
    address: edge.url,
    prefix: '/stripe',
    async issue(policy) {
      const { id, vault_key } = await admin('vault-keys', { name: 'npm start', ...policy });
      return { id, token: vault_key };
    },
    audit: (id) => rows(`&vault_key_id=${id}`),
    cameWith: async ({ request_id }) => inAudit(await rows(''), request_id),
    async close() {
      edge.stop();
      await Promise.all([edge.ended, stripe.close()]);
      remove();
    },
  };
}

const inAudit = (rows, request_id) => rows.find((row) => row.request_id === request_id)?.vault_key_id ?? null;
