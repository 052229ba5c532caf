// What scripts/lib/pack.mjs packed: LZMA with lc=3, lp=0, pb=2, its header left out, as text of 85 characters. The names
// and the order of things are those of the LZMA specification.

/** What neither a string, JSON, HTML nor a flow's `{{…}}` has a use for: 85 of ASCII's printable characters. */
const SPECIAL = '"&\'<>\\`{}';

/** Each four bytes are five characters. */
function bytesOf(text: string): Uint8Array {
  const values: number[] = [];
  for (let unit = 33, value = 0; unit < 127; unit++) {
    if (!SPECIAL.includes(String.fromCharCode(unit))) values[unit] = value++;
  }
  const bytes = new Uint8Array((text.length / 5) * 4);
  for (let from = 0, to = 0; from < text.length; ) {
    let group = 0;
    for (const end = from + 5; from < end; from++)
      group = group * 85 + (values[text.charCodeAt(from)] as number);
    for (let shift = 24; shift >= 0; shift -= 8) bytes[to++] = group >>> shift;
  }
  return bytes;
}

// Where each kind of probability begins.
const IS_MATCH = 0;
const IS_REP = 192;
const IS_REP_G0 = 204;
const IS_REP_G1 = 216;
const IS_REP_G2 = 228;
const IS_REP0_LONG = 240;
const POS_SLOT = 432;
const POS_SPECIAL = 688;
const ALIGN = 816;
const LENGTH = 832;
const REP_LENGTH = 1154;
const LITERAL = 1476;
const ALL = 7620;

/** The `size` bytes that were packed. */
export function unpack(text: string, size: number): Uint8Array<ArrayBuffer> {
  const packed = bytesOf(text);
  const out = new Uint8Array(size);
  const probabilities = new Uint16Array(ALL).fill(1024);
  let next = 0;
  let range = 2 ** 32 - 1;
  let code = 0;
  const more = () => {
    code = code * 256 + (packed[next++] as number);
  };
  for (let left = 4; left > 0; left--) more();

  const normalize = () => {
    if (range < 0x1000000) {
      range *= 256;
      more();
    }
  };
  const bit = (at: number) => {
    const probability = probabilities[at] as number;
    const bound = (range >>> 11) * probability;
    const one = code >= bound ? 1 : 0;
    if (one) {
      range -= bound;
      code -= bound;
      probabilities[at] = probability - (probability >> 5);
    } else {
      range = bound;
      probabilities[at] = probability + ((2048 - probability) >> 5);
    }
    normalize();
    return one;
  };
  const tree = (at: number, bits: number) => {
    let node = 1;
    for (let left = bits; left > 0; left--) node = node * 2 + bit(at + node);
    return node - (1 << bits);
  };
  const reverseTree = (at: number, bits: number) => {
    let value = 0;
    for (let node = 1, place = 0; place < bits; place++) {
      const digit = bit(at + node);
      node = node * 2 + digit;
      value += digit << place;
    }
    return value;
  };
  const direct = (bits: number) => {
    let value = 0;
    for (let left = bits; left > 0; left--) {
      range = Math.floor(range / 2);
      const one = code >= range ? 1 : 0;
      if (one) code -= range;
      value = value * 2 + one;
      normalize();
    }
    return value;
  };
  const length = (at: number, position: number) => {
    if (!bit(at)) return 2 + tree(at + 2 + position * 8, 3);
    return bit(at + 1) ? 18 + tree(at + 66, 8) : 10 + tree(at + 34 + position * 8, 3);
  };
  const distance = (count: number) => {
    const slot = tree(POS_SLOT + Math.min(count - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const start = (2 + (slot & 1)) * 2 ** bits;
    if (slot < 14) return start + reverseTree(POS_SPECIAL + start - slot, bits);
    return start + direct(bits - 4) * 16 + reverseTree(ALIGN, 4);
  };

  let state = 0;
  /** The four last distances, the last first. */
  const reps: [number, number, number, number] = [0, 0, 0, 0];
  for (let at = 0; at < size; ) {
    const position = at & 3;
    if (!bit(IS_MATCH + state * 16 + position)) {
      const probs = LITERAL + 768 * (((at ? out[at - 1] : 0) as number) >> 5);
      let symbol = 1;
      let match = state > 6 ? (out[at - reps[0] - 1] as number) : -1;
      while (symbol < 256) {
        const expected = (match >> 7) & 1;
        const digit = bit(probs + symbol + (match < 0 ? 0 : 256 + expected * 256));
        match = match < 0 || digit !== expected ? -1 : (match << 1) & 255;
        symbol = symbol * 2 + digit;
      }
      out[at++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count: number;
    if (bit(IS_REP + state)) {
      if (bit(IS_REP_G0 + state)) {
        const which = bit(IS_REP_G1 + state) ? 2 + bit(IS_REP_G2 + state) : 1;
        reps.unshift(...reps.splice(which, 1));
      } else if (!bit(IS_REP0_LONG + state * 16 + position)) {
        out[at] = out[at - reps[0] - 1] as number;
        at++;
        state = state < 7 ? 9 : 11;
        continue;
      }
      count = length(REP_LENGTH, position);
      state = state < 7 ? 8 : 11;
    } else {
      count = length(LENGTH, position);
      state = state < 7 ? 7 : 10;
      reps.pop();
      reps.unshift(distance(count));
    }
    for (; count > 0; count--, at++) out[at] = out[at - reps[0] - 1] as number;
  }
  return out;
}
