// Run by vault-key.test.mjs in a folder where billonce is installed, in a process of its own: it captures the wasm memory
// before the package makes it. Each scenario has a vault key that occurs nowhere else; what is reported never holds one.
import { inspect } from 'node:util';

/** Of every instance: the package has three wasm files, and a trap would make it a new one. */
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    memories.push(this.exports.memory);
  }
};

const { BillonceError, buildRequest, findEarlier, guard, idempotencyKey, precheck } = await import(
  'billonce'
);
const { governed } = await import('billonce/stripe');

const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const POLICY = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };
const PARAMS = { amount: 4900, currency: 'usd' };
const NOW = '2026-06-01T09:00:00Z';
const CHARGED = '{"id":"ch_1","object":"charge","status":"succeeded","captured":true}';

/** Where a text stands in the wasm memory, in UTF-8 or UTF-16. */
function inMemory(text) {
  const bytes = Buffer.concat(memories.map(({ buffer }) => Buffer.from(buffer)));
  return ['utf8', 'utf16le'].filter((encoding) => bytes.includes(Buffer.from(text, encoding)));
}

/** Every way in which a value gets into a log. */
function shown(value) {
  const json = JSON.stringify(value);
  const inspected = [
    inspect(value),
    inspect(value, { depth: null, showHidden: true, getters: true, showProxy: true }),
  ];
  const more = value instanceof Error ? [value.stack, JSON.stringify({ ...value }), value.message] : [];
  return [json, String(value), `${Object.entries(Object(value))}`, ...inspected, ...more].join('\n');
}

const report = [];
let made = 0;

/**
 * Runs a scenario with a vault key of its own, and reports where that key is found afterwards: in the memory, or in what
 * `scenario` returned or threw, as logs would show it. The key begins with `prefix`; what follows is the mark that is looked
 * for, so that a part of the key counts as well. `expected` is the code of a refusal.
 */
async function run(name, prefix, scenario, expected) {
  const mark = `Q${(++made).toString().padStart(4, '0')}zWqXvKjPyBnMtRgHsD`;
  const key = `${prefix}${mark}`;
  const entry = { name, expected };
  let result;
  try {
    result = await scenario(key, entry);
  } catch (error) {
    result = error;
    entry.code = error instanceof BillonceError ? error.code : String(error);
  }
  entry.memory = inMemory(mark);
  entry.shown = shown(result).includes(mark);
  report.push(entry);
}

const charging = (key, more) =>
  guard({ policy: POLICY, now: NOW, spent_usd_cents: 0, vault_key: key, ...more });
const answering = (calls, text = CHARGED) => {
  return async (url, init) => {
    // What a real fetch does with the headers first; it refuses those that it cannot read.
    const headers = new Headers(init.headers);
    calls.push({ url, authorization: headers.get('authorization'), key: headers.get('idempotency-key') });
    return { status: 200, headers: new Headers(), text: async () => text };
  };
};

// What a step does.
await run('guard', 'vault_key_', (key) => charging(key));
await run('guard.charge', 'vault_key_', (key) => charging(key).charge(EVENT, { metadata: { seats: 3 } }));
await run(
  'a denied charge',
  'vault_key_',
  (key) => charging(key, { spent_usd_cents: 1 }).charge(EVENT),
  'daily_usd_cap_exceeded',
);
await run('buildRequest', 'vault_key_', (key, entry) => {
  const request = buildRequest({ endpoint: 'charges.create', event: EVENT, params: PARAMS, vault_key: key });
  entry.authorized = request.headers.Authorization === `Bearer ${key}`;
  entry.fetchable = new Headers(request.headers).get('authorization') === `Bearer ${key}`;
  return request;
});
await run('precheck of a request with the key', 'vault_key_', (key) => {
  const request = buildRequest({ endpoint: 'charges.create', event: EVENT, params: PARAMS, vault_key: key });
  return precheck({ policy: POLICY, now: NOW, request });
});
await run('guard.send', 'vault_key_', async (key, entry) => {
  const calls = [];
  const billing = charging(key);
  const result = await billing.send(billing.charge(EVENT), answering(calls));
  entry.authorized = calls.every(({ authorization }) => authorization === `Bearer ${key}`);
  entry.calls = calls.length;
  entry.outcome = result.outcome.kind;
  return result;
});
await run('guard.send, where fetch throws its headers', 'vault_key_', async (key, entry) => {
  const billing = charging(key);
  const fetch = async (_, init) => {
    throw new Error(`socket hang up: ${init.headers.Authorization}`);
  };
  const result = await billing.send(billing.charge(EVENT), fetch, { max_attempts: 2, sleep: async () => {} });
  entry.calls = result.attempts.length;
  entry.outcome = result.outcome.kind;
  return result;
});
await run('guard.send, where the answer repeats its headers', 'vault_key_', async (key, entry) => {
  const billing = charging(key);
  const fetch = async (_, init) =>
    new Response(JSON.stringify({ error: { code: init.headers.Authorization } }));
  const result = await billing.send(billing.charge(EVENT), fetch, { max_attempts: 1 });
  entry.outcome = result.outcome.kind;
  return result;
});
await run(
  'guard.send to another host',
  'vault_key_',
  (key) => {
    const step = guard({ base_url: 'https://example.com' }).charge(EVENT);
    return charging(key).send(step, answering([]));
  },
  'foreign_request',
);
await run(
  'guard.send without a key',
  'vault_key_',
  () => {
    const billing = guard({});
    return billing.send(billing.charge(EVENT), answering([]));
  },
  'missing_field',
);
await run('two guards', 'vault_key_', async (key, entry) => {
  const keys = [`${key}A`, `${key}B`];
  const calls = [];
  const [first, second] = keys.map((own) => charging(own));
  const steps = [first.charge(EVENT), second.charge({ ...EVENT, customer_id: 'cus_B200' })];
  const fetch = answering(calls);
  // Crosswise and at once: a step is no one guard's, a key is.
  await Promise.all([second.send(steps[0], fetch), first.send(steps[1], fetch), first.send(steps[0], fetch)]);
  const expected = [keys[1], keys[0], keys[0]].map((own) => `Bearer ${own}`);
  entry.authorized = calls.every(({ authorization }, at) => authorization === expected[at]);
  entry.calls = calls.length;
  return [first, second, steps];
});
await run('a raw key that is meant', 'sk_test_', async (key, entry) => {
  const calls = [];
  const billing = charging(key, { allow_raw_key: true, base_url: 'https://api.stripe.com' });
  await billing.send(billing.charge(EVENT), answering(calls));
  entry.authorized = calls.every(({ authorization }) => authorization === `Bearer ${key}`);
  entry.calls = calls.length;
  return billing;
});

// Looking for what was charged.
const EMPTY_LIST = '{"object":"list","data":[],"has_more":false}';
await run('findEarlier', 'vault_key_', async (key, entry) => {
  const calls = [];
  const earlier = await findEarlier(answering(calls, EMPTY_LIST), EVENT, { vault_key: key });
  entry.authorized = calls.every(({ authorization }) => authorization === `Bearer ${key}`);
  entry.calls = calls.length;
  return [earlier, calls.map(({ url }) => url)];
});
await run('guard.findEarlier, where fetch throws its headers', 'vault_key_', async (key, entry) => {
  const earlier = await charging(key).findEarlier(EVENT, async (_, init) => {
    throw new Error(`socket hang up: ${init.headers.Authorization}`);
  });
  entry.outcome = earlier.found;
  return earlier;
});

// The official package's calls, which carry the key in a header of their own.
const ask = (key, config, { method = 'POST', body = 'amount=4900&currency=usd&customer=cus_A100' } = {}) => {
  const billing = governed({ policy: POLICY, now: NOW, spent_usd_cents: 0, event: EVENT, ...config });
  const headers = { Authorization: `Bearer ${key}`, 'Idempotency-Key': 'stripe-node-retry-1' };
  const call = ['api.stripe.com', '443', '/v1/charges', method, headers, body, 'https', 1000];
  return billing
    .makeRequest(...call)
    .then(async (answer) => [billing, answer, await answer.toJSON(), answer.getHeaders()]);
};
await run('governed', 'vault_key_', async (key, entry) => {
  const calls = [];
  const answers = [await ask(key, { fetch: answering(calls) })];
  answers.push(await ask(key, { fetch: answering(calls, EMPTY_LIST) }, { method: 'GET' }));
  entry.authorized = calls.every(({ authorization }) => authorization === `Bearer ${key}`);
  entry.calls = calls.length;
  return answers;
});
await run('governed, where fetch throws its headers', 'vault_key_', async (key, entry) => {
  const fetch = async (_, init) => {
    throw new Error(`socket hang up: ${init.headers.Authorization}`);
  };
  const error = await ask(key, { fetch }).catch((error) => error);
  entry.outcome = error.message;
  return error;
});
for (const [code, title, prefix, more] of [
  ['raw_key_refused', 'a raw key', 'sk_live_', {}],
  ['invalid_vault_key', 'a letter that is not ASCII', 'vault_key_ü', {}],
  ['secret_in_output', 'in the body', 'vault_key_', { inBody: true }],
]) {
  await run(`governed: ${title}`, prefix, async (key, entry) => {
    const calls = [];
    const call = more.inBody ? { body: `description=${key}` } : {};
    const [, answer, { error }] = await ask(key, { fetch: answering(calls) }, call);
    entry.outcome = [error.code, calls.length];
    if (error.code !== code) throw new Error(error.code);
    return [answer, error];
  });
}

// What is refused, by each of the two that take a key.
const takers = {
  guard: (vault_key, more) => guard({ policy: POLICY, now: NOW, vault_key, ...more }),
  buildRequest: (vault_key, more) =>
    buildRequest({ endpoint: 'charges.create', event: EVENT, params: PARAMS, vault_key, ...more }),
};
for (const [name, take] of Object.entries(takers)) {
  const refused = (code, title, prefix, act) => run(`${name}: ${title}`, prefix, act, code);
  await refused('raw_key_refused', 'a raw key', 'sk_live_', (key) => take(key));
  await refused('raw_key_refused', 'a restricted raw key', 'rk_test_', (key) => take(key));
  const asText = { allow_raw_key: 'true' };
  await refused('raw_key_refused', 'a raw key, allowed in text', 'sk_live_', (key) => take(key, asText));
  await refused('invalid_vault_key', 'a publishable key', 'pk_live_', (key) => take(key));
  await refused('invalid_vault_key', 'a scheme before it', 'Bearer ', (key) => take(key));
  await refused('invalid_vault_key', 'a line break after it', 'vault_key_', (key) => take(`${key}\n`));
  await refused('invalid_vault_key', 'a letter that is not ASCII', 'vault_key_ü', (key) => take(key));
  await refused('lone_surrogate', 'half a surrogate pair', '\ud83d', (key) => take(key));
  await refused('invalid_vault_key', 'too long', 'k'.repeat(4090), (key) => take(key));
  await refused('invalid_vault_key', 'much too long', 'vault_key_', (key) => take(key.repeat(4000)));
  await refused('unresolved_reference', 'unresolved', '{{connections.', (key) => take(`${key}}}`));
  await refused('wrong_type', 'in a list', 'vault_key_', (key) => take([key]));
  await refused('wrong_type', 'in an object', 'vault_key_', (key) => take({ secret: key }));
  await refused('wrong_type', 'as a String object', 'vault_key_', (key) => take(Object(key)));
  await refused('wrong_type', 'as bytes', 'vault_key_', (key) => take(Buffer.from(key)));
  const otherFault = { base_url: 'http://example.com' };
  await refused('invalid_base_url', 'beside another fault', 'vault_key_', (key) => take(key, otherFault));
  await refused('secret_in_output', 'inside the base URL', 'vault_key_', (key) => {
    return take(key, { base_url: `https://${key}@example.com` });
  });
  await refused('unknown_field', 'by a mistyped name', 'vault_key_', (key) =>
    take(undefined, { vault_keys: key }),
  );
}

// A key where none belongs.
const misplaced = (code, name, act) => run(name, 'vault_key_', act, code);
await misplaced('secret_in_output', 'buildRequest: among params', (key) => {
  return takers.buildRequest(key, { params: { metadata: { key } } });
});
await misplaced('secret_in_output', 'buildRequest: as idempotency key', (key) => {
  return takers.buildRequest(key, { event: undefined, idempotency_key: key });
});
await misplaced('secret_in_output', 'guard.charge: among params', (key) => {
  return charging(key).charge(EVENT, { description: key });
});
await misplaced('secret_in_output', 'guard.charge: as customer', (key) => {
  return charging(key).charge({ ...EVENT, customer_id: key });
});
await misplaced('secret_in_output', 'guard.charge: in the event', (key) => {
  return charging(key).charge({ ...EVENT, vault_key: key });
});
await misplaced('secret_in_output', 'guard.admit: in the body', (key) => {
  return charging(key).admit({ endpoint: 'POST /v1/charges', body: `description=${key}`, event: EVENT });
});
await misplaced('secret_in_output', 'findEarlier: in the event', (key) => {
  return findEarlier(answering([]), { ...EVENT, customer_id: key }, { vault_key: key });
});
await misplaced('secret_in_output', 'findEarlier: in the options', (key) => {
  return findEarlier(answering([]), EVENT, { vault_key: key, base_url: `https://${key}.example.com` });
});
await misplaced('unknown_field', 'idempotencyKey: in the event', (key) => {
  return idempotencyKey({ ...EVENT, vault_key: key });
});
await misplaced('unknown_field', 'idempotencyKey: as a name', (key) =>
  idempotencyKey({ ...EVENT, [key]: 1 }),
);
await misplaced('unknown_field', 'guard: in the policy', (key) => {
  return takers.guard(undefined, { policy: { ...POLICY, vault_key: key } });
});
await misplaced('unknown_field', 'precheck: beside the request', (key) => {
  return precheck({ policy: POLICY, now: NOW, ...PARAMS, vault_key: key });
});
await misplaced('unreadable_input', 'guard.charge: thrown by a getter', (key) => {
  const event = {
    ...EVENT,
    get flow() {
      throw new Error(key);
    },
  };
  return charging(key).charge(event);
});

// Without a key there is none; and what a guard charges has none, whatever the guard holds.
const built = buildRequest({ endpoint: 'charges.create', event: EVENT, params: PARAMS });
const charge = guard({ vault_key: 'vault_key_1' }).charge(EVENT).request;
const headers = { buildRequest: Object.keys(built.headers), charge: Object.keys(charge.headers) };

// The search itself finds what is put into the memory, in either encoding, and a sentence of the rules'.
const bytes = Buffer.from(memories.at(-1).buffer);
const found = { text: inMemory('is a raw Stripe key') };
for (const encoding of ['utf8', 'utf16le']) {
  const planted = Buffer.from(`planted in ${encoding}`, encoding);
  const at = bytes.length - planted.length;
  const before = Buffer.from(bytes.subarray(at));
  planted.copy(bytes, at);
  found[encoding] = inMemory(`planted in ${encoding}`);
  before.copy(bytes, at);
}

console.log(JSON.stringify({ report, headers, found, size: bytes.length, instances: memories.length }));
