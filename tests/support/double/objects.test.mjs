// The double's objects, as Stripe documents them.
import { describe, expect, it } from 'vitest';
import { charge, expectExecuted, get, INTENT, keyed, post, RENEWAL, START_MS, stripe } from './client.mjs';

describe('charges', () => {
  it('answers with a charge and counts the money', async () => {
    const answer = await charge('k', { ...RENEWAL, 'metadata[period]': '2026-02' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^ch_[0-9a-f]{24}$/),
      object: 'charge',
      amount: 4900,
      amount_captured: 4900,
      amount_refunded: 0,
      captured: true,
      created: START_MS / 1000,
      currency: 'usd',
      customer: 'cus_1',
      description: 'Renewal for 2026-02',
      failure_code: null,
      failure_message: null,
      livemode: false,
      metadata: { period: '2026-02' },
      paid: true,
      payment_intent: null,
      payment_method: null,
      refunded: false,
      status: 'succeeded',
    });
    expect(stripe.charges()).toEqual([
      {
        id: answer.json.id,
        amount: 4900,
        currency: 'usd',
        customer: 'cus_1',
        description: 'Renewal for 2026-02',
        metadata: { period: '2026-02' },
        created: START_MS / 1000,
        idempotency_key: 'k',
        endpoint: 'POST /v1/charges',
      },
    ]);
    expect(stripe.totals()).toEqual({ count: 1, amount_minor: 4900 });
    expect(stripe.totals('eur')).toEqual({ count: 0, amount_minor: 0 });
  });

  it('serves the same under the prefix of a proxy', async () => {
    const direct = await charge('k');
    const proxied = await post('/stripe/v1/charges', RENEWAL, keyed('k'));
    expect(proxied.text).toBe(direct.text);
    expect(stripe.requests().map((it) => [it.path, it.endpoint])).toEqual([
      ['/v1/charges', 'POST /v1/charges'],
      ['/stripe/v1/charges', 'POST /v1/charges'],
    ]);
  });

  it('moves money at the capture, for the captured amount, and once', async () => {
    const { json: held } = await charge('k1', { ...RENEWAL, capture: 'false' });
    expect(held).toMatchObject({ captured: false, paid: true, status: 'succeeded' });
    expect(stripe.charges()).toEqual([]);

    const captured = await post(`/v1/charges/${held.id}/capture`, { amount: '3000' }, keyed('k2'));
    expect(captured.json).toMatchObject({ captured: true, amount_captured: 3000, amount_refunded: 1900 });
    expect(stripe.charges()).toMatchObject([
      { id: held.id, amount: 3000, idempotency_key: 'k2', endpoint: 'POST /v1/charges/{id}/capture' },
    ]);

    const again = await post(`/v1/charges/${held.id}/capture`, '', keyed('k3'));
    expect([again.status, again.error.code]).toEqual([400, 'charge_already_captured']);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('captures no more than was authorised', async () => {
    const { json: held } = await charge('k1', { ...RENEWAL, capture: 'false' });
    const more = await post(`/v1/charges/${held.id}/capture`, { amount: '4901' });
    expect([more.status, more.error.code, more.error.param]).toEqual([400, 'amount_too_large', 'amount']);
    expect(stripe.charges()).toEqual([]);
  });

  it.each([
    ['a declined token', { amount: '4900', currency: 'usd', source: 'tok_chargeDeclined' }],
    ['a declined customer', { ...RENEWAL, customer: 'cus_declined_1' }],
  ])('saves and replays the 402 of %s', async (_, form) => {
    const first = await charge('k', form);
    expect(first.status).toBe(402);
    expect(first.error).toEqual({
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
      charge: expect.stringMatching(/^ch_/),
    });
    const again = await charge('k', form);
    expect([again.status, again.text]).toEqual([402, first.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(stripe.charges()).toEqual([]);
    expect(stripe.objects('charge')).toMatchObject([{ status: 'failed', paid: false }]);
  });
});

describe('payment intents', () => {
  it('moves money when confirmed at once', async () => {
    const { status, json } = await post('/v1/payment_intents', { ...INTENT, confirm: 'true' }, keyed('k'));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: expect.stringMatching(/^pi_[0-9a-f]{24}$/),
      object: 'payment_intent',
      status: 'succeeded',
      amount_received: 4900,
      livemode: false,
    });
    expect(stripe.charges()).toMatchObject([
      {
        id: json.latest_charge,
        amount: 4900,
        customer: 'cus_1',
        idempotency_key: 'k',
        endpoint: 'POST /v1/payment_intents',
      },
    ]);
    const again = await post('/v1/payment_intents', { ...INTENT, confirm: 'true' }, keyed('k'));
    expect([again.json, again.headers.get('idempotent-replayed')]).toEqual([json, 'true']);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('moves money at the confirmation, once', async () => {
    const { json: intent } = await post('/v1/payment_intents', { ...INTENT });
    expect(intent.status).toBe('requires_confirmation');
    expect(stripe.charges()).toEqual([]);

    const confirmed = await post(`/v1/payment_intents/${intent.id}/confirm`, '', keyed('k'));
    expect(confirmed.json.status).toBe('succeeded');
    expect(stripe.charges()).toMatchObject([
      { idempotency_key: 'k', endpoint: 'POST /v1/payment_intents/{id}/confirm' },
    ]);

    const again = await post(`/v1/payment_intents/${intent.id}/confirm`, '', keyed('other'));
    expect([again.status, again.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
    expect(stripe.charges()).toHaveLength(1);
  });

  it('does not confirm without a payment method, even for a customer', async () => {
    const form = { amount: '4900', currency: 'usd', customer: 'cus_1' };
    const { json: intent } = await post('/v1/payment_intents', form);
    expect(intent.status).toBe('requires_payment_method');
    const refused = await post('/v1/payment_intents', { ...form, confirm: 'true' });
    expect([refused.status, refused.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
    const confirmed = await post(`/v1/payment_intents/${intent.id}/confirm`, {
      payment_method: 'pm_card_visa',
    });
    expect(confirmed.json.status).toBe('succeeded');
  });

  it('captures by hand, and not twice', async () => {
    const { json: intent } = await post('/v1/payment_intents', {
      ...INTENT,
      confirm: 'true',
      capture_method: 'manual',
    });
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 4900, amount_received: 0 });
    expect(stripe.charges()).toEqual([]);

    const path = `/v1/payment_intents/${intent.id}/capture`;
    const more = await post(path, { amount_to_capture: '4901' });
    expect([more.status, more.error.code, more.error.param]).toEqual([
      400,
      'amount_too_large',
      'amount_to_capture',
    ]);
    const captured = await post(path, { amount_to_capture: '1000' }, keyed('k'));
    expect(captured.json).toMatchObject({ status: 'succeeded', amount_received: 1000, amount_capturable: 0 });
    const again = await post(path, '', keyed('other'));
    expect([again.status, again.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
    expect(stripe.charges()).toMatchObject([
      { amount: 1000, endpoint: 'POST /v1/payment_intents/{id}/capture' },
    ]);
  });

  it('cancels what is not paid yet, and releases what was held', async () => {
    const { json: intent } = await post('/v1/payment_intents', {
      ...INTENT,
      confirm: 'true',
      capture_method: 'manual',
    });
    const canceled = await post(`/v1/payment_intents/${intent.id}/cancel`, {
      cancellation_reason: 'duplicate',
    });
    expect(canceled.json).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'duplicate',
      canceled_at: START_MS / 1000,
      amount_capturable: 0,
    });
    expect(stripe.objects('charge')).toMatchObject([{ refunded: true, captured: false }]);
    expect(stripe.charges()).toEqual([]);

    const { json: paid } = await post('/v1/payment_intents', { ...INTENT, confirm: 'true' });
    const late = await post(`/v1/payment_intents/${paid.id}/cancel`);
    expect([late.status, late.error.code]).toEqual([400, 'payment_intent_unexpected_state']);
  });

  it('waits for authentication, or declines when nobody is there', async () => {
    const form = { ...INTENT, payment_method: 'pm_card_authenticationRequired', confirm: 'true' };
    const waiting = await post('/v1/payment_intents', form);
    expect(waiting.json).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
    });
    const off_session = await post('/v1/payment_intents', { ...form, off_session: 'true' });
    expect([off_session.status, off_session.error.code]).toEqual([402, 'authentication_required']);
    expect(stripe.charges()).toEqual([]);
  });

  it.each([
    ['a declined card', { ...INTENT, payment_method: 'pm_card_chargeDeclined' }],
    ['a declined customer', { ...INTENT, customer: 'cus_declined' }],
  ])('saves and replays the 402 of %s, and keeps the intent', async (_, form) => {
    const first = await post('/v1/payment_intents', { ...form, confirm: 'true' }, keyed('k'));
    expect(first.status).toBe(402);
    expect(first.error).toMatchObject({
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_intent: { object: 'payment_intent', status: 'requires_payment_method' },
    });
    const again = await post('/v1/payment_intents', { ...form, confirm: 'true' }, keyed('k'));
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
      402,
      first.text,
      'true',
    ]);
    expect(stripe.objects('payment_intent')).toHaveLength(1);
    expect(stripe.charges()).toEqual([]);
  });
});

describe('refunds, other objects, lists', () => {
  it('refunds a charge, in parts and not beyond', async () => {
    const { json: paid } = await charge();
    const part = await post('/v1/refunds', { charge: paid.id, amount: '900' });
    expect(part.json).toMatchObject({
      id: expect.stringMatching(/^re_/),
      object: 'refund',
      amount: 900,
      charge: paid.id,
    });
    const more = await post('/v1/refunds', { charge: paid.id, amount: '4001' });
    expect([more.status, more.error.param]).toEqual([400, 'amount']);
    const rest = await post('/v1/refunds', { charge: paid.id });
    expect(rest.json.amount).toBe(4000);
    const again = await post('/v1/refunds', { charge: paid.id });
    expect([again.status, again.error.code]).toEqual([400, 'charge_already_refunded']);
    expect((await get(`/v1/charges/${paid.id}`)).json).toMatchObject({
      amount_refunded: 4900,
      refunded: true,
    });
    expect(stripe.totals()).toEqual({ count: 1, amount_minor: 4900 });
  });

  it('refunds a payment intent', async () => {
    const { json: paid } = await post('/v1/payment_intents', { ...INTENT, confirm: 'true' });
    const refund = await post('/v1/refunds', { payment_intent: paid.id });
    expect(refund.json).toMatchObject({ amount: 4900, charge: paid.latest_charge, payment_intent: paid.id });
  });

  it.each([
    ['/v1/customers', { email: 'a@example.com' }, 'customer', /^cus_/],
    ['/v1/transfers', { amount: '100', currency: 'usd', destination: 'acct_1' }, 'transfer', /^tr_/],
    ['/v1/payouts', { amount: '100', currency: 'usd' }, 'payout', /^po_/],
    ['/v1/topups', { amount: '100', currency: 'usd' }, 'topup', /^tu_/],
    ['/v1/invoiceitems', { amount: '-100', currency: 'usd', customer: 'cus_1' }, 'invoiceitem', /^ii_/],
  ])('creates at %s, which is no charge', async (path, form, object, id) => {
    const { status, json } = await post(path, { ...form, 'metadata[a]': 'b' }, keyed('k'));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: expect.stringMatching(id),
      object,
      livemode: false,
      created: START_MS / 1000,
      metadata: { a: 'b' },
    });
    expect(stripe.objects(object)).toEqual([json]);
    expect(stripe.charges()).toEqual([]);
    expect((await post(path, { ...form, 'metadata[a]': 'b' }, keyed('k'))).json).toEqual(json);
    expect(stripe.objects(object)).toHaveLength(1);
  });

  it('lists the newest first, by customer, in pages', async () => {
    const ids = [];
    for (const customer of ['cus_1', 'cus_2', 'cus_1', 'cus_1']) {
      ids.unshift((await charge(undefined, { ...RENEWAL, customer })).json.id);
    }
    const idsOf = ({ json }) => json.data.map((it) => it.id);
    const page = await get('/v1/charges?limit=2&customer=cus_1');
    expect(page.json).toMatchObject({ object: 'list', url: '/v1/charges', has_more: true });
    expect(idsOf(page)).toEqual([ids[0], ids[1]]);
    const rest = await get(`/v1/charges?customer=cus_1&starting_after=${ids[1]}`);
    expect([idsOf(rest), rest.json.has_more]).toEqual([[ids[3]], false]);
    expect(idsOf(await get('/v1/charges'))).toEqual(ids);
    expect((await get('/v1/charges?limit=0')).error).toMatchObject({
      param: 'limit',
      code: 'parameter_invalid_integer',
    });
  });

  it('lists and retrieves payment intents and refunds', async () => {
    const { json: paid } = await post('/v1/payment_intents', { ...INTENT, confirm: 'true' });
    const { json: refund } = await post('/v1/refunds', { payment_intent: paid.id });
    expect((await get(`/v1/payment_intents/${paid.id}`)).json).toEqual(paid);
    expect((await get('/v1/payment_intents?customer=cus_1')).json.data).toEqual([paid]);
    expect((await get(`/v1/refunds/${refund.id}`)).json).toEqual(refund);
    expect((await get(`/v1/refunds?payment_intent=${paid.id}`)).json.data).toEqual([refund]);
    expect((await get('/v1/refunds?charge=ch_other')).json.data).toEqual([]);
  });

  it('answers 404 for what does not exist', async () => {
    const gone = await get('/v1/charges/ch_none');
    expect([gone.status, gone.error.code, gone.error.message]).toEqual([
      404,
      'resource_missing',
      "No such charge: 'ch_none'",
    ]);
    const url = await post('/v1/nowhere', RENEWAL, keyed('k'));
    expect([url.status, url.error.type]).toEqual([404, 'invalid_request_error']);
    expect(url.error.message).toContain('Unrecognized request URL (POST: /v1/nowhere)');
    expectExecuted(await charge('k'));
  });
});
