// Whatever is in a file: findings or a refusal, no other error, no secret told, and in bounded time.
import { BillonceError } from 'billonce';
import { fixFlow, lint } from 'billonce/lab';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { code, EXPORTED, flowOf, GUARDED, http, textOf, UNGUARDED } from './flows.mjs';

const SECRET = 'sk_live_51HsecretSECRET';

/** What is told of a file, or the refusal of it. */
function told(file) {
  try {
    const { fixed, findings } = fixFlow(file);
    return JSON.stringify([lint(file), fixed, findings]);
  } catch (error) {
    if (!(error instanceof BillonceError)) throw error;
    return JSON.stringify([error.code, error.field, error.message]);
  }
}

const junk = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 3,
  }),
  fc.constantFrom(
    SECRET,
    `Bearer ${SECRET}`,
    '{{',
    '{{step_1',
    "{{step_1['output'",
    '}}',
    '{{trigger}}',
    '{{}}',
    '\ud800',
    'https://api.stripe.com',
    '__proto__',
    'constructor',
  ),
);

/** Every place of a value, as the names that lead to it. */
function placesOf(value, path = []) {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...path, name]))];
}

function changed(file, path, value) {
  const copy = structuredClone(file);
  const last = path.at(-1);
  if (last === undefined) return value;
  path.slice(0, -1).reduce((inner, name) => inner[name], copy)[last] = value;
  return copy;
}

test.each([
  ['the export of a real server', EXPORTED],
  ['the guarded example', GUARDED],
  ['the unguarded flow', UNGUARDED],
])('any value in any place of %s', (_, text) => {
  const file = JSON.parse(text);
  const places = placesOf(file);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(places.length - 1), junk), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const [[at, value]] = changes;
        expect(told(changed(file, places[at], value))).not.toContain('51HsecretSECRET');
      },
    ),
    { numRuns: 1500 },
  );
});

const FRAGMENTS = [
  ...['code', 'loop', 'branch', 'run'].map((name) => textOf(`examples/activepieces-code-step/${name}.ts`)),
  textOf('examples/stripe-node/code.ts'),
  ...[
    'Date.now()',
    'inputs',
    'new Stripe(',
    ').charges.create(',
    '{ idempotencyKey:',
    'guard({',
    '}).charge({',
    'return ',
    '`${',
    '}`',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    '=>',
    'const a = a',
    '...',
    'await ',
    "'",
    '*100',
    '1n',
    `'${SECRET}'`,
    `// ${SECRET}\n`,
    'fetch(',
    "'https://api.stripe.com/v1/charges'",
    'for (const x of inputs) ',
    'x.push(x);',
    'class A { static x = A.x }',
    '\u2028',
    '\0',
    '<T>',
    '/(/',
    'function f(a = f(a)) { return f(f); }',
    'f(f)',
  ],
];

test('any source in a Code step', () => {
  const source = fc
    .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join(''));
  const headers = {
    'Idempotency-Key': "{{step_1['output'].key}}",
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  fc.assert(
    fc.property(source, (text) => {
      expect(
        told(flowOf(code(text, { a: "{{step_2['output']}}", b: "{{step_1['output']}}" }), http({ headers }))),
      ).not.toContain('51HsecretSECRET');
    }),
    { numRuns: 2000 },
  );
});

test('sources that are made to cost time', () => {
  const branching = (times) =>
    Array.from(
      { length: times },
      (_, at) => `const a${at} = () => [a${at + 1}(), a${at + 1}(), inputs.x];`,
    ).join('\n');
  const sources = [
    `${branching(500)}\nexport const code = (inputs) => ({ key: a0() });`,
    `export const code = (inputs) => ({ key: ${'('.repeat(3000)}inputs.a${')'.repeat(3000)} });`,
    `export const code = (inputs) => ({ key: ${'inputs.a + '.repeat(20_000)}1 });`,
    `export const code = (inputs) => ({ key: inputs${'.a'.repeat(20_000)} });`,
    `export const code = (inputs) => { ${'if (inputs.a) { '.repeat(2000)}return { key: 1 };${'}'.repeat(2000)} };`,
    `const ${Array.from({ length: 5000 }, (_, at) => `a${at} = a${(at * 7) % 5000}`).join(', ')};\nexport const code = () => ({ key: a1 });`,
  ];
  for (const source of sources) {
    const started = performance.now();
    told(flowOf(code(source), http({ headers: { 'Idempotency-Key': "{{step_1['output'].key}}" } })));
    // Some milliseconds each; what is guarded against takes for ever.
    expect(performance.now() - started).toBeLessThan(20_000);
  }
});
