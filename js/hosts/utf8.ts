// UTF-8 by the host's own TextEncoder, or by hand in the V8 isolate of a Code step, which has none. No global is touched.

class Utf8Encoder {
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const point = character.codePointAt(0) as number;
      const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (written + size > bytes.length) break;
      if (size === 1) {
        bytes[written++] = point;
      } else {
        bytes[written++] = ((0xf00 >> size) & 0xff) | (point >> (6 * (size - 1)));
        for (let left = size - 2; left >= 0; left--) bytes[written++] = 0x80 | ((point >> (6 * left)) & 0x3f);
      }
      read += character.length;
    }
    return { read, written };
  }
}

let encoder: Utf8Encoder | undefined;

/** One encoder for the whole package. The host's is looked for at its first use: in Node that alone loads it. */
export function utf8Encoder(): Utf8Encoder {
  encoder ??= new ((globalThis as { TextEncoder?: typeof Utf8Encoder }).TextEncoder ?? Utf8Encoder)();
  return encoder;
}
