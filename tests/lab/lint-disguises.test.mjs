// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of Code steps, as texts
// The same faults under other names, taken apart, in helpers and in pieces: what people write; and what looks like them and is sound.
import { lint } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import { code, FORM, flowOf, http } from './flows.mjs';

const ref = (name) => `{{trigger['output']['body']['${name}']}}`;
const INPUT = {
  c: ref('customer_id'),
  a: ref('amount_cents'),
  p: ref('billing_period'),
  key: "{{connections['stripe']}}",
};
const found = (flow) => lint(flow).map(({ rule, step }) => `${step} ${rule}`);
const alone = (source, input = INPUT) => found(flowOf(code(source, input)));
const keyed = (source, data) =>
  found(
    flowOf(
      code(source, INPUT),
      http({
        headers: { ...FORM, 'Idempotency-Key': "{{step_1['output']['key']}}" },
        ...(data ? { body: { data } } : {}),
      }),
    ),
  );

describe('a key of time, chance or the run', () => {
  test.each([
    ['an import by another name', "import { v4 as made } from 'uuid';", 'made()'],
    ['a bare v4', "import { v4 } from 'uuid';", 'v4()'],
    ['a required v4', "const { v4: made } = require('uuid');", 'made()'],
    ['nanoid by another name', "import { nanoid as made } from 'nanoid';", 'made()'],
    ['randomUUID by another name', "import { randomUUID as made } from 'node:crypto';", 'made()'],
    ['randomUUID taken apart', "const { randomUUID: made } = require('crypto');", 'made()'],
    ['Math taken apart', 'const { random } = Math;', 'inputs.c + random()'],
    ['a clock by another name', 'const now = Date.now;', 'inputs.c + now()'],
    ["the process's clock", '', 'inputs.c + process.hrtime.bigint()'],
    ['a class', 'class Keys { static make(c) { return c + Date.now(); } }', 'Keys.make(inputs.c)'],
    [
      'an object with a method',
      'const keys = { make(c) { return c + Date.now(); } };',
      'keys.make(inputs.c)',
    ],
    ['an object with a function', 'const keys = { make: (c) => c + Date.now() };', 'keys.make(inputs.c)'],
    ['a callback', '', "[inputs.c].map((part) => part + Date.now()).join('-')"],
  ])('%s', (_, before, key) => {
    const source = `${before}\nexport const code = async (inputs) => ({ key: ${key} });`;
    expect(keyed(source)).toEqual(['step_1 unstable-idempotency-key']);
  });

  test("the run's id of the published pattern's context", () => {
    const source = 'export const run = async ({ inputs, context }) => ({ key: inputs.c + context.run.id });';
    expect(keyed(source)).toEqual(['step_1 unstable-idempotency-key']);
  });

  test('a function that is exported as code', () => {
    const source =
      'const main = async (inputs) => ({ key: inputs.c + Date.now() });\nexport { main as code };';
    expect(keyed(source)).toEqual(['step_1 unstable-idempotency-key']);
  });

  test.each([
    ['time beside the key', '', '({ key: [inputs.c, inputs.a, inputs.p].join(), at: Date.now() })'],
    [
      'a name that was only a name',
      'const v4 = (text) => text.trim();',
      '({ key: v4(inputs.c + inputs.p) })',
    ],
    [
      'a method that makes no time',
      'const keys = { now: (c) => `${c}:x` };',
      '({ key: keys.now(inputs.c) })',
    ],
    ['a name-based uuid', "import { v5 } from 'uuid';", '({ key: v5(inputs.c + inputs.p, v5.URL) })'],
    ['a callback of the inputs', '', "({ key: [inputs.c, inputs.p].map((it) => it.trim()).join(':') })"],
  ])('is none: %s', (_, before, output) => {
    expect(keyed(`${before}\nexport const code = async (inputs) => ${output};`)).toEqual([]);
  });
});

describe('a client of Stripe', () => {
  const CALL = "charges.create({ amount: inputs.a, currency: 'usd', customer: inputs.c })";
  test.each([
    [
      'taken apart',
      "const { charges } = new Stripe(inputs.key);\nawait charges.create({ amount: 1, currency: 'usd' });",
    ],
    ['never named', `await new Stripe(inputs.key).${CALL};`],
    [
      'made by a function',
      `const client = (key) => new Stripe(key);\nconst stripe = client(inputs.key);\nawait stripe.${CALL};`,
    ],
    ['passed to a function', `const bill = (stripe) => stripe.${CALL};\nawait bill(new Stripe(inputs.key));`],
    ['kept in an object', `const deps = { stripe: new Stripe(inputs.key) };\nawait deps.stripe.${CALL};`],
    [
      'kept in a class',
      `class Billing { constructor(key) { this.stripe = new Stripe(key); }\nbill() { return this.stripe.${CALL}; } }\nawait new Billing(inputs.key).bill();`,
    ],
    ['with an assertion', `const stripe = new Stripe(inputs.key)!;\nawait (stripe as Stripe).${CALL};`],
  ])('%s', (_, body) => {
    const source = `import Stripe from 'stripe';\nexport const code = async (inputs) => {\n${body}\nreturn {};\n};`;
    expect(alone(source)).toEqual(['step_1 missing-idempotency-key']);
  });

  test.each([
    ['a function that is called at once', "const stripe = (() => new Stripe('x'))();"],
    ['a function of the module', "const make = () => new Stripe('x');\nconst stripe = make();"],
    ['a variable of the module', 'let stripe;\nconst get = (key) => (stripe ??= new Stripe(key));'],
    ['a static member', "class Billing { static stripe = new Stripe('x'); }"],
  ])('at module scope by %s', (_, before) => {
    const source = `import Stripe from 'stripe';\n${before}\nexport const code = async (inputs) => ({});`;
    expect(alone(source)).toEqual(['step_1 stripe-client-at-module-scope']);
  });

  test('that a function makes for each call is none at module scope', () => {
    const source = `import Stripe from 'stripe';\nconst make = (key) => new Stripe(key);\nexport const code = async (inputs) => {\nconst stripe = make(inputs.key);\nawait stripe.charges.create({ amount: 1 }, { idempotencyKey: inputs.c + inputs.p });\nreturn {};\n};`;
    expect(alone(source)).toEqual([]);
  });
});

describe('axios', () => {
  const URL = 'https://api.stripe.com/v1';
  test.each([
    ['an instance', `const http = axios.create({ baseURL: '${URL}' });`, "http.post('/charges', 'amount=1')"],
    [
      'a text that is put together',
      '',
      `axios.post('${URL}/charges', 'amount=' + inputs.a, { headers: { Authorization: 'x' } })`,
    ],
    ['a base URL in the config', '', `axios({ baseURL: '${URL}', url: '/charges', method: 'post' })`],
  ])('%s', (_, before, call) => {
    const source = `import axios from 'axios';\n${before}\nexport const code = async (inputs) => { await ${call}; return {}; };`;
    expect(alone(source)).toEqual(['step_1 missing-idempotency-key']);
  });

  test('an instance with a key, and one for another host', () => {
    const bill = `import axios from 'axios';\nexport const code = async (inputs) => { const http = axios.create({ baseURL: '${URL}', headers: { 'Idempotency-Key': inputs.c + inputs.p } }); await http.post('/charges', 'amount=1'); return {}; };`;
    expect(alone(bill)).toEqual([]);
    expect(alone(bill.replace(URL, 'https://example.com/v1').replace("'Idempotency-Key'", 'x'))).toEqual([]);
  });
});

describe('a secret', () => {
  test.each([
    ['a vault key as a text', "({ vault_key: 'vault_key_abcdef123456' })"],
    ['what goes by its name', '({ vault_key: inputs.c })'],
  ])('put out: %s', (_, output) => {
    expect(alone(`export const code = async (inputs) => ${output};`)).toEqual(['step_1 secret-in-output']);
  });

  test('put out as the inputs are', () => {
    const source =
      'export const run = async ({ inputs }) => {\nconst out = { vault_key: inputs.k };\nreturn out;\n};';
    expect(alone(source, { k: ref('token') })).toEqual(['step_1 secret-in-output']);
  });

  test('is no word with its name in it', () => {
    expect(alone("export const code = async () => ({ error: 'vault_key_missing' });")).toEqual([]);
    expect(
      alone('export const code = async (inputs) => ({ has_vault_key: inputs.key !== undefined });'),
    ).toEqual([]);
  });

  test('a raw key in pieces', () => {
    const source =
      "export const code = async () => { const key = 'sk_' + 'live_51abcdefghijkl'; return {}; };";
    expect(alone(source)).toEqual(['step_1 raw-stripe-key']);
  });
});

describe('numbers', () => {
  const YEN = "amount={{step_1['output']['amount']}}&currency=jpy&customer=cus_1";
  test.each([
    ['a named hundred', 'const CENTS = 100;', 'inputs.a * CENTS'],
    ['an assignment', '', '(() => { let yen = inputs.a; yen *= 100; return yen; })()'],
  ])('yen times %s', (_, before, amount) => {
    const source = `${before}\nexport const code = async (inputs) => ({ key: inputs.c + inputs.p, amount: ${amount} });`;
    expect(keyed(source, YEN)).toEqual(['step_1 zero-decimal-times-100']);
  });

  test('yen times another number', () => {
    const source =
      'const SEATS = 3;\nexport const code = async (inputs) => ({ key: inputs.c + inputs.p, amount: inputs.a * SEATS });';
    expect(keyed(source, YEN)).toEqual([]);
  });

  test.each([['(x) => BigInt(x)'], ['BigInt']])('a BigInt of each of a list: %s', (each) => {
    const source = `export const code = async (inputs) => ({ list: [1, 2].map(${each}) });`;
    expect(alone(source)).toEqual(['step_1 bigint-in-output']);
  });
});
