import { newId } from './books.mjs';
import { findCredential, lackedPermission } from './credentials.mjs';
import { invalidRequest, permissionMissing, unauthorized } from './errors.mjs';
import { parseForm } from './form.mjs';
import { readBody } from './http.mjs';
import { findRoute } from './routes.mjs';

/** @typedef {import('./types.mjs').Params} Params */
/** @typedef {import('./routes.mjs').Route} Route */

/**
 * @typedef {object} Call
 * @property {import('./types.mjs').LoggedRequest} logged
 * @property {string} id                                     of the object in the path, or ''
 * @property {() => { route: Route, params: Params }} check  throws what Stripe refuses at its door
 */

/**
 * Reads a request once. What is wrong with it is found here but thrown by `check`, so that a fault that
 * strikes before Stripe strikes a bad request too.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('./types.mjs').LoggedRequest[]} log
 * @param {{ secrets: import('./credentials.mjs').Secret[] | null, prefix: string }} options
 * @returns {Promise<Call>}
 */
export async function readCall(req, log, { secrets, prefix }) {
  const [path, ...query] = (req.url ?? '/').split('?');
  const method = req.method ?? 'GET';
  const own_path = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  const found = findRoute(method, own_path);
  const key = req.headers['idempotency-key'];
  const credential = findCredential(req.headers.authorization, secrets);
  /** @type {Call['logged']} */
  const logged = {
    index: log.length,
    method,
    path,
    endpoint: found?.route.endpoint ?? null,
    credential: credential.name ?? null,
    account: String(req.headers['stripe-account'] ?? 'acct_default'),
    idempotency_key: key === undefined ? null : String(key),
    params: null,
    request_id: newId('req'),
    status: null,
    replayed: false,
    faults: [],
  };
  log.push(logged);

  const body = await readBody(req);
  const content_type = String(req.headers['content-type'] ?? '');
  const form = attempt(() => formOf(body, content_type, query.join('?')));
  logged.params = form.value ?? null;

  const check = () => {
    if (credential.problem) throw unauthorized(credential.problem);
    if (!found) throw unknownUrl(method, own_path);
    const lacked = lackedPermission(credential.permissions, method, own_path);
    if (lacked) throw permissionMissing(lacked, logged.account);
    if (logged.idempotency_key !== null && method === 'POST') checkKeyLength(logged.idempotency_key);
    if (form.error) throw form.error;
    return { route: found.route, params: /** @type {Params} */ (form.value) };
  };
  return { logged, id: found?.id ?? '', check };
}

/** @param {{ text: string, too_large: boolean }} body @param {string} content_type @param {string} query */
function formOf({ text, too_large }, content_type, query) {
  if (too_large) throw invalidRequest('The request body is too large.', {}, 413);
  if (text !== '' && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(content_type)) {
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you ' +
        'have any questions, we can help at https://support.stripe.com/.',
    );
  }
  return Object.assign(parseForm(query), parseForm(text));
}

/** @param {string} key */
function checkKeyLength(key) {
  if (key.length >= 1 && key.length <= 255) return;
  throw invalidRequest(
    `Idempotent key length is ${key.length}, which is outside accepted lengths. Idempotent Keys must be ` +
      "1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF RFC " +
      '4122.',
  );
}

/** @param {string} method @param {string} path */
function unknownUrl(method, path) {
  const message =
    `Unrecognized request URL (${method}: ${path}).  Please see https://stripe.com/docs or we can help at ` +
    'https://support.stripe.com/.';
  return invalidRequest(message, {}, 404);
}

/** @template T @param {() => T} make @returns {{ value?: T, error?: unknown }} */
function attempt(make) {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
