// Sends one request within its time. What fails on the way is told by a code alone: what a fetch throws may hold the
// request's headers.
import { BillonceError } from '../index.ts';
import type { GovernedFetch } from './types.ts';

export interface Call {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** An answer whose body is read, or, where it is none of Stripe's JSON, still to be read. */
export interface Exchange {
  status: number;
  headers: Record<string, string>;
  text: string | (() => Promise<string>);
  stream: () => unknown;
}

interface HostGlobals {
  fetch?: GovernedFetch;
  setTimeout(done: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  AbortController?: new () => { readonly signal: unknown; abort(): void };
  Response?: new (text: string) => { body: unknown };
}
const host = globalThis as unknown as HostGlobals;

/** The host's `fetch`, where none is given. */
export function fetchOf(given: GovernedFetch | undefined): GovernedFetch {
  const fetch = given ?? host.fetch;
  if (fetch) return fetch;
  const message = 'fetch is missing: this host has none, so pass one to governed';
  throw new BillonceError('fetch_missing', 'fetch', message);
}

/** @throws An error with a `code`, by which the official package knows a timeout or a closed connection. */
export async function exchange(fetch: GovernedFetch, call: Call, timeout: number): Promise<Exchange> {
  const controller = host.AbortController && new host.AbortController();
  let timer: unknown;
  const timedOut = new Promise<never>((_, reject) => {
    const end = () => {
      reject(connectionError('ETIMEDOUT'));
      controller?.abort();
    };
    if (timeout > 0) timer = host.setTimeout(end, timeout);
  });
  try {
    return await Promise.race([answerOf(fetch, call, controller?.signal), timedOut]);
  } catch (cause) {
    throw cause instanceof ConnectionError ? cause : connectionError(codeOf(cause));
  } finally {
    host.clearTimeout(timer);
  }
}

async function answerOf(fetch: GovernedFetch, { url, ...call }: Call, signal: unknown): Promise<Exchange> {
  const init = { ...call, redirect: 'manual' as const, ...(signal ? { signal } : {}) };
  const response = await fetch(url, init as Parameters<GovernedFetch>[1]);
  const status = isStatus(response.status) ? response.status : 0;
  const headers = plainHeaders(response.headers);
  const isStreamed = call.method === 'GET' && status < 300 && !/\bjson\b/.test(headers['content-type'] ?? '');
  if (isStreamed) return { status, headers, text: () => response.text(), stream: () => response.body };
  // Before the official package has it, so that a body that breaks off is a request to retry, not an answer.
  const text = await response.text();
  return { status, headers, text, stream: () => (host.Response ? new host.Response(text).body : null) };
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 100 && (status as number) < 600;
}

function plainHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  (headers as Map<string, string>).forEach((value, name) => {
    plain[name.toLowerCase()] = value;
  });
  return plain;
}

class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  declare readonly code?: string;
}

function connectionError(code: string | undefined): ConnectionError {
  const error = new ConnectionError(code ? `no answer arrived (${code})` : 'no answer arrived');
  return code ? Object.assign(error, { code }) : error;
}

/** Node's code of a failure, which its fetch puts into the cause. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; depth < 4; depth++) {
    const { code, cause: inner } = (cause ?? {}) as { code?: unknown; cause?: unknown };
    // By this name undici tells of a connection that the other side closed.
    if (code === 'UND_ERR_SOCKET') return 'ECONNRESET';
    if (typeof code === 'string' && /^[A-Z][A-Z_]{2,40}$/.test(code)) return code;
    cause = inner;
  }
  return undefined;
}
