// The two wasm files, each started at the first call that needs it: a Code step loads the package anew for every run.
import type { Tree } from './door.ts';
import { BillonceError } from './error.ts';
import { endpointTable, keysModule, rulesModule } from './hosts/inline.ts';
import { Memory } from './hosts/memory.ts';
import type { ErrorCode } from './types.ts';
import { writeTrees } from './wire.ts';

/** What src/keys.rs exports. */
interface Keys {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  input_size(): number;
  output_pointer(): number;
  most_keys(): number;
  keys_of_records(length: number, count: number): number;
}

/** A rule takes the length of its input and answers with the address of its reply. */
type Rule = (length: number) => number;
export type RuleName =
  | 'idempotency_key'
  | 'encode_form'
  | 'build_request'
  | 'precheck'
  | 'classify_response'
  | 'send_options'
  | 'check_guard'
  | 'prepare'
  | 'admit'
  | 'minor_units'
  | 'unix_seconds';

/** What src/wasm.rs exports. */
interface Rules extends Record<RuleName, Rule> {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  endpoints_pointer(): number;
  reply_length(): number;
  end_call(): void;
  check_vault_key(length: number, allowRawKey: boolean): number;
}

/** A wasm that has been started. */
export interface Running<Exports> {
  readonly wasm: Exports;
  readonly memory: Memory;
}

let keysRunning: Running<Keys> | undefined;
let rulesRunning: Running<Rules> | undefined;

/** The per-key path. */
export function keys(): Running<Keys> {
  keysRunning ??= start(keysModule);
  return keysRunning;
}

function rules(): Running<Rules> {
  rulesRunning ??= withEndpoints(start(rulesModule));
  return rulesRunning;
}

/** The rules with their table of endpoints, which stands outside of the wasm: it would be a fifth of it. */
function withEndpoints(running: Running<Rules>): Running<Rules> {
  running.memory.bytes().set(endpointTable(), running.wasm.endpoints_pointer());
  return running;
}

function start<Exports extends { memory: WebAssembly.Memory }>(
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

/** Asks one of the rules. What it refuses is thrown as a BillonceError. */
export function ask(rule: RuleName, ...trees: Tree[]): unknown {
  return call(({ wasm, memory }) => wasm[rule](writeTrees(trees, memory, wasm.input_pointer())));
}

/** Asks whether a vault key can be one. It crosses alone, as it is; a header takes ASCII, so anything else is refused there. */
export function askVaultKey(key: string, allowRawKey: boolean): void {
  call(({ wasm, memory }) => {
    const start = wasm.input_pointer();
    const { length } = key;
    const bytes = memory.bytesOf(start + length);
    for (let at = 0; at < length; at++) bytes[start + at] = Math.min(key.charCodeAt(at), 0x80);
    return wasm.check_vault_key(length, allowRawKey);
  });
}

/** One call into the rules, and its reply: an answer's JSON, or that of a refusal behind a `-`. */
function call(use: (running: Running<Rules>) => number): unknown {
  const running = rules();
  const { wasm, memory } = running;
  const text = attempt(() => {
    const at = use(running);
    const reply = memory.text(at, at + wasm.reply_length());
    wasm.end_call();
    return reply;
  });
  if (text[0] !== '-') return JSON.parse(text);
  const { code, field, message } = JSON.parse(text.slice(1)) as {
    code: ErrorCode;
    field: string;
    message: string;
  };
  throw new BillonceError(code, field, message);
}

/** A call into the wasm. Should it ever trap, the instances are spent: the next call gets new ones. */
export function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    keysRunning = undefined;
    rulesRunning = undefined;
    const { name } = cause as Error;
    const message = `billonce failed on this input (${name}), which is a defect of its own; please report it`;
    throw new BillonceError('internal_error', 'billonce', message);
  }
}
