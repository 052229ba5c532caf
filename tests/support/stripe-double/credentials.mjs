/**
 * Who asks, and what a restricted key may do: a permission for each resource, none, read or write, where write
 * implies read (Stripe, "Restricted API keys"). There is no permission for a single endpoint.
 *
 * @typedef {object} Credential
 * @property {string} token
 * @property {string} [name]                                        what the log calls it
 * @property {Record<string, 'read' | 'write'>} [permissions]       by resource, such as `charge`; all, if left out
 *
 * @typedef {string | Credential} Secret
 */

const NO_KEY =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
  "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See " +
  'https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.';

/**
 * @param {string | undefined} authorization
 * @param {Secret[] | null} secrets    null: any
 * @returns {Partial<Credential> & { problem?: string }}
 */
export function findCredential(authorization = '', secrets) {
  const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
  if (!token) return { problem: NO_KEY };
  if (!secrets) return {};
  const found = secrets.map(asCredential).find((known) => known.token === token);
  return found ?? { problem: 'Invalid API Key provided.' };
}

/** @param {Secret} secret @returns {Credential} */
const asCredential = (secret) => (typeof secret === 'string' ? { token: secret } : secret);

/**
 * @param {Credential['permissions']} permissions
 * @param {string} method
 * @param {string} path
 * @returns {string | null} the permission that would have let the call through
 */
export function lackedPermission(permissions, method, path) {
  if (!permissions) return null;
  const resource = path.split('/')[2].replace(/s$/, '');
  const wanted = method === 'GET' ? 'read' : 'write';
  const given = permissions[resource];
  return given === 'write' || given === wanted ? null : `rak_${resource}_${wanted}`;
}
