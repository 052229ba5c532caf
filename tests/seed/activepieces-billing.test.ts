// The seed's own enforcement tests, its five assertions unchanged, run against the package.

import { createHash } from 'node:crypto';
import { type BillingEvent, type GuardConfig, guard, idempotencyKey } from 'billonce';
import { describe, expect, test } from 'vitest';

const computeIdempotencyKey = (customer_id: string, amount_cents: number, billing_period: string) =>
  idempotencyKey({ customer_id, amount_cents, billing_period });

describe('Activepieces billing idempotency key', () => {
  test('is deterministic — same inputs produce same key', () => {
    const k1 = computeIdempotencyKey('cus_A100', 4900, '2026-06');
    const k2 = computeIdempotencyKey('cus_A100', 4900, '2026-06');
    expect(k1).toBe(k2);
  });

  test('differs across billing periods — no cross-period dedup', () => {
    const k1 = computeIdempotencyKey('cus_A100', 4900, '2026-06');
    const k2 = computeIdempotencyKey('cus_A100', 4900, '2026-07');
    expect(k1).not.toBe(k2);
  });

  test('differs across customers — no cross-customer dedup', () => {
    const k1 = computeIdempotencyKey('cus_A100', 4900, '2026-06');
    const k2 = computeIdempotencyKey('cus_B200', 4900, '2026-06');
    expect(k1).not.toBe(k2);
  });

  test('is 64 hex characters (SHA-256 output)', () => {
    const k = computeIdempotencyKey('cus_A100', 4900, '2026-06');
    expect(k).toMatch(/^[0-9a-f]{64}$/);
  });

  test('vault key daily cap equals expected max single charge', () => {
    // The seed compares two constants; here the cap is enforced: the largest plan passes, a cent more does not.
    const MAX_PLAN_AMOUNT_CENTS = 39900; // $399 Scale plan
    const VAULT_KEY_DAILY_CAP_CENTS = 39900;
    expect(VAULT_KEY_DAILY_CAP_CENTS).toBe(MAX_PLAN_AMOUNT_CENTS);

    const policy = {
      allowed_endpoints: ['POST /v1/charges'],
      daily_usd_cap: VAULT_KEY_DAILY_CAP_CENTS / 100,
    };
    const config: GuardConfig = { policy, on_deny: 'return', spent_usd_cents: 0 };
    const charge = (amount_cents: number) =>
      guard(config).charge({ customer_id: 'cus_A100', amount_cents, billing_period: '2026-06' }).decision;
    expect(charge(MAX_PLAN_AMOUNT_CENTS)).toMatchObject({ allowed: true, remaining_usd_cents: 39900 });
    expect(charge(MAX_PLAN_AMOUNT_CENTS + 1)).toMatchObject({
      allowed: false,
      code: 'daily_usd_cap_exceeded',
    });
  });

  test('is byte for byte the key of the seed’s own line', () => {
    const seeds = (event: BillingEvent) =>
      createHash('sha256')
        .update(`${event.customer_id}:${event.amount_cents}:${event.billing_period}:activepieces-billing`)
        .digest('hex');
    const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
    expect(idempotencyKey(event)).toBe(seeds(event));
  });
});
