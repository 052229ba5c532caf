// The compiled rules: started at the first call, since a Code step loads the package anew for every run.
import * as glue from '#glue';
import type { Tree } from './door.ts';
import { BillonceError } from './error.ts';
import { wasmModule } from './hosts/inline.ts';
import { TextDecoder } from './hosts/utf8.ts';
import type { ErrorCode } from './types.ts';
import { withEncoded } from './wire.ts';

type Exports = ReturnType<typeof glue.initSync>;

let running: Exports | undefined;

/** The wasm exports, instantiated on first use. */
export function engine(): Exports {
  running ??= start();
  return running;
}

function start(): Exports {
  if (typeof WebAssembly === 'undefined') {
    throw new BillonceError('host_unsupported', 'host', 'host has no WebAssembly, which billonce needs');
  }
  try {
    return glue.initSync({ module: wasmModule() });
  } catch (cause) {
    const advice = "; where a Content-Security-Policy is set, add 'wasm-unsafe-eval' to its script-src";
    const message = `host refused to compile WebAssembly${advice} (${(cause as Error)?.message ?? cause})`;
    throw new BillonceError('host_unsupported', 'host', message);
  }
}

/** The rules that take trees and answer in JSON. */
type Rule =
  | 'idempotency_key'
  | 'encode_form'
  | 'build_request'
  | 'precheck'
  | 'classify_response'
  | 'check_guard'
  | 'charge';

/** Asks a rule. What it refuses is thrown as a BillonceError. */
export function ask(rule: Rule, ...trees: Tree[]): unknown {
  return reply(withEncoded(trees, (bytes) => attempt(() => rules()[rule](bytes))));
}

/** A call into the wasm. Should the rules ever trap, their instance is spent: the next call gets a new one. */
export function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    glue.__wbg_reset_state();
    running = undefined;
    const { name } = cause as Error;
    const message = `billonce failed on this input (${name}), which is a defect of its own; please report it`;
    throw new BillonceError('internal_error', 'billonce', message);
  }
}

/** wasm-bindgen's functions, which take and give bytes. */
export function rules(): typeof glue {
  engine();
  return glue;
}

/** A reply of src/wasm.rs: an answer's JSON, or that of a refusal behind a `-`. */
export function reply(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  if (text[0] !== '-') return JSON.parse(text);
  const { code, field, message } = JSON.parse(text.slice(1)) as {
    code: ErrorCode;
    field: string;
    message: string;
  };
  throw new BillonceError(code, field, message);
}

const utf8 = new TextDecoder();
