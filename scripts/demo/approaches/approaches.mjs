// The six ways to let a flow bill that are compared. The first five are those of the published table.
import { readFileSync } from 'node:fs';
import { makeFlow } from '../flows.mjs';
import { atStripe, behindEdge, behindProxy } from './stands.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Code steps that charge by themselves: where they make their client is what isolates, or not. */
export const CLIENTS = {
  module_scope: read('steps/module-scope.ts'),
  own: read('steps/own-client.ts'),
  governed: read('../../../examples/stripe-node/code.ts'),
};

/**
 * @typedef {object} Approach
 * @property {string} id
 * @property {[string, string]} title      two lines of at most 16 characters
 * @property {() => object} flow           a fresh copy
 * @property {() => Promise<import('./stands.mjs').Stand>} open   what its calls go through
 * @property {boolean} keyed               whether its calls carry an idempotency key made from the event
 * @property {keyof typeof CLIENTS} client where a Code step that charges by itself usually makes its client
 */

/** @type {Approach[]} */
export const APPROACHES = [
  {
    id: 'raw_key',
    title: ['raw sk_live_ key', ''],
    flow: () => makeFlow('without'),
    open: () => atStripe(),
    keyed: false,
    client: 'module_scope',
  },
  {
    id: 'restricted_key',
    title: ['restricted key', ''],
    flow: () => makeFlow('without'),
    open: () => atStripe({ charge: 'write' }),
    keyed: false,
    client: 'module_scope',
  },
  {
    id: 'key_only',
    title: ['idempotency key', 'only'],
    flow: () => makeFlow('without', keyed),
    open: () => atStripe(),
    keyed: true,
    client: 'module_scope',
  },
  {
    id: 'proxy_only',
    title: ['vault key, proxy', ''],
    flow: () => makeFlow('without', proxied),
    open: behindProxy,
    keyed: false,
    client: 'own',
  },
  {
    id: 'key_and_proxy',
    title: ['idempotency key,', 'vault key, proxy'],
    flow: () => makeFlow('without', keyedAndProxied),
    open: behindProxy,
    keyed: true,
    client: 'own',
  },
  {
    id: 'billonce_edge',
    title: ['billonce and', 'its own edge'],
    flow: () => makeFlow('with'),
    open: behindEdge,
    keyed: true,
    client: 'governed',
  },
];

/** The published key in the Code step, and in the HTTP step's headers. */
function keyed({ code, charge }) {
  code.settings.sourceCode.code = read('steps/published-key.ts');
  charge.settings.input.headers['Idempotency-Key'] = "{{step_1['output'].idempotency_key}}";
}

/** The proxy's address and a vault key in the HTTP step. */
function proxied({ charge }) {
  const { input } = charge.settings;
  input.url = 'https://proxy.keybrake.com/stripe/v1/charges';
  input.authFields.token = "{{connections['billonce_vault_key']}}";
}

function keyedAndProxied(parts) {
  keyed(parts);
  proxied(parts);
}
