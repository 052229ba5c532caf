// A wasm's memory, read and written by the host's fastest means.
import { utf8Encoder } from './utf8.ts';

/** The part of Node's Buffer that is used where a host has it: its own code, compiled, and at hand when a process starts. */
interface NodeBuffer extends Uint8Array<ArrayBuffer> {
  latin1Slice(start: number, end: number): string;
}

interface BufferClass {
  from(text: string, encoding: 'base64'): NodeBuffer;
  from(memory: ArrayBuffer, offset: number, length: number): NodeBuffer;
  readonly prototype: { readonly latin1Slice?: unknown };
}

type Decoder = { decode(bytes: Uint8Array): string };
type Globals = { Buffer?: BufferClass; TextDecoder?: new () => Decoder };

/** Node's, Deno's or Bun's Buffer; undefined elsewhere. */
export function hostBuffer(): BufferClass | undefined {
  const { Buffer } = globalThis as Globals;
  return typeof Buffer?.from === 'function' && typeof Buffer.prototype?.latin1Slice === 'function'
    ? Buffer
    : undefined;
}

const PAGE = 65_536;
/** How many arguments every host takes. */
const AT_ONCE = 4096;

let decoder: Decoder | undefined;

/** The memory of one instance. Growing it makes a new view, so nobody may keep one over a call. */
export class Memory {
  private view: Uint8Array<ArrayBuffer> | NodeBuffer;

  constructor(private readonly memory: WebAssembly.Memory) {
    this.view = this.look();
  }

  bytes(): Uint8Array<ArrayBuffer> {
    // The view of a memory that has grown since is detached, and of length 0.
    if (this.view.length === 0) this.view = this.look();
    return this.view;
  }

  /** The bytes, of which there are at least `length`. */
  bytesOf(length: number): Uint8Array<ArrayBuffer> {
    const missing = length - this.bytes().length;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return this.bytes();
  }

  /** ASCII text. */
  text(start: number, end: number): string {
    const bytes = this.bytes();
    if ('latin1Slice' in bytes) return (bytes as NodeBuffer).latin1Slice(start, end);
    const { TextDecoder } = globalThis as Globals;
    // Looked for at its first use; the V8 isolate of a Code step has none.
    decoder ??= TextDecoder && new TextDecoder();
    if (decoder) return decoder.decode(bytes.subarray(start, end));
    let text = '';
    for (let from = start; from < end; from += AT_ONCE) {
      text += String.fromCharCode(...bytes.subarray(from, Math.min(from + AT_ONCE, end)));
    }
    return text;
  }

  private look(): Uint8Array<ArrayBuffer> | NodeBuffer {
    const { buffer } = this.memory;
    return hostBuffer()?.from(buffer, 0, buffer.byteLength) ?? new Uint8Array(buffer);
  }
}

/** Writes text as UTF-8 and answers with its end. `bytes` must have room for three bytes of each character. */
export function writeText(text: string, bytes: Uint8Array, at: number): number {
  const { length } = text;
  let end = at;
  // Most text is short and ASCII, which a loop writes faster than an encoder.
  if (length < 48) {
    for (let from = 0; from < length; from++) {
      const unit = text.charCodeAt(from);
      if (unit > 0x7f) break;
      bytes[end++] = unit;
    }
  }
  return end - at === length ? end : at + utf8Encoder().encodeInto(text, bytes.subarray(at)).written;
}
