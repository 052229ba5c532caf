// classifyResponse over answers that something happened to: none throws, none that still tells of money is read as
// harmless, and none is read as a charge that does not say so.
import { classifyResponse } from 'billonce';
import { expect, test } from 'vitest';
import { CHARGE, PAYMENT_INTENT, REFUSALS } from '../support/answers/bodies.mjs';
import { mutate } from '../support/answers/mutate.mjs';
import { randomOf, seedOfThisRun } from '../support/random.mjs';

const KINDS = `succeeded replayed pending requires_action canceled declined in_flight key_reused cap_exceeded
  endpoint_not_allowed max_charge_usd_exceeded vault_key_revoked rate_limited lock_timeout invalid_request unauthorized stripe_error
  network_error unreadable`.split(/\s+/);
const STATUSES = [
  0, 200, 200, 200, 201, 302, 400, 401, 402, 403, 404, 408, 409, 422, 424, 429, 499, 500, 502, 503,
];
const HEADERS = [
  {},
  { 'Idempotent-Replayed': 'true' },
  { 'Stripe-Should-Retry': 'true' },
  { 'Stripe-Should-Retry': 'false' },
  { 'Retry-After': '999999999999999999999', 'Request-Id': ['req_1'] },
  { 'retry-after': 'Sun Nov  6 08:49:37 1994', date: 'Sunday, 06-Nov-94 08:49:37 GMT' },
];

/** Whether anything in a value says that money moved: any one of these is enough. */
function tellsOfMoney(value) {
  if (value === null || typeof value !== 'object') return false;
  const { paid, status, amount_received, balance_transaction, metadata, ...rest } = value;
  const says =
    paid === true ||
    status === 'succeeded' ||
    status === 'paid' ||
    (typeof amount_received === 'number' && amount_received > 0) ||
    typeof balance_transaction === 'string';
  return (
    says || [paid, status, amount_received, balance_transaction, ...Object.values(rest)].some(tellsOfMoney)
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with an outcome, or null. */
function fault(outcome, status, text) {
  const body = parsed(text);
  if (!KINDS.includes(outcome.kind)) return 'no such kind';
  if (outcome.http_status !== status) return 'another status';
  if (body === undefined && outcome.charged !== 'unknown') return 'something was read in what is no JSON';
  if (outcome.charged === 'no' && tellsOfMoney(body)) return 'a charge was read as harmless';
  const succeeded = status >= 200 && status < 300 && ['succeeded', 'paid'].includes(body?.status);
  if (outcome.charged === 'yes' && !succeeded) return 'a charge was read where there is none';
  return null;
}

function check(name, count, sample) {
  const random = randomOf(seedOfThisRun);
  const seen = { yes: 0, no: 0, unknown: 0 };
  for (let at = 0; at < count; at++) {
    const [status, headers, text] = sample(random);
    let outcome;
    try {
      outcome = classifyResponse({ status, headers, body: text });
    } catch (error) {
      throw new Error(`seed ${random.seed}, ${name} ${at}: ${error.message} at ${status} ${text}`);
    }
    const wrong = fault(outcome, status, text);
    if (wrong)
      throw new Error(
        `seed ${random.seed}, ${name} ${at}: ${wrong} at ${status} ${JSON.stringify(headers)} ${text}`,
      );
    seen[outcome.charged]++;
  }
  return seen;
}

const successful = [CHARGE, PAYMENT_INTENT];

test('60,000 bodies of charges that succeeded', () => {
  const seen = check('charge', 60_000, (random) => {
    const text = mutate(random.pick(successful), 1 + random.below(3), random);
    return [random.pick(STATUSES), random.pick(HEADERS), text];
  });
  // Enough of them are still read as what they are, or the rest would say nothing.
  expect(seen.yes).toBeGreaterThan(1000);
  expect(seen.unknown).toBeGreaterThan(30_000);
});

test('40,000 refusals', () => {
  const seen = check('refusal', 40_000, (random) => {
    const [own, body] = random.pick(REFUSALS);
    return [
      random.chance(0.5) ? own : random.pick(STATUSES),
      random.pick(HEADERS),
      mutate(body, random.below(3), random),
    ];
  });
  expect(seen.no).toBeGreaterThan(5000);
  expect(seen.yes).toBe(0);
});

test('each body as it is', () => {
  for (const body of successful) {
    for (const status of STATUSES) {
      const { charged } = classifyResponse({ status, body });
      expect([status, charged]).toEqual([status, status === 200 || status === 201 ? 'yes' : 'unknown']);
    }
  }
  for (const [status, body] of REFUSALS) {
    const { kind, charged } = classifyResponse({ status, body });
    const unknown = ['in_flight', 'stripe_error'].includes(kind);
    expect([kind, charged]).toEqual([kind, unknown ? 'unknown' : 'no']);
    expect(kind).not.toBe('unreadable');
  }
});

test('what cannot be read in a refusal may tell of a charge', () => {
  const told = (name) =>
    `{"error":{"type":"card_error","payment_intent":{"${name}":true,"amount_received":4900}}}`;
  for (const name of ['livemode', 'live\\ud83dode']) {
    expect(classifyResponse({ status: 402, body: told(name) }).charged).toBe('unknown');
  }
});

test('huge and hostile answers', () => {
  const read = (answer) => classifyResponse({ status: 200, ...answer }).kind;
  expect(read({ body: `{"object":"charge","status":"succeeded","x":"${'x'.repeat(4_000_000)}"}` })).toBe(
    'unreadable',
  );
  expect(read({ body: '['.repeat(1_000_000) })).toBe('unreadable');
  expect(read({ body: `${'{"error":'.repeat(500_000)}1${'}'.repeat(500_000)}` })).toBe('unreadable');
  const wide = { ...CHARGE, lines: Array(200_000).fill(0) };
  expect(['succeeded', 'unreadable']).toContain(read({ body: wide }));
  const throwing = () => {
    throw new Error('sk_live_should_not_be_seen');
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const body of [
    proxy,
    new Proxy({}, { ownKeys: throwing }),
    Symbol('body'),
    throwing,
    new Map(),
    new Date(),
  ]) {
    expect(read({ body })).toBe('unreadable');
  }
  const spoilt = { headers: { get: throwing }, body: { get: throwing } };
  expect(classifyResponse(Object.defineProperties({ status: 200 }, spoilt)).kind).toBe('unreadable');
  const answer = { status: 200, body: CHARGE };
  const endless = {
    forEach(visit) {
      for (;;) visit('v', 'n');
    },
  };
  const hostile = [
    proxy,
    endless,
    { forEach: throwing },
    new Map([[Symbol('name'), 1]]),
    'headers',
    7,
    throwing,
  ];
  for (const headers of hostile) expect(classifyResponse({ ...answer, headers }).charged).toBe('yes');
  const circular = { ...CHARGE };
  circular.self = circular;
  expect(read({ body: circular })).toBe('succeeded');
});
