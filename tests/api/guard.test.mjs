// The guard: what it fills in, what it refuses, and what it keeps apart.
import { guard, idempotencyKey } from 'billonce';
import { describe, expect, test } from 'vitest';

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };
const now = '2026-06-01T09:00:00Z';
const form = (step) => Object.fromEntries(new URLSearchParams(step.request.body));

describe('charge', () => {
  test('fills amount, customer, currency and description', () => {
    const step = guard({ policy, now }).charge(event);
    expect(step.idempotency_key).toBe(idempotencyKey(event));
    expect(form(step)).toEqual({
      amount: '4900',
      currency: 'usd',
      customer: 'cus_A100',
      description: 'Renewal for 2026-06',
      'metadata[billonce_key]': step.idempotency_key,
    });
    expect(step.request.headers).toEqual({
      'Content-Type': 'application/x-www-form-urlencoded',
      'Idempotency-Key': step.idempotency_key,
    });
  });

  test('takes more parameters, and other currency and description', () => {
    const step = guard({}).charge(event, {
      currency: 'eur',
      description: 'June',
      metadata: { order: 7 },
      expand: undefined,
    });
    expect(form(step)).toEqual({
      amount: '4900',
      currency: 'eur',
      customer: 'cus_A100',
      description: 'June',
      'metadata[order]': '7',
      'metadata[billonce_key]': step.idempotency_key,
    });
    expect(step.decision).toBe(null);
  });

  test('refuses parameters that contradict the event, and takes those that repeat it', () => {
    const charge = (params) => () => guard({}).charge(event, params);
    expect(charge({ amount: 5000 })).toThrow(
      expect.objectContaining({ code: 'event_mismatch', field: 'params.amount' }),
    );
    expect(charge({ customer: 'cus_B' })).toThrow(
      expect.objectContaining({ code: 'event_mismatch', field: 'params.customer' }),
    );
    expect(form(charge({ amount: '4900', customer: 'cus_A100' })())).toMatchObject({ amount: '4900' });
  });

  test('binds a v2 event to its currency and endpoint', () => {
    const v2 = { ...event, scheme: 'v2', currency: 'eur', endpoint: 'charges.create' };
    expect(form(guard({}).charge(v2))).toMatchObject({ currency: 'eur' });
    expect(() => guard({}).charge(v2, { currency: 'usd' })).toThrow(
      expect.objectContaining({ code: 'event_mismatch' }),
    );
    expect(() => guard({}).charge({ ...v2, endpoint: 'payouts.create' })).toThrow(
      expect.objectContaining({ code: 'event_mismatch', field: 'event.endpoint' }),
    );
  });
});

describe('a decision that forbids the charge', () => {
  const over = { ...event, amount_cents: 4901 };

  test('stops the run with its code and figures', () => {
    expect(() => guard({ policy, now }).charge(over)).toThrow(
      expect.objectContaining({
        name: 'BillonceError',
        code: 'daily_usd_cap_exceeded',
        field: 'policy',
        decision: expect.objectContaining({ allowed: false, http_status: 429, amount_usd_cents: 4901 }),
      }),
    );
  });

  test('is returned on request, with nothing to send', () => {
    const step = guard({ policy, now, on_deny: 'return' }).charge(over);
    expect(step).toMatchObject({
      request: null,
      decision: { allowed: false, code: 'daily_usd_cap_exceeded' },
    });
    expect(step.idempotency_key).toBe(idempotencyKey(over));
  });
});

describe('what was spent', () => {
  const charge = (billing, loop_index) =>
    billing.charge({ ...event, amount_cents: 2000, loop_index }).decision;

  test.each([[900], ['900']])(
    'of %o grows by the guard’s own charges, each event once',
    (spent_usd_cents) => {
      const billing = guard({ policy, now, spent_usd_cents, on_deny: 'return' });
      expect(charge(billing, 1)).toMatchObject({ allowed: true, spent_usd_cents: 900 });
      expect(charge(billing, 2)).toMatchObject({
        allowed: true,
        spent_usd_cents: 2900,
        remaining_usd_cents: 2000,
      });
      expect(charge(billing, 3)).toMatchObject({
        allowed: false,
        spent_usd_cents: 4900,
        remaining_usd_cents: 0,
      });
      expect(charge(billing, 2)).toMatchObject({ allowed: true, spent_usd_cents: 2900 });
    },
  );

  test('is not guessed at where nobody said', () => {
    const billing = guard({ policy, now });
    for (const index of [1, 2, 3, 4]) {
      expect(charge(billing, index)).toMatchObject({
        allowed: true,
        spent_usd_cents: null,
        remaining_usd_cents: null,
      });
    }
  });
});

describe('time', () => {
  test('is the host’s clock unless given, asked for at each charge', () => {
    const before = Date.now();
    const billing = guard({ policy: { ...policy, expires_at: new Date(before + 3_600_000) } });
    const { resets_at } = billing.charge(event).decision;
    expect(Date.parse(resets_at)).toBeGreaterThan(before);
    expect(Date.parse(resets_at) % 86_400_000).toBe(0);
  });

  test.each([[now], [Date.parse(now)], [new Date(now)]])('may be %o', (given) => {
    expect(guard({ policy, now: given }).charge(event).decision.resets_at).toBe('2026-06-02T00:00:00.000Z');
  });
});

test('a key that is an ordinary word is not looked for', () => {
  const billing = guard({ vault_key: 'usd', usd_rates: { eur: 1 }, policy, now });
  expect(form(billing.charge(event))).toMatchObject({ currency: 'usd' });
});

test('a guard works in pieces, and cannot be changed', () => {
  const { charge } = guard({ policy, now });
  expect(charge(event).decision.allowed).toBe(true);
  expect(() => {
    guard({}).charge = null;
  }).toThrow(TypeError);
});
