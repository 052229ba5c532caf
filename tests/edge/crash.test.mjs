import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARGE, eventually, FORM, rig } from './rig.mjs';

/** What a killed edge owes its callers: nothing lost, nothing twice, and every reservation resolved by itself. */
describe('killed at any point', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig();
  });
  afterAll(() => it_.close());

  const chargesWith = (key) => it_.double.charges().filter((charge) => charge.idempotency_key === key);
  const settled = (spent) =>
    eventually(async () => {
      const { spent_usd_cents, reserved_usd_cents } = await it_.status();
      return spent_usd_cents === spent && reserved_usd_cents === 0;
    });
  /** Sends a charge of which Stripe has the request in hand, kills the edge, and lets Stripe go on. */
  const killedDuring = async (key, fault) => {
    let go;
    const until = new Promise((resolve) => {
      go = resolve;
    });
    const { reached } = it_.double.fail({ until, ...fault });
    const call = it_.charge(key).catch(() => 'cut off');
    await reached;
    return { call, go };
  };

  it('after Stripe has the request, before it executes', async () => {
    const { call, go } = await killedDuring('in-hand', { kind: 'hang_until' });
    await it_.crash();
    go();
    expect(await call).toBe('cut off');
    expect(await settled(1000)).toBe(true);
    expect(chargesWith('in-hand')).toHaveLength(1);
    const again = await it_.charge('in-hand');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
  });

  it('while Stripe is still at it: the caller asks again and gets the one charge', async () => {
    const { call, go } = await killedDuring('still-at-it', { kind: 'hang_until' });
    await it_.crash();
    const again = it_.charge('still-at-it');
    setTimeout(go, 300);
    expect((await again).status).toBe(200);
    expect(await call).toBe('cut off');
    expect(chargesWith('still-at-it')).toHaveLength(1);
    expect(await settled(2000)).toBe(true);
  });

  it('a caller that hangs up: the charge is settled all the same', async () => {
    const { vault_key: token, id } = await it_.newVaultKey();
    let go;
    const until = new Promise((resolve) => {
      go = resolve;
    });
    const { reached } = it_.double.fail({ kind: 'hang_until', until });
    const hangUp = new AbortController();
    const call = fetch(`${it_.url}/stripe/v1/charges`, {
      method: 'POST',
      headers: { ...FORM, authorization: `Bearer ${token}`, 'idempotency-key': 'hung-up' },
      body: CHARGE,
      signal: hangUp.signal,
    }).catch(() => 'hung up');
    await reached;
    hangUp.abort();
    expect(await call).toBe('hung up');
    go();
    const settles = async () => (await it_.status(id)).spent_usd_cents === 1000;
    expect(await eventually(settles)).toBe(true);
    expect((await it_.status(id)).reserved_usd_cents).toBe(0);
    expect((await it_.charge('hung-up', CHARGE, { token })).headers['idempotent-replayed']).toBe('true');
  });

  it('before Stripe is reached', async () => {
    const { vault_key: token, id } = await it_.newVaultKey();
    it_.double.fail({ kind: 'dropped_before', times: 2 });
    const lost = await it_.charge('never-arrived', CHARGE, { token });
    expect(lost.status).toBe(502);
    expect(await it_.status(id)).toMatchObject({ held_usd_cents: 1000 });
    await it_.crash();
    expect(
      await eventually(async () => (await it_.charge('never-arrived', CHARGE, { token })).status === 200),
    ).toBe(true);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 1000, reserved_usd_cents: 0 });
    expect(chargesWith('never-arrived')).toHaveLength(1);
  });

  it('what was known stays known: caps, answers, pins, policies and the audit', async () => {
    const before = await it_.status();
    const kept = await it_.charge('kept');
    const pin = () =>
      it_.request('PUT', '/event-keys/evt_crash', {
        token: it_.vault.vault_key,
        body: JSON.stringify({ idempotency_key: 'pinned' }),
      });
    expect((await pin()).status).toBe(201);
    const audit = await it_.audit(`?vault_key_id=${it_.vault.id}`);
    await it_.crash();
    expect((await it_.charge('kept')).text).toBe(kept.text);
    expect((await pin()).status).toBe(200);
    expect(await it_.status()).toMatchObject({
      policy: before.policy,
      spent_usd_cents: before.spent_usd_cents + 1000,
    });
    const after = await it_.audit(`?vault_key_id=${it_.vault.id}`);
    expect(after.data.slice(-audit.data.length)).toEqual(audit.data);
  });
});
