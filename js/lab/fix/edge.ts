// Steps that go through the user's own edge: their address, their credential, and the pin of a key to its event.
import { guard } from '../../index.ts';
import type { Fields } from '../flow/plain.ts';
import { isObject } from '../flow/plain.ts';

/** Where Stripe's API is below the edge's own root. */
const STRIPE_PREFIX = '/stripe';

/** What the flow's owner makes in Activepieces, holding a vault key of the edge. */
export const VAULT_KEY = "{{connections['billonce_vault_key']}}";

/** The edge's root, without a slash at its end. Its `/stripe` may be given as well. */
export function edgeRoot(edge: string): string {
  const root = edge.replace(/\/+$/, '').replace(/\/stripe$/, '');
  // The product's own rule for what such a URL may be.
  guard({ base_url: `${root}${STRIPE_PREFIX}` });
  return root;
}

export const stripeBase = (root: string): string => `${root}${STRIPE_PREFIX}`;

/** A credential in the place of the one that an HTTP step sent: as its bearer token, and in no header of its own. */
export function withToken(input: Fields, token: string): Fields {
  const headers = Object.entries(isObject(input.headers) ? input.headers : {});
  return {
    ...input,
    authType: 'BEARER_TOKEN',
    authFields: { token },
    headers: Object.fromEntries(headers.filter(([name]) => name.trim().toLowerCase() !== 'authorization')),
  };
}

const manual = { type: 'MANUAL' };

/** `PUT {edge}/event-keys/{id}`: answers with the key that was first pinned to the event, whatever the flow has become since. */
export function pinStep(name: string, url: string, key: string): Fields {
  const input = {
    url,
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    queryParams: {},
    authType: 'BEARER_TOKEN',
    authFields: { token: VAULT_KEY },
    body_type: 'json',
    body: { data: { idempotency_key: key } },
    timeout: 30,
    failureMode: 'continue_none',
    use_proxy: false,
    proxy_settings: {},
    followRedirects: false,
    response_is_binary: false,
  };
  const schemas: Record<string, unknown> = {
    body: { data: { type: 'JSON', required: true, displayName: 'JSON Body' } },
    authFields: {
      token: {
        type: 'SHORT_TEXT',
        required: true,
        description: 'The Bearer token to use for authentication.',
        displayName: 'Token',
      },
    },
  };
  const propertySettings = Object.fromEntries(
    Object.keys(input).map((property) => [
      property,
      property in schemas ? { ...manual, schema: schemas[property] } : manual,
    ]),
  );
  return {
    name,
    skip: false,
    type: 'PIECE',
    valid: true,
    settings: {
      input,
      pieceName: '@activepieces/piece-http',
      actionName: 'send_request',
      sampleData: {},
      pieceVersion: '0.11.10',
      propertySettings,
      errorHandlingOptions: { retryOnFailure: { value: false }, continueOnFailure: { value: false } },
    },
    displayName: 'Pin the key to its event (billonce)',
  };
}
