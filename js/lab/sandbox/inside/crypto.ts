// Of node:crypto and the global `crypto` what billing steps use. Random bytes come from the world's chance.
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { Buffer, encoded, utf8, viewOf } from './bytes.ts';

const HASHES = { md5, sha1, sha256, sha384, sha512 };
type Input = string | ArrayBufferView | ArrayBuffer;

function hashOf(name: string) {
  const hash = HASHES[String(name).toLowerCase().replace('-', '') as keyof typeof HASHES];
  if (hash) return hash;
  throw new Error(`the lab has no digest ${String(name)}: it has ${Object.keys(HASHES).join(', ')}`);
}

const bytesOf = (input: Input, encoding?: string): Uint8Array =>
  typeof input === 'string' ? (encoding ? Buffer.from(input, encoding) : utf8(input)) : viewOf(input);

interface Running {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** What createHash and createHmac give. */
function digester(running: Running) {
  const made = {
    update(input: Input, encoding?: string) {
      running.update(bytesOf(input, encoding));
      return made;
    },
    digest(encoding?: string) {
      const bytes = running.digest();
      return encoding === undefined || encoding === 'buffer' ? Buffer.from(bytes) : encoded(bytes, encoding);
    },
  };
  return made;
}

/** @param random An integer from 0, below the limit. */
export function cryptoBy(random: (below: number) => number) {
  const randomBytes = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = random(256);
    return bytes;
  };
  const randomUUID = (): string => {
    const bytes = randomBytes(16);
    bytes[6] = ((bytes[6] as number) & 15) | 64;
    bytes[8] = ((bytes[8] as number) & 63) | 128;
    return encoded(bytes, 'hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    viewOf(array).set(randomBytes(array.byteLength));
    return array;
  };
  const subtle = {
    digest: async (name: string | { name: string }, input: Input): Promise<ArrayBuffer> => {
      const digest = hashOf(typeof name === 'string' ? name : name.name)(bytesOf(input));
      return Uint8Array.from(digest).buffer;
    },
  };
  const webcrypto = { randomUUID, getRandomValues, subtle };
  const node = {
    createHash: (name: string) => digester(hashOf(name).create()),
    createHmac: (name: string, key: Input) => digester(hmac.create(hashOf(name), bytesOf(key))),
    randomBytes,
    randomUUID,
    randomInt: (least: number, limit?: number) =>
      limit === undefined ? random(least) : least + random(limit - least),
    getRandomValues,
    timingSafeEqual: (a: ArrayBufferView, b: ArrayBufferView) => Buffer.from(a).equals(viewOf(b)),
    webcrypto,
    subtle,
  };
  return { node, webcrypto };
}
