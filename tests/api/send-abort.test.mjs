// guard.send with an AbortSignal: what was sent is told, and nothing more is sent.
import { BillonceError, guard } from 'billonce';
import { describe, expect, test } from 'vitest';
import { answering, charged, limited, lost, never } from '../support/answers/fetches.mjs';

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const billing = guard({ vault_key: 'vault_key_for_tests_4f9a' });
const step = billing.charge(event);

describe('an AbortSignal', () => {
  test('that is aborted sends nothing', async () => {
    const { fetch, inits } = answering(charged);
    const refused = billing.send(step, fetch, { signal: AbortSignal.abort() });
    await expect(refused).rejects.toMatchObject({ code: 'aborted', field: 'options.signal' });
    await expect(refused).rejects.toBeInstanceOf(BillonceError);
    expect(inits).toEqual([]);
  });

  test('cuts an attempt off, and says that it does not know', async () => {
    const controller = new AbortController();
    const { fetch, inits } = answering(() => {
      controller.abort();
      return never();
    });
    const { outcome, attempts } = await billing.send(step, fetch, { signal: controller.signal });
    expect(outcome).toMatchObject({ kind: 'network_error', charged: 'unknown', retry: 'same_key' });
    expect([attempts.length, inits.length, inits[0].signal.aborted]).toEqual([1, 1, true]);
  });

  test.each([
    ['the host’s', {}],
    ['the caller’s', { sleep: never }],
  ])('ends %s wait', async (_, options) => {
    const controller = new AbortController();
    const { fetch } = answering(() => {
      setImmediate(() => controller.abort());
      return limited({ 'Retry-After': '3000' })();
    });
    const bounds = { max_wait_ms: 3_600_000, signal: controller.signal, ...options };
    const { outcome, attempts } = await billing.send(step, fetch, bounds);
    expect([outcome.kind, attempts.length, attempts[0].waited_ms]).toEqual(['rate_limited', 1, 0]);
  });

  test('that is used again keeps no listeners', async () => {
    const controller = new AbortController();
    let listening = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args) => {
      listening++;
      add(...args);
    };
    signal.removeEventListener = (...args) => {
      listening--;
      remove(...args);
    };
    const { fetch } = answering(lost, charged);
    await billing.send(step, fetch, { sleep: async () => {}, signal });
    expect(listening).toBe(0);
  });
});
