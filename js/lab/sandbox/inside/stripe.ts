// What `import Stripe from 'stripe'` gives: as the official package (23.1.0) seen from a step. It checks no parameters, gives each POST a
// random key of its own, and sends again with that key after network errors, 409 and 5xx.
import operations from '#operations';
import { encodeForm } from '../../../index.ts';
import { errorOf, StripeConnectionError, stripeErrors } from './stripe-errors.ts';
import type { Response } from './web.ts';

type Json = Record<string, unknown>;

interface Config {
  apiVersion?: string;
  host?: string;
  port?: string | number;
  protocol?: string;
  timeout?: number;
  maxNetworkRetries?: number;
  httpClient?: HttpClient;
  stripeAccount?: string;
}

interface HttpAnswer {
  getStatusCode(): number;
  getHeaders(): Record<string, string>;
  toJSON(): Promise<unknown>;
}

interface HttpClient {
  makeRequest(
    host: string,
    port: string | number,
    path: string,
    method: string,
    headers: Record<string, string>,
    data: string,
    protocol: string,
    timeout: number,
  ): Promise<HttpAnswer>;
}

/** What the client takes from the process that it runs in. */
export interface Around {
  fetch(url: string, init: object): Promise<Response>;
  sleep(ms: number): Promise<unknown>;
  uuid(): string;
  /** From 0 to 1. */
  random(): number;
}

interface Options {
  apiKey?: string;
  idempotencyKey?: string;
  stripeAccount?: string;
  apiVersion?: string;
  maxNetworkRetries?: number;
  timeout?: number;
}

const OPTIONS = [
  'apiKey',
  'idempotencyKey',
  'stripeAccount',
  'apiVersion',
  'maxNetworkRetries',
  'timeout',
  'host',
];
const VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 80_000;

/** An operation that every resource has, though none of them POSTs. */
const OTHERS: Record<string, { method: string; suffix: string }> = {
  retrieve: { method: 'GET', suffix: '/{id}' },
  list: { method: 'GET', suffix: '' },
  search: { method: 'GET', suffix: '/search' },
  del: { method: 'DELETE', suffix: '/{id}' },
};
const READ_ONLY = {
  balance: '/v1/balance',
  balanceTransactions: '/v1/balance_transactions',
  events: '/v1/events',
};

/** The class of one process. */
export function stripeBy(around: Around) {
  function Stripe(this: Client | undefined, key: string, config: Config = {}): Client {
    if (typeof key !== 'string' || key === '') {
      throw new Error(
        'Neither apiKey nor config.authenticator provided. Expected exactly one of them to be set',
      );
    }
    const client = new Client(around, key, config);
    Object.setPrototypeOf(client, Stripe.prototype);
    return client;
  }
  const clientOf = (fetch: Around['fetch']): HttpClient => ({
    makeRequest: async (host, port, path, method, headers, data, protocol) => {
      const url = `${protocol}://${host}${port === 443 || port === '443' ? '' : `:${port}`}${path}`;
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: data };
      const answer = await fetch(url, { method, headers, ...body });
      return {
        getStatusCode: () => answer.status,
        getHeaders: () => Object.fromEntries(answer.headers),
        toJSON: () => answer.json(),
      };
    },
  });
  return Object.assign(Stripe, {
    Stripe,
    default: Stripe,
    errors: stripeErrors,
    API_VERSION: VERSION,
    PACKAGE_VERSION: '23.1.0',
    createFetchHttpClient: (fetch = around.fetch) => clientOf(fetch),
    createNodeHttpClient: () => clientOf(around.fetch),
    clientOf,
  });
}

type Called = (...given: unknown[]) => unknown;

class Client {
  [resource: string]: unknown;
  constructor(around: Around, key: string, config: Config) {
    const call = caller(around, key, config);
    const bases: Record<string, string> = { ...READ_ONLY };
    for (const [name, path] of Object.entries(operations)) {
      const [resource, operation] = [
        name.slice(0, name.lastIndexOf('.')),
        name.slice(name.lastIndexOf('.') + 1),
      ];
      put(this, resource, operation, operate(call, 'POST', path));
      const base = path.split('/{')[0] as string;
      if (operation === 'create' || !bases[resource]) bases[resource] = operation === 'create' ? path : base;
    }
    for (const [resource, base] of Object.entries(bases)) {
      for (const [operation, { method, suffix }] of Object.entries(OTHERS)) {
        const path = resource === 'balance' ? base : base + suffix;
        put(
          this,
          resource,
          operation,
          operate(call, method, path, operation === 'list' || operation === 'search'),
        );
      }
    }
    this.rawRequest = (method: string, path: string, params?: Json, options?: Options) =>
      call(method, path, params ?? {}, options ?? {});
  }
}

/** `checkout.sessions`, `create`: puts the function there, unless there is one. */
function put(client: Json, resource: string, operation: string, called: Called): void {
  let at = client;
  for (const name of resource.split('.')) {
    at[name] ??= {};
    at = at[name] as Json;
  }
  at[operation] ??= called;
}

type Caller = (method: string, path: string, params: Json, options: Options) => Promise<Json>;

/** From what is given to the request: the path's ids, then parameters, then options. */
function operate(call: Caller, method: string, path: string, paged = false): Called {
  const ids = path.match(/\{\w+\}/g) ?? [];
  return (...given) => {
    let filled = path;
    for (const id of ids) {
      const value = given.shift();
      if (typeof value !== 'string' || value === '') {
        throw new Error(`Stripe: Argument "${id.slice(1, -1)}" required, but got: ${String(value)}`);
      }
      filled = filled.replace(id, encodeURIComponent(value));
    }
    const [first, second] = given as [Json | undefined, Options | undefined];
    // The only argument may be options.
    const alone = second === undefined && first !== undefined && isOptions(first);
    const params = alone ? {} : (first ?? {});
    const options = (alone ? first : second) ?? {};
    const answer = call(method, filled, params, options as Options);
    return paged ? Object.assign(answer, pages(call, filled, params, options as Options, answer)) : answer;
  };
}

const isOptions = (given: Json): boolean =>
  Object.keys(given).length > 0 && Object.keys(given).every((name) => OPTIONS.includes(name));

/** `for await` over a list, and what goes with it. */
function pages(call: Caller, path: string, params: Json, options: Options, first: Promise<Json>) {
  async function* each(): AsyncGenerator<Json> {
    for (let page = await first; ; ) {
      const data = page.data as Json[];
      yield* data;
      const last = data.at(-1);
      if (!page.has_more || !last) return;
      const next = page.next_page ? { page: page.next_page } : { starting_after: last.id };
      page = await call('GET', path, { ...params, ...next }, options);
    }
  }
  return {
    [Symbol.asyncIterator]: each,
    autoPagingToArray: async ({ limit }: { limit: number }) => {
      const all: Json[] = [];
      for await (const item of each()) if (all.push(item) >= limit) break;
      return all;
    },
    autoPagingEach: async (use: (item: Json) => unknown) => {
      for await (const item of each()) if ((await use(item)) === false) break;
    },
  };
}

function caller(around: Around, key: string, config: Config): Caller {
  const client = config.httpClient ?? stripeBy(around).clientOf(around.fetch);
  return async (method, path, params, options) => {
    const retries = options.maxNetworkRetries ?? config.maxNetworkRetries ?? 2;
    const form = encodeForm(params as never);
    const query = method === 'POST' || form === '' ? '' : `?${form}`;
    const own = method === 'POST' ? `stripe-node-retry-${around.uuid()}` : undefined;
    const idempotencyKey = options.idempotencyKey ?? own;
    const account = options.stripeAccount ?? config.stripeAccount;
    const version = options.apiVersion ?? config.apiVersion ?? VERSION;
    const headers: Record<string, string> = {
      Authorization: `Bearer ${options.apiKey ?? key}`,
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
      'Stripe-Version': version,
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      ...(account === undefined ? {} : { 'Stripe-Account': account }),
    };
    const { host = 'api.stripe.com', port = 443, protocol = 'https' } = config;
    const timeout = options.timeout ?? config.timeout ?? TIMEOUT_MS;
    for (let sent = 0; ; sent++) {
      let answer: HttpAnswer;
      try {
        answer = await client.makeRequest(
          host,
          port,
          path + query,
          method,
          headers,
          method === 'POST' ? form : '',
          protocol,
          timeout,
        );
      } catch (error) {
        if (sent < retries) {
          await around.sleep(wait(around, sent + 1));
          continue;
        }
        const told = 'An error occurred with our connection to Stripe.';
        const again = sent > 0 ? ` Request was retried ${sent} times.` : '';
        throw new StripeConnectionError({ message: told + again, detail: error });
      }
      const status = answer.getStatusCode();
      const heard = answer.getHeaders();
      if (sent < retries && shouldRetry(status, heard)) {
        await around.sleep(wait(around, sent + 1, heard));
        continue;
      }
      const body = (await answer.toJSON().catch(() => {
        throw errorOf(status, {
          message: 'Invalid JSON received from the Stripe API',
          type: 'api_error',
        });
      })) as Json;
      if (body.error) throw errorOf(status, body.error as Json, heard);
      const lastResponse = { headers: heard, statusCode: status, apiVersion: version, idempotencyKey };
      return Object.defineProperty(body, 'lastResponse', { value: lastResponse, enumerable: false });
    }
  };
}

function shouldRetry(status: number, headers: Record<string, string>): boolean {
  const told = headers['stripe-should-retry'];
  return told === 'true' || (told !== 'false' && (status === 409 || status >= 500));
}

function wait({ random }: Around, sent: number, headers: Record<string, string> = {}): number {
  const seconds = Math.max(0.5, Math.min(0.5 * 2 ** (sent - 1), 5) * 0.5 * (1 + random()));
  const told = Number(headers['retry-after']);
  return Math.round(1000 * (told <= 60 ? Math.max(seconds, told) : seconds));
}
