// Texts and bytes: TextEncoder, TextDecoder, atob, btoa, and of Node's Buffer what billing steps use.

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const character of text) {
    const given = character.codePointAt(0) as number;
    const point = given >= 0xd800 && given <= 0xdfff ? 0xfffd : given;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000)
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
  }
  return Uint8Array.from(bytes);
}

/** What is not UTF-8 becomes a replacement character, byte by byte. */
export function fromUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const size = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
    const rest = bytes.subarray(at + 1, at + size);
    if (size === 0 || rest.length !== size - 1 || rest.some((byte) => byte >> 6 !== 2)) {
      text += '\ufffd';
      at++;
      continue;
    }
    let point = size === 1 ? first : first & (0x7f >> size);
    for (const byte of rest) point = (point << 6) | (byte & 63);
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
    at += size;
  }
  return text;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(group & 63) : '=';
  }
  return text;
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = [...text.replaceAll('-', '+').replaceAll('_', '/')]
    .map((digit) => ALPHABET.indexOf(digit))
    .filter((value) => value >= 0);
  const bytes: number[] = [];
  for (let at = 0; at + 1 < digits.length; at += 4) {
    const [a = 0, b = 0, c, d] = digits.slice(at, at + 4);
    bytes.push((a << 2) | (b >> 4));
    if (c !== undefined) bytes.push(((b & 15) << 4) | (c >> 2));
    if (c !== undefined && d !== undefined) bytes.push(((c & 3) << 6) | d);
  }
  return Uint8Array.from(bytes);
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));

const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 255);
const fromLatin1 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

export function atob(text: string): string {
  const bare = String(text).replace(/[\t\n\f\r ]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bare) || bare.replaceAll('=', '').length % 4 === 1) {
    throw new Error('The string to be decoded is not correctly encoded.');
  }
  return fromLatin1(fromBase64(bare));
}

export function btoa(text: string): string {
  if (/[^\0-\xff]/.test(String(text))) throw new Error('Invalid character');
  return toBase64(latin1(String(text)));
}

export class TextEncoder {
  readonly encoding = 'utf-8';
  encode(text = ''): Uint8Array {
    return utf8(String(text));
  }
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } {
    const all = utf8(text);
    if (all.length > bytes.length) throw new RangeError('the buffer is too small');
    bytes.set(all);
    return { read: text.length, written: all.length };
  }
}

export class TextDecoder {
  readonly encoding = 'utf-8';
  decode(bytes: ArrayBuffer | ArrayBufferView = new Uint8Array()): string {
    return fromUtf8(viewOf(bytes)).replace(/^\uFEFF/, '');
  }
}

export function viewOf(bytes: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

type Encoding = string | undefined;

function decoded(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  switch ((encoding ?? 'utf8').toLowerCase().replace('-', '')) {
    case 'hex':
      return fromHex(text);
    case 'base64':
    case 'base64url':
      return fromBase64(text);
    case 'latin1':
    case 'binary':
    case 'ascii':
      return latin1(text);
    case 'utf8':
      return utf8(text);
    default:
      throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

export function encoded(bytes: Uint8Array, encoding: Encoding): string {
  switch ((encoding ?? 'utf8').toLowerCase().replace('-', '')) {
    case 'hex':
      return toHex(bytes);
    case 'base64':
      return toBase64(bytes);
    case 'base64url':
      return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    case 'latin1':
    case 'binary':
    case 'ascii':
      return fromLatin1(bytes);
    case 'utf8':
      return fromUtf8(bytes);
    default:
      throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

export class Buffer extends Uint8Array {
  static override from(value: unknown, encoding?: unknown): Buffer {
    const bytes =
      typeof value === 'string'
        ? decoded(value, encoding as Encoding)
        : value instanceof ArrayBuffer || ArrayBuffer.isView(value)
          ? viewOf(value)
          : Uint8Array.from(value as Iterable<number>);
    const made = new Buffer(bytes.length);
    made.set(bytes);
    return made;
  }
  static alloc(size: number): Buffer {
    return new Buffer(size);
  }
  static isBuffer(value: unknown): boolean {
    return value instanceof Buffer;
  }
  static byteLength(value: string | Uint8Array, encoding?: string): number {
    return typeof value === 'string' ? decoded(value, encoding).length : value.byteLength;
  }
  static concat(parts: Uint8Array[]): Buffer {
    return Buffer.from(parts.flatMap((part) => [...part]));
  }
  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((byte, at) => byte === other[at]);
  }
  override toString(encoding?: string, start = 0, end = this.length): string {
    return encoded(this.subarray(start, end), encoding);
  }
  toJSON(): unknown {
    return { type: 'Buffer', data: [...this] };
  }
}
