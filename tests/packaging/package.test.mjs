// The tarball itself: what is in it, who can import it, what its types say, and what must not be in it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { consumer, packedFixture } from '../support/packed.mjs';

const FUNCTIONS = [
  'buildRequest',
  'classifyResponse',
  'encodeForm',
  'findEarlier',
  'guard',
  'idempotencyKey',
  'idempotencyKeys',
  'minorUnits',
  'precheck',
];
const VALUES = ['BillonceError', ...FUNCTIONS];

const read = (path) => readFileSync(join(root, path), 'utf8');

let installed;
beforeAll(() => {
  const { folder } = packedFixture();
  installed = join(folder, 'node_modules/billonce');
});

const packedFiles = () => {
  const paths = readdirSync(installed, { recursive: true });
  return paths.filter((path) => statSync(join(installed, path)).isFile());
};
const packedText = (name) => readFileSync(join(installed, name), 'utf8');

describe('files', () => {
  it('are these, and no other', () => {
    const readme = existsSync(join(root, 'pkg-template/README.md')) ? ['README.md'] : [];
    const expected = [
      'LICENSE',
      'LICENSE-lab.txt',
      'billonce-answers.wasm',
      'billonce-edge.wasm',
      'billonce-keys.wasm',
      'billonce.paste.ts',
      'billonce.wasm',
      'cli.js',
      'edge.d.ts',
      'edge.js',
      'index.cjs',
      'index.d.cts',
      'index.d.ts',
      'index.js',
      'index.workerd.js',
      'lab-worker.js',
      'lab.cjs',
      'lab.d.cts',
      'lab.d.ts',
      'lab.js',
      'package.json',
      'rules.cjs',
      'stripe.cjs',
      'stripe.d.cts',
      'stripe.d.ts',
      'stripe.js',
      'stripe.workerd.js',
      ...readme,
    ];
    expect(packedFiles().sort()).toEqual(expected.sort());
  });

  it('that package.json names are there', () => {
    const { exports, main, module, types } = JSON.parse(packedText('package.json'));
    const named = [main, module, types, ...JSON.stringify(exports).match(/\.\/[^"]+\.\w+(?=")/g)];
    for (const path of named) expect(existsSync(join(installed, path)), path).toBe(true);
  });

  it('ask for nothing at install time', () => {
    const { dependencies, optionalDependencies, peerDependencies, scripts, bin } = JSON.parse(
      packedText('package.json'),
    );
    expect({ dependencies, optionalDependencies, peerDependencies, scripts }).toEqual({});
    expect(bin).toEqual({ billonce: './cli.js' });
  });

  it.each([
    ['stripe.js', 8_000],
    ['stripe.cjs', 8_000],
    ['stripe.workerd.js', 8_000],
    ['lab.js', 400_000],
    ['lab.cjs', 400_000],
  ])(
    'of a subpath import the main entry beside them, and have nothing of it in them: %s',
    async (name, size) => {
      const main = name.replace(/stripe|lab/, './index');
      const options = { bundle: true, format: 'esm', metafile: true, write: false, logLevel: 'error' };
      const made = await build({
        ...options,
        absWorkingDir: installed,
        entryPoints: [name],
        external: ['./index*'],
      });
      const imported = Object.values(made.metafile.outputs).flatMap(({ imports }) =>
        imports.map(({ path }) => path),
      );
      expect(new Set(imported)).toEqual(new Set([main]));
      const text = packedText(name);
      expect(text.length).toBeLessThan(size);
      expect(text).not.toMatch(/[A-Za-z0-9+/]{5000,}/);
    },
  );

  // A step loads the package anew for every run. What grows past its budget is looked at, or the budget is, in a commit that says so.
  it.each([
    ['billonce.wasm', 30_000],
    ['billonce-answers.wasm', 12_900],
    ['billonce-keys.wasm', 6_400],
    ['billonce-edge.wasm', 44_600],
    ['index.js', 78_000],
    ['stripe.js', 2_700],
    ['lab-worker.js', 275_000],
    ['billonce.paste.ts', 53_000],
  ])('%s is at most %i bytes by brotli', (name, budget) => {
    expect(brotliCompressSync(readFileSync(join(installed, name))).length).toBeLessThanOrEqual(budget);
  });

  it("name no path of the builder's machine, nor where its crates came from", () => {
    const places = [root.replace(/[\\/]$/, ''), homedir(), '/root/', 'registry/src', '.rustup/'];
    // A home such as "/" stands in every file.
    const searched = places.filter((place) => place.length > 3);
    let inlined = 0;
    for (const name of packedFiles()) {
      let text = packedText(name);
      // The wasm is inlined as base64: its bytes are searched as what they are.
      text = text.replace(/[A-Za-z0-9+/]{1000,}={0,2}/g, (base64) => {
        inlined++;
        return Buffer.from(base64, 'base64').toString('latin1');
      });
      for (const place of searched) expect(text.includes(place), `${name} contains ${place}`).toBe(false);
    }
    // Three wasm files and the table of endpoints, once in each format; workerd's entry and the edge have the table alone, the other subpath none.
    // The lab's thread has its world's wasm, and all of these but the per-key path twice: for itself, and with that for the steps.
    expect(inlined).toBe(18);
  });
});

describe('exports', () => {
  const listing = (billonce) => `
    const names = Object.keys(${billonce}).filter((name) => name !== 'default' && name !== 'module.exports').sort();
    console.log(JSON.stringify({ names, key: ${billonce}.idempotencyKey(event) }));`;
  const event = `const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };`;
  const PROGRAMS = {
    'import.mjs': `import * as billonce from 'billonce'; ${event} ${listing('billonce')}`,
    'require.cjs': `const billonce = require('billonce'); ${event} ${listing('billonce')}`,
    'dynamic.cjs': `import('billonce').then((billonce) => { ${event} ${listing('billonce')} });`,
    'paths.mjs': `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const name = (path) => path.split(/[\\\\/]/).at(-1);
      const refusal = (resolve) => { try { return resolve(); } catch ({ code }) { return code; } };
      console.log(JSON.stringify({
        import: name(import.meta.resolve('billonce')),
        require: name(require.resolve('billonce')),
        manifest: require('billonce/package.json').name,
        inside: refusal(() => require.resolve('billonce/index.cjs')),
        stripe: [name(import.meta.resolve('billonce/stripe')), name(require.resolve('billonce/stripe'))],
        lab: [name(import.meta.resolve('billonce/lab')), name(require.resolve('billonce/lab'))],
      }));`,
  };
  let cwd;
  beforeAll(() => {
    cwd = consumer(PROGRAMS);
  });
  const run = (program) => JSON.parse(execFileSync(process.execPath, [program], { cwd, encoding: 'utf8' }));

  const key = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';
  it.each(['import.mjs', 'require.cjs', 'dynamic.cjs'])('have these names by %s', (program) => {
    expect(run(program)).toEqual({ names: VALUES, key });
  });

  it('lead to one file each, and to nothing inside', () => {
    const paths = { import: 'index.js', require: 'index.cjs', manifest: 'billonce' };
    const stripe = ['stripe.js', 'stripe.cjs'];
    const lab = ['lab.js', 'lab.cjs'];
    expect(run('paths.mjs')).toEqual({ ...paths, inside: 'ERR_PACKAGE_PATH_NOT_EXPORTED', stripe, lab });
  });

  it.each(['index.d.ts', 'index.d.cts'])('are what %s declares', (file) => {
    const declared = [...packedText(file).matchAll(/^export declare (?:function|class|const|let) (\w+)/gm)];
    expect(declared.map(([, name]) => name).sort()).toEqual(VALUES);
  });
});

describe('types', () => {
  // Every type that is documented, used as its documentation says, and the mistakes that types must catch.
  const CONSUMER = `
import {
  BillonceError, buildRequest, classifyResponse, encodeForm, findEarlier, guard, idempotencyKey, idempotencyKeys,
  minorUnits, precheck,
  type AbortSignalLike, type Attempt, type BillingEvent, type BuiltRequest, type CallOptions, type Circumstances, type CreateCall, type Credential,
  type Decision, type DecisionCode, type Destination, type Earlier, type EarlierObject, type ErrorCode, type FetchGet,
  type FetchLike, type FindOptions, type Guard, type GuardConfig, type ObjectCall, type Outcome, type OutcomeKind, type ParamOptions,
  type PinnedKey, type Policy, type PrecheckInput, type RequestSpec, type Scheme, type SearchOptions, type SendOptions, type SendResult,
  type Spend, type Step, type StripeParam, type StripeParams, type StripeRequest, type StripeResponse, type TimeLike, type UsdRates,
} from 'billonce';

const scheme: Scheme = 'v2';
const event: BillingEvent = {
  customer_id: 'cus_A100', amount_cents: '4900', billing_period: '2026-06', flow: 'f', branch: 'b', charge_type: 'c',
  loop_index: [1, '2'], loop_item: 'i', scheme, currency: 'usd', endpoint: 'charges.create',
};
const key: string = idempotencyKey(event);
const keys: string[] = idempotencyKeys([event] as const);

const param: StripeParam = [1, 2n, true, null, undefined, new Date(), 'text', { nested: ['x'] }];
const params: StripeParams = { amount: 4900, metadata: { a: param } };
const form: string = encodeForm(params);

const destination: Destination = { base_url: 'https://x.test', stripe_account: 'acct_1', stripe_version: '2026-10-28' };
const credential: Credential = { vault_key: 'v', allow_raw_key: false };
const paramOptions: ParamOptions = { allow_unknown_params: true, metadata_key: false };
const spec: RequestSpec = {
  endpoint: 'charges.capture', path: { id: 'ch_1' }, params, idempotency_key: key, ...credential, ...paramOptions,
};
const request: StripeRequest = buildRequest(spec);
const method: 'POST' = request.method;

const time: TimeLike = new Date();
const rates: UsdRates = { eur: 1.08, jpy: '0.0067' };
const policy: Policy = { allowed_endpoints: ['charges.create'] as const, daily_usd_cap: '49.99', expires_at: time };
const circumstances: Circumstances = { policy, spent_usd_cents: 0, now: 0, usd_rates: rates };
const spend: Spend = { endpoint: 'charges.create', amount: 1, currency: 'usd' };
const inputs: PrecheckInput[] = [{ ...circumstances, request }, { policy, request: spend }, { policy, ...spend }];
const decision: Decision = precheck(inputs[0]!);
const cents: number | null = decision.amount_usd_cents;

const answer: StripeResponse = { status: 200, headers: new Map(), body: {} };
const outcome: Outcome = classifyResponse(answer);
const kind: OutcomeKind = outcome.kind;
const retry: 'same_key' | 'new_key' | 'never' | 'review' = outcome.retry;
const charged: 'yes' | 'no' | 'unknown' = outcome.charged;

const config: GuardConfig = { ...circumstances, ...destination, ...credential, ...paramOptions, on_deny: 'return' };
const billing: Guard = guard(config);
const step: Step = billing.charge(event, params);
const fetched: CallOptions = { amount: 4900, currency: 'usd' };
const refund: CreateCall = billing.refunds.create;
const pay: ObjectCall = billing.invoices.pay;
const steps: Step[] = [
  billing.prepare('charges.capture', event, {}, { path: { id: 'ch_1' } }), refund(event, { charge: 'ch_1' }, fetched),
  pay(event, 'in_1', undefined, fetched), billing.paymentIntents.capture(event, 'pi_1'), billing.checkout.sessions.create(event),
];
const fetchLike: FetchLike = async (url, init) => {
  const authorization: string | undefined = init.headers['Authorization'];
  return { status: 200, headers: {}, text: async () => url + init.body + authorization };
};
const signal: AbortSignalLike = new AbortController().signal;
const options: SendOptions = { max_attempts: 1, first_sent_at: time, sleep: async () => {}, signal };
const sent: Promise<SendResult> = billing.send(step, fetchLike, options);
const pinned: Promise<PinnedKey> = billing.pin('evt_1', key, fetchLike);
pinned.then(({ idempotency_key, created }) => (created ? idempotency_key : ''));
billing.send(step, fetch, { timeout_ms: 1000, max_wait_ms: 0 });
sent.then(({ attempts }) => attempts.map((attempt: Attempt) => attempt.waited_ms + attempt.outcome.http_status));

const built: BuiltRequest = { endpoint: 'POST /v1/refunds', body: '', event };
const admitted: Step = billing.admit(built);
const units: number = minorUnits('49.90', 'usd') + minorUnits(49, 'usd') + minorUnits(49n, 'usd');
const looking: SearchOptions = { since: time, max_pages: 1 };
const where: FindOptions = { ...looking, ...destination, ...credential };
const fetchGet: FetchGet = async (url, init) => {
  const method: 'GET' = init.method;
  return { status: 200, headers: {}, text: async () => url + method };
};
const earlier: Promise<Earlier>[] = [
  findEarlier(fetch, event, where), findEarlier(undefined, event, where), findEarlier(fetchGet, event, where),
  billing.findEarlier(event), billing.findEarlier(event, fetchGet, looking),
];
earlier[0]!.then(({ found, charged, objects, message }) => {
  const one: EarlierObject | undefined = objects[0];
  const all: ('yes' | 'no' | 'unknown')[] = [found, charged, one?.charged ?? 'no'];
  return [all, one?.same_as_event, message];
});

declare const caught: unknown;
if (caught instanceof BillonceError) {
  const code: ErrorCode = caught.code;
  const field: string = caught.field;
  const denied: Decision | undefined = caught.decision;
  if (code === 'daily_usd_cap_exceeded') console.log(field, denied);
  // @ts-expect-error: no such code
  if (code === 'cap_exceeded') console.log(code);
  // @ts-expect-error: no such code
  if (caught.code === 'cap_exceeded') console.log(code);
  // @ts-expect-error: a field is text
  const number: number = caught.field;
  // @ts-expect-error: an outcome has no such decision
  if (outcome.kind === 'denied' || number) console.log(outcome);
}
const codes: Record<DecisionCode, boolean> = {
  allowed: true, policy_expired: false, endpoint_not_allowed: false, amount_unknown: false, usd_rate_missing: false,
  max_charge_usd_exceeded: false, daily_usd_cap_exceeded: false,
};
// @ts-expect-error: no such code
if (decision.code === 'denied') console.log(codes);

const least = { customer_id: 'c', amount_cents: 1, billing_period: 'p' };
// @ts-expect-error: a typo
idempotencyKey({ ...least, loop_idx: 1 });
// @ts-expect-error: an amount is no boolean
idempotencyKey({ ...least, amount_cents: true });
// @ts-expect-error: an amount is no BigInt
idempotencyKey({ ...least, amount_cents: 1n });
// @ts-expect-error: a field that is given has a value
idempotencyKey({ ...least, loop_item: undefined });
// @ts-expect-error: no such scheme
idempotencyKey({ ...least, scheme: 'v3' });
// @ts-expect-error: the period is missing
idempotencyKey({ customer_id: 'c', amount_cents: 1 });
// @ts-expect-error: a function is no parameter
encodeForm({ f: () => 1 });
// @ts-expect-error: the endpoint is missing
buildRequest({ event: least });
// @ts-expect-error: cents are no policy
precheck({ policy: { allowed_endpoints: [], daily_cap_cents: 1 }, request });
// @ts-expect-error: a request has its endpoint
precheck({ policy, request, endpoint: 'charges.create' });
// @ts-expect-error: no such way
guard({ on_deny: 'ignore' });
// @ts-expect-error: an object's id is missing
pay(event);
// @ts-expect-error: the id is the path
pay(event, 'in_1', {}, { path: { id: 'in_2' } });
// @ts-expect-error: a denied step has no request
step.request.url;
// @ts-expect-error: a status is a number
classifyResponse({ status: '200' });
// @ts-expect-error: a guard has a base URL already
billing.findEarlier(event, fetchGet, { base_url: 'https://x.test' });
// @ts-expect-error: a body is text
billing.admit({ endpoint: 'POST /v1/refunds', body: { charge: 'ch_1' } });
// @ts-expect-error: an amount needs its currency
minorUnits('49.90');
// @ts-expect-error: an error's code cannot be changed
new BillonceError('empty_field', 'x', 'x').code = 'wrong_type';

export { admitted, cents, charged, form, keys, kind, method, retry, steps, units };
`;

  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
  const host = ['--target', 'es2022', '--lib', 'es2022,dom', '--types', ''];
  const node16 = ['--module', 'node16', '--moduleResolution', 'node16'];
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];

  it.each([
    ['an ES module, resolved as Node does', 'consumer.mts', node16],
    ['a CommonJS module, resolved as Node does', 'consumer.cts', node16],
    ['a module, resolved as bundlers do', 'consumer.ts', bundler],
  ])('serve %s', (_, file, resolution) => {
    const cwd = consumer({ [file]: CONSUMER });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const args = [tsc, ...strict, ...host, ...resolution, file];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('are all used in this test', () => {
    const declared = [...packedText('index.d.ts').matchAll(/^export (?:type|interface) (\w+)/gm)];
    const imported = [...CONSUMER.matchAll(/\btype (\w+)[,\n]/g)];
    const names = (found) => found.map(([, name]) => name).sort();
    expect(names(declared)).toEqual(names(imported));
  });

  it('and each resolution finds the declarations of its own format', () => {
    const cwd = consumer({ 'a.mts': "import 'billonce';", 'b.cts': "import 'billonce';" });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const args = [tsc, '--noEmit', '--listFilesOnly', ...host, ...node16, 'a.mts', 'b.cts'];
    const files = execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }).split(/\r?\n/);
    const found = files
      .filter((path) => /node_modules.billonce/.test(path))
      .map((path) => path.split(/[\\/]/).at(-1));
    expect(found.sort()).toEqual(['index.d.cts', 'index.d.ts']);
  });
});

describe('error codes', () => {
  const matches = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
  const section = (text, start, end) => {
    const from = text.indexOf(start);
    expect(from, start).toBeGreaterThanOrEqual(0);
    return text.slice(from, text.indexOf(end, from));
  };
  const types = read('js/types.ts');
  const ofRules = () => matches(section(read('src/error.rs'), '\ncodes! {', '\n}'), /= "(\w+)",/g);
  const ofVerdicts = () => matches(section(read('src/precheck.rs'), 'fn code(', '    }\n\n'), /=> "(\w+)"/g);
  const ofShim = () => {
    const files = readdirSync(join(root, 'js'), { recursive: true }).filter((name) =>
      String(name).endsWith('.ts'),
    );
    return files.flatMap((name) => matches(read(join('js', String(name))), /new BillonceError\(\s*'(\w+)'/g));
  };
  const decisionCodes = () => matches(section(types, 'type DecisionCode =', ';'), /'(\w+)'/g);
  const errorCodes = () =>
    matches(section(types, 'type ErrorCode =', ';').replace(/Exclude<[^>]*>/, ''), /'(\w+)'/g);

  it('of a decision are the same in Rust and in the types', () => {
    expect(decisionCodes().sort()).toEqual(ofVerdicts().sort());
    expect(ofVerdicts()).toContain('allowed');
  });

  it('are in the types exactly those of the rules, of decisions and of the shim', () => {
    const thrown = new Set([...ofRules(), ...ofVerdicts().filter((code) => code !== 'allowed'), ...ofShim()]);
    const declared = [...errorCodes(), ...decisionCodes().filter((code) => code !== 'allowed')];
    expect(declared.sort()).toEqual([...thrown].sort());
    expect(ofRules().length).toBeGreaterThan(30);
  });
});
