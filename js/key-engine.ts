// The wasm of the per-key path, started at the first key.

import { keysModule } from './hosts/inline.ts';
import type { Memory } from './hosts/memory.ts';
import { attempt, start } from './instance.ts';

/** What src/keys.rs exports. */
interface Keys {
  readonly memory: WebAssembly.Memory;
  input_pointer(): number;
  input_size(): number;
  output_pointer(): number;
  most_keys(): number;
  keys_of_records(length: number, count: number): number;
}

/** The wasm with its buffers, which stay where they are: asking for them is a call each. */
export interface KeyEngine {
  readonly wasm: Keys;
  readonly memory: Memory;
  readonly input: number;
  readonly inputEnd: number;
  readonly output: number;
  readonly mostKeys: number;
}

let running: KeyEngine | undefined;

export function keyEngine(): KeyEngine {
  running ??= started();
  return running;
}

function started(): KeyEngine {
  const { wasm, memory } = start<Keys>(keysModule);
  const input = wasm.input_pointer();
  return {
    wasm,
    memory,
    input,
    inputEnd: input + wasm.input_size(),
    output: wasm.output_pointer(),
    mostKeys: wasm.most_keys(),
  };
}

/** Makes the keys of the records written, and answers with how many. */
export function makeKeys({ wasm }: KeyEngine, length: number, count: number): number {
  return attempt(() => wasm.keys_of_records(length, count), forget);
}

function forget(): void {
  running = undefined;
}
