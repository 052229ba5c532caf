// The example Code steps, bundled as Activepieces bundles them and run where it runs them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isolateNode, runInIsolate, runInNode, warnIsolateNotRun } from './hosts.mjs';
import { BUILDS, buildSteps } from './step.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const example = (name) => read(`examples/activepieces-code-step/${name}.ts`);

const NOW = Date.UTC(2026, 5, 1, 9);
const MIDNIGHT = '2026-06-02T00:00:00.000Z';
const VAULT_KEY = 'vault_key_4f9aCodeStepSecret';

const STEPS = {
  code: example('code'),
  run: example('run'),
  loop: example('loop'),
  branch: example('branch'),
  // A step that sends by itself holds the vault key; what it returns goes into the run's log.
  vault: `
    import { guard } from 'billonce';
    export const code = async (inputs) => {
      const billing = guard({
        policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: inputs.daily_usd_cap },
        vault_key: inputs.vault_key,
      });
      const { customer_id, amount_cents, billing_period } = inputs;
      return billing.charge({ customer_id, amount_cents, billing_period });
    };`,
  // A BigInt anywhere in a step's output fails the step.
  types: `
    import * as billonce from 'billonce';
    export const code = async ({ event, policy }) => {
      const params = { amount: 1, currency: 'usd' };
      const request = billonce.buildRequest({ endpoint: 'charges.create', event, params });
      const values = [
        billonce.idempotencyKeys([event]),
        request,
        billonce.precheck({ policy, request, spent_usd_cents: 1 }),
        billonce.guard({ policy, spent_usd_cents: 1 }).charge(event),
        billonce.classifyResponse({ status: 429, headers: { 'retry-after': '1' }, body: { error: 'cap' } }),
      ];
      const types = new Set();
      const visit = (value) => {
        types.add(typeof value);
        if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
      };
      values.forEach(visit);
      return [...types].sort();
    };`,
};

const published = JSON.parse(read('tests/vectors/keys-v1.json')).vectors;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The published key of a preimage; one that is not among the vectors is hashed here. */
const keyOf = (preimage) => published.find((vector) => vector.preimage === preimage)?.key ?? sha256(preimage);

const KEY = keyOf('cus_A100:4900:2026-06:activepieces-billing');
const INPUTS = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06', daily_usd_cap: 49 };
const LOOP_INPUTS = { ...INPUTS, item: { amount_cents: 4900 }, index: 1 };

const decision = (change) => ({
  allowed: true,
  code: 'allowed',
  http_status: 200,
  message: '$49.00 of the $49.00 left of the daily cap.',
  amount_usd_cents: 4900,
  spent_usd_cents: null,
  cap_usd_cents: 4900,
  remaining_usd_cents: null,
  resets_at: MIDNIGHT,
  ...change,
});

const DENIAL = decision({
  allowed: false,
  code: 'daily_usd_cap_exceeded',
  http_status: 429,
  message: `$49.00 is more than the $48.99 left of the daily cap of $48.99, which starts anew at ${MIDNIGHT}.`,
  cap_usd_cents: 4899,
});

const charged = (key, base = 'https://proxy.keybrake.com/stripe') => ({
  idempotency_key: key,
  request: {
    method: 'POST',
    url: `${base}/v1/charges`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': key },
    body: `amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06&metadata[billonce_key]=${key}`,
    idempotency_key: key,
  },
  decision: decision(),
});

const refused = (code, field, problem) => ({
  error: { name: 'BillonceError', code, field, message: `${field} ${problem}` },
});

const UNRESOLVED =
  'holds a reference that was not resolved; check the name of the step and field it refers to';
const UNDEFINED = 'is undefined; check what it refers to, or leave the field out';

/** What each step answers, by case: its output, or its error. */
const CASES = [
  ['a renewal', 'code', INPUTS, charged(KEY)],
  ["the same in the seed's shape", 'run', INPUTS, charged(KEY)],
  ['an amount that arrives as text', 'code', { ...INPUTS, amount_cents: '4900' }, charged(KEY)],
  ['and so in the other shape', 'run', { ...INPUTS, amount_cents: '4900' }, charged(KEY)],
  [
    'another base URL',
    'code',
    { ...INPUTS, base_url: 'http://127.0.0.1:8080/stripe/' },
    charged(KEY, 'http://127.0.0.1:8080/stripe'),
  ],

  ...[1, 2, 3].map((index) => {
    const key = keyOf(`cus_A100:4900:2026-06:activepieces-billing:loop_${index}`);
    return [`item ${index} of a loop`, 'loop', { ...LOOP_INPUTS, index }, charged(key)];
  }),
  ...['upgrade', 'renewal'].map((branch) => {
    const key = keyOf(`cus_A100:4900:2026-06:activepieces-billing-branch-${branch}`);
    return [`the branch ${branch}`, 'branch', { ...INPUTS, branch }, charged(key)];
  }),

  [
    'a charge above the cap, returned',
    'branch',
    { ...INPUTS, branch: 'upgrade', daily_usd_cap: '48.99' },
    {
      idempotency_key: keyOf('cus_A100:4900:2026-06:activepieces-billing-branch-upgrade'),
      request: null,
      decision: DENIAL,
    },
  ],
  ...['code', 'run'].map((step) => [
    `a charge above the cap stops ${step}`,
    step,
    { ...INPUTS, daily_usd_cap: '48.99' },
    {
      error: {
        name: 'BillonceError',
        code: 'daily_usd_cap_exceeded',
        field: 'policy',
        message: `policy forbids this charge: ${DENIAL.message}`,
        decision: DENIAL,
      },
    },
  ]),

  [
    'an unresolved customer',
    'code',
    { ...INPUTS, customer_id: "{{trigger['output'].customer}}" },
    refused('unresolved_reference', 'customer_id', UNRESOLVED),
  ],
  [
    'an unresolved amount',
    'run',
    { ...INPUTS, amount_cents: '{{step_1.amount}}' },
    refused('unresolved_reference', 'amount_cents', UNRESOLVED),
  ],
  [
    'an unresolved index',
    'loop',
    { ...LOOP_INPUTS, index: "{{step_2['index']}}" },
    refused('unresolved_reference', 'loop_index', UNRESOLVED),
  ],
  [
    'an unresolved branch',
    'branch',
    { ...INPUTS, branch: '{{step_1.branch}}' },
    refused('unresolved_reference', 'branch', UNRESOLVED),
  ],

  // Inputs cross as JSON, in which undefined disappears.
  [
    'no customer',
    'code',
    { ...INPUTS, customer_id: undefined },
    refused('missing_field', 'customer_id', 'is missing: give the customer, such as "cus_A100"'),
  ],
  [
    'no amount',
    'run',
    { ...INPUTS, amount_cents: undefined },
    refused('missing_field', 'amount_cents', 'is missing: give the amount in cents, such as 4900'),
  ],
  [
    'no period',
    'code',
    { ...INPUTS, billing_period: undefined },
    refused('missing_field', 'billing_period', 'is missing: give the period, such as "2026-06"'),
  ],
  [
    'no cap',
    'code',
    { ...INPUTS, daily_usd_cap: undefined },
    refused(
      'missing_field',
      'policy.daily_usd_cap',
      'is missing: give the most that may be spent in a day, in US dollars',
    ),
  ],
  [
    'no index',
    'loop',
    { ...LOOP_INPUTS, index: undefined },
    refused('unresolved_reference', 'loop_index', UNDEFINED),
  ],
  [
    'no branch',
    'branch',
    { ...INPUTS, branch: undefined },
    refused('unresolved_reference', 'branch', UNDEFINED),
  ],
  [
    'an empty customer',
    'code',
    { ...INPUTS, customer_id: '' },
    refused('empty_field', 'customer_id', 'is empty: give a value, or leave an optional field out'),
  ],

  ['a step with the vault key', 'vault', { ...INPUTS, vault_key: VAULT_KEY }, charged(KEY)],
  [
    'a raw key for a vault key',
    'vault',
    { ...INPUTS, vault_key: `sk_test_${VAULT_KEY}` },
    refused(
      'raw_key_refused',
      'vault_key',
      "is a raw Stripe key, which no cap limits: give the proxy's vault key, or set allow_raw_key: true if it is meant",
    ),
  ],
  [
    'the vault key and a denial',
    'vault',
    { ...INPUTS, vault_key: VAULT_KEY, daily_usd_cap: '48.99' },
    {
      error: {
        name: 'BillonceError',
        code: 'daily_usd_cap_exceeded',
        field: 'policy',
        message: `policy forbids this charge: ${DENIAL.message}`,
        decision: DENIAL,
      },
    },
  ],
  [
    'the types in a result',
    'types',
    {
      event: { customer_id: 'c', amount_cents: 1, billing_period: '1' },
      policy: { allowed_endpoints: ['charges.create'], daily_usd_cap: 49 },
    },
    ['boolean', 'number', 'object', 'string'],
  ],
].map(([title, step, inputs, expected]) => ({ title, step, inputs, expected }));

const HOSTS = {
  'child process': { host: runInNode, available: true },
  'V8 isolate': { host: runInIsolate, available: isolateNode() !== null },
};
if (!HOSTS['V8 isolate'].available) warnIsolateNotRun('Code steps in the V8 isolate');

let bundles;
beforeAll(async () => {
  bundles = await buildSteps(STEPS);
}, 60_000);

it('no bundle needs what is deleted after the build', () => {
  for (const builds of Object.values(bundles)) {
    for (const bundle of Object.values(builds)) {
      expect(existsSync(join(dirname(bundle), '../node_modules'))).toBe(false);
      expect(readFileSync(bundle, 'utf8')).not.toMatch(/\brequire\(|\bimport\(|import\.meta/);
    }
  }
});

describe.each(Object.keys(HOSTS))('in a %s', (title) => {
  const { host, available } = HOSTS[title];

  describe.skipIf(!available).each(Object.keys(BUILDS))('the %s bundle', (build) => {
    let answer;
    beforeAll(async () => {
      const runs = CASES.map(({ step, inputs }) => {
        return { bundle: bundles[step][build], shape: step === 'run' ? 'run' : 'code', inputs, now: NOW };
      });
      answer = await host(runs);
    }, 60_000);

    it.each(CASES.map((entry, at) => [entry.title, at]))('%s', (_, at) => {
      const { expected } = CASES[at];
      const result = answer.results[at];
      if (expected.error) expect(result).toEqual(expected);
      // The very bytes, so that hosts and builds have the same.
      else expect(result).toEqual({ output: JSON.stringify(expected) });
      expect(JSON.stringify(result)).not.toContain(VAULT_KEY);
    });
  });
});

it.skipIf(!HOSTS['V8 isolate'].available)('the isolate has nothing but ECMAScript', async () => {
  const { globals } = await runInIsolate([]);
  const names = Object.keys(globals);
  expect(names).toEqual(
    expect.arrayContaining(['TextEncoder', 'TextDecoder', 'Buffer', 'fetch', 'crypto', 'process']),
  );
  expect(globals).toEqual(Object.fromEntries(names.map((name) => [name, 'undefined'])));
});

it('each loop index and each branch is a charge of its own', () => {
  const keys = CASES.filter(({ expected }) => expected.request).map(
    ({ expected }) => expected.idempotency_key,
  );
  // One for the renewal in its four spellings, three of the loop, two of the branches.
  expect(new Set(keys).size).toBe(6);
});
