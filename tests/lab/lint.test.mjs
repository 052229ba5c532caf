// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of Code steps, as texts
// The linter, rule by rule: what it must find, where, and what it must leave alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BillonceError } from 'billonce';
import { lint } from 'billonce/lab';
import { describe, expect, it, test } from 'vitest';
import { packedFixture } from '../support/packed.mjs';
import {
  chain,
  code,
  EXPORTED,
  FORM,
  flowOf,
  GUARDED,
  http,
  loop,
  router,
  textOf,
  UNGUARDED,
} from './flows.mjs';

const found = (flow, options) =>
  lint(flow, options).map(({ rule, step, line }) => [rule, step, ...(line ? [line] : [])]);
const trigger = (name) => `{{trigger['output']['body']['${name}']}}`;
const EVENT = {
  customer_id: trigger('customer_id'),
  amount_cents: trigger('amount_cents'),
  billing_period: trigger('billing_period'),
};
const KEYED = (source, input = EVENT) =>
  flowOf(
    code(source, input),
    http({ headers: { ...FORM, 'Idempotency-Key': "{{step_1['output']['key']}}" } }),
  );
const CODE = (body, input = EVENT) =>
  flowOf(code(`export const code = async (inputs) => {\n${body}\n};`, input));

describe('whole flows', () => {
  it('finds nothing in the guarded example', () => {
    expect(found(GUARDED)).toEqual([]);
  });

  it('finds the missing key of the unguarded one', () => {
    const [finding, ...more] = lint(UNGUARDED);
    expect(more).toEqual([]);
    expect({ ...finding, fixed: undefined }).toEqual({
      rule: 'missing-idempotency-key',
      severity: 'error',
      step: 'step_2',
      title: 'Charge with Stripe',
      message:
        'This POST to Stripe has no Idempotency-Key: a retry, a second delivery or a worker that died charges again.',
      fix: 'Make the key in a Code step with billonce, and send it as the header Idempotency-Key.',
      fixed: undefined,
    });
  });

  it('finds the raw key alone in the export of a real server', () => {
    expect(found(EXPORTED)).toEqual([['raw-stripe-key', 'step_2']]);
  });

  it('finds the same in the older wrapper and in the older reference syntax', () => {
    const { flows, ...rest } = JSON.parse(UNGUARDED.replaceAll("['output']", ''));
    expect(found({ ...rest, template: flows[0] })).toEqual([['missing-idempotency-key', 'step_2']]);
  });

  it('refuses what is no flow as readFlow does', () => {
    expect(() => lint('{')).toThrow(BillonceError);
  });

  it.each(['code', 'run', 'branch', 'charge-type'])('finds nothing in the example %s.ts', (name) => {
    const input = {
      ...EVENT,
      branch: 'upgrade',
      charge_type: 'setup',
      daily_usd_cap: '99',
      base_url: 'https://proxy.keybrake.com/stripe',
    };
    expect(found(flowOf(code(textOf(`examples/activepieces-code-step/${name}.ts`), input)))).toEqual([]);
  });

  it('finds nothing in the loop example in its loop, nor in the stripe-node example', () => {
    const input = { ...EVENT, item: "{{step_9['output']['item']}}", index: "{{step_9['output']['index']}}" };
    expect(found(flowOf(loop(code(textOf('examples/activepieces-code-step/loop.ts'), input))))).toEqual([]);
    const vault = { ...EVENT, vault_key: "{{connections['vault']}}" };
    expect(found(flowOf(code(textOf('examples/stripe-node/code.ts'), vault)))).toEqual([]);
  });

  it('reads the paste file as the package: nothing found, and a loop without its index', () => {
    const pasted = readFileSync(
      join(packedFixture().folder, 'node_modules/billonce/billonce.paste.ts'),
      'utf8',
    );
    const flow = JSON.parse(GUARDED);
    const { trigger } = flow.flows[0];
    trigger.nextAction.settings.sourceCode.code = pasted;
    expect(found(flow)).toEqual([]);
    trigger.nextAction = loop(trigger.nextAction);
    expect(found(flow).map(([rule, step]) => [rule, step])).toEqual([['loop-without-index', 'step_1']]);
  });

  it("finds in the published pattern's unsafe step what is wrong with it", () => {
    const unsafe = `const Stripe = require('stripe');
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
export const run = async ({ inputs }) => {
  const charge = await stripe.charges.create({ amount: inputs.amount_cents, currency: 'usd', customer: inputs.customer_id });
  return { charge_id: charge.id };
};`;
    expect(found(flowOf(code(unsafe, EVENT)))).toEqual([
      ['missing-idempotency-key', 'step_1', 4],
      ['stripe-client-at-module-scope', 'step_1', 2],
    ]);
  });

  it("finds in the published pattern's last step that it puts the vault key out", () => {
    const last = `export const run = async ({ inputs }) => {
  const { createHash } = require('crypto');
  const { customer_id, amount_cents, billing_period, vault_key } = inputs;
  const idempotency_key = createHash('sha256').update(\`\${customer_id}:\${amount_cents}:\${billing_period}:activepieces-billing\`).digest('hex');
  return { idempotency_key, vault_key, customer_id, amount_cents, billing_period };
};`;
    expect(found(flowOf(code(last, { ...EVENT, vault_key: trigger('vault_key') })))).toEqual([
      ['secret-in-output', 'step_1', 5],
    ]);
  });
});

const HASH = "const { createHash } = require('crypto');";
const key = (text) =>
  `export const code = async (inputs) => {\n${HASH}\nreturn { key: createHash('sha256').update(${text}).digest('hex') };\n};`;
const STRIPE =
  "const Stripe = require('stripe');\nexport const code = async (inputs) => {\nconst stripe = new Stripe(inputs.k);\n";
const GUARD =
  "import { guard } from 'billonce';\nexport const code = async (inputs) => {\nconst billing = guard({});\n";
const FETCH = (options) =>
  CODE(`return (await fetch('https://api.stripe.com/v1/charges', ${options})).status;`);
const inLoop = (source, input) => flowOf(loop(code(source, input)));
const ITEM = { ...EVENT, item: "{{step_9['output']['item']}}", index: "{{step_9['output']['index']}}" };
const branched = (one, other) =>
  router('step_5', {
    Upgrade: code(
      `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: 1, billing_period: inputs.billing_period${one} });\n};`,
      EVENT,
      { name: 'step_1' },
    ),
    Renewal: code(
      `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: 2, billing_period: inputs.billing_period${other} });\n};`,
      EVENT,
      { name: 'step_2' },
    ),
  });
const piece = (action, input) => ({
  ...http(input),
  settings: { ...http().settings, input, pieceName: '@activepieces/piece-stripe', actionName: action },
});

const CASES = {
  'missing-idempotency-key': {
    faults: [
      ['an HTTP step', flowOf(http({ headers: FORM })), ['step_2']],
      ['an empty header', flowOf(http({ headers: { ...FORM, 'Idempotency-Key': ' ' } })), ['step_2']],
      [
        'a proxy',
        flowOf(http({ url: 'https://proxy.keybrake.com/stripe/v1/charges', headers: FORM })),
        ['step_2'],
      ],
      [
        'a URL that a Code step writes',
        flowOf(
          code("export const code = () => ({ url: 'https://api.stripe.com/v1/charges' });"),
          http({ url: "{{step_1['output'].url}}", headers: FORM }),
        ),
        ['step_2'],
      ],
      [
        'a request of billonce without its header',
        flowOf(
          code(`${GUARD}return billing.charge(inputs);\n};`, EVENT),
          http({ url: "{{step_1['output'].request.url}}", headers: FORM }),
        ),
        ['step_2'],
      ],
      ['fetch', FETCH("{ method: 'POST', body: 'x' }"), ['step_1', 2]],
      [
        'fetch in a branch of the code',
        CODE(
          "if (inputs.a) { const url = `https://api.stripe.com/v1/refunds`; await fetch(url, { method: 'POST' }); }",
        ),
        ['step_1', 2],
      ],
      [
        'axios',
        CODE(
          "const axios = require('axios'); await axios.post('https://api.stripe.com/v1/charges', 'amount=1', { headers: {} });",
        ),
        ['step_1', 2],
      ],
      [
        'the official package',
        flowOf(code(`${STRIPE}await stripe.paymentIntents.create({ amount: 1 }, { timeout: 5 });\n};`)),
        ['step_1', 4],
      ],
      [
        'nested resources',
        flowOf(code(`${STRIPE}await stripe.checkout.sessions.create({});\n};`)),
        ['step_1', 4],
      ],
      [
        'TypeScript',
        flowOf(
          code(
            `import Stripe from 'stripe';\nexport const code = async (inputs: { k: string }): Promise<unknown> => {\nconst stripe: Stripe = new Stripe(inputs.k as string);\nreturn (await stripe.charges.create(<never>{ amount: 1 })).id;\n};`,
          ),
        ),
        ['step_1', 4],
      ],
      [
        'a double on this machine',
        flowOf(http({ url: 'http://127.0.0.1:4242/v1/charges', headers: FORM })),
        ['step_2'],
      ],
      [
        'an action on an object',
        flowOf(
          http({ url: `https://api.stripe.com/v1/payment_intents/${trigger('id')}/confirm`, headers: FORM }),
        ),
        ['step_2'],
      ],
      [
        'a namespace',
        flowOf(http({ url: 'https://api.stripe.com/v1/checkout/sessions', headers: FORM })),
        ['step_2'],
      ],
      [
        "the Stripe piece's own request",
        flowOf(piece('custom_api_call', { method: 'POST', url: { url: '/charges' } })),
        ['step_2'],
      ],
      ['the Stripe piece', flowOf(piece('create_payment_intent', { currency: 'usd' })), ['step_2']],
    ],
    right: [
      ['a GET', flowOf(http({ method: 'GET', headers: FORM }))],
      ["another host's charges", flowOf(http({ url: 'https://example.com/v1/charges', headers: FORM }))],
      [
        "another host's, by fetch",
        CODE("await fetch('https://example.com/v1/invoices', { method: 'POST' });"),
      ],
      [
        'an update',
        flowOf(http({ url: `https://api.stripe.com/v1/customers/${trigger('id')}`, headers: FORM })),
      ],
      [
        "the package's update",
        flowOf(code(`${STRIPE}await stripe.subscriptions.update(inputs.id, { metadata: {} });\n};`)),
      ],
      ['a header in another case', flowOf(http({ headers: { ...FORM, 'idempotency-key': trigger('id') } }))],
      ['a step that is switched off', flowOf(http({ headers: FORM }, { skip: true }))],
      ['a loop that is switched off', flowOf({ ...loop(http({ headers: FORM })), skip: true })],
      ['fetch with a key', FETCH("{ method: 'POST', headers: { 'Idempotency-Key': inputs.customer_id } }")],
      [
        'headers made before',
        CODE(
          "const headers = {}; headers['Idempotency-Key'] = inputs.customer_id; await fetch('https://api.stripe.com/v1/charges', { method: 'POST', headers });",
        ),
      ],
      ['fetch that reads', FETCH("{ headers: { Authorization: 'Bearer x' } }")],
      [
        'the official package with a key',
        flowOf(
          code(
            `${STRIPE}await stripe.charges.create({ amount: 1 }, { idempotencyKey: inputs.customer_id });\n};`,
            EVENT,
          ),
        ),
      ],
      [
        'options made before',
        flowOf(
          code(
            `${STRIPE}const options = { idempotencyKey: inputs.customer_id };\nawait stripe.charges.create({ amount: 1 }, options);\n};`,
            EVENT,
          ),
        ),
      ],
      [
        'reading with the package',
        flowOf(
          code(
            `${STRIPE}await stripe.charges.list({ limit: 1 }); await stripe.charges.retrieve('ch_1');\n};`,
          ),
        ),
      ],
      ["another object's create", CODE('const db = open(); await db.charges.create({});')],
      [
        'a text that speaks of it',
        CODE(
          "return 'POST https://api.stripe.com/v1/charges'; // fetch('https://api.stripe.com/v1/charges')",
        ),
      ],
    ],
  },
  'unstable-idempotency-key': {
    faults: [
      ['the time', KEYED(key('`${inputs.customer_id}:${Date.now()}`')), ['step_1', 3]],
      ['a new Date', KEYED(key('inputs.customer_id + new Date().toISOString()')), ['step_1', 3]],
      [
        'through variables and functions',
        KEYED(
          `const salt = () => String(Math.random());\nexport const code = (inputs) => {\nconst parts = [inputs.customer_id];\nparts.push(salt());\nreturn { key: parts.join(':') };\n};`,
        ),
        ['step_1', 1],
      ],
      [
        'randomUUID',
        KEYED(
          "import { randomUUID } from 'node:crypto';\nexport const code = () => ({ key: randomUUID() });",
        ),
        ['step_1', 2],
      ],
      [
        "the run's id",
        KEYED('export const code = (inputs, context) => ({ key: `run-${context.run.id}` });'),
        ['step_1', 1],
      ],
      ['the environment of the run', KEYED(key('process.env.x + execution.flowRunId')), ['step_1', 3]],
      [
        'a hash fed in steps',
        KEYED(
          `export const code = (inputs) => {\n${HASH}\nconst hash = createHash('sha256');\nhash.update(inputs.customer_id);\nhash.update(String(performance.now()));\nreturn { key: hash.digest('hex') };\n};`,
        ),
        ['step_1', 5],
      ],
      [
        'an expression in the header',
        flowOf(http({ headers: { ...FORM, 'Idempotency-Key': '{{Date.now()}}' } })),
        ['step_2'],
      ],
      [
        'a period of today',
        flowOf(
          code(
            `${GUARD}const period = new Date().toISOString().slice(0, 7);\nreturn billing.charge({ customer_id: inputs.customer_id, amount_cents: 1, billing_period: period });\n};`,
            EVENT,
          ),
        ),
        ['step_1', 4],
      ],
      [
        'the package',
        flowOf(
          code(
            `${STRIPE}await stripe.charges.create({ amount: 1 }, { idempotencyKey: crypto.randomUUID() });\n};`,
          ),
        ),
        ['step_1', 4],
      ],
    ],
    right: [
      [
        "the event's own time",
        KEYED(key('new Date(inputs.created_at).toISOString()'), { created_at: trigger('created_at') }),
      ],
      ["the event's own uuid", flowOf(http({ headers: { ...FORM, 'Idempotency-Key': trigger('uuid') } }))],
      [
        "another thing's run id",
        KEYED(
          'export const code = (inputs) => { const payroll = inputs.payroll; return { key: payroll.run_id }; };',
          { payroll: trigger('payroll') },
        ),
      ],
      [
        'a function by that name',
        KEYED(
          'const uuid = (text) => hash(text);\nexport const code = (inputs) => ({ key: uuid(inputs.customer_id) });',
        ),
      ],
      ["the event's own run", KEYED(key('inputs.run_id'), { run_id: trigger('run_id') })],
      [
        'time beside the key',
        KEYED(`export const code = (inputs) => ({ key: inputs.customer_id, at: Date.now() });`),
      ],
      [
        "a guard's clock",
        flowOf(
          code(
            "import { guard } from 'billonce';\nexport const code = (inputs) => guard({ now: new Date() }).charge({ customer_id: inputs.customer_id, amount_cents: 1, billing_period: inputs.billing_period });",
            EVENT,
          ),
        ),
      ],
      ['a text that speaks of it', KEYED(key("inputs.customer_id + 'Date.now() Math.random()'"))],
      [
        'uuid v5',
        KEYED(
          "import { v5 } from 'uuid';\nexport const code = (inputs) => ({ key: v5(inputs.customer_id, 'x') });",
        ),
      ],
    ],
  },
  'constant-idempotency-key': {
    faults: [
      [
        'a text in the header',
        flowOf(http({ headers: { ...FORM, 'Idempotency-Key': 'renewal' } })),
        ['step_2'],
      ],
      ['a text in the code', KEYED("export const code = () => ({ key: 'renewal' });"), ['step_2']],
      [
        'in the package',
        flowOf(code(`${STRIPE}await stripe.charges.create({ amount: 1 }, { idempotencyKey: 'x' });\n};`)),
        ['step_1', 4],
      ],
    ],
    right: [
      [
        'a text with a reference',
        flowOf(http({ headers: { ...FORM, 'Idempotency-Key': `renewal-${trigger('id')}` } })),
      ],
    ],
  },
  'loop-without-index': {
    faults: [
      [
        'billonce',
        inLoop(
          `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: inputs.item.amount_cents, billing_period: inputs.billing_period });\n};`,
          ITEM,
        ),
        ['step_1', 4],
      ],
      [
        'a hash',
        flowOf(
          loop(
            chain(
              code(key('`${inputs.customer_id}:${inputs.item.amount_cents}`'), ITEM),
              http({ headers: { ...FORM, 'Idempotency-Key': "{{step_1['output']['key']}}" } }),
            ),
          ),
        ),
        ['step_2'],
      ],
      ['a header', flowOf(loop(http())), ['step_2']],
      [
        'a key made before the loop',
        flowOf(
          chain(
            code(key('inputs.customer_id'), EVENT),
            loop(http({ headers: { ...FORM, 'Idempotency-Key': "{{step_1['output']['key']}}" } })),
          ),
        ),
        ['step_2'],
      ],
      [
        "the inner loop's index alone",
        flowOf(
          loop(
            loop(
              code(`${GUARD}return billing.charge({ ...inputs, loop_index: inputs.index });\n};`, {
                ...EVENT,
                index: "{{step_9['output']['index']}}",
              }),
              { items: "{{step_8['output']['item'].lines}}" },
            ),
            { name: 'step_8' },
          ),
        ),
        ['step_1', 4],
      ],
    ],
    right: [
      [
        'the index',
        inLoop(
          `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: inputs.item.amount_cents, billing_period: inputs.billing_period, loop_index: inputs.index });\n};`,
          ITEM,
        ),
      ],
      [
        "the item's id",
        inLoop(
          `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: inputs.item.amount_cents, billing_period: inputs.billing_period, loop_item: inputs.item.id });\n};`,
          ITEM,
        ),
      ],
      [
        'a loop over customers',
        inLoop(
          `${GUARD}const { item } = inputs;\nreturn billing.charge({ customer_id: item.customer_id, amount_cents: item.amount_cents, billing_period: inputs.billing_period });\n};`,
          ITEM,
        ),
      ],
      [
        'both indexes',
        flowOf(
          loop(
            loop(
              code(`${GUARD}return billing.charge({ ...inputs });\n};`, {
                ...EVENT,
                loop_index: ["{{step_8['output']['index']}}", "{{step_9['output']['index']}}"],
              }),
              { items: "{{step_8['output']['item'].lines}}" },
            ),
            { name: 'step_8' },
          ),
        ),
      ],
      [
        'an id in the header',
        flowOf(loop(http({ headers: { ...FORM, 'Idempotency-Key': "{{step_9['item']['id']}}" } }))),
      ],
    ],
  },
  'branch-without-name': {
    faults: [['two branches', flowOf(branched('', '')), ['step_1', 4], ['step_2', 4]]],
    right: [
      ['named', flowOf(branched(", branch: 'upgrade'", ", branch: 'renewal'"))],
      ['one is named', flowOf(branched(", branch: 'upgrade'", ''))],
      ['one charges', flowOf(router('step_5', { a: http(), b: code('export const code = () => 1;') }))],
    ],
  },
  'raw-stripe-key': {
    faults: [
      ['a token', flowOf(http({ authFields: { token: 'sk_test_local' } })), ['step_2']],
      [
        'a header',
        flowOf(
          http({
            headers: { ...FORM, 'Idempotency-Key': trigger('id'), Authorization: 'Bearer rk_live_51H' },
          }),
        ),
        ['step_2'],
      ],
      ['in code', CODE("return 'sk_live_51Habc'.length;"), ['step_1', 2]],
      ['in a comment', CODE('return 1; // sk_live_51Habc'), ['step_1', 2]],
      ['in code that cannot be parsed', flowOf(code('const = "sk_live_51Habc"')), ['step_1', 1]],
      [
        'in a step that is switched off',
        flowOf(http({ authFields: { token: 'sk_live_51H' } }, { skip: true })),
        ['step_2'],
      ],
    ],
    right: [
      ['a connection', flowOf(http({ authFields: { token: "{{connections['sk_live']}}" } }))],
      ['a name', CODE('const sk_live_key = inputs.customer_id; return sk_live_key.length;')],
      ['a check for one', CODE("return inputs.customer_id.startsWith('sk_live_') ? 1 : 2;")],
    ],
  },
  'stripe-client-at-module-scope': {
    faults: [
      [
        'new Stripe',
        flowOf(
          code("import Stripe from 'stripe';\nconst stripe = new Stripe('x');\nexport const code = () => 1;"),
        ),
        ['step_1', 2],
      ],
      [
        'require and call',
        flowOf(code("const stripe = require('stripe')('x');\nexport const code = () => 1;")),
        ['step_1', 1],
      ],
      [
        'under another name',
        flowOf(
          code(
            "import Payments from 'stripe';\nexport const p = new Payments('x');\nexport const code = () => 1;",
          ),
        ),
        ['step_1', 2],
      ],
      [
        'a guard',
        flowOf(
          code("import { guard } from 'billonce';\nconst billing = guard({});\nexport const code = () => 1;"),
        ),
        ['step_1', 2],
      ],
    ],
    right: [
      ['inside', flowOf(code(`${STRIPE}return 1;\n};`))],
      [
        'in a function of the module',
        flowOf(
          code(
            "import Stripe from 'stripe';\nfunction client(k) { return new Stripe(k); }\nexport const code = (inputs) => { client(inputs.k); };",
          ),
        ),
      ],
    ],
  },
  'secret-in-output': {
    faults: [
      [
        'a connection',
        CODE('return { id: inputs.customer_id, token: inputs.token };', {
          ...EVENT,
          token: "{{connections['stripe']}}",
        }),
        ['step_1', 2],
      ],
      ['all inputs', CODE('return inputs;', { token: "{{connections['stripe']}}" }), ['step_1', 2]],
      [
        'a header made of it',
        CODE('const headers = { Authorization: `Bearer ${inputs.token}` }; return { headers };', {
          token: "{{connections['stripe']}}",
        }),
        ['step_1', 2],
      ],
      ['the environment', CODE('return { k: process.env.STRIPE_SECRET_KEY };'), ['step_1', 2]],
      [
        'a request with the vault key',
        flowOf(
          code(
            "import { buildRequest } from 'billonce';\nexport const code = (inputs) => buildRequest({ endpoint: 'charges.create', vault_key: inputs.v, event: inputs.e });",
            { v: "{{connections['v']}}", e: EVENT },
          ),
        ),
        ['step_1', 2],
      ],
    ],
    right: [
      [
        'used, not returned',
        CODE('const answer = await call(inputs.token); return { id: answer.id };', {
          token: "{{connections['stripe']}}",
        }),
      ],
      [
        "a guard's step",
        flowOf(
          code(
            "import { guard } from 'billonce';\nexport const code = (inputs) => guard({ vault_key: inputs.token }).charge({ customer_id: inputs.customer_id, amount_cents: 1, billing_period: inputs.billing_period });",
            { ...EVENT, token: "{{connections['v']}}" },
          ),
        ),
      ],
      [
        'whether there is one',
        CODE("return { has: inputs.token === 'x', none: !inputs.token, n: inputs.token.length > 3 };", {
          token: "{{connections['v']}}",
        }),
      ],
    ],
  },
  'proxy-prefix-lost': {
    faults: [
      [
        'as it was published',
        flowOf(
          code(
            "import Stripe from 'stripe';\nexport const code = async (inputs) => { const stripe = new Stripe(inputs.key, { host: 'proxy.keybrake.com', port: 443, protocol: 'https' }); await stripe.balance.retrieve(); };",
          ),
        ),
        ['step_1', 2],
      ],
    ],
    right: [
      [
        'a double, which serves at its root',
        flowOf(
          code(
            "import Stripe from 'stripe';\nexport const code = async (inputs) => { const stripe = new Stripe(inputs.key, { host: 'localhost', port: 8420, protocol: 'http' }); await stripe.balance.retrieve(); };",
          ),
        ),
      ],
      [
        'a client of its own',
        flowOf(
          code(
            "import Stripe from 'stripe';\nimport { governed } from 'billonce/stripe';\nexport const code = async (inputs) => { const stripe = new Stripe(inputs.key, { host: 'proxy.keybrake.com', httpClient: governed({}) }); await stripe.balance.retrieve(); };",
          ),
        ),
      ],
    ],
  },
  'direct-stripe-url': {
    faults: [
      [
        'beside a call through the proxy',
        flowOf(http(), http({ url: 'https://proxy.keybrake.com/stripe/v1/refunds' }, { name: 'step_3' })),
        ['step_2'],
      ],
      [
        'beside a guard of a proxy',
        flowOf(
          code(
            "import { guard } from 'billonce';\nexport const code = () => guard({ base_url: 'https://proxy.keybrake.com/stripe' }) && 1;",
          ),
          http(),
        ),
        ['step_2'],
      ],
    ],
    right: [
      ['no proxy', flowOf(http())],
      ['all through it', flowOf(http({ url: 'https://proxy.keybrake.com/stripe/v1/charges' }))],
    ],
  },
  'body-not-form-encoded': {
    faults: [
      ['form_data', flowOf(http({ body_type: 'form_data', body: { data: { amount: '1' } } })), ['step_2']],
      ['json', flowOf(http({ body_type: 'json', body: { data: { amount: 1 } } })), ['step_2']],
      ['raw without a type', flowOf(http({ headers: { 'Idempotency-Key': trigger('id') } })), ['step_2']],
    ],
    right: [
      ['raw with it', flowOf(http())],
      ['form_data to others', flowOf(http({ url: 'https://example.com', body_type: 'form_data' }))],
    ],
  },
  'zero-decimal-times-100': {
    faults: [
      [
        'the package',
        flowOf(
          code(
            `${STRIPE}const amount = Math.round(inputs.price * 100);\nawait stripe.charges.create({ amount, currency: 'jpy' }, { idempotencyKey: inputs.customer_id });\n};`,
            { ...EVENT, price: trigger('price') },
          ),
        ),
        ['step_1', 4],
      ],
      [
        'billonce',
        flowOf(
          code(
            `${GUARD}return billing.charge({ customer_id: inputs.customer_id, amount_cents: 100 * inputs.price, billing_period: inputs.billing_period }, { currency: 'JPY' });\n};`,
            { ...EVENT, price: trigger('price') },
          ),
        ),
        ['step_1', 4],
      ],
      [
        'an expression in the body',
        flowOf(http({ body: { data: `amount={{trigger['output'].price * 100}}&currency=krw&customer=x` } })),
        ['step_2'],
      ],
      [
        'a step before it',
        flowOf(
          code('export const code = (inputs) => ({ total: inputs.price * 100 });', {
            price: trigger('price'),
          }),
          http({ body: { data: "amount={{step_1['output'].total}}&currency=jpy&customer=x" } }),
        ),
        ['step_1', 1],
      ],
      [
        "fetch's body",
        CODE(
          "await fetch('https://api.stripe.com/v1/charges', { method: 'POST', headers: { 'Idempotency-Key': inputs.customer_id }, body: new URLSearchParams({ amount: String(inputs.price * 100), currency: 'jpy' }) });",
          { ...EVENT, price: trigger('price') },
        ),
        ['step_1', 2],
      ],
    ],
    right: [
      [
        'dollars',
        flowOf(http({ body: { data: `amount={{trigger['output'].price * 100}}&currency=usd&customer=x` } })),
      ],
      [
        'yen as they are',
        flowOf(http({ body: { data: `amount={{trigger['output'].price}}&currency=jpy&customer=x` } })),
      ],
      [
        'a currency that is not known',
        flowOf(
          http({
            body: {
              data: `amount={{trigger['output'].price * 100}}&currency={{trigger['output'].currency}}&customer=x`,
            },
          }),
        ),
      ],
    ],
  },
  'bigint-in-output': {
    faults: [
      ['a literal', CODE('return { n: 49n };'), ['step_1', 2]],
      ['a call', CODE('const n = BigInt(inputs.amount_cents);\nreturn { n: n * 2n };'), ['step_1', 3]],
    ],
    right: [
      [
        'made a number',
        CODE(
          'const n = BigInt(inputs.amount_cents);\nreturn { n: Number(n), t: `${n}`, s: n.toString(), is: n > 2n };',
        ),
      ],
      ['within', CODE('const n = 2n ** 3n; return { big: n === 8n };')],
    ],
  },
  'unreadable-code': {
    faults: [
      ['no JavaScript', flowOf(code('export const code = (inputs) => {\n  return {{;\n};')), ['step_1', 2]],
      ['a bundle', flowOf(code(`/*${'x'.repeat(1_000_001)}*/`)), ['step_1']],
      ['nested without end', flowOf(code(`export const code = () => ${'['.repeat(50_000)}`)), ['step_1']],
    ],
    right: [
      ['an empty step', flowOf(code(''))],
      ['a snippet that returns', flowOf(code('const { a } = inputs;\nreturn { a };'))],
      [
        'all that TypeScript has',
        flowOf(
          code(
            'enum A { B }\nabstract class C<T> { declare x: T; constructor(private y: number) { super(); } }\nexport const code = async (inputs: unknown) => { const x = inputs satisfies unknown as never; return x!; };',
          ),
        ),
      ],
    ],
  },
};

describe.each(Object.entries(CASES))('%s', (rule, { faults, right }) => {
  test.each(faults)('is found: %s', (_, flow, ...places) => {
    expect(found(flow).filter(([name]) => name === rule)).toEqual(places.map((place) => [rule, ...place]));
  });
  test.each(right)('is not found: %s', (_, flow) => {
    expect(found(flow)).toEqual([]);
  });
});

describe('retry-without-key', () => {
  test.each(['retry_all', 'retry_5xx', 'continue_4xx'])('the failure mode %s', (failureMode) => {
    const [, finding] = lint(flowOf(http({ headers: FORM, failureMode })));
    expect([finding.rule, finding.step]).toEqual(['retry-without-key', 'step_2']);
    expect(finding.message).toContain(`${failureMode} sends this POST up to 3 times`);
    expect(found(flowOf(http({ failureMode })))).toEqual([]);
  });

  test("a step's own retries", () => {
    const retried = (headers) => {
      const step = http({ headers });
      step.settings.errorHandlingOptions.retryOnFailure.value = true;
      return flowOf(step);
    };
    expect(found(retried(FORM))).toEqual([
      ['missing-idempotency-key', 'step_2'],
      ['retry-without-key', 'step_2'],
    ]);
    expect(found(retried(http().settings.input.headers))).toEqual([]);
  });
});

test('a proxy that goes by another name can be given', () => {
  const flow = flowOf(
    http(),
    http({ url: 'https://payments.example/v1/charges', headers: FORM }, { name: 'step_3' }),
  );
  expect(found(flow)).toEqual([]);
  expect(found(flow, { proxy: 'https://payments.example' })).toEqual([
    ['direct-stripe-url', 'step_2'],
    ['missing-idempotency-key', 'step_3'],
  ]);
});

test('every rule is tested here', () => {
  const types = readFileSync(new URL('../../js/lab/types.ts', import.meta.url), 'utf8');
  const rules = [
    ...types
      .slice(types.indexOf('LintRule ='))
      .split(';')[0]
      .matchAll(/'([\w-]+)'/g),
  ].map(([, rule]) => rule);
  expect([...Object.keys(CASES), 'retry-without-key'].sort()).toEqual(rules.sort());
});

test('a secret is never repeated: in findings, or in a fixed flow', () => {
  const secret = 'sk_live_51HsecretSECRET';
  const token = { authFields: { token: secret }, headers: { ...FORM, Authorization: `Bearer ${secret}` } };
  const data =
    "amount={{trigger['output'].a}}&currency=usd&customer={{trigger['output'].c}}&description={{trigger['output'].billing_period}}";
  const flow = flowOf(
    code(
      `export const code = () => ({ k: '${secret}' }); // ${secret}`,
      { a: secret },
      { displayName: `Key ${secret}` },
    ),
    http({ ...token, body: { data } }, { displayName: secret }),
  );
  const findings = lint(flow);
  expect(findings.map(({ rule }) => rule)).toEqual([
    'raw-stripe-key',
    'secret-in-output',
    'missing-idempotency-key',
    'raw-stripe-key',
  ]);
  expect(findings.filter((finding) => 'fixed' in finding)).toHaveLength(2);
  expect(JSON.stringify(findings)).not.toContain('51Hsecret');
});

test('2,000 steps are linted, and a source that does its worst', () => {
  const steps = Array.from({ length: 1000 }, (_, at) => [
    code(GUARD, {}, { name: `step_${2 * at + 1}` }),
    http({ headers: FORM }, { name: `step_${2 * at + 2}` }),
  ]).flat();
  expect(lint(flowOf(...steps)).filter(({ rule }) => rule === 'missing-idempotency-key')).toHaveLength(1000);
  const worst = Array.from(
    { length: 300 },
    (_, at) => `const a${at} = [${at > 0 ? `a${at - 1}, a${at - 1}` : 'inputs'}];`,
  ).join('\n');
  expect(found(KEYED(`export const code = (inputs) => {\n${worst}\nreturn { key: a299 };\n};`))).toEqual([]);
});
