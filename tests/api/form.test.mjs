// Form encoding against the real stripe package: its fetch client shows the body that it would send.
import { readFileSync } from 'node:fs';
import { BillonceError, encodeForm } from 'billonce';
import fc from 'fast-check';
import Stripe from 'stripe';
import { expect, test } from 'vitest';

let sent;
const stripe = new Stripe('sk_test_none', {
  httpClient: Stripe.createFetchHttpClient(async (_url, init) => {
    sent = init.body;
    return new Response('{}', { headers: { 'content-type': 'application/json' } });
  }),
});
const bodyOfStripe = async (params) => {
  await stripe.rawRequest('POST', '/v1/charges', params);
  return sent ?? '';
};

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/stripe-form.json', import.meta.url), 'utf8'));
const withBody = vectors.filter(({ body }) => body !== undefined);

test.each(withBody.map((vector) => [vector.name, vector]))('vector: %s', (_, { params, paramsJs, body }) => {
  // The literals are the vectors' own, for what JSON cannot say: NaN, -0, Infinity.
  expect(encodeForm(paramsJs ? new Function(`return ${paramsJs}`)() : params)).toBe(body);
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'a[b]',
    '[]',
    '[',
    'a]b',
    '0[1]',
    "!*()'",
    '%',
    '%5B',
    '+',
    ' ',
    '&=',
    '\u{10ffff}',
    '\u0000',
    '\ufeff',
  ),
);
/** Names that arrays have for their elements, in any order: JavaScript sorts them before all others. */
const name = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.nat(20).map(String),
  fc.constantFrom(
    '4294967294',
    '4294967295',
    '-1',
    '01',
    '1e3',
    'length',
    'constructor',
    'toString',
    'hasOwnProperty',
  ),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e21,
    -1e21,
    1e-7,
    5e-324,
    Number.MAX_VALUE,
    2 ** 53,
    0.1 + 0.2,
  ),
);
const bigint = fc.oneof(fc.bigInt(), fc.bigInt({ min: -(2n ** 400n), max: 2n ** 400n }));
const leaf = fc.oneof(
  text,
  number,
  bigint,
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date(),
  fc.constant(new Date(Number.NaN)),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    tie('map'),
    tie('sparse'),
  ),
  map: fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: false }),
  sparse: fc.sparseArray(tie('tree'), { maxNumElements: 3, maxLength: 6, noTrailingHole: false }),
}));

// stripe-node copies the parameters by Object.assign on the way, which loses an own `__proto__` at the top.
const params = fc.dictionary(
  name.filter((name) => name !== '__proto__'),
  tree,
  { maxKeys: 5 },
);

/** What kinds of value stand in a tree, so that a generator that forgets one is noticed. */
function kindsIn(value, at = 'top', found = new Set()) {
  if (Array.isArray(value)) {
    found.add(value.length ? 'list' : 'empty list');
    for (let index = 0; index < value.length; index++) {
      if (index in value) kindsIn(value[index], 'list', found);
      else found.add('hole');
    }
  } else if (value instanceof Date) found.add(Number.isNaN(value.getTime()) ? 'invalid date' : 'date');
  else if (value !== null && typeof value === 'object') {
    const names = Object.keys(value);
    found.add(names.length ? `map in ${at}` : 'empty map');
    if (Object.getPrototypeOf(value) === null) found.add('no prototype');
    for (const name of names) {
      if (/[[\]]/.test(name)) found.add('brackets in a name');
      if (/^\d+$/.test(name)) found.add('a number as a name');
      kindsIn(value[name], 'map', found);
    }
  } else if (typeof value === 'number') {
    found.add(
      Number.isSafeInteger(value) ? 'integer' : Number.isFinite(value) ? 'other number' : 'no number',
    );
  } else if (typeof value === 'string') {
    found.add(value === '' ? 'no text' : /[^\x20-\x7e]/.test(value) ? 'unicode' : 'text');
  } else found.add(value === null ? 'null' : typeof value);
  return found;
}

test('30,000 random parameter trees are encoded as stripe-node encodes them', async () => {
  const found = new Set();
  await fc.assert(
    fc.asyncProperty(params, async (params) => {
      expect(encodeForm(params)).toBe(await bodyOfStripe(params));
      kindsIn(params, 'top', found);
    }),
    { numRuns: 30_000 },
  );
  const wanted = `list,empty list,hole,date,invalid date,map in top,map in list,map in map,empty map,no prototype,brackets in
    a name,a number as a name,integer,other number,no number,no text,unicode,text,null,undefined,boolean,bigint`;
  expect([...found].sort()).toEqual(wanted.replace(/\s+/g, ' ').split(',').sort());
}, 180_000);

test.each([
  ['text', { a: '\ud800' }],
  ['text, inside', { a: { b: ['x\udc00y'] } }],
  ['a name', { metadata: { '\udfff': 1 } }],
])('half a surrogate pair in %s is refused by both', async (_, params) => {
  await expect(bodyOfStripe(params)).rejects.toThrow(URIError);
  expect(() => encodeForm(params)).toThrow(BillonceError);
});
