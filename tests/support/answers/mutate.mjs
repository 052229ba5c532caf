// What can become of an answer on its way: a few random changes, first to what it says, then to its text.

const WORDS = [
  'succeeded', 'failed', 'canceled', 'pending', 'requires_action', 'requires_payment_method', 'requires_capture', 'open',
  'paid', 'draft', 'void', 'charge', 'payment_intent', 'refund', 'customer', 'setup_intent', 'invoice', 'list', 'error',
  'card_error', 'card_declined', 'idempotency_error', 'idempotency_key_in_use', 'lock_timeout', 'rate_limit', 'cap',
  'daily_usd_cap_exceeded', 'endpoint_not_allowed', 'revoked', '', '\ud800', '\u0000', '__proto__', 'ch_1', 'cus_1',
]; // biome-ignore format: a list of words
const NAMES = [
  'error',
  'object',
  'status',
  'paid',
  'captured',
  'id',
  'code',
  'type',
  'failure_code',
  '__proto__',
  'x',
];
const LEAVES = [null, true, false, 0, 1, -1, 4900, 1e21, 0.5];

/** @returns {string} the text that arrives */
export function mutate(body, changes, random) {
  let value = structuredClone(body);
  for (let left = changes; left > 0; left--) value = random.pick(TREE)(value, random);
  let text = JSON.stringify(value);
  if (random.chance(0.3)) text = random.pick(TEXT)(text, random);
  return text;
}

const something = (random) =>
  random.pick([
    () => random.pick(WORDS),
    () => random.pick(LEAVES),
    () => ({ [random.pick(NAMES)]: random.pick(WORDS) }),
    () => [random.pick(WORDS)],
    () => nested(random.below(200)),
  ])();

function nested(depth) {
  let value = [];
  for (let left = depth; left > 0; left--) value = left % 2 ? [value] : { error: value };
  return value;
}

/** Some object inside, most often the outermost, where what matters stands. */
function someObject(value, random) {
  const inside = Object.values(value).filter((it) => it !== null && typeof it === 'object');
  return inside.length > 0 && random.chance(0.3) ? someObject(random.pick(inside), random) : value;
}

const atObject = (change) => (value, random) => {
  if (value === null || typeof value !== 'object') return value;
  change(someObject(value, random), random);
  return value;
};
const someName = (object, random) => random.pick(Object.keys(object)) ?? 'x';
const set = (object, name, value) =>
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });

const TREE = [
  atObject((object, random) => delete object[someName(object, random)]),
  atObject((object, random) => delete object[random.pick(NAMES)]),
  atObject((object, random) => set(object, someName(object, random), something(random))),
  atObject((object, random) => set(object, random.pick(NAMES), something(random))),
  atObject((object, random) => set(object, random.pick(NAMES), random.pick(WORDS))),
  atObject((object, random) => {
    const [one, other] = [someName(object, random), someName(object, random)];
    [object[one], object[other]] = [object[other], object[one]];
  }),
  atObject((object, random) => {
    const name = someName(object, random);
    set(object, random.pick([name.toUpperCase(), `${name} `, name.slice(1)]), object[name]);
    delete object[name];
  }),
  (value) => [value],
  (value) => ({ data: value }),
  (value) => ({ error: value }),
  (value) => ({ error: { charge: value, code: 'card_declined' } }),
  (value) => ({ ...value, error: 'daily_usd_cap_exceeded' }),
  (value) => JSON.stringify(value),
];

const cut = (text, random) => random.below(text.length + 1);
const TEXT = [
  (text, random) => text.slice(0, cut(text, random)),
  (text, random) => text.slice(cut(text, random)),
  (text, random) => {
    const at = cut(text, random);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  (text, random) => {
    const at = cut(text, random);
    return text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
  },
  (text, random) => {
    const at = cut(text, random);
    return (
      text.slice(0, at) + random.pick(['"', '}', '{', ',', '\n', 'null', '<html>', '\ufeff']) + text.slice(at)
    );
  },
  (text) => text + text,
  (text) => `<html><body>${text}</body></html>`,
  () => '',
];
