// One instance of a wasm: how it is started, called and understood. Which wasm that is, key-engine.ts, engine.ts and edge/rules.ts know.
import type { Tree } from './door.ts';
import { BillonceError } from './error.ts';
import { Memory } from './hosts/memory.ts';
import type { ErrorCode } from './types.ts';
import { writeTrees } from './wire.ts';

/** What src/calls.rs exports. */
export interface Callable {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  reply_length(): number;
  end_call(): void;
}

/** Where rules read the table of endpoints. */
export interface ReadsEndpoints {
  readonly memory: WebAssembly.Memory;
  endpoints_pointer(): number;
}

/** A rule takes the length of its input and answers with the address of its reply. */
export type Rule = (length: number) => number;

/** A wasm that has been started. */
export interface Running<Exports> {
  readonly wasm: Exports;
  readonly memory: Memory;
}

export function start<Exports extends { memory: WebAssembly.Memory }>(
  module: () => WebAssembly.Module,
): Running<Exports> {
  if (typeof WebAssembly === 'undefined') {
    throw new BillonceError('host_unsupported', 'host', 'host has no WebAssembly, which billonce needs');
  }
  try {
    const wasm = new WebAssembly.Instance(module()).exports as Exports;
    return { wasm, memory: new Memory(wasm.memory) };
  } catch (cause) {
    const why = (cause as Error)?.message ?? cause;
    const csp = "a page with a Content-Security-Policy needs 'wasm-unsafe-eval' in its script-src";
    const worker = "a Worker needs the package's workerd condition, which its own bundler sets";
    const message = `host refused to compile WebAssembly (${why}): ${csp}; ${worker}`;
    throw new BillonceError('host_unsupported', 'host', message);
  }
}

/** Rules with their table of endpoints, which stands outside of the wasm: it would be a fifth of it. */
export function startRules<Exports extends ReadsEndpoints>(
  module: () => WebAssembly.Module,
  endpointTable: () => Uint8Array,
): Running<Exports> {
  const running = start<Exports>(module);
  running.memory.bytes().set(endpointTable(), running.wasm.endpoints_pointer());
  return running;
}

/** Calls a rule with trees, and answers with the address of its reply. */
export const callRule =
  <Name extends string>(rule: Name, trees: readonly Tree[]) =>
  ({ wasm, memory }: Running<Callable & Record<Name, Rule>>): number =>
    wasm[rule](writeTrees(trees, memory, wasm.input_pointer()));

/** One call, and the text of its reply. Whatever throws here is a defect. */
export function replyTo<Exports extends Callable>(
  running: Running<Exports>,
  call: (running: Running<Exports>) => number,
): string {
  const { wasm, memory } = running;
  const at = call(running);
  const reply = memory.text(at, at + wasm.reply_length());
  wasm.end_call();
  return reply;
}

/** What a reply says: an answer's JSON, or behind a `-` a refusal's, which is thrown as a BillonceError. */
export function understood(reply: string): unknown {
  if (reply[0] !== '-') return JSON.parse(reply);
  const [code, field, message] = JSON.parse(reply.slice(1)) as [ErrorCode, string, string];
  throw new BillonceError(code, field, message);
}

/** A call into the wasm. Should it ever trap, the instance is spent: it is forgotten, and the next call gets a new one. */
export function attempt<T>(call: () => T, forget: () => void): T {
  try {
    return call();
  } catch (cause) {
    forget();
    const { name } = cause as Error;
    const message = `billonce failed on this input (${name}), which is a defect of its own; please report it`;
    throw new BillonceError('internal_error', 'billonce', message);
  }
}
