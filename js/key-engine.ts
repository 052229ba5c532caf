// The wasm of the per-key path, started at the first key.
import { keysModule } from './hosts/inline.ts';
import { attempt, type Running, start } from './instance.ts';

/** What src/keys.rs exports. */
interface Keys {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  input_size(): number;
  output_pointer(): number;
  most_keys(): number;
  keys_of_records(length: number, count: number): number;
}

let running: Running<Keys> | undefined;

export function keys(): Running<Keys> {
  running ??= start(keysModule);
  return running;
}

/** Makes the keys of the records written, and answers with how many. */
export function makeKeys(length: number, count: number): number {
  const { wasm } = keys();
  return attempt(() => wasm.keys_of_records(length, count), forget);
}

function forget(): void {
  running = undefined;
}
