import { hostBuffer } from './memory.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What the build wrote into the JavaScript. By hand where there is no Buffer, since the isolate has no `atob` either. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return hostBuffer()?.from(text, 'base64') ?? decodeByHand(text);
}

function decodeByHand(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let at = 0; at < 64; at++) values[ALPHABET.charCodeAt(at)] = at;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let from = 0, to = 0; from < text.length; from += 4) {
    let group = 0;
    for (let at = from; at < from + 4; at++) group = (group << 6) | (values[text.charCodeAt(at)] as number);
    bytes[to++] = group >> 16;
    bytes[to++] = group >> 8;
    bytes[to++] = group;
  }
  return bytes;
}
