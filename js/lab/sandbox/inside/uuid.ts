// What `import { v4 } from 'uuid'` gives: v3 and v5 are made from a name, all others from chance and the time.
import { Buffer } from './bytes.ts';

interface Crypto {
  createHash(name: string): { update(bytes: Uint8Array): { digest(): Uint8Array } };
  randomBytes(size: number): Uint8Array;
}

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const URL = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const NIL = '00000000-0000-0000-0000-000000000000';

/** The package of the world's chance and clock. */
export function uuidBy({ createHash, randomBytes }: Crypto, now: () => number) {
  const written = (given: Uint8Array, version: number): string => {
    const bytes = Buffer.from(given.slice(0, 16));
    bytes[6] = ((bytes[6] as number) & 15) | (version << 4);
    bytes[8] = ((bytes[8] as number) & 63) | 128;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const named = (version: number, digest: string) =>
    Object.assign(
      (name: string, namespace: string) => {
        if (!SHAPE.test(namespace)) throw new TypeError('Invalid UUID');
        const bytes = Buffer.concat([
          Buffer.from(namespace.replaceAll('-', ''), 'hex'),
          Buffer.from(String(name)),
        ]);
        return written(createHash(digest).update(bytes).digest(), version);
      },
      { DNS, URL },
    );
  const chance = (version: number) => () => written(randomBytes(16), version);
  const timed = (version: number) => () => {
    const bytes = Buffer.from(randomBytes(16));
    for (let at = 0, left = now(); at < 6; at++) {
      bytes[5 - at] = left % 256;
      left = Math.floor(left / 256);
    }
    return written(bytes, version);
  };
  const made = {
    v1: timed(1),
    v3: named(3, 'md5'),
    v4: chance(4),
    v5: named(5, 'sha1'),
    v6: timed(6),
    v7: timed(7),
    validate: (text: unknown) => typeof text === 'string' && SHAPE.test(text),
    NIL,
  };
  return { ...made, default: made };
}
