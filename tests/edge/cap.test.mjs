import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rig } from './rig.mjs';

describe('the cap', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig();
  });
  afterAll(() => it_.close());

  it('admits exactly 20 of 200 charges of $10 at once under $200', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => it_.charge(`parallel-${at}`)));
    const admitted = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([admitted.length, refused.length]).toEqual([20, 180]);
    expect(it_.double.totals()).toEqual({ count: 20, amount_minor: 20_000 });
    expect(refused[0].body).toMatchObject({
      error: 'daily_usd_cap_exceeded',
      amount_usd_cents: 1000,
      cap_usd_cents: 20_000,
    });
    expect(refused[0].body.message).toMatch(
      /^\$10\.00 is more than the \$0\.00 left of the daily cap of \$200\.00/,
    );
    expect(await it_.status()).toMatchObject({
      spent_usd_cents: 20_000,
      reserved_usd_cents: 0,
      calls: 200,
      blocked: 180,
    });
  });

  it('counts what the answer says: an authorisation that is captured in part, and what is released', async () => {
    const { vault_key: token, id } = await it_.newVaultKey({
      allowed_endpoints: ['POST /v1/charges', 'POST /v1/charges/{id}/capture', 'POST /v1/refunds'],
    });
    const made = await it_.charge('auth-1', 'amount=9000&currency=usd&customer=cus_1&capture=false', {
      token,
    });
    expect(made.status).toBe(200);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 9000 });
    const path = `/v1/charges/${made.body.id}/capture`;
    const captured = await it_.stripe('POST', path, { token, key: 'capture-1', body: 'amount=4000' });
    expect(captured.status).toBe(200);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 4000, reserved_usd_cents: 0 });
    const refund = `charge=${made.body.id}&amount=1000`;
    const refunded = await it_.stripe('POST', '/v1/refunds', { token, key: 'refund-1', body: refund });
    expect(refunded.status).toBe(200);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 5000 });
  });

  it('refuses what is over the limit of one call, and what has no price', async () => {
    const { vault_key: token, id } = await it_.newVaultKey({
      max_charge_usd: 50,
      allowed_endpoints: ['POST /v1/charges', 'POST /v1/subscriptions', 'POST /v1/invoiceitems'],
    });
    const refused = async (path, body) => {
      const { status, body: answer } = await it_.stripe('POST', path, {
        token,
        key: `k-${body.length}`,
        body,
      });
      return [status, answer.error];
    };
    expect(await refused('/v1/charges', 'amount=5001&currency=usd')).toEqual([
      403,
      'max_charge_usd_exceeded',
    ]);
    expect(await refused('/v1/charges', 'currency=usd')).toEqual([422, 'amount_unknown']);
    expect(await refused('/v1/charges', 'amount=5000')).toEqual([422, 'amount_unknown']);
    expect(await refused('/v1/charges', 'amount=5e3&currency=usd')).toEqual([422, 'amount_unknown']);
    expect(await refused('/v1/charges', 'amount=4000&currency=eur')).toEqual([422, 'usd_rate_missing']);
    expect(await refused('/v1/subscriptions', 'customer=cus_1&items[0][price]=p')).toEqual([
      422,
      'amount_unknown',
    ]);
    const hidden = 'amount=1&currency=usd&customer=cus_1&unit_amount=90000&quantity=9';
    expect(await refused('/v1/invoiceitems', hidden)).toEqual([422, 'amount_unknown']);
    expect(await it_.status(id)).toMatchObject({
      spent_usd_cents: 0,
      reserved_usd_cents: 0,
      calls: 7,
      blocked: 7,
    });
  });

  it('counts other currencies at the policy’s rates, rounded up', async () => {
    const { vault_key: token, id } = await it_.newVaultKey({ usd_rates: { eur: '1.085' } });
    expect((await it_.charge('eur-1', 'amount=1001&currency=eur&customer=cus_1', { token })).status).toBe(
      200,
    );
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 1087 });
  });

  it('counts a payment intent once: when it is made, confirmed and captured; and no more when it is canceled', async () => {
    const { vault_key: token, id } = await it_.newVaultKey({
      allowed_endpoints: [
        'POST /v1/payment_intents',
        'POST /v1/payment_intents/{id}/confirm',
        'POST /v1/payment_intents/{id}/cancel',
      ],
    });
    const make = (key) =>
      it_.stripe('POST', '/v1/payment_intents', { token, key, body: 'amount=4900&currency=usd' });
    const first = await make('pi-1');
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 4900 });
    const confirm = `/v1/payment_intents/${first.body.id}/confirm`;
    const body = 'payment_method=pm_card_visa';
    expect((await it_.stripe('POST', confirm, { token, key: 'pi-1-confirm', body })).status).toBe(200);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 4900 });
    const second = await make('pi-2');
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 9800 });
    const cancel = `/v1/payment_intents/${second.body.id}/cancel`;
    const canceled = await it_.stripe('POST', cancel, { token, key: 'pi-2-cancel' });
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled']);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 4900, reserved_usd_cents: 0 });
  });

  it('looks an object up that it does not know before letting it be confirmed', async () => {
    const direct = await fetch(`${it_.double.url}/v1/payment_intents`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_ofTheTests0123456789',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'amount=19900&currency=usd',
    });
    const { id: intent } = await direct.json();
    const policy = { allowed_endpoints: ['POST /v1/payment_intents/{id}/confirm'] };
    const { vault_key: token, id } = await it_.newVaultKey({ ...policy, daily_usd_cap: 100 });
    const confirm = (key, of = token) =>
      it_.stripe('POST', `/v1/payment_intents/${intent}/confirm`, {
        token: of,
        key,
        body: 'payment_method=pm_card_visa',
      });
    expect((await confirm('foreign-1')).body).toMatchObject({
      error: 'daily_usd_cap_exceeded',
      amount_usd_cents: 19_900,
    });
    await it_.admin('PATCH', `vault-keys/${id}`, { daily_usd_cap: 300 });
    expect((await confirm('foreign-1')).status).toBe(200);
    expect(await it_.status(id)).toMatchObject({ spent_usd_cents: 19_900 });
  });
});
