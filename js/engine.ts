// The two wasm files, each started at the first call that needs it: a Code step loads the package anew for every run.
import { __wbg_reset_state, initSync } from '#glue';
import type { Tree } from './door.ts';
import { BillonceError } from './error.ts';
import { keysModule, rulesModule } from './hosts/inline.ts';
import { utf8Decoder } from './hosts/utf8.ts';
import type { ErrorCode } from './types.ts';
import { withEncoded } from './wire.ts';

/** What src/keys.rs exports. */
export interface Keys {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  input_size(): number;
  output_pointer(): number;
  most_keys(): number;
  keys_of_records(length: number): number;
}

let keysRunning: Keys | undefined;
let rulesRunning: ReturnType<typeof initSync> | undefined;

/** The per-key path. */
export function keys(): Keys {
  keysRunning ??= start(() => new WebAssembly.Instance(keysModule()).exports as Keys);
  return keysRunning;
}

/** The exports of src/wasm.rs; wasm-bindgen's functions around them are those of `#glue`. */
export function startRules(): ReturnType<typeof initSync> {
  rulesRunning ??= start(() => initSync({ module: rulesModule() }));
  return rulesRunning;
}

function start<Exports>(instantiate: () => Exports): Exports {
  if (typeof WebAssembly === 'undefined') {
    throw new BillonceError('host_unsupported', 'host', 'host has no WebAssembly, which billonce needs');
  }
  try {
    return instantiate();
  } catch (cause) {
    const why = (cause as Error)?.message ?? cause;
    const csp = "a page with a Content-Security-Policy needs 'wasm-unsafe-eval' in its script-src";
    const worker = "a Worker needs the package's workerd condition, which its own bundler sets";
    const message = `host refused to compile WebAssembly (${why}): ${csp}; ${worker}`;
    throw new BillonceError('host_unsupported', 'host', message);
  }
}

/** Asks one of wasm-bindgen's functions, which take trees as bytes. What it refuses is thrown as a BillonceError. */
export function ask(rule: (input: Uint8Array) => Uint8Array, ...trees: Tree[]): unknown {
  startRules();
  return reply(withEncoded(trees, (bytes) => attempt(() => rule(bytes))));
}

/** A call into the wasm. Should it ever trap, the instances are spent: the next call gets new ones. */
export function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    keysRunning = undefined;
    if (rulesRunning) __wbg_reset_state();
    rulesRunning = undefined;
    const { name } = cause as Error;
    const message = `billonce failed on this input (${name}), which is a defect of its own; please report it`;
    throw new BillonceError('internal_error', 'billonce', message);
  }
}

/** A reply of src/wasm.rs: an answer's JSON, or that of a refusal behind a `-`. */
export function reply(bytes: Uint8Array): unknown {
  const text = utf8Decoder().decode(bytes);
  if (text[0] !== '-') return JSON.parse(text);
  const { code, field, message } = JSON.parse(text.slice(1)) as {
    code: ErrorCode;
    field: string;
    message: string;
  };
  throw new BillonceError(code, field, message);
}
