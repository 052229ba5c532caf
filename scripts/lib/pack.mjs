// The other end of js/paste/unpack.ts.
import lzma from 'lzma/src/lzma_worker.js';

const SPECIAL = '"&\'<>\\`{}';
const DIGITS = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).filter(
  (character) => !SPECIAL.includes(character),
);

/** Of LZMA's header, which unpack knows, and the zero that every stream begins with. */
const HEADER = 14;
/** lc=3, lp=0, pb=2, as one byte. */
const PROPERTIES = 93;
/** lzma's own name for its best but one; for some hundred kilobytes the best gives no less. */
const MODE = 7;

/** Bytes as short text: LZMA, then five characters for four bytes. */
export function pack(bytes) {
  const stream = Uint8Array.from(lzma.LZMA.compress([...bytes], MODE));
  if (stream[0] !== PROPERTIES || stream[HEADER - 1] !== 0) {
    throw new Error('lzma has other settings than unpack');
  }
  const body = stream.subarray(HEADER);
  const padded = new Uint8Array(Math.ceil(body.length / 4) * 4);
  padded.set(body);
  const view = new DataView(padded.buffer);
  let text = '';
  for (let at = 0; at < padded.length; at += 4) {
    const group = view.getUint32(at);
    for (let place = 85 ** 4; place >= 1; place /= 85) text += DIGITS[Math.floor(group / place) % 85];
  }
  return text;
}
