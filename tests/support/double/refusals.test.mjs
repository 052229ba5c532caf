// What the double refuses at the door, and hostile input.
import { describe, expect, it } from 'vitest';
import { startStripeDouble } from '../stripe-double/index.mjs';
import { call, charge, expectExecuted, get, keyed, post, RENEWAL, rawExchange, stripe } from './client.mjs';

describe('refusals at the door', () => {
  const without = (name) => Object.fromEntries(Object.entries(RENEWAL).filter(([key]) => key !== name));

  it.each([
    ['a missing amount', without('amount'), 'amount', 'parameter_missing'],
    ['a missing currency', without('currency'), 'currency', 'parameter_missing'],
    ['nobody to charge', without('customer'), undefined, 'parameter_missing'],
    ['a fraction', { ...RENEWAL, amount: '10.5' }, 'amount', 'parameter_invalid_integer'],
    ['no number', { ...RENEWAL, amount: 'NaN' }, 'amount', 'parameter_invalid_integer'],
    ['an exponent', { ...RENEWAL, amount: '1e21' }, 'amount', 'parameter_invalid_integer'],
    ['nothing', { ...RENEWAL, amount: '0' }, 'amount', 'parameter_invalid_integer'],
    ['less than nothing', { ...RENEWAL, amount: '-4900' }, 'amount', 'parameter_invalid_integer'],
    ['thirteen digits', { ...RENEWAL, amount: '1000000000000' }, 'amount', 'parameter_invalid_integer'],
    ['an empty amount', { ...RENEWAL, amount: '' }, 'amount', 'parameter_invalid_empty'],
    ['an empty customer', { ...RENEWAL, customer: '' }, 'customer', 'parameter_invalid_empty'],
    [
      'an amount that is a list',
      { ...without('amount'), 'amount[]': '' },
      'amount',
      'parameter_invalid_integer',
    ],
    [
      'an amount that nests',
      { ...without('amount'), 'amount[a]': '1' },
      'amount',
      'parameter_invalid_integer',
    ],
    ['a foreign parameter', { ...RENEWAL, amount_cents: '1' }, 'amount_cents', 'parameter_unknown'],
    [
      'a hostile parameter',
      `${new URLSearchParams(RENEWAL)}&__proto__[a]=b`,
      '__proto__',
      'parameter_unknown',
    ],
    // Stripe gives these no code.
    ['an unknown currency', { ...RENEWAL, currency: 'zzz' }, 'currency', undefined],
    ['a boolean that is none', { ...RENEWAL, capture: 'no' }, 'capture', undefined],
    ['metadata that is text', { ...RENEWAL, metadata: 'x' }, 'metadata', undefined],
  ])('refuses %s, and the key stays free', async (_, form, param, code) => {
    const refused = await charge('k', form);
    expect(refused.status).toBe(400);
    expect(refused.error).toMatchObject({ type: 'invalid_request_error', message: expect.any(String) });
    expect([refused.error.param, refused.error.code]).toEqual([param, code]);
    expect(stripe.charges()).toEqual([]);

    expectExecuted(await charge('k'));
  });

  it('answers 401 without a bearer token, and saves nothing', async () => {
    for (const authorization of [null, 'Bearer ', 'Basic c2tfdGVzdF94Og==']) {
      const refused = await post('/v1/charges', RENEWAL, keyed('k', { authorization }));
      expect([refused.status, refused.error.type]).toEqual([401, 'invalid_request_error']);
    }
    expectExecuted(await charge('k'));
  });

  it('accepts only its own secrets when it has some', async () => {
    const picky = await startStripeDouble({ secrets: ['sk_test_a', 'sk_test_b'] });
    const statusOf = async (token) =>
      (await post('/v1/charges', RENEWAL, { authorization: `Bearer ${token}` }, picky.url)).status;
    expect(await statusOf('sk_test_a')).toBe(200);
    expect(await statusOf('sk_test_b')).toBe(200);
    expect(await statusOf('sk_test_c')).toBe(401);
    await picky.close();
  });

  it('takes forms only', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', null]) {
      const body = type === 'application/json' ? JSON.stringify(RENEWAL) : '--x';
      const refused = await post('/v1/charges', body, keyed('k', { 'content-type': type }));
      expect([refused.status, refused.error.type]).toEqual([400, 'invalid_request_error']);
      expect(refused.error.message).toContain('check that your POST content type is');
    }
    const type = 'Application/X-WWW-Form-Urlencoded; charset=utf-8';
    const fine = await post('/v1/charges', RENEWAL, keyed('k', { 'content-type': type }));
    expectExecuted(fine);
  });
});

describe('hostile input', () => {
  it('answers 413 beyond one megabyte, with or without a length', async () => {
    const padded = (size) => `amount=4900&currency=usd&customer=cus_1&description=`.padEnd(size, 'x');
    expect((await charge('k', padded(1024 * 1024))).status).toBe(200);
    const big = padded(1024 * 1024 + 1);
    const refused = await charge('big', big);
    expect([refused.status, refused.error.type]).toEqual([413, 'invalid_request_error']);
    const streamed = await fetch(`${stripe.url}/v1/charges`, {
      method: 'POST',
      headers: { authorization: 'Bearer t', 'content-type': 'application/x-www-form-urlencoded' },
      body: new Blob([big]).stream(),
      duplex: 'half',
    });
    expect(streamed.status).toBe(413);
    expect(stripe.charges()).toHaveLength(1);
  });

  it.each([
    ['bad percent-encoding', 'amount=%zz'],
    ['a cut-off escape', 'amount=4900&description=%'],
    ['invalid UTF-8', 'description=%ff%fe'],
    ['a value that becomes a container', 'metadata=1&metadata[a]=2'],
    ['a list that becomes a hash', 'metadata[]=1&metadata[a]=2'],
    ['nesting without end', `metadata${'[a]'.repeat(500)}=1`],
    ['lists without end', `expand${'[]'.repeat(500)}=1`],
  ])('answers 400 to %s', async (_, body) => {
    const refused = await charge('k', body);
    expect([refused.status, refused.error.type]).toEqual([400, 'invalid_request_error']);
    expect((await charge('k')).status).toBe(200);
  });

  it('lets the last of two equal parameters win', async () => {
    const { json } = await charge('k', 'amount=1&currency=eur&customer=cus_1&amount=4900&currency=usd');
    expect([json.amount, json.currency]).toEqual([4900, 'usd']);
    const { json: flat } = await charge('l', 'amount[]=1&amount[]=2&amount=4900&currency=usd&customer=cus_1');
    expect(flat.amount).toBe(4900);
  });

  it('reads the forms that Rack reads', async () => {
    const { status } = await charge(
      'k',
      '&&=x&amount=4900&currency=USD&customer=cus_1&expand[]=a&expand[]=b&shipping[address][line1]=x&transfer_data' +
        '[][a]=1&transfer_data[][b]=2&transfer_data[][a]=3&metadata[__proto__]=p&metadata[constructor]=c&receipt_email',
    );
    expect(status).toBe(200);
    const { params } = stripe.requests()[0];
    expect(params).toMatchObject({
      expand: ['a', 'b'],
      shipping: { address: { line1: 'x' } },
      transfer_data: [{ a: '1', b: '2' }, { a: '3' }],
      receipt_email: '',
    });
    expect(Object.keys(params.metadata)).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(stripe.charges()[0].metadata)).toEqual(['__proto__', 'constructor']);
    expect({}.p).toBeUndefined();
  });

  it.each([
    ['an unclosed bracket', 'amount[=1', 'amount['],
    ['a stray bracket', 'amount]=1', 'amount]'],
    ['text after a bracket', 'a[b]c=1', 'a[b]c'],
  ])('takes %s for a name, and does not know it', async (_, body, param) => {
    expect((await charge('k', body)).error).toMatchObject({ param, code: 'parameter_unknown' });
  });

  it('does not send a hostile value back at full length', async () => {
    const long = 'x'.repeat(100_000);
    for (const wrong of [{ [long]: '1' }, { amount: long }, { capture: long }, { currency: long }]) {
      const refused = await charge('k', { ...RENEWAL, ...wrong });
      expect(refused.status).toBe(400);
      expect(refused.text.length).toBeLessThan(2000);
    }
    const gone = await post('/v1/refunds', { charge: long });
    expect([gone.status, gone.text.length < 1000]).toEqual([404, true]);
  });

  it('survives strange addresses, methods and bytes', async () => {
    expect((await get('/v1/charges/%zz')).status).toBe(404);
    expect((await get('//v1/charges')).status).toBe(404);
    expect((await get('/stripe/stripe/v1/charges')).status).toBe(404);
    expect((await call('DELETE', '/v1/charges/ch_1')).status).toBe(404);
    expect((await call('PUT', '/v1/charges', RENEWAL)).status).toBe(404);
    expect(await rawExchange('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const cut_off = 'POST /v1/charges HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\namount=1';
    await rawExchange(cut_off, { half_close: true });
    expect((await charge('k')).status).toBe(200);
    expect(stripe.charges()).toHaveLength(1);
  });
});
