// Where one cell of the table is measured: an approach, what its calls go through, and the workers that run its steps.
import { openLabBefore } from '../lab.mjs';
import { CLIENTS } from './approaches.mjs';
import { ACCOUNT_KEY } from './stands.mjs';

export const RENEWAL = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
/** The published one: a cap of what one charge costs. */
export const POLICY = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** @typedef {ReturnType<typeof siteOf>} Site */

/**
 * @param {import('./approaches.mjs').Approach} approach
 * @param {import('./stands.mjs').Stand} stand
 * @param {import('../lab.mjs').Host} host
 */
export function siteOf(approach, stand, host) {
  const { stripe, address, prefix } = stand;
  return {
    ...stand,
    approach,

    /** The approach's flow with a credential of its own, at a Stripe where nothing has happened yet. */
    async openLab(policy = POLICY) {
      stripe.reset();
      const credential = await stand.issue(policy);
      const secrets = { billonce_vault_key: credential.token, stripe_secret_key: credential.token };
      const lab = await openLabBefore({ stripe, address, secrets }, approach.flow(), host);
      return { ...lab, credential };
    },

    /** One request by the HTTP piece. @returns {Promise<{ status: number, body?: any }>} */
    call({ token }, endpoint, { form, key } = {}) {
      const [method, path] = endpoint.split(' ');
      const headers = { ...FORM, ...(key && { 'Idempotency-Key': key }) };
      const bearer = { authType: 'BEARER_TOKEN', authFields: { token } };
      const body = form && new URLSearchParams(form).toString();
      const input = {
        url: address + prefix + path,
        method,
        headers,
        ...bearer,
        body_type: 'raw',
        body: { data: body },
      };
      return host.workers[0].http({ ...input, failureMode: 'continue_none' }).catch(({ message }) => {
        const [, status] = /answered (\d{3})/.exec(message) ?? [];
        if (!status) throw new Error(message);
        return { status: Number(status) };
      });
    },

    /** Something done at Stripe beside the approach. */
    async atStripe(path, form) {
      const headers = { ...FORM, authorization: `Bearer ${ACCOUNT_KEY}` };
      const response = await fetch(stripe.url + path, {
        method: 'POST',
        headers,
        body: new URLSearchParams(form),
      });
      return response.json();
    },

    /** A run of a Code step that charges by itself. @param {keyof typeof CLIENTS} client */
    charge(client, worker, { token }, { customer_id, amount_cents, billing_period }, idempotency_key) {
      const base_url = address + prefix;
      const published = { amount: amount_cents, currency: 'usd', customer: customer_id, idempotency_key };
      const own = { vault_key: token, daily_usd_cap: 49, customer_id, amount_cents, billing_period };
      const inputs = client === 'governed' ? own : { credential: token, ...published };
      return worker.code(host.files.get(CLIENTS[client]), { ...inputs, base_url });
    },
  };
}
