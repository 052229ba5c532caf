// The simulated world as JavaScript uses it: what its answers say to the package's own rules, and what it refuses.
import { classifyResponse } from 'billonce';
import { expect, test } from 'vitest';
import { charge, drain, freshWorlds, START_MS, world } from './simulated-world.mjs';

const only = (happened) => [...happened.values()][0];

test('time passes from one event to the next, and ties go to who asked first', () => {
  const w = world();
  const [later, first, second] = [w.sleep(10), w.sleep(5), w.sleep(5)];
  expect([w.now(), w.next(), w.now()]).toEqual([START_MS, { kind: 'timer', ticket: first }, START_MS + 5]);
  expect([w.next(), w.next(), w.next()]).toEqual([
    { kind: 'timer', ticket: second },
    { kind: 'timer', ticket: later },
    null,
  ]);
  expect(w.now()).toBe(START_MS + 10);
});

test('chance is the seed’s', () => {
  const draw = (seed) =>
    Array.from(
      { length: 5 },
      (
        (w) => () =>
          w.random(1000)
      )(world({ seed })),
    );
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('a charge, its replay, and what is told of both', () => {
  const w = world();
  const [first] = [charge(w, { key: 'k' }), drain(w)];
  const again = charge(w, { key: 'k' });
  const replay = only(drain(w));
  expect(w.charges()).toEqual([
    {
      id: expect.stringMatching(/^ch_[0-9a-v]{24}$/),
      amount: 4900,
      currency: 'usd',
      customer: 'cus_A100',
      idempotency_key: 'k',
      at: expect.any(Number),
      ticket: first,
    },
  ]);
  expect(replay).toMatchObject({
    kind: 'answer',
    ticket: again,
    answer: { status: 200, headers: { 'idempotent-replayed': 'true' } },
    effect: { endpoint: 'POST /v1/charges', did: 'replayed', charge: null },
  });
  expect(JSON.parse(replay.answer.body)).toMatchObject({ id: w.charges()[0].id, object: 'charge' });
});

// What the package's own rules make of each answer must be true of the world.
test.each([
  ['stripe_409', 'in_flight', 0],
  ['stripe_429', 'rate_limited', 0],
  ['stripe_500', 'stripe_error', 1],
  ['stripe_500_before', 'stripe_error', 0],
  ['stripe_timeout', 'network_error', 1],
  ['stripe_timeout_before', 'network_error', 0],
  ['gateway_502', 'unreadable', 1],
])('%s is read as %s', (strike, kind, charges) => {
  const w = world();
  charge(w, { key: 'k', strike });
  const { answer, effect } = only(drain(w));
  const outcome = classifyResponse(answer ?? { status: 0, headers: {}, body: '' });
  expect(outcome.kind).toBe(kind);
  expect(outcome.charged).not.toBe(charges > 0 ? 'no' : 'yes');
  expect([w.charges().length, effect.charge]).toEqual([charges, w.charges()[0] ?? null]);
});

test('the vendor’s proxy answers with a text for an error', () => {
  const w = world();
  const ask = (more) => {
    charge(w, { to: 'proxy', ...more });
    return only(drain(w));
  };
  expect(ask({ headers: { authorization: 'Bearer sk_test_1' } }).answer.status).toBe(401);
  const forbidden = ask({ path: '/v1/payouts' });
  expect([forbidden.answer.status, JSON.parse(forbidden.answer.body)]).toEqual([
    403,
    {
      error: 'Operation "payouts.create" is not permitted for this vault key',
      allowed_endpoints: ['POST /v1/charges'],
      attempted: 'payouts.create',
    },
  ]);
  expect(ask({}).effect.did).toBe('charged');
  const over = ask({});
  expect([over.effect.did, classifyResponse(over.answer).kind]).toEqual(['blocked', 'cap_exceeded']);
  expect(w.audit().map(({ verdict, status }) => [verdict, status])).toEqual([
    ['unauthorized', 401],
    ['endpoint_not_allowed', 403],
    ['allowed', 200],
    ['daily_usd_cap_exceeded', 429],
  ]);
});

test('an answer that is lost counts nothing at the vendor’s proxy', () => {
  const w = world();
  charge(w, { to: 'proxy', key: 'a', strike: 'stripe_timeout' });
  drain(w);
  charge(w, { to: 'proxy', key: 'b' });
  drain(w);
  expect([w.charges().length, w.cap_exceeded()]).toEqual([2, true]);
});

test('the edge asks for the amount of a capture, and pins keys', () => {
  const allowed_endpoints = ['POST /v1/charges', 'POST /v1/charges/{id}/capture'];
  const w = world({ kind: 'billonce_edge', policy: { allowed_endpoints } });
  charge(w, { to: 'proxy', key: 'a', body: 'amount=4900&currency=usd&customer=cus_1&capture=false' });
  const { id } = JSON.parse(only(drain(w)).answer.body);
  charge(w, { to: 'proxy', key: 'b', path: `/v1/charges/${id}/capture`, body: '' });
  expect(only(drain(w))).toMatchObject({
    answer: { status: 200 },
    effect: { did: 'charged', charge: { amount: 4900 } },
  });
  expect(w.cap_exceeded()).toBe(false);

  const pin = (key) => {
    charge(w, {
      to: 'proxy',
      method: 'PUT',
      path: '/event-keys/evt_1',
      body: JSON.stringify({ idempotency_key: key }),
    });
    const { answer } = only(drain(w));
    return [answer.status, JSON.parse(answer.body)];
  };
  const pinned = { external_event_id: 'evt_1', idempotency_key: 'one' };
  expect([pin('one'), pin('two')]).toEqual([
    [201, pinned],
    [200, pinned],
  ]);
  expect(pin(7)).toEqual([400, expect.objectContaining({ error: 'wrong_type', field: 'idempotency_key' })]);
});

test('a restricted key writes what it may', () => {
  const w = world({ restricted_to: ['customers'] });
  charge(w, { key: 'k' });
  const { answer, effect } = only(drain(w));
  expect([answer.status, JSON.parse(answer.body).error.code, effect.did]).toEqual([
    403,
    'more_permissions_required',
    'refused',
  ]);
});

test('nothing that a body or a header holds upsets it', () => {
  const w = world();
  for (const body of ['\ud800', '%', 'a[b', 'amount=é', 'x'.repeat(200_000), '\0'.repeat(100)]) {
    charge(w, { key: 'ключ', body });
    expect(only(drain(w)).answer.status).toBe(400);
  }
  for (const path of ['', '/', '/v1/', '/v1/%', '\ud800']) charge(w, { path });
  for (const { answer } of drain(w).values()) expect([400, 404]).toContain(answer.status);
  for (const ms of [-1, 0.5, Number.NaN]) w.sleep(ms);
  expect(drain(w).size).toBe(3);
});

test('settings that are none are refused, and a closed world says so', () => {
  expect(() => world({ kind: 'x' })).toThrow('proxy.kind is none that a world can begin with');
  expect(() => world({ seed: -1 })).toThrow('seed is none that a world can begin with');
  expect(() => world({ policy: { daily_usd_cap: 'much' } })).toThrow('policy.daily_usd_cap is not a cap');
  const w = world();
  charge(w, {});
  w.close();
  for (const use of [() => w.next(), () => w.charges(), () => w.sleep(1), () => charge(w, {})]) {
    expect(use).toThrow('world is closed');
  }
});

test('ten thousand worlds take no more memory than a hundred', async () => {
  const { openWorld, memory } = await freshWorlds();
  const live = (count) => {
    for (let at = 0; at < count; at++) {
      const w = world({ seed: at }, openWorld);
      charge(w, { key: 'k' });
      drain(w);
      w.close();
    }
  };
  live(100);
  const before = memory().buffer.byteLength;
  live(10_000);
  expect(memory().buffer.byteLength).toBe(before);
});
