// The vendor's spend-cap proxy as its own pages describe it: vault keys with an allowlist and a daily cap in US dollars, which is
// checked against what finished charges have cost. What a call costs is read from Stripe's answer, after the charge. Its
// words are the vendor's; the published pattern writes the cap's refusal as a code.
import { randomBytes } from 'node:crypto';
import { listen, readBody } from './stripe-double/http.mjs';

/**
 * @typedef {{ allowed_endpoints: string[], daily_usd_cap: number, expires_at?: number }} Policy   `POST /v1/charges`; dollars; ms
 * @typedef {{ id: string, policy: Policy, revoked: boolean, spent: Map<number, number> }} VaultKey
 * @typedef {{ time: number, vault_key_id: string | null, endpoint: string, status: number, amount_usd_cents: number, request_id: string | null }} Row
 * @typedef {Awaited<ReturnType<typeof startKeybrakeDouble>>} KeybrakeDouble
 */

const DAY_MS = 24 * 60 * 60 * 1000;
const PREFIX = '/stripe';
const FORWARDED = ['content-type', 'idempotency-key', 'stripe-account', 'stripe-version'];
const PASSED_BACK = [
  'content-type',
  'idempotent-replayed',
  'original-request',
  'request-id',
  'stripe-should-retry',
];

/**
 * @param {{ stripeBase: string, stripeKey: string, now?: () => number, port?: number }} options
 */
export async function startKeybrakeDouble({ stripeBase, stripeKey, now = Date.now, port = 0 }) {
  /** @type {Map<string, VaultKey>} */
  const keys = new Map();
  /** @type {Row[]} */
  const audit = [];

  /** @param {import('node:http').IncomingMessage} req @param {string} endpoint @param {VaultKey | undefined} key */
  async function answer(req, endpoint, key) {
    const { text } = await readBody(req);
    const day = Math.floor(now() / DAY_MS);
    const refused = refusal(key, endpoint, day, now());
    if (refused || !key) return { ...refused, cost: 0 };
    const response = await fetch(stripeBase + (req.url ?? '').slice(PREFIX.length), {
      method: req.method,
      headers: {
        ...picked(new Headers(/** @type {any} */ (req.headers)), FORWARDED),
        authorization: `Bearer ${stripeKey}`,
      },
      body: req.method === 'GET' ? undefined : text,
    });
    const body = await response.text();
    const cost = response.ok ? costOf(body) : 0;
    // Only now: whatever was forwarded meanwhile was judged without it.
    key.spent.set(day, (key.spent.get(day) ?? 0) + cost);
    return { status: response.status, headers: picked(response.headers, PASSED_BACK), body, cost };
  }

  const server = await listen(port, async (req, res) => {
    const path = (req.url ?? '/').split('?')[0];
    if (!path.startsWith(`${PREFIX}/v1/`)) {
      res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      return;
    }
    const endpoint = `${req.method} ${path.slice(PREFIX.length)}`;
    const key = keys.get(String(req.headers.authorization).replace(/^Bearer /, ''));
    const { status, headers, body, cost } = await answer(req, endpoint, key);
    const request_id = headers['request-id'] ?? null;
    audit.push({
      time: now(),
      vault_key_id: key?.id ?? null,
      endpoint,
      status,
      amount_usd_cents: cost,
      request_id,
    });
    res.writeHead(status, headers).end(body);
  });

  return {
    url: server.url,
    /** A new vault key. @param {Policy} policy */
    issue(policy) {
      const id = `vk_${randomBytes(4).toString('hex')}`;
      const vault_key = `vault_key_${randomBytes(16).toString('hex')}`;
      keys.set(vault_key, { id, policy, revoked: false, spent: new Map() });
      return { id, vault_key };
    },
    /** @param {string} vault_key */
    revoke(vault_key) {
      const key = keys.get(vault_key);
      if (key) key.revoked = true;
    },
    /** One row for each call, oldest first. @returns {Row[]} */
    audit: () => structuredClone(audit),
    close: server.close,
  };
}

/** @param {VaultKey | undefined} key @param {string} endpoint @param {number} day @param {number} now */
function refusal(key, endpoint, day, now) {
  if (!key || key.revoked) return refused(401, { error: 'Vault key is invalid or has been revoked' });
  const { allowed_endpoints, daily_usd_cap, expires_at } = key.policy;
  if (expires_at !== undefined && now >= expires_at) return refused(401, { error: 'Vault key has expired' });
  if (!allowed_endpoints.includes(endpoint)) {
    const error = `Operation "${endpoint}" is not permitted by this vault key`;
    return refused(403, { error, allowed_endpoints, attempted: endpoint });
  }
  const spent = key.spent.get(day) ?? 0;
  if (spent < daily_usd_cap * 100) return null;
  return refused(429, {
    error: `Daily spend cap of $${daily_usd_cap} reached`,
    spent_today_usd: spent / 100,
  });
}

/** @param {number} status @param {object} body @returns {{ status: number, headers: Record<string, string>, body: string }} */
const refused = (status, body) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What an answer of Stripe's says that was taken, in cents. @param {string} body */
function costOf(body) {
  const { amount_captured, amount_received } = JSON.parse(body);
  return amount_captured ?? amount_received ?? 0;
}

/** @param {Headers} headers @param {string[]} names @returns {Record<string, string>} */
const picked = (headers, names) => Object.fromEntries([...headers].filter(([name]) => names.includes(name)));
