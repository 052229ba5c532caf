// The part of the Workers runtime that the edge uses (https://developers.cloudflare.com/workers/runtime-apis/). Apart from the
// rest, so that the shim cannot lean on any of it.

interface Headers extends Iterable<[string, string]> {
  get(name: string): string | null;
}

interface Request {
  readonly method: string;
  /** As it stood in the request line; workerd does not resolve dots in it. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream | null;
  /** Set by Cloudflare alone. */
  readonly cf?: object;
}

interface ReadableStream {
  getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(): Promise<void> };
}

declare class Response {
  constructor(
    body: string | StreamOfText | null,
    init?: { status?: number; headers?: Record<string, string> },
  );
  readonly status: number;
  readonly headers: Headers;
  text(): Promise<string>;
}

interface StreamOfText {
  readonly locked: boolean;
}

declare class TransformStream {
  readonly readable: StreamOfText;
  readonly writable: {
    getWriter(): {
      write(bytes: Uint8Array): Promise<void>;
      close(): Promise<void>;
      abort(why: unknown): Promise<void>;
    };
  };
}

interface Outgoing {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: 'manual';
  signal: AbortSignal;
}

declare function fetch(url: string, init: Outgoing): Promise<Response>;
declare const crypto: { randomUUID(): string; getRandomValues(bytes: Uint8Array): Uint8Array };
declare function setTimeout(done: () => void, ms: number): number;
declare function clearTimeout(timer: number | undefined): void;

interface AbortSignal {
  readonly aborted: boolean;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(): void;
}

declare class URLSearchParams {
  constructor(query: string);
  get(name: string): string | null;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: string, options: { ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

interface SqlStorage {
  exec<Row>(query: string, ...bindings: (string | number | null)[]): { toArray(): Row[] };
}

interface DurableStorage {
  readonly sql: SqlStorage;
  /** Runs to its end before anything else of this object does, and rolls back if it throws. */
  transactionSync<T>(work: () => T): T;
  setAlarm(ms: number): Promise<void>;
}

interface ObjectState {
  readonly storage: DurableStorage;
  waitUntil(work: Promise<unknown>): void;
}

interface Namespace<Stub> {
  getByName(name: string): Stub;
}

declare module 'cloudflare:workers' {
  export class DurableObject<Env> {
    constructor(ctx: ObjectState, env: Env);
    protected readonly ctx: ObjectState;
    protected readonly env: Env;
  }
}
