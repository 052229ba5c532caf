import {
  type BillingEvent,
  BillonceError,
  buildRequest,
  type ErrorCode,
  guard,
  type StripeRequest,
} from '../index.ts';
import { received, refused } from './answers.ts';
import { eventOf, tokenOf } from './event-token.ts';
import { type Call, exchange, fetchOf } from './transport.ts';
import type { Governed, GovernedFetch, GovernedOptions } from './types.ts';

/** How the official package begins the random key that it gives a POST. */
const RANDOM_KEY = 'stripe-node-retry-';

type Headers = Record<string, string>;

/**
 * An HTTP client for the official `stripe` package by which every call goes through the proxy, and every POST has its event's key
 * and is judged before it is sent:
 *
 * ```js
 * const billing = governed({ policy });
 * const stripe = new Stripe(vaultKey, { httpClient: billing, maxNetworkRetries: 2 });
 * await stripe.charges.create(params, billing.for(event));
 * ```
 *
 * What is refused, here or by the proxy, is one of the package's own errors with billonce's code: a cap a
 * `StripeRateLimitError` with `daily_usd_cap_exceeded`, for instance; `error.raw` has the decision or the outcome. A POST without an event and
 * without an `idempotencyKey` of the caller's is refused, as are file uploads and v2 POSTs, which cannot be judged.
 * GET and DELETE are for the proxy to judge.
 *
 * Make one for each run: it counts what its calls would spend.
 *
 * @throws {BillonceError} for options that are refused.
 */
export function governed(options: GovernedOptions = {}): Governed {
  const { event, fetch, ...config } = options;
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new BillonceError('wrong_type', 'fetch', 'fetch must be a function such as the host has');
  }
  const billing = guard({ ...config, on_deny: 'throw' });
  const baseFor = checkedBase(config);
  const ownToken = event === undefined ? undefined : tokenOf(event);

  function callOf(method: string, path: string, given: object, data: unknown): Call {
    const headers = textHeaders(given);
    const vaultKey = bearerOf(headers);
    const base = baseFor(vaultKey);
    refuseLeak(vaultKey, [path, headerOf(headers, 'idempotency-key'), data]);
    if (method === 'POST') return admitted(path, headers, data);
    if (method !== 'GET' && method !== 'DELETE') throw unjudged('invalid_endpoint', 'method', 'is not known');
    if (!isPlain(path)) {
      const message = 'path is not one below /v1 or /v2, so it might lead out of base_url';
      throw new BillonceError('foreign_request', 'path', message);
    }
    return { method, url: base + path, headers: without(headers, ['idempotency-key', 'content-length']) };
  }

  function admitted(path: string, headers: Headers, body: unknown): Call {
    if (typeof body !== 'string') throw unjudged('unreadable_input', 'body', 'is no form, but a file');
    if (!path.startsWith('/v1/')) throw unjudged('invalid_endpoint', 'path', 'is not of the v1 API');
    const named = keyOf(headerOf(headers, 'idempotency-key') ?? RANDOM_KEY);
    const { request } = billing.admit({ endpoint: `POST ${path}`, body, ...named });
    // A guard that throws what is denied has a request for all else.
    const { method, url, headers: own, body: sent } = request as StripeRequest;
    const others = without(headers, ['content-length', ...Object.keys(own)]);
    return { method, url, headers: { ...others, ...own }, body: sent };
  }

  function keyOf(given: string): { event: BillingEvent } | { idempotency_key: string } {
    const key = given.startsWith(RANDOM_KEY) ? ownToken : given;
    if (key === undefined) {
      const message =
        "idempotencyKey is required: pass what for(event) returns, or a key of your own; the package's random one would bill again on the next run";
      throw new BillonceError('idempotency_key_required', 'idempotencyKey', message);
    }
    const named = eventOf(key);
    return named ? { event: named } : { idempotency_key: key };
  }

  return Object.freeze({
    for: (event) => ({ idempotencyKey: tokenOf(event) }),
    getClientName: () => 'billonce',
    async makeRequest(_host, _port, path, method, headers, requestData, _protocol, timeout) {
      let call: Call;
      let send: GovernedFetch;
      try {
        call = callOf(method, path, headers, requestData);
        send = fetchOf(fetch);
      } catch (error) {
        if (error instanceof BillonceError) return refused(error);
        throw error;
      }
      // From here on nothing is a refusal: what fails may have been sent.
      return received(await exchange(send, call, timeout), method);
    },
  } satisfies Governed);
}

function unjudged(code: ErrorCode, field: string, problem: string): BillonceError {
  const message = `${field} ${problem}, so the call cannot be judged: make it with a client that is not governed`;
  return new BillonceError(code, field, message);
}

function bearerOf(headers: Headers): string {
  return /^Bearer (.*)$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1] ?? '';
}

/** The base URL, for a client whose key may be sent there. */
function checkedBase({ base_url, allow_raw_key }: GovernedOptions): (vaultKey: string) => string {
  const path = '/v1/customers';
  const request = { endpoint: `POST ${path}`, idempotency_key: 'none' };
  const place = base_url === undefined ? {} : { base_url };
  const raw = allow_raw_key === undefined ? {} : { allow_raw_key };
  let checked: string | undefined;
  let base = '';
  return (vault_key) => {
    if (vault_key !== checked) {
      const { url } = buildRequest({ ...request, ...place, ...raw, vault_key });
      base = url.slice(0, -path.length);
      checked = vault_key;
    }
    return base;
  };
}

/** The vault key has no business in what Stripe keeps and shows. A key of any use has eight characters. */
function refuseLeak(vaultKey: string, parts: unknown[]): void {
  const holds = (part: unknown) => typeof part === 'string' && part.includes(vaultKey);
  if (vaultKey.length < 8 || !parts.some(holds)) return;
  const message = 'params would put the vault key where Stripe shows it; take it out of there';
  throw new BillonceError('secret_in_output', 'params', message);
}

/** Whether a URL parser leaves the path as it is. */
function isPlain(path: string): boolean {
  const [segments = ''] = path.split('?');
  return /^\/v[12](\/[\w.~!'()*%-]+)+$/.test(segments) && !/\/(\.|%2e){1,2}(\/|$)/i.test(segments);
}

function textHeaders(headers: object): Headers {
  const pairs = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ]);
  return Object.fromEntries(pairs) as Headers;
}

function headerOf(headers: Headers, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
}

function without(headers: Headers, names: readonly string[]): Headers {
  const dropped = names.map((name) => name.toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !dropped.includes(name.toLowerCase())),
  );
}
