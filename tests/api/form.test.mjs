// Form encoding against the real stripe package: its fetch client shows the body that it would send.
import { readFileSync } from 'node:fs';
import { encodeForm } from 'billonce';
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
  fc.constantFrom('a[b]', '[]', "!*()'", '%', '+', ' ', '\u{10ffff}'),
);
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: false }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    tie('map'),
    tie('sparse'),
  ),
  map: fc.dictionary(fc.oneof(text, fc.nat(20).map(String)), tie('tree'), { maxKeys: 4 }),
  sparse: fc.sparseArray(tie('tree'), { maxNumElements: 3, maxLength: 6 }),
}));

// stripe-node copies the parameters by Object.assign on the way, which loses an own `__proto__` at the top.
const params = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  tree,
  { maxKeys: 5 },
);

test('10,000 random parameter trees are encoded as stripe-node encodes them', async () => {
  await fc.assert(
    fc.asyncProperty(params, async (params) => {
      expect(encodeForm(params)).toBe(await bodyOfStripe(params));
    }),
    { numRuns: 10_000 },
  );
});
