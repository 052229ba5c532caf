// Stripe as the simulated world has it, and the Stripe double over HTTP: two programs, one in Rust and one in JavaScript, that must
// answer alike whatever they are asked in whatever order.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomOf, seedOfThisRun } from '../support/random.mjs';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { FORM, world as newWorld, START_MS } from './simulated-world.mjs';

const SEQUENCES = 2000;
const DAY_MS = 86_400_000;
/** Longer than any answer takes; and eight of them pass no minute, before which what was made cannot be searched for. */
const TIMEOUT_MS = 4000;

/** What may strike on both sides, by the double's names; the money moves in all of the last three. */
const STRIKES = {
  stripe_429: { kind: 'rate_limit_429' },
  stripe_timeout_before: { kind: 'dropped_before' },
  stripe_500: { kind: 'saved_500', moved: true },
  stripe_timeout: { kind: 'lost_answer' },
  gateway_502: { kind: 'gateway_502' },
};

let double;
let now = START_MS;
beforeAll(async () => {
  double = await startStripeDouble({ now: () => now });
});
afterAll(() => double.close());

/** Parameters of which each is there, missing, or wrong. */
function formOf(random, params) {
  const pairs = [];
  for (const [name, values] of Object.entries(params)) {
    if (random.chance(0.08)) continue;
    const value = Array.isArray(values) ? random.pick(values) : values;
    if (value === undefined) continue;
    const odd = ['', 'x', '-5', '0', '10.5', '1e3', '9999999999999', '%zz', 'é'];
    pairs.push(`${name}=${random.chance(0.05) ? random.pick(odd) : value}`);
  }
  if (random.chance(0.1)) {
    const more = [
      'amont=1',
      'metadata[a]=b',
      'metadata[a][b]=c',
      'metadata=',
      'amount[x]=1',
      'amount=77',
      '&&',
      'expand[]=a',
    ];
    pairs.push(random.pick(more));
  }
  if (random.chance(0.2)) pairs.reverse();
  return pairs.join('&');
}

const AMOUNTS = ['4900', '100', '1', '50'];
const CURRENCIES = ['usd', 'usd', 'EUR', 'jpy', 'xyz'];
const CUSTOMERS = ['cus_1', 'cus_2', 'cus_declined', undefined];
const CARDS = ['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired', undefined];

/** A random request; `{n}` stands for the id of the object that the nth answer brought. */
function requestOf(random, made) {
  const one = (prefix) => {
    const known = made.filter((object) => object.prefix === prefix);
    return known.length > 0 && random.chance(0.95) ? `{${random.pick(known).at}}` : `${prefix}_none`;
  };
  const post = (path, params) => ({ method: 'POST', path, body: formOf(random, params) });
  const get = (path) => ({ method: 'GET', path, body: '' });
  const metadata = { 'metadata[order]': ['7', '8', undefined] };
  const MAKE = [
    () =>
      post('/v1/charges', {
        amount: AMOUNTS,
        currency: CURRENCIES,
        customer: CUSTOMERS,
        capture: [undefined, 'true', 'false'],
        ...metadata,
      }),
    () =>
      post('/v1/charges', {
        amount: AMOUNTS,
        currency: 'usd',
        source: ['tok_visa', 'tok_chargeDeclined'],
        description: ['a', undefined],
      }),
    () =>
      post('/v1/payment_intents', {
        amount: AMOUNTS,
        currency: CURRENCIES,
        customer: CUSTOMERS,
        payment_method: CARDS,
        confirm: ['true', 'true', 'false', undefined],
        capture_method: [undefined, 'manual', 'automatic', 'x'],
        off_session: [undefined, 'true'],
        ...metadata,
      }),
    () => post(`/v1/payment_intents/${one('pi')}/confirm`, { payment_method: CARDS }),
    () => post(`/v1/payment_intents/${one('pi')}/capture`, { amount_to_capture: [undefined, ...AMOUNTS] }),
    () => post(`/v1/payment_intents/${one('pi')}/cancel`, { cancellation_reason: [undefined, 'duplicate'] }),
    () => post(`/v1/charges/${one('ch')}/capture`, { amount: [undefined, ...AMOUNTS] }),
    () =>
      post('/v1/refunds', {
        charge: [one('ch'), undefined],
        amount: [undefined, ...AMOUNTS],
        payment_intent: [undefined, one('pi')],
      }),
    () => post('/v1/customers', { email: ['a@b.c', undefined], name: ['A', undefined], ...metadata }),
    () => post('/v1/payouts', { amount: AMOUNTS, currency: CURRENCIES }),
    () => post('/v1/transfers', { amount: AMOUNTS, currency: CURRENCIES, destination: 'acct_1' }),
    () => post('/v1/topups', { amount: AMOUNTS, currency: CURRENCIES }),
    () =>
      post('/v1/invoiceitems', { amount: [...AMOUNTS, '-300'], currency: CURRENCIES, customer: CUSTOMERS }),
    () => get(`/v1/charges/${one('ch')}`),
    () => get(`/v1/payment_intents/${one('pi')}`),
    () => get(`/v1/refunds/${one('re')}`),
    () =>
      get(
        `/v1/${random.pick(['charges', 'payment_intents', 'refunds', 'customers'])}?${formOf(random, { limit: [undefined, '1', '3'], customer: [undefined, 'cus_1'], starting_after: [undefined, undefined, one('ch')] })}`,
      ),
    () =>
      get(
        `/v1/${random.pick(['charges', 'payment_intents'])}/search?${formOf(random, { query: ["metadata['order']:'7'", "customer:'cus_1'", "status:'succeeded' AND customer:'cus_2'", 'nonsense'], limit: [undefined, '2'] })}`,
      ),
    () => post(random.pick(['/v1/nothing', '/v1/charges/a/b/c', '/v2/charges', '/']), {}),
  ];
  const request = random.chance(0.4) ? MAKE[random.below(4)]() : random.pick(MAKE)();
  const headers = { authorization: 'Bearer sk_test_of_a_test', ...FORM };
  if (random.chance(0.03)) delete headers.authorization;
  if (random.chance(0.03)) headers['content-type'] = 'application/json';
  if (random.chance(0.1)) headers['stripe-account'] = 'acct_1';
  // A key on a GET means nothing, to Stripe as well.
  if (request.method === 'POST' && random.chance(0.7))
    headers['idempotency-key'] = random.pick(
      ['a', 'b', 'c', 'd', 'x'.repeat(300)].slice(0, random.chance(0.02) ? 5 : 4),
    );
  return { ...request, headers };
}

/** One side's ids by the number of the answer that brought them, and back. */
class Ids {
  known = new Map();

  filled(text) {
    return text.replace(/\{(\d+)\}/g, (_, at) => this.known.get(Number(at)) ?? `none_${at}`);
  }

  /** With ids as the order of their first sight. */
  normal(text) {
    this.seen ??= new Map();
    return text.replace(/\b(ch|pi|re|cus|tr|po|tu|ii|req)_[0-9a-v]{24}\b/g, (id, prefix) => {
      if (!this.seen.has(id)) this.seen.set(id, `${prefix}#${this.seen.size}`);
      return this.seen.get(id);
    });
  }
}

const HEADERS = [
  'idempotent-replayed',
  'stripe-should-retry',
  'idempotency-key',
  'stripe-version',
  'stripe-rate-limited-reason',
  'original-request',
];

/** What must be the same, of an answer. */
function shown(answer, ids) {
  if (answer === null) return 'no answer';
  const headers = Object.fromEntries(HEADERS.map((name) => [name, answer.headers[name] ?? null]));
  // Only whether: the id of a request that was turned away is seen on one side alone.
  headers['original-request'] = headers['original-request'] !== null;
  let body = answer.body;
  if (body.startsWith('{')) {
    const parsed = JSON.parse(body, (name, value) => {
      if (name === 'created' || name === 'canceled_at') return typeof value;
      if (name === 'next_page') return typeof value;
      // The list of all currencies, in the double's words.
      if (name === 'message' && /^Invalid currency/.test(value)) return 'Invalid currency';
      return value;
    });
    body = sorted(parsed);
  }
  return ids.normal(JSON.stringify({ status: answer.status, headers, body }));
}

const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted(value[name])]),
        )
      : value;

async function askDouble({ method, path, headers, body }, ids) {
  const init = { method, headers, ...(method === 'POST' && { body: ids.filled(body) }) };
  try {
    const response = await fetch(double.url + ids.filled(path), init);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } catch {
    return null;
  }
}

const sendWorld = (world, { method, path, headers, body }, ids, strike) =>
  world.send({
    to: 'stripe',
    method,
    path: ids.filled(path),
    headers,
    body: ids.filled(body),
    strike,
    timeout_ms: TIMEOUT_MS,
  });

function answersOfWorld(world, count) {
  const answers = new Map();
  while (answers.size < count) {
    const happened = world.next();
    answers.set(happened.ticket, happened.answer ?? null);
  }
  return answers;
}

function remember(made, at, answers, sides) {
  const [ours] = answers;
  const prefix = ours?.status === 200 ? /^\{"id":"([a-z]+)_/.exec(ours.body)?.[1] : undefined;
  if (!prefix) return;
  made.push({ prefix, at });
  for (const [side, answer] of answers.entries()) {
    const { id, latest_charge } = JSON.parse(answer.body);
    sides[side].known.set(at, id);
    if (typeof latest_charge === 'string') sides[side].known.set(at + 0.5, latest_charge);
  }
}

test(`${SEQUENCES} random sequences of requests are answered alike`, { timeout: 300_000 }, async () => {
  const random = randomOf(seedOfThisRun);
  const counts = { requests: 0, replays: 0, conflicts: 0, mismatches: 0, declines: 0, moved: 0, struck: 0 };
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    double.reset();
    const world = newWorld({ seed: random.below(2 ** 32) });
    now = world.now();
    const sides = [new Ids(), new Ids()];
    const made = [];
    const story = [];
    const asked = [];
    for (let at = 0; at < 8; at++) {
      if (random.chance(0.06)) {
        world.sleep(random.pick([DAY_MS + 3_600_000, 600_000]));
        world.next();
        now = world.now();
      }
      const request = asked.length > 0 && random.chance(0.2) ? random.pick(asked) : requestOf(random, made);
      asked.push(request);
      story.push(request);
      const where = () => `seed ${random.seed}, sequence ${sequence}: ${JSON.stringify(story, null, 1)}`;
      if (request.headers['idempotency-key'] && random.chance(0.15)) {
        // Two at once. Which of them Stripe has first is the world's to say; the double is held to the same order.
        const twin = random.chance(0.8) ? request : { ...requestOf(random, made), headers: request.headers };
        if (twin.method !== 'POST') continue;
        story.push({ at_once_with: twin });
        const tickets = [request, twin].map((one) => sendWorld(world, one, sides[0]));
        const answers = answersOfWorld(world, 2);
        now = world.now();
        const ours = tickets.map((ticket) => answers.get(ticket));
        const conflict = (answer) => answer.status === 409 || answer.body.includes('"idempotency_error"');
        // Without a conflict, one was refused before it held the key, and came first if the order matters at all.
        const executed = ({ headers }) => 'original-request' in headers;
        const later = ours.some(conflict) ? conflict : executed;
        const order = later(ours[0]) && !later(ours[1]) ? [1, 0] : [0, 1];
        let open;
        const until = new Promise((done) => {
          open = done;
        });
        const held = double.fail({ kind: 'hang_until', until });
        const pair = [request, twin];
        const first = askDouble(pair[order[0]], sides[1]);
        const who = await Promise.race([held.reached, first.then(() => 'first')]);
        if (who === 'first') held.cancel();
        const second = await askDouble(pair[order[1]], sides[1]);
        open();
        held.cancel();
        const theirs = [await first, second];
        for (const [place, which] of order.entries()) {
          expect(shown(ours[which], sides[0]), where()).toBe(shown(theirs[place], sides[1]));
        }
        counts.conflicts += ours.some(conflict) ? 1 : 0;
        counts.requests += 2;
        remember(made, at, [ours[order[0]], theirs[0]], sides);
        continue;
      }
      const strike =
        request.method === 'POST' && random.chance(0.1) ? random.pick(Object.keys(STRIKES)) : undefined;
      if (strike) story.push(strike);
      const ticket = sendWorld(world, request, sides[0], strike);
      const ours = answersOfWorld(world, 1).get(ticket);
      now = world.now();
      const fault = strike && double.fail(STRIKES[strike]);
      const theirs = await askDouble(request, sides[1]);
      fault?.cancel();
      // The double lets a refusal at Stripe's door through; the world's gateways and wires make no difference.
      const lost = strike === 'stripe_timeout' || strike === 'gateway_502';
      if (lost && double.requests().at(-1).faults.length === 0) {
        expect(ours?.status, where()).toBe(strike === 'gateway_502' ? 502 : undefined);
        expect(theirs.status, where()).toBeGreaterThanOrEqual(400);
        continue;
      }
      expect(shown(ours, sides[0]), where()).toBe(shown(theirs, sides[1]));
      counts.requests += 1;
      counts.struck += strike ? 1 : 0;
      counts.replays += ours?.headers['idempotent-replayed'] ? 1 : 0;
      counts.declines += ours?.status === 402 ? 1 : 0;
      counts.mismatches += ours?.body.includes('"idempotency_error"') ? 1 : 0;
      remember(made, at, [ours, theirs], sides);
    }
    const moved = world.charges().filter(({ id }) => id.startsWith('ch_'));
    const plain = (charges, ids) =>
      charges.map(({ id, amount, currency, customer, idempotency_key }) =>
        ids.normal(JSON.stringify([id, amount, currency, customer, idempotency_key])),
      );
    expect(plain(moved, sides[0])).toEqual(plain(double.charges(), sides[1]));
    counts.moved += moved.length;
    world.close();
  }
  // A run in which something never came up would show nothing of it.
  for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(SEQUENCES / 20);
});
