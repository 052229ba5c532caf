// UTF-8 by the host's own TextDecoder and TextEncoder, or by hand in the V8 isolate of a Code step, which has neither.
// No global is touched.

class Utf8Decoder {
  decode(bytes: Uint8Array): string {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
      const lead = bytes[at++] as number;
      const more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      let point = more === 0 ? lead : lead & (0x3f >> more);
      for (let left = more; left > 0; left--) point = (point << 6) | ((bytes[at++] as number) & 0x3f);
      text += String.fromCodePoint(point);
    }
    return text;
  }
}

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

type Globals = { TextDecoder?: typeof Utf8Decoder; TextEncoder?: typeof Utf8Encoder };

let decoder: Utf8Decoder | undefined;
let encoder: Utf8Encoder | undefined;

/** One decoder for the whole package. The host's is looked for at its first use: in Node that alone loads it. */
export function utf8Decoder(): Utf8Decoder {
  decoder ??= new ((globalThis as Globals).TextDecoder ?? Utf8Decoder)();
  return decoder;
}

/** One encoder for the whole package, likewise. */
export function utf8Encoder(): Utf8Encoder {
  encoder ??= new ((globalThis as Globals).TextEncoder ?? Utf8Encoder)();
  return encoder;
}
