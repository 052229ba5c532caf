import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, rig } from './rig.mjs';

describe('one key, one charge, one count', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig({ policy: { allowed_endpoints: ['POST /v1/charges', 'POST /v1/payment_intents'] } });
  });
  afterAll(() => it_.close());

  it('answers a key that was used with what is kept, without asking Stripe', async () => {
    const first = await it_.charge('again');
    const asked = it_.double.requests().length;
    const second = await it_.charge('again');
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.headers['request-id']).toBe(first.headers['request-id']);
    expect(it_.double.requests().length).toBe(asked);
    expect(await it_.status()).toMatchObject({ spent_usd_cents: 1000 });
  });

  it('keeps answers for longer than Stripe does', async () => {
    const first = await it_.charge('older-than-a-day');
    it_.double.reset();
    const second = await it_.charge('older-than-a-day');
    expect(second.text).toBe(first.text);
    expect(it_.double.totals().count).toBe(0);
  });

  it('lets the second wait while the first is in flight, and both get one answer', async () => {
    let go;
    const until = new Promise((resolve) => {
      go = resolve;
    });
    const { reached } = it_.double.fail({ kind: 'hang_until', until });
    const first = it_.charge('at-once');
    await reached;
    const others = Array.from({ length: 5 }, () => it_.charge('at-once'));
    const conflict = await it_.charge('at-once', 'amount=999&currency=usd');
    expect(conflict.body.error.type).toBe('idempotency_error');
    go();
    const answers = await Promise.all([first, ...others]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(it_.double.charges().filter((charge) => charge.idempotency_key === 'at-once')).toHaveLength(1);
  });

  it('refuses a key for another request in Stripe’s own shape', async () => {
    await it_.charge('one-request');
    for (const [path, body] of [
      ['/v1/charges', 'amount=1001&currency=usd&customer=cus_1'],
      ['/v1/charges', 'amount=1000&currency=usd&customer=cus_2'],
      ['/v1/payment_intents', 'amount=1000&currency=usd&customer=cus_1'],
    ]) {
      const { status, body: answer } = await it_.stripe('POST', path, { key: 'one-request', body });
      expect([status, answer.error.type]).toEqual([400, 'idempotency_error']);
    }
    const reordered = await it_.charge('one-request', 'customer=cus_1&currency=usd&amount=1000');
    expect(reordered.headers['idempotent-replayed']).toBe('true');
  });

  it('remembers a declined card, and counts nothing for it', async () => {
    const before = (await it_.status()).spent_usd_cents;
    const body = 'amount=1000&currency=usd&source=tok_chargeDeclined';
    const first = await it_.charge('declined', body);
    expect([first.status, first.body.error.code]).toEqual([402, 'card_declined']);
    const second = await it_.charge('declined', body);
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([402, 'true']);
    expect(await it_.status()).toMatchObject({ spent_usd_cents: before, reserved_usd_cents: 0 });
  });

  it('frees the key and the money where Stripe certainly did nothing', async () => {
    const before = (await it_.status()).spent_usd_cents;
    it_.double.fail({ kind: 'rate_limit_429' });
    expect((await it_.charge('busy')).status).toBe(429);
    expect(await it_.status()).toMatchObject({ spent_usd_cents: before, reserved_usd_cents: 0 });
    expect((await it_.charge('busy')).status).toBe(200);
    expect(await it_.status()).toMatchObject({ spent_usd_cents: before + 1000 });
    const wrong = await it_.charge('wrong', 'amount=1000&currency=usd&no_such=1');
    expect(wrong.status).toBe(400);
    expect((await it_.charge('wrong')).status).toBe(200);
  });

  it('charges each of many keys once that are used many times at once while Stripe turns some away', async () => {
    const before = await it_.status();
    const turnedAway = it_.double.fail({ kind: 'rate_limit_429', times: 12 });
    const untilCharged = async (key) => {
      for (;;) {
        const { status, body } = await it_.charge(key, 'amount=100&currency=usd&customer=cus_1');
        if (status === 200) return body.id;
        expect(status).toBe(429);
      }
    };
    const keys = Array.from({ length: 8 }, (_, at) => `crowd-${at}`);
    const ids = await Promise.all(keys.flatMap((key) => Array.from({ length: 12 }, () => untilCharged(key))));
    turnedAway.cancel();
    expect(new Set(ids).size).toBe(8);
    const charges = it_.double.charges().filter((charge) => keys.includes(charge.idempotency_key));
    expect(charges.map(({ idempotency_key }) => idempotency_key).sort()).toEqual(keys);
    const after = await it_.status();
    expect(after).toMatchObject({ reserved_usd_cents: 0, held_usd_cents: 0 });
    expect(after.spent_usd_cents).toBe(before.spent_usd_cents + 800);
    const rows = (await it_.audit(`?vault_key_id=${it_.vault.id}&limit=1000`)).data;
    expect(rows.length).toBe(after.calls);
  });

  it('holds the money where the answer is lost, and settles it by the same key', async () => {
    const before = (await it_.status()).spent_usd_cents;
    it_.double.fail({ kind: 'lost_answer' });
    const lost = await it_.charge('lost');
    expect([lost.status, lost.body.error.type]).toEqual([502, 'api_error']);
    expect(await it_.status()).toMatchObject({
      spent_usd_cents: before,
      reserved_usd_cents: 1000,
      held_usd_cents: 1000,
    });
    // A later try that Stripe turns away proves nothing about the first.
    it_.double.fail({ kind: 'rate_limit_429' });
    expect((await it_.charge('lost')).status).toBe(429);
    expect(await it_.status()).toMatchObject({ held_usd_cents: 1000 });
    expect((await it_.charge('lost')).status).toBe(200);
    expect(await it_.status()).toMatchObject({ spent_usd_cents: before + 1000, reserved_usd_cents: 0 });
    expect(it_.double.charges().filter((charge) => charge.idempotency_key === 'lost')).toHaveLength(1);
  });

  it('holds the money after an error on Stripe’s side', async () => {
    it_.double.fail({ kind: 'saved_500', moved: true });
    expect((await it_.charge('error')).status).toBe(500);
    expect(await eventually(async () => (await it_.status()).held_usd_cents === 1000)).toBe(true);
  });

  it('asks for a key, and makes one where the policy wants none', async () => {
    const without = await it_.charge(undefined);
    expect([without.status, without.body.error]).toEqual([400, 'idempotency_key_required']);
    const { vault_key: token, id } = await it_.newVaultKey({ require_idempotency_key: false });
    const answers = [
      await it_.charge(undefined, undefined, { token }),
      await it_.charge(undefined, undefined, { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].body.id).not.toBe(answers[1].body.id);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 2000 });
    for (const key of ['a b', 'x'.repeat(256), 'sk_live_1', 'vault_key_1']) {
      const { status, body } = await it_.charge(key);
      expect([status, body.error]).toEqual([400, 'invalid_idempotency_key']);
    }
  });

  it('pins one key to an event, whoever comes first', async () => {
    const pin = (key) =>
      it_.request('PUT', '/event-keys/evt_1', {
        token: it_.vault.vault_key,
        body: JSON.stringify({ idempotency_key: key }),
      });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(pin));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.idempotency_key)).size).toBe(1);
    expect((await pin('')).body).toMatchObject({ error: 'invalid_idempotency_key' });
    const empty = await it_.request('PUT', '/event-keys/', { token: it_.vault.vault_key, body: '{}' });
    expect([empty.status, empty.body.error]).toEqual([400, 'empty_field']);
  });
});
