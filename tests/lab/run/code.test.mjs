// What a Code step can be and use.
import { createHash, createHmac } from 'node:crypto';
import { idempotencyKey } from 'billonce';
import { expect, test } from 'vitest';
import { codeNamed, NOW, runOnce, seenStep } from './labs.mjs';

/** What the step puts out. */
async function output(source, input = {}, settings = {}) {
  const made = await runOnce(
    [codeNamed('step_1', source, input), seenStep({ value: '{{step_1.output}}' })],
    {},
    settings,
  );
  expect(made.run.error).toBe(null);
  return made.seen[0].value;
}

/** Why the step failed. */
async function failure(source) {
  const { run } = await runOnce([codeNamed('step_1', source)]);
  expect([run.status, run.failed_step]).toEqual(['FAILED', 'step_1']);
  return run.error;
}

test.each([
  ['an async arrow', 'export const code = async (inputs) => inputs.a + 1;'],
  ['a sync arrow', 'export const code = ({ a }) => a + 1;'],
  ['a function', 'export async function code(inputs) { return inputs.a + 1; }'],
  ["the seed's run", 'export const run = async ({ inputs }) => inputs.a + 1;'],
  ['CommonJS', 'exports.code = async (inputs) => inputs.a + 1;'],
  ['module.exports', 'module.exports = { code: (inputs) => inputs.a + 1 };'],
  ['exported below', 'const code = (inputs: any) => inputs.a + 1;\nexport { code };'],
  [
    'TypeScript',
    'interface In { a: number }\nenum One { By = 1 }\nexport const code = async (inputs: In): Promise<number> => (inputs!.a as number) + One.By;',
  ],
])('%s', async (_, source) => {
  expect(await output(source, { a: 41 })).toBe(42);
});

test('no function of that name, and what it throws', async () => {
  expect(await failure('export const other = 1;')).toBe('it exports no function named code');
  expect(await failure('export default () => 1;')).toBe('it exports no function named code');
  expect(await failure("export const code = () => { throw new TypeError('so'); };")).toBe('so');
  expect(await failure("export const code = async () => { throw 'a text'; };")).toBe('"a text"');
  expect(await failure('export const code = () => { throw null; };')).toBe('null');
  expect(await failure('throw new Error("at once");')).toBe('at once');
});

test('an output leaves as JSON', async () => {
  expect(await output('export const code = () => ({ date: new Date(0), no: undefined, nan: NaN });')).toEqual(
    {
      date: '1970-01-01T00:00:00.000Z',
      nan: null,
    },
  );
  expect(await output('export const code = () => undefined;')).toBe('');
  expect(await failure('export const code = () => ({ amount: 1n });')).toMatch(/BigInt/);
  expect(await failure('export const code = () => { const a = {}; a.a = a; return a; };')).toMatch(
    /circular/,
  );
  const patched =
    'BigInt.prototype.toJSON = function () { return String(this); }; export const code = () => 5n;';
  expect(await output(patched)).toBe('5');
  expect(await failure('export const code = () => 5n;')).toMatch(/BigInt/);
});

test('module scope is new at each execution, as an import that is always fresh has it', async () => {
  const source = 'let n = 0; export const code = () => ++n;';
  const { seen } = await runOnce([
    codeNamed('step_1', source),
    codeNamed('step_2', source),
    seenStep({ a: '{{step_1.output}}', b: '{{step_2.output}}' }),
  ]);
  expect(seen).toEqual([{ a: 1, b: 1 }]);
});

test('billonce, imported in each way', async () => {
  const event = { customer_id: 'cus_1', amount_cents: 4900, billing_period: '2026-06' };
  const key = idempotencyKey(event);
  expect(
    await output(
      "import { idempotencyKey } from 'billonce'; export const code = (i) => idempotencyKey(i);",
      event,
    ),
  ).toBe(key);
  expect(
    await output("export const code = async (i) => (await import('billonce')).idempotencyKey(i);", event),
  ).toBe(key);
  expect(
    await output(
      "const billonce = require('billonce'); export const code = (i) => billonce.idempotencyKey(i);",
      event,
    ),
  ).toBe(key);
  const error = `import { BillonceError, idempotencyKey } from 'billonce';
    export const code = () => { try { idempotencyKey({}); } catch (error) { return [error instanceof BillonceError, error.code]; } };`;
  expect(await output(error)).toEqual([true, 'missing_field']);
});

test('guard.send goes through the world: its own fetch, its own waits', async () => {
  const source = `import { guard } from 'billonce';
    export const code = async ({ vault_key }) => {
      const billing = guard({ policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 }, vault_key });
      const step = billing.charge({ customer_id: 'cus_1', amount_cents: 4900, billing_period: '2026-06' }, { source: 'tok_visa' });
      const { outcome, attempts } = await billing.send(step);
      return [outcome.charged, attempts.length]; };`;
  const made = await runOnce(
    [
      codeNamed('step_1', source, { vault_key: "{{connections['vault']}}" }),
      seenStep({ value: '{{step_1.output}}' }),
    ],
    {},
    { fateOf: ({ attempt }) => (attempt === 1 ? { strike: 'stripe_500_before' } : {}) },
  );
  expect([made.run.error, made.seen[0]?.value]).toEqual([null, ['yes', 2]]);
  expect(made.lab.calls().map(({ place, attempt }) => [place, attempt])).toEqual([
    ['step_1#1', 1],
    ['step_1#1', 2],
  ]);
});

test('hashes are those of node:crypto', async () => {
  const source = `import { createHash, createHmac } from 'node:crypto';
    export const code = ({ text }) => [
      ...['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map((name) => createHash(name).update(text).digest('hex')),
      createHash('sha256').update(text).update(text, 'utf8').digest('base64'),
      createHmac('sha256', 'key').update(text).digest('hex')];`;
  const text = 'Ünïcödé 🧾';
  expect(await output(source, { text })).toEqual([
    ...['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map((name) =>
      createHash(name).update(text).digest('hex'),
    ),
    createHash('sha256').update(text).update(text).digest('base64'),
    createHmac('sha256', 'key').update(text).digest('hex'),
  ]);
});

test('time is the world’s, in UTC', async () => {
  const source = `export const code = async () => {
    const first = [Date.now(), new Date().toISOString(), Date().slice(0, 24), new Date(2026, 0, 2, 3).getHours(), new Date('2026-01-02T03:04').toJSON(),
      new Date('Jan 2, 2026 03:04').toJSON(), new Date(0).getTimezoneOffset(), new Date().constructor.now(), new Date() instanceof Date];
    await new Promise((done) => setTimeout(done, 90_000));
    return [...first, Date.now()]; };`;
  expect(await output(source)).toEqual([
    NOW,
    '2026-06-01T12:00:00.000Z',
    'Mon Jun 01 2026 12:00:00',
    3,
    '2026-01-02T03:04:00.000Z',
    '2026-01-02T03:04:00.000Z',
    0,
    NOW,
    true,
    NOW + 90_000,
  ]);
});

test('texts, bytes and URLs are those of Node', async () => {
  const text = 'añ€🧾';
  const source = `export const code = ({ text }) => {
    const url = new URL('/b?x=1#h', 'https://a.example:8443/c');
    url.searchParams.append('y', 'a b&c');
    return [Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex'), Buffer.from('8J+nvg==', 'base64').toString(), btoa('ab'), atob('YWI='),
      [...new TextEncoder().encode(text)], new TextDecoder().decode(new Uint8Array([195, 177])), Buffer.concat([Buffer.from('a'), Buffer.from('b')]).toString(),
      url.href, url.origin, url.host, new URLSearchParams({ a: "b c!'()~*", d: 'é' }).toString()]; };`;
  const url = new URL('/b?x=1#h', 'https://a.example:8443/c');
  url.searchParams.append('y', 'a b&c');
  expect(await output(source, { text })).toEqual([
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('hex'),
    '🧾',
    'YWI=',
    'ab',
    [...Buffer.from(text)],
    'ñ',
    'ab',
    url.href,
    url.origin,
    url.host,
    new URLSearchParams({ a: "b c!'()~*", d: 'é' }).toString(),
  ]);
});

test('fetch: what it sends and gets, and what it throws', async () => {
  const source = `export const code = async () => {
    const ok = await fetch('https://example.com/a', { method: 'post', headers: { 'X-A': '1' }, body: new URLSearchParams({ a: 'b c' }) });
    const failed = await fetch('nonsense').catch((error) => error.message);
    const lost = await fetch('https://api.stripe.com/v1/charges', { method: 'POST' }).catch((error) => [error.message, error.cause.code]);
    return [ok.status, ok.ok, ok.headers.get('Content-Type'), await ok.json(), failed, lost]; };`;
  const asked = [];
  const settings = {
    answerOf: (url) => {
      asked.push(url);
      return { status: 201, body: { x: 1 } };
    },
    fateOf: () => ({ strike: 'stripe_timeout_before' }),
  };
  expect(await output(source, {}, settings)).toEqual([
    201,
    true,
    'application/json',
    { x: 1 },
    'Failed to parse URL from nonsense',
    ['fetch failed', 'UND_ERR_HEADERS_TIMEOUT'],
  ]);
  expect(asked).toEqual(['https://example.com/a']);
});

test('what steps print is kept, without secrets, and not without end', async () => {
  const source =
    "export const code = ({ key }) => { console.log('a', { b: 1 }, key); console.error(new Error('c')); for (let i = 0; i < 5000; i++) console.log(i); };";
  const { lab } = await runOnce([codeNamed('step_1', source, { key: '{{connections.stripe}}' })]);
  expect(lab.logs().slice(0, 2)).toEqual([
    { run: 'run 1', text: 'a {"b":1} [secret]' },
    { run: 'run 1', text: 'Error: c' },
  ]);
  expect(lab.logs()).toHaveLength(1000);
});

test('process.env is empty, and there is no Node around it', async () => {
  const source =
    "export const code = () => [process.env, typeof process.binding, typeof process.getBuiltinModule, typeof require('process').exit, Object.keys(require('crypto')).includes('webcrypto')];";
  expect(await output(source)).toEqual([{}, 'undefined', 'undefined', 'undefined', true]);
});

test.each([
  ['got', "import got from 'got'; export const code = () => got('x');"],
  [
    'node:fs',
    "import { readFileSync } from 'node:fs'; export const code = () => readFileSync('/etc/passwd');",
  ],
  ['lodash/get', "export const code = async () => (await import('lodash/get')).default({}, 'a');"],
  ['./other.ts', "const a = require('./other.ts'); export const code = () => a;"],
])('another package is refused by the step’s name: %s', async (name, source) => {
  await expect(runOnce([codeNamed('step_7', source)])).rejects.toMatchObject({
    code: 'invalid_flow',
    field: 'step_7',
    message: `step_7 imports ${name}, which the lab does not have: it has billonce, billonce/stripe, stripe, axios, node-fetch, uuid and crypto`,
  });
});

test('a secret of the environment has a stand-in, and what a step sets there ends with its worker', async () => {
  const { env } = await output(
    "export const code = () => ({ env: ['STRIPE_SECRET_KEY', 'KEYBRAKE_VAULT_KEY', 'STRIPE_WEBHOOK_SECRET', 'HOME', 'toString'].map((name) => process.env[name] ?? null) });",
  );
  expect(env).toEqual(['sk_test_of_the_lab_000000', 'vault_key_of_the_lab_000000', null, null, null]);
  const marks =
    "export const code = () => { const was = process.env.DONE; process.env.DONE = 'yes'; return { was: was ?? 'no' }; };";
  for (let run = 0; run < 2; run++) expect(await output(marks)).toEqual({ was: 'no' });
});

test("the published pattern's context has the run's id", async () => {
  const source = 'export const run = async ({ inputs, context }) => context.run.id + inputs.a;';
  expect(await output(source, { a: '!' })).toBe('run_1!');
});

test('uuid: by name the same as ever, by chance another each time', async () => {
  const source = `import { v3, v4, v5, v7, validate } from 'uuid';
    export const code = () => ({ named: [v5('a', v5.URL), v3('a', v3.DNS)], valid: [v4(), v7()].every(validate), same: v4() === v4() });`;
  expect(await output(source)).toEqual({
    named: ['e1407479-3136-56c0-9908-bb02fb0339e2', '4c104dd0-4821-30d5-9ce3-0e7a1f8b7c0d'],
    valid: true,
    same: false,
  });
});

const AXIOS = "import axios from 'axios';\nexport const code = async ({ key }) => {";
const CHARGE = "'amount=4900&currency=usd&customer=cus_1'";
const TO = "'https://api.stripe.com/v1/charges'";
test.each([
  [
    'post with a text',
    `await axios.post(${TO}, ${CHARGE}, { headers: { Authorization: \`Bearer \${key}\` } })`,
  ],
  [
    'a config, and an object for a form',
    `await axios({ method: 'post', url: ${TO}, data: { amount: 4900, currency: 'usd', customer: 'cus_1' }, headers: { authorization: \`Bearer \${key}\`, 'Content-Type': 'application/x-www-form-urlencoded' } })`,
  ],
  [
    'an instance with a base URL and a user',
    `await axios.create({ baseURL: 'https://api.stripe.com/v1/', auth: { username: key } }).post('/charges', new URLSearchParams({ amount: '4900', currency: 'usd', customer: 'cus_1' }))`,
  ],
])('axios charges: %s', async (_, call) => {
  const { world, run, seen } = await runOnce([
    codeNamed('step_1', `${AXIOS} const { data, status } = ${call}; return { id: data.id, status }; };`, {
      key: '{{connections.stripe}}',
    }),
    seenStep({ value: '{{step_1.output}}' }),
  ]);
  expect(run.error).toBe(null);
  expect(world.charges()).toMatchObject([{ amount: 4900, currency: 'usd', customer: 'cus_1' }]);
  expect(seen[0].value).toEqual({ id: world.charges()[0].id, status: 200 });
});

test('axios throws what axios throws', async () => {
  const told = (call, settings) =>
    output(
      `${AXIOS} try { ${call}; } catch (error) { return [error.name, error.message, error.code, error.response?.status ?? null, axios.isAxiosError(error)]; } };`,
      { key: '{{connections.stripe}}' },
      settings,
    );
  const unknown = `await axios.get('https://api.stripe.com/v1/charges/ch_none', { headers: { Authorization: 'Bearer ' + key } })`;
  const refused = ['AxiosError', 'Request failed with status code 404', 'ERR_BAD_REQUEST', 404, true];
  expect(await told(unknown)).toEqual(refused);
  const post = `await axios.post(${TO}, ${CHARGE}, { timeout: 2000, headers: { Authorization: 'Bearer ' + key } })`;
  const lost = { fateOf: () => ({ strike: 'stripe_timeout' }) };
  const late = ['AxiosError', 'timeout of 2000ms exceeded', 'ECONNABORTED', null, true];
  expect(await told(post, lost)).toEqual(late);
});

test.each([
  ['export const code = () => {\n  const = 4;\n};', 'step_7 has code that cannot be read'],
  ['export const code = () => {\n  let a;\n  let a;\n};', 'step_7 has code that cannot be read at line 3'],
  ['export const code = () => {\n\n  return (1;\n};', 'step_7 has code that cannot be read'],
])('code that is none: %j', async (source, message) => {
  await expect(runOnce([codeNamed('step_7', source)])).rejects.toMatchObject({
    code: 'invalid_flow',
    field: 'step_7',
    message,
  });
});
