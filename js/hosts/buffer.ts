/** The part of Node's Buffer that is used where a host has it: its own code, compiled, and at hand when a process starts. */
export interface NodeBuffer extends Uint8Array<ArrayBuffer> {
  latin1Slice(start: number, end: number): string;
}

interface BufferClass {
  from(text: string, encoding: 'base64'): NodeBuffer;
  from(memory: ArrayBuffer, offset: number, length: number): NodeBuffer;
  readonly prototype: { readonly latin1Slice?: unknown };
}

/** Node's, Deno's or Bun's Buffer; undefined elsewhere. */
export function hostBuffer(): BufferClass | undefined {
  const { Buffer } = globalThis as { Buffer?: BufferClass };
  return typeof Buffer?.from === 'function' && typeof Buffer.prototype?.latin1Slice === 'function'
    ? Buffer
    : undefined;
}
