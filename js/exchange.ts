// One request and its answer: in time, of bounded size, and without what a fetch may throw, which may hold the key.
import { MOST_CHARACTERS } from './body.ts';
import type { AbortSignalLike, FetchLike, StripeRequest, StripeResponse } from './types.ts';

interface HostGlobals {
  setTimeout?: (done: () => void, ms: number) => unknown;
  clearTimeout?: (timer: unknown) => void;
  AbortController?: new () => { readonly signal: unknown; abort(): void };
  TextDecoder?: new () => { decode(bytes: Uint8Array): string };
}

/** The part of a ReadableStream that is used. */
interface ByteStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array }>;
    cancel(): Promise<unknown>;
  };
}

/** The answer, or a status of 0 where none arrived, or not all of it. */
export async function exchange(
  { url, headers, body }: Pick<StripeRequest, 'url' | 'headers' | 'body'>,
  fetch: FetchLike,
  timeout_ms: number,
  signal: AbortSignalLike | undefined,
  method = 'POST',
): Promise<StripeResponse> {
  const { AbortController } = globalThis as HostGlobals;
  const controller = AbortController && new AbortController();
  const answer = async () => {
    const own = controller && { signal: controller.signal as never };
    const response = await fetch(url, { method, headers, body, redirect: 'manual', ...own });
    return { status: response.status, headers: response.headers, body: await textOf(response) };
  };
  try {
    return await within(answer(), timeout_ms, signal);
  } catch {
    return { status: 0 };
  } finally {
    // What is still under way would hold its connection, and the process.
    controller?.abort();
  }
}

/** The body's text, or null where it is longer than any answer. */
async function textOf(response: Awaited<ReturnType<FetchLike>>): Promise<string | null> {
  const stream = response.body as ByteStream | null | undefined;
  const { TextDecoder } = globalThis as HostGlobals;
  if (typeof stream?.getReader !== 'function' || !TextDecoder) return response.text();
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value as Uint8Array);
    size += (value as Uint8Array).length;
    if (!(size <= MOST_CHARACTERS)) {
      reader.cancel().catch(() => {});
      return null;
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(bytes);
}

/** As `work` settles; rejected where it takes longer than `ms`, if the host has timers, or the signal is aborted. */
export async function within<T>(
  work: Promise<T>,
  ms: number | undefined,
  signal: AbortSignalLike | undefined,
): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis as HostGlobals;
  let giveUp = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const race = Promise.race([work, givenUp]);
  const timer = ms === undefined ? ms : setTimeout?.(giveUp, ms);
  signal?.addEventListener?.('abort', giveUp);
  if (signal?.aborted) giveUp();
  try {
    return await race;
  } finally {
    clearTimeout?.(timer);
    signal?.removeEventListener?.('abort', giveUp);
  }
}
