// Every answer of the edge's own, as classifyResponse understands it: none may be taken for another, or for Stripe's word.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { classifyResponse } from 'billonce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARGE, rig } from './rig.mjs';

const FAR = 'amount=1000&currency=eur&customer=cus_1';
const POLICY = {
  allowed_endpoints: ['POST /v1/charges', 'GET /v1/charges'],
  max_charge_usd: 50,
  daily_usd_cap: 60,
};

/** Made with a clock that is led, or only after half a minute: tests/edge/clock.test.mjs and tests/edge.rs have these. */
const ELSEWHERE = ['outcome_unknown', 'idempotency_key_in_use'];
/** A defect, which no test can ask for. */
const BROKEN = { status: 500, body: { error: { type: 'api_error', code: 'internal_error', message: '…' } } };

const [REFUSED, STOPS] = ['invalid_request no never', 'endpoint_not_allowed no never'];

/** The word, what provokes it, the status, and what it means. */
const REFUSALS = [
  [
    'unauthorized',
    (it_) => it_.charge('k', CHARGE, { token: 'vault_key_none' }),
    401,
    'vault_key_revoked no never',
  ],
  ['vault_key_revoked', (it_) => it_.charge('k', CHARGE, it_.revoked), 401, 'vault_key_revoked no never'],
  ['policy_expired', (it_) => it_.charge('k', CHARGE, it_.expired), 401, 'vault_key_revoked no never'],
  [
    'endpoint_not_allowed',
    (it_) => it_.stripe('POST', '/v1/payouts', { key: 'k', body: CHARGE }),
    403,
    STOPS,
  ],
  ['stripe_account_not_allowed', (it_) => it_.with({ 'stripe-account': 'acct_1' }), 403, STOPS],
  [
    'max_charge_usd_exceeded',
    (it_) => it_.charge('k', 'amount=5001&currency=usd&customer=cus_1'),
    403,
    'max_charge_usd_exceeded no never',
  ],
  ['daily_usd_cap_exceeded', (it_) => it_.overTheCap(), 429, 'cap_exceeded no never'],
  ['amount_unknown', (it_) => it_.charge('k', 'currency=usd&customer=cus_1'), 422, REFUSED],
  ['usd_rate_missing', (it_) => it_.charge('k', FAR), 422, REFUSED],
  [
    'invalid_rate',
    (it_) => it_.charge('k', 'amount=999999999999&currency=eur&customer=cus_1', it_.dear),
    422,
    REFUSED,
  ],
  ['idempotency_key_required', (it_) => it_.charge(undefined), 400, REFUSED],
  ['invalid_idempotency_key', (it_) => it_.charge('two words'), 400, REFUSED],
  ['ambiguous_parameters', (it_) => it_.charge('k', 'amount=1&amount=9&currency=usd'), 400, REFUSED],
  [
    'parameters_not_allowed',
    (it_) => it_.stripe('POST', '/v1/charges?amount=1', { key: 'k', body: CHARGE }),
    400,
    REFUSED,
  ],
  ['header_not_allowed', (it_) => it_.with({ 'stripe-context': 'acct_1' }), 400, REFUSED],
  ['content_type_not_supported', (it_) => it_.with({ 'content-type': 'application/json' }), 415, REFUSED],
  ['request_too_large', (it_) => it_.charge('k', `description=${'x'.repeat(1_100_000)}`), 413, REFUSED],
  ['not_found', (it_) => it_.request('POST', '/v1/charges', { token: it_.vault.vault_key }), 404, REFUSED],
  ['method_not_allowed', (it_) => it_.request('GET', '/check', { token: it_.vault.vault_key }), 405, REFUSED],
  ['idempotency_error', (it_) => it_.reused(), 400, 'key_reused no review'],
  ['answer_not_kept', (it_) => it_.odd('too-long', 'too-long'), 409, 'replayed unknown review'],
  ['no_answer', (it_) => it_.odd('silence'), 502, 'stripe_error unknown same_key'],
  ['no_answer', (it_) => it_.odd('no-status'), 502, 'stripe_error unknown same_key'],
  ['stripe_key_refused', (it_) => it_.odd('refused'), 502, 'unauthorized no never'],
  ['no_answer', (it_) => it_.oddRead(1), 502, 'stripe_error unknown same_key'],
  ['stripe_key_refused', (it_) => it_.oddRead(2), 502, 'unauthorized no never'],
  ['not_configured', (it_) => it_.unconfigured(), 503, 'stripe_error unknown same_key'],
  ['internal_error', () => BROKEN, 500, 'stripe_error unknown same_key'],
  // Last: from now on the address is shut out.
  ['too_many_failures', (it_) => it_.fail(25), 429, 'rate_limited no same_key'],
];

describe('every answer of the edge’s own', () => {
  let it_;
  beforeAll(async () => {
    it_ = await everything();
  }, 60_000);
  afterAll(() => it_.close());

  it.each(REFUSALS)('%s', async (word, provoke, status, means) => {
    const { headers = {}, ...answer } = await provoke(it_);
    const { error } = answer.body;
    expect([answer.status, error.code ?? error.type ?? error]).toEqual([status, word]);
    const { kind, charged, retry } = classifyResponse({ status, headers, body: answer.body });
    expect(`${kind} ${charged} ${retry}`).toBe(means);
    // Where an earlier request may have charged, none of it is comfort.
    const later = classifyResponse({ status, headers, body: answer.body, may_have_charged: true });
    expect(later.charged).toBe('unknown');
  });

  // A call to Stripe with a vault key that is known. The two in another shape are tested above.
  const FIGURES = [
    'vault_key_revoked',
    'policy_expired',
    'endpoint_not_allowed',
    'stripe_account_not_allowed',
    'max_charge_usd_exceeded',
    'daily_usd_cap_exceeded',
    'amount_unknown',
    'usd_rate_missing',
    'invalid_rate',
    'idempotency_key_required',
    'invalid_idempotency_key',
    'ambiguous_parameters',
    'parameters_not_allowed',
    'header_not_allowed',
    'content_type_not_supported',
    'request_too_large',
  ];
  it.each(FIGURES)('%s has the decision’s figures, a message, and a row', async (word) => {
    const [, provoke, status] = REFUSALS.find(([known]) => known === word);
    const { body } = await provoke(it_);
    expect(body).toMatchObject({
      error: word,
      message: expect.any(String),
      spent_usd_cents: expect.any(Number),
      cap_usd_cents: 6000,
      resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
    });
    expect(body.amount_usd_cents === null || body.amount_usd_cents > 0).toBe(true);
    expect(body.remaining_usd_cents).toBe(6000 - body.spent_usd_cents);
    const { data } = await it_.audit('?limit=1');
    expect(data[0]).toMatchObject({ verdict: 'refused', reason: word, status });
  });

  it('a call without a key is told what it would cost', async () => {
    expect((await it_.charge(undefined)).body).toMatchObject({ amount_usd_cents: 1000 });
  });

  it('there is no other', () => {
    const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const files = [
      'src/edge/arrive.rs',
      'src/edge/decide.rs',
      'src/edge/incoming.rs',
      'src/edge/refusal.rs',
      'js/edge/vault.ts',
      'js/edge/worker.ts',
    ];
    const made = /(?:refus(?:al|e)|stripeError|as_stripe|shapeFor\(path\))\(\s*\d{3},\s*["']([a-z_]+)["']/g;
    const words = files.flatMap((path) => [...source(path).matchAll(made)].map(([, word]) => word));
    const decisions = [...source('src/precheck.rs').matchAll(/Verdict::\w+ => "(\w+)"/g)].map(
      ([, word]) => word,
    );
    const named = [...source('src/edge/refusal.rs').matchAll(/let code = "(\w+)"/g)].map(([, word]) => word);
    expect(words.length).toBeGreaterThan(15);
    expect(decisions).toHaveLength(7);
    const all = new Set([...words, ...decisions.filter((word) => word !== 'allowed'), ...named]);
    expect([...all].sort()).toEqual([...new Set([...REFUSALS.map(([word]) => word), ...ELSEWHERE])].sort());
  });
});

/** Three edges: before the double, before a Stripe that behaves oddly, and one without its secrets. */
async function everything() {
  const odd = await oddStripe();
  const [plain, before, bare] = await Promise.all([
    rig({ policy: POLICY }),
    rig({ stripeBase: odd.url, policy: { allowed_endpoints: POLICY.allowed_endpoints } }),
    rig({ env: {} }),
  ]);
  const keyWith = async (more) => {
    const { vault_key: token, id } = await plain.newVaultKey(more);
    return { token, id };
  };
  const revoked = await keyWith({});
  await plain.admin('DELETE', `vault-keys/${revoked.id}`);
  return {
    ...plain,
    revoked,
    expired: await keyWith({ expires_at: '2026-01-01T00:00:00Z' }),
    dear: await keyWith({ usd_rates: { eur: '9999999' } }),
    with: (headers) => plain.stripe('POST', '/v1/charges', { key: 'k', body: CHARGE, headers }),
    async overTheCap() {
      await plain.charge('fills', 'amount=5000&currency=usd&customer=cus_1');
      return plain.charge('over', 'amount=1001&currency=usd&customer=cus_1');
    },
    async reused() {
      await plain.charge('mine');
      return plain.charge('mine', 'amount=999&currency=usd&customer=cus_1');
    },
    /** Charges with these keys, one after the other; the last answer counts. */
    async odd(...keys) {
      let last;
      for (const key of keys) last = await before.stripe('POST', '/v1/charges', { key, body: CHARGE });
      return last;
    },
    oddRead: (limit) => before.stripe('GET', `/v1/charges?limit=${limit}`),
    unconfigured: () => bare.charge('k', CHARGE, { token: plain.vault.vault_key }),
    async fail(times) {
      let last;
      for (let at = 0; at < times; at++) last = await plain.charge('k', CHARGE, { token: 'vault_key_none' });
      return last;
    },
    close: () => Promise.all([plain.close(), before.close(), bare.close(), odd.close()]),
  };
}

/** Does not accept the edge's key, says nothing, or says too much: by the idempotency key, or a read's `limit`. */
async function oddStripe() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const wanted = request.headers['idempotency-key'] ?? { 1: 'silence', 2: 'refused' }[request.url.at(-1)];
      if (wanted === 'silence') return response.destroy();
      response.setHeader('content-type', 'application/json');
      // Three digits, and none of HTTP's.
      if (wanted === 'no-status') return response.writeHead(999).end('{}');
      if (wanted === 'refused')
        return response.writeHead(401).end('{"error":{"type":"invalid_request_error"}}');
      const charge = {
        id: 'ch_1',
        object: 'charge',
        amount: 1000,
        captured: true,
        currency: 'usd',
        status: 'succeeded',
      };
      response.end(JSON.stringify({ ...charge, description: 'x'.repeat(1_100_000) }));
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
