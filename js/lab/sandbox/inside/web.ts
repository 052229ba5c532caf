// fetch by the world, and the classes around it, as far as steps use them.
import { fromUtf8, utf8, viewOf } from './bytes.ts';
import { ask, later } from './host.ts';
import { type LabUrl, LabUrlSearchParams } from './url.ts';

type HeadersGiven = Headers | Record<string, string> | Iterable<readonly [string, string]>;

export class Headers {
  readonly #values = new Map<string, string>();
  constructor(given?: HeadersGiven) {
    if (given === undefined || given === null) return;
    const pairs =
      Symbol.iterator in given ? (given as Iterable<readonly [string, string]>) : Object.entries(given);
    for (const [name, value] of pairs) this.append(name, value);
  }
  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }
  set(name: string, value: string): void {
    const key = String(name).toLowerCase();
    const text = String(value).trim();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(key)) throw new TypeError('Headers: invalid header name');
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError(`Headers: invalid value of ${key}`);
    this.#values.set(key, text);
  }
  get(name: string): string | null {
    return this.#values.get(String(name).toLowerCase()) ?? null;
  }
  has(name: string): boolean {
    return this.#values.has(String(name).toLowerCase());
  }
  delete(name: string): void {
    this.#values.delete(String(name).toLowerCase());
  }
  forEach(call: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) call(value, name, this);
  }
  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  }
  keys(): IterableIterator<string> {
    return [...this.entries()].map(([name]) => name).values();
  }
  values(): IterableIterator<string> {
    return [...this.entries()].map(([, value]) => value).values();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

type BodyGiven = string | ArrayBuffer | ArrayBufferView | LabUrlSearchParams | null | undefined;

export class Response {
  readonly status: number;
  readonly ok: boolean;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string = '';
  readonly redirected = false;
  readonly type = 'basic';
  readonly body = null;
  bodyUsed = false;
  readonly #text: string;
  constructor(
    body: BodyGiven = '',
    init: { status?: number; statusText?: string; headers?: HeadersGiven } = {},
  ) {
    this.status = init.status ?? 200;
    this.ok = this.status >= 200 && this.status < 300;
    this.statusText = init.statusText ?? '';
    this.headers = new Headers(init.headers);
    this.#text = bodyText(body);
  }
  async text(): Promise<string> {
    if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read');
    this.bodyUsed = true;
    return this.#text;
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return utf8(await this.text()).buffer;
  }
  clone(): Response {
    return new Response(this.#text, this);
  }
}

function bodyText(body: BodyGiven): string {
  if (body === null || body === undefined) return '';
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return fromUtf8(viewOf(body));
  return String(body);
}

interface Init {
  method?: string;
  headers?: HeadersGiven;
  body?: BodyGiven;
  signal?: AbortSignal | null;
}

/** A request as `new Request` holds it. */
export class Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal | null;
  constructor(input: string | LabUrl | Request, init: Init = {}) {
    const base = input instanceof Request ? input : undefined;
    this.url = base?.url ?? String(input);
    this.method = String(init.method ?? base?.method ?? 'GET').toUpperCase();
    this.headers = new Headers(init.headers ?? base?.headers);
    this.signal = init.signal ?? base?.signal ?? null;
    const given = init.body;
    this.body = given === undefined || given === null ? base?.body : bodyText(given);
    if (this.body !== undefined && (this.method === 'GET' || this.method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body');
    }
    if (!this.headers.has('content-type')) {
      if (given instanceof LabUrlSearchParams) {
        this.headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
      } else if (typeof given === 'string') this.headers.set('content-type', 'text/plain;charset=UTF-8');
    }
  }
}

/** The process's fetch. What the world does is answered with its status, or with a failure as Node's fetch shows it. */
export function fetchBy(process: number) {
  return async (input: string | LabUrl | Request, init?: Init): Promise<Response> => {
    const request = new Request(input, init);
    const { url, method, headers, body, signal } = request;
    if (ask('url', process, url) === '') throw new TypeError(`Failed to parse URL from ${url}`);
    if (signal?.aborted) throw signal.reason;
    const text = JSON.stringify({ url, method, headers: Object.fromEntries(headers), body: body ?? '' });
    const ticket = ask('fetch', process, text) as number;
    const answer = signal ? await Promise.race([later(ticket), signal.rejected]) : await later(ticket);
    const { failed, ...rest } = JSON.parse(answer) as {
      failed?: string;
      status: number;
      headers: Record<string, string>;
      body: string;
    };
    if (failed !== undefined) {
      const cause = Object.assign(new Error(failed), {
        code: failed === 'timeout' ? 'UND_ERR_HEADERS_TIMEOUT' : 'ECONNRESET',
      });
      throw new TypeError('fetch failed', { cause });
    }
    return Object.assign(new Response(rest.body, rest), { url });
  };
}

/** What was aborted, or took too long, is an error by this name. */
function abortError(name: 'AbortError' | 'TimeoutError'): Error {
  const message =
    name === 'AbortError' ? 'This operation was aborted' : 'The operation was aborted due to timeout';
  return Object.assign(new Error(message), { name });
}

export class AbortSignal {
  aborted = false;
  reason: unknown = undefined;
  onabort: ((event: object) => void) | null = null;
  readonly #listeners = new Set<(event: object) => void>();
  #reject: (reason: unknown) => void = () => {};
  /** Rejects when it is aborted. */
  readonly rejected: Promise<never>;
  constructor() {
    this.rejected = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.rejected.catch(() => {});
  }
  addEventListener(_type: string, listener: (event: object) => void): void {
    this.#listeners.add(listener);
  }
  removeEventListener(_type: string, listener: (event: object) => void): void {
    this.#listeners.delete(listener);
  }
  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
  /** By its controller alone. */
  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason ?? abortError('AbortError');
    this.#reject(this.reason);
    const event = { type: 'abort', target: this };
    this.onabort?.(event);
    for (const listener of this.#listeners) listener(event);
  }
}

export class AbortController {
  readonly signal = new AbortSignal();
  abort(reason?: unknown): void {
    this.signal.fire(reason);
  }
}

/** The class of a process, whose `timeout` goes by the world's clock. */
export function abortSignalBy(setTimeout: (call: () => void, ms: number) => unknown): typeof AbortSignal {
  return class extends AbortSignal {
    static timeout(ms: number): AbortSignal {
      const signal = new AbortSignal();
      setTimeout(() => signal.fire(abortError('TimeoutError')), ms);
      return signal;
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal();
      signal.fire(reason);
      return signal;
    }
    static any(signals: AbortSignal[]): AbortSignal {
      const any = new AbortSignal();
      for (const signal of signals) {
        if (signal.aborted) any.fire(signal.reason);
        signal.addEventListener('abort', () => any.fire(signal.reason));
      }
      return any;
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.isPrototypeOf.call(AbortSignal.prototype, value as object);
    }
  };
}
