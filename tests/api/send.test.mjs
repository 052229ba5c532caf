// guard.send against the Stripe double: one charge whatever happens on the way, and every attempt reported.
import { guard } from 'billonce';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const VAULT_KEY = 'vault_key_for_tests_4f9a';
const noWait = { sleep: async () => {} };
let double;
let billing;

beforeAll(async () => {
  double = await startStripeDouble({ secrets: [VAULT_KEY] });
});
afterAll(() => double.close());
beforeEach(() => {
  double.reset();
  billing = guard({ vault_key: VAULT_KEY, base_url: `${double.url}/stripe` });
});

const kinds = ({ attempts }) => attempts.map(({ outcome }) => outcome.kind);

describe('send', () => {
  test('charges once, and a second run replays', async () => {
    const first = await billing.send(billing.charge(event));
    const second = await billing.send(guard({ base_url: `${double.url}/stripe` }).charge(event));
    expect(first.outcome).toMatchObject({
      kind: 'succeeded',
      charged: 'yes',
      retry: 'never',
      http_status: 200,
    });
    expect(second.outcome).toMatchObject({ kind: 'replayed', charged: 'yes', id: first.outcome.id });
    expect(first.body).toMatchObject({ object: 'charge', amount: 4900, description: 'Renewal for 2026-06' });
    expect(double.totals()).toEqual({ count: 1, amount_minor: 4900 });
  });

  test.each([
    ['lost_answer', ['network_error', 'replayed']],
    ['dropped_before', ['network_error', 'succeeded']],
    ['gateway_502', ['unreadable', 'replayed']],
    ['gateway_502_before', ['unreadable', 'succeeded']],
    ['rate_limit_429', ['rate_limited', 'succeeded']],
    ['lock_timeout_429', ['lock_timeout', 'succeeded']],
  ])('after %s asks again with the same key', async (kind, expected) => {
    double.fail({ kind });
    const result = await billing.send(billing.charge(event), fetch, noWait);
    expect(kinds(result)).toEqual(expected);
    expect(double.totals().count).toBe(1);
    expect(new Set(double.requests().map((request) => request.idempotency_key)).size).toBe(1);
  });

  test('while another run is in flight waits and gets its answer', async () => {
    let release;
    const until = new Promise((done) => {
      release = done;
    });
    const { reached } = double.fail({ kind: 'hang_until', until });
    const first = billing.send(billing.charge(event));
    await reached;
    const second = billing.send(billing.charge(event), fetch, { sleep: async () => release(await 0) });
    const results = await Promise.all([first, second]);
    expect(kinds(results[0])).toEqual(['succeeded']);
    expect(kinds(results[1])[0]).toBe('in_flight');
    expect(results[1].outcome).toMatchObject({ kind: 'replayed', id: results[0].outcome.id });
    expect(double.totals().count).toBe(1);
  });

  test('stops after three attempts and says that it does not know', async () => {
    double.fail({ kind: 'dropped_before', times: 9 });
    const waits = [];
    const result = await billing.send(billing.charge(event), fetch, { sleep: async (ms) => waits.push(ms) });
    expect(kinds(result)).toEqual(['network_error', 'network_error', 'network_error']);
    expect(result.outcome.charged).toBe('unknown');
    expect(result.attempts.map(({ waited_ms }) => waited_ms)).toEqual([...waits, 0]);
    for (const [at, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(250 * 2 ** at);
      expect(ms).toBeLessThanOrEqual(500 * 2 ** at);
    }
  });

  test('does not ask again after a decline', async () => {
    const result = await billing.send(
      billing.charge({ ...event, customer_id: 'cus_declined' }),
      fetch,
      noWait,
    );
    expect(kinds(result)).toEqual(['declined']);
    expect(result.outcome).toMatchObject({
      charged: 'no',
      retry: 'new_key',
      decline_code: 'generic_decline',
    });
  });

  test('obeys Retry-After', async () => {
    const waits = [];
    const answers = [
      new Response('{"error":{"type":"rate_limit_error"}}', { status: 429, headers: { 'Retry-After': '7' } }),
      new Response('{"id":"ch_1","object":"charge","status":"succeeded"}'),
    ];
    await billing.send(billing.charge(event), async () => answers.shift(), {
      sleep: async (ms) => waits.push(ms),
    });
    expect(waits).toEqual([7000]);
  });

  test('follows no redirect, and sends its key to its own base URL alone', async () => {
    const step = billing.charge(event);
    const seen = [];
    const spy = async (url, init) => {
      seen.push([url, init.redirect, init.headers.Authorization]);
      return new Response('', { status: 302 });
    };
    await billing.send(step, spy, noWait);
    expect(seen).toEqual([[`${double.url}/stripe/v1/charges`, 'manual', `Bearer ${VAULT_KEY}`]]);
    for (const url of [
      'https://evil.example/v1/charges',
      `${double.url}/stripe.evil/v1/charges`,
      undefined,
    ]) {
      const forged = { ...step, request: { ...step.request, url } };
      await expect(billing.send(forged, spy)).rejects.toMatchObject({ code: 'foreign_request' });
    }
  });

  test('lets no other Authorization through', async () => {
    const step = billing.charge(event);
    step.request.headers.authorization = 'Bearer other';
    step.request.headers.AUTHORIZATION = 'Bearer other';
    const { outcome } = await billing.send(step, fetch, noWait);
    expect(outcome.charged).toBe('yes');
  });

  test.each([
    ['its key', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
    ['its headers', { headers: undefined }],
    ['its body', { body: null }],
  ])('refuses a step that has lost %s', async (_, change) => {
    const step = billing.charge(event);
    const spoilt = { ...step, request: { ...step.request, ...change } };
    await expect(billing.send(spoilt)).rejects.toMatchObject({
      code: 'idempotency_key_required',
      field: 'step.request',
    });
    expect(double.requests()).toEqual([]);
  });

  test('refuses what it cannot send', async () => {
    const policy = { allowed_endpoints: [], daily_usd_cap: 0 };
    const denied = guard({ vault_key: VAULT_KEY, policy, on_deny: 'return' });
    await expect(denied.send(denied.charge(event))).rejects.toMatchObject({
      code: 'nothing_to_send',
      field: 'step',
    });
    await expect(billing.send(null)).rejects.toMatchObject({ code: 'nothing_to_send' });
    const keyless = guard({ base_url: double.url });
    await expect(keyless.send(keyless.charge(event))).rejects.toMatchObject({
      code: 'missing_field',
      field: 'vault_key',
    });
    await expect(billing.send(billing.charge(event), 'fetch')).rejects.toMatchObject({
      code: 'fetch_missing',
    });
  });
});
