// The Worker: finds out who asks, and hands the request to the Durable Object of its vault key.
import { BillonceError } from '../error.ts';
import { admin } from './admin.ts';
import { json, refusal, refusalOf, stripeError, targetOf, textOf } from './http.ts';
import type { Failure } from './registry.ts';
import * as rules from './rules.ts';
import type { Env, Reply } from './types.ts';

/** The headers that the rules look at; nothing else of a request is passed on. */
const JUDGED = [
  'content-encoding',
  'content-type',
  'idempotency-key',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];

/** Whether a secret is there, and can be sent in a header as it is. */
const usable = (secret: unknown): boolean => typeof secret === 'string' && /^[!-~]+$/.test(secret);

/** Vault keys that exist, so that the registry is asked for each once. A key that was made is never unmade, only revoked. */
const known = new Set<string>();

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    let reply: Reply | Response;
    try {
      reply = await answer(request, env);
    } catch (cause) {
      reply = failure(cause, targetOf(request.url));
    }
    if (reply instanceof Response) return reply;
    const { status, headers, body } = reply;
    return new Response(body, { status, headers });
  },
};

async function answer(request: Request, env: Env): Promise<Reply | Response> {
  const target = targetOf(request.url);
  const path = target.split('?')[0] ?? '';
  if (path === '/healthz') return json(200, { status: 'ok' });
  const asAdmin = path.startsWith('/admin/');
  const asVault = path === '/check' || path.startsWith('/stripe/') || path.startsWith('/event-keys/');
  if (!asAdmin && !asVault) return refusal(404, 'not_found', 'There is nothing here.');
  if (!usable(env.BILLONCE_ADMIN_TOKEN) || !usable(env.STRIPE_SECRET_KEY)) {
    const message =
      'BILLONCE_ADMIN_TOKEN and STRIPE_SECRET_KEY must be set as secrets, of visible ASCII characters.';
    return shapeFor(path)(503, 'not_configured', message);
  }
  const authorization = request.headers.get('authorization') ?? '';
  if (asAdmin) {
    // A token may be guessed, unlike a vault key: who has failed too often is not even asked. Only failures with it count for
    // that, or any caller with a wrong vault key could keep the administrator out.
    const seconds = await registry(env).shutOut(addressOf(request));
    if (seconds > 0) return tooMany(seconds);
    if (rules.carriesToken(authorization, env.BILLONCE_ADMIN_TOKEN)) return admin(request, env, target);
    return unauthorized(env, request, 'admin_unauthorized', path);
  }
  const credential = rules.readCredential(authorization);
  if (!credential || !(await exists(env, credential.id)))
    return unauthorized(env, request, 'unauthorized', path);
  const vault = env.VAULTS.getByName(credential.id);
  const body = await textOf(request);
  let reply: Reply | object | null;
  if (path.startsWith('/stripe/')) {
    const incoming = {
      method: request.method,
      path: target.slice('/stripe'.length),
      headers: judged(request),
      body: body ?? '',
      too_large: body === null,
    };
    reply = await vault.call(credential.hash, incoming);
  } else if (body === null) {
    return refusal(413, 'request_too_large', 'Nothing that is asked here is larger than a megabyte.');
  } else if (path === '/check' && request.method === 'POST') {
    reply = await vault.check(credential.hash, parsed(body));
  } else if (path.startsWith('/event-keys/') && request.method === 'PUT') {
    const { idempotency_key } = (parsed(body) ?? {}) as { idempotency_key?: unknown };
    reply = await vault.pin(credential.hash, decoded(path.slice('/event-keys/'.length)), idempotency_key);
  } else {
    return refusal(
      405,
      'method_not_allowed',
      'POST /check, PUT /event-keys/{external_event_id}, or a call below /stripe/v1/.',
    );
  }
  if (reply === null) return unauthorized(env, request, 'unauthorized', path);
  return 'status' in reply ? (reply as Reply) : json(200, reply);
}

async function exists(env: Env, id: string): Promise<boolean> {
  if (known.has(id)) return true;
  if (!(await registry(env).has(id))) return false;
  known.add(id);
  return true;
}

async function unauthorized(
  env: Env,
  request: Request,
  reason: Failure['reason'],
  path: string,
): Promise<Reply> {
  // No more than the first part: whoever has no credential has no say in what the audit shows.
  const endpoint = `${request.method} /${path.split('/')[1]}`.slice(0, 40);
  const seconds = await registry(env).failed({ address: addressOf(request), endpoint, reason });
  if (seconds > 0) return tooMany(seconds);
  const what = reason === 'unauthorized' ? 'a vault key' : 'the admin token';
  return refusal(401, 'unauthorized', `Send ${what} as Authorization: Bearer …`, {
    'www-authenticate': 'Bearer',
  });
}

const tooMany = (seconds: number) =>
  refusal(429, 'too_many_failures', 'Too many failed authentications.', { 'retry-after': String(seconds) });

/** Whose failures are counted together. Cloudflare says where a request comes from; elsewhere anybody could. */
const addressOf = (request: Request): string =>
  (request.cf && request.headers.get('cf-connecting-ip')) || 'this machine';

function judged(request: Request): Record<string, string> {
  const all = [...request.headers].filter(([name]) => JUDGED.includes(name) || name.startsWith('stripe-'));
  return Object.fromEntries(all);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** What is no refusal is a defect, or an overload: it says nothing of what was asked. */
function failure(cause: unknown, path: string): Reply {
  if (cause instanceof BillonceError && cause.code !== 'internal_error') return refusalOf(cause);
  const message = 'The edge failed on this request; a call may be sent again with the same key.';
  return shapeFor(path)(500, 'internal_error', message);
}

/** How an error that is no refusal is written: whoever calls Stripe reads Stripe's own shape. */
const shapeFor = (path: string) => (path.startsWith('/stripe/') ? stripeError : refusal);

const registry = (env: Env) => env.REGISTRY.getByName('registry');
