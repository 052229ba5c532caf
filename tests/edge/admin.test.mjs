import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rig } from './rig.mjs';

describe('administration', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig();
  });
  afterAll(() => it_.close());

  it('is healthy, and has nothing at other paths', async () => {
    expect(await it_.request('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    for (const path of ['/', '/admin', '/stripe', '/v1/charges']) {
      expect((await it_.request('GET', path)).status).toBe(404);
    }
    for (const path of ['keys', 'vault-keys/x', 'vault-keys/vk_0000000000000000', 'vault-keys/a/b', '']) {
      expect((await it_.admin('GET', path)).status).toBe(404);
    }
  });

  it('says by which methods a route is asked', async () => {
    const { id } = it_.vault;
    for (const [method, path, allow] of [
      ['PUT', 'vault-keys', 'GET, POST'],
      ['DELETE', 'vault-keys', 'GET, POST'],
      ['POST', `vault-keys/${id}`, 'GET, PATCH, DELETE'],
      ['POST', 'audit', 'GET'],
    ]) {
      const { status, headers, body } = await it_.admin(method, path);
      expect([status, headers.allow, body.error]).toEqual([405, allow, 'method_not_allowed']);
    }
  });

  it('says what was no JSON, and what was no text', async () => {
    const { vault_key: token } = it_.vault;
    const check = await it_.request('POST', '/check', { token, body: '{"endpoint"' });
    expect([check.status, check.body.error, check.body.field]).toEqual([400, 'wrong_type', 'body']);
    const pin = await it_.request('PUT', '/event-keys/%ff', { token, body: '{"idempotency_key":"k"}' });
    expect([pin.status, pin.body.error]).toEqual([400, 'unreadable_input']);
    expect(pin.body.field).toBe('external_event_id');
  });

  it('makes a vault key, shows it once, and tells what it may do and has done', async () => {
    const made = await it_.admin('POST', 'vault-keys', {
      name: 'renewals',
      allowed_endpoints: ['charges.create'],
      daily_usd_cap: 49.9,
      expires_at: '2999-01-01T00:00:00Z',
    });
    expect(made.status).toBe(201);
    const { id, vault_key, policy } = made.body;
    expect(policy).toEqual({
      allowed_endpoints: ['POST /v1/charges'],
      daily_usd_cap: 49.9,
      max_charge_usd: null,
      expires_at: '2999-01-01T00:00:00.000Z',
      stripe_account: null,
      require_idempotency_key: true,
      usd_rates: null,
    });
    const { body: status } = await it_.admin('GET', `vault-keys/${id}`);
    expect(status).toMatchObject({
      id,
      name: 'renewals',
      policy,
      spent_usd_cents: 0,
      reserved_usd_cents: 0,
      calls: 0,
      blocked: 0,
    });
    expect(status.resets_at).toMatch(/T00:00:00\.000Z$/);
    const list = await it_.admin('GET', 'vault-keys');
    expect(list.body.data.map((each) => each.id)).toEqual([it_.vault.id, id]);
    expect(list.text).not.toContain(vault_key.slice(30));
  });

  it.each([
    [{}, 'missing_field', 'name'],
    [{ name: 'x' }, 'missing_field', 'policy.daily_usd_cap'],
    [{ name: 'x', daily_usd_cap: 1 }, 'missing_field', 'policy.allowed_endpoints'],
    [{ name: '', daily_usd_cap: 1, allowed_endpoints: [] }, 'empty_field', 'name'],
    [{ name: 'x', daily_usd_cap: -1, allowed_endpoints: [] }, 'invalid_policy', 'policy.daily_usd_cap'],
    [
      { name: 'x', daily_usd_cap: 1, allowed_endpoints: ['POST /v1/charge'] },
      'invalid_endpoint',
      'policy.allowed_endpoints[0]',
    ],
    [
      { name: 'x', daily_usd_cap: 1, allowed_endpoints: [], daily_cap: 2 },
      'unknown_field',
      'policy.daily_cap',
    ],
    [
      { name: 'x', daily_usd_cap: 1, allowed_endpoints: [], stripe_account: '1' },
      'invalid_header',
      'policy.stripe_account',
    ],
    [[], 'wrong_type', 'body'],
    [null, 'wrong_type', 'body'],
  ])('refuses a policy that cannot be enforced: %j', async (body, error, field) => {
    const { status, body: answer } = await it_.admin('POST', 'vault-keys', body);
    expect([status, answer.error, answer.field]).toEqual([400, error, field]);
  });

  it('changes a policy from the next call on', async () => {
    const { id, vault_key: token } = await it_.newVaultKey();
    expect((await it_.charge('patched-1', undefined, { token })).status).toBe(200);
    const patched = await it_.admin('PATCH', `vault-keys/${id}`, { daily_usd_cap: 15, name: 'smaller' });
    expect(patched).toMatchObject({
      status: 200,
      body: { name: 'smaller', policy: { daily_usd_cap: 15, allowed_endpoints: ['POST /v1/charges'] } },
    });
    expect((await it_.charge('patched-2', undefined, { token })).status).toBe(429);
    expect((await it_.charge('patched-1', undefined, { token })).status).toBe(200);
    const refused = await it_.admin('PATCH', `vault-keys/${id}`, { daily_usd_cap: 'much' });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_policy']);
    expect((await it_.status(id)).policy.daily_usd_cap).toBe(15);
  });

  it('decides without reserving', async () => {
    const check = (given) =>
      it_.request('POST', '/check', { token: it_.vault.vault_key, body: JSON.stringify(given) });
    const allowed = { endpoint: 'charges.create', amount: 4900, currency: 'usd' };
    expect((await check(allowed)).body).toMatchObject({
      allowed: true,
      spent_usd_cents: 0,
      cap_usd_cents: 20_000,
    });
    expect((await check({ request: allowed })).body).toMatchObject({ allowed: true, amount_usd_cents: 4900 });
    const built = { method: 'POST', url: 'https://x/stripe/v1/charges', body: 'amount=20001&currency=usd' };
    expect((await check(built)).body).toMatchObject({ allowed: false, code: 'daily_usd_cap_exceeded' });
    expect((await check({ ...allowed, policy: {} })).body).toMatchObject({ error: 'conflicting_fields' });
    expect((await check({ endpoint: 'x' })).body).toMatchObject({ error: 'invalid_endpoint' });
    expect(await it_.status()).toMatchObject({ spent_usd_cents: 0, reserved_usd_cents: 0, calls: 0 });
  });

  it('lets a key that has ended pin nothing', async () => {
    const pin = (token) =>
      it_.request('PUT', '/event-keys/evt_ended', { token, body: '{"idempotency_key":"k"}' });
    const expired = await it_.newVaultKey({ expires_at: '2020-01-01T00:00:00Z' });
    const revoked = await it_.newVaultKey();
    await it_.admin('DELETE', `vault-keys/${revoked.id}`);
    for (const [{ vault_key }, error] of [
      [expired, 'policy_expired'],
      [revoked, 'vault_key_revoked'],
    ]) {
      const { status, body } = await pin(vault_key);
      expect([status, body.error, body.cap_usd_cents]).toEqual([401, error, 20_000]);
    }
    const check = await it_.request('POST', '/check', { token: revoked.vault_key, body: '{}' });
    expect([check.status, check.body.error]).toEqual([401, 'vault_key_revoked']);
  });

  it('pages through the rows of many keys without losing one, while more arrive', async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => it_.newVaultKey({ daily_usd_cap: 1000 })));
    const charged = new Set();
    const round = (name) =>
      Promise.all(
        keys.map(async ({ vault_key: token, id }) => {
          await it_.charge(name, undefined, { token });
          charged.add(`${id} ${name}`);
        }),
      );
    // Of calls that arrive in one millisecond, each with a key of its own, the rows have one number.
    for (let at = 0; at < 10; at++) await round(`page-${at}`);
    const mine = [...charged];
    const later = round('later');
    const seen = [];
    let cursor = '';
    do {
      const page = await it_.audit(`?limit=4${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.data);
      expect(page.has_more).toBe(page.next_cursor !== null);
      expect(page.data.length === 4 || !page.has_more).toBe(true);
      expect(page.data.length).toBeLessThanOrEqual(4);
      cursor = page.next_cursor;
    } while (cursor);
    await later;
    const names = seen.map((row) => `${row.vault_key_id} ${row.idempotency_key}`);
    expect(mine.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(seen.map(({ attempt_id }) => attempt_id)).size).toBe(seen.length);
    const times = seen.map(({ time }) => time);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('keeps a row for each call, newest first, in pages and as JSON lines', async () => {
    const { id, vault_key: token } = await it_.newVaultKey({ daily_usd_cap: 20 });
    await it_.charge('audit-1', undefined, { token });
    await it_.charge('audit-1', undefined, { token });
    await it_.charge('audit-2', undefined, { token });
    await it_.charge('audit-3', undefined, { token });
    await it_.stripe('POST', '/v1/payouts', { token, key: 'audit-4', body: 'amount=1&currency=usd' });
    const { data } = await it_.audit(`?vault_key_id=${id}`);
    const short = data.map((row) => [row.idempotency_key, row.verdict, row.reason, row.status]);
    expect(short).toEqual([
      ['audit-4', 'refused', 'endpoint_not_allowed', 403],
      ['audit-3', 'refused', 'daily_usd_cap_exceeded', 429],
      ['audit-2', 'allowed', 'allowed', 200],
      ['audit-1', 'allowed', 'replayed', 200],
      ['audit-1', 'allowed', 'allowed', 200],
    ]);
    expect(data[4]).toMatchObject({
      vault_key_id: id,
      endpoint: 'POST /v1/charges',
      amount_usd_cents: 1000,
      request_id: expect.stringMatching(/^req_/),
      latency_ms: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      attempt_id: expect.stringMatching(/^vk_[0-9a-f]{16}_\d+$/),
    });
    const paged = [];
    let cursor = '';
    do {
      const page = await it_.audit(`?vault_key_id=${id}&limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.data.length).toBeLessThanOrEqual(2);
      paged.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor);
    expect(paged).toEqual(data);
    const { text } = await it_.admin('GET', `audit?vault_key_id=${id}&format=jsonl`);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(data);
    expect((await it_.audit(`?vault_key_id=${id}&limit=&cursor=`)).data).toEqual(data);
    const all = await it_.audit('?limit=1000');
    expect(all.data.map(({ time }) => time)).toEqual(
      all.data
        .map(({ time }) => time)
        .sort()
        .reverse(),
    );
    expect(all.data.filter((row) => row.vault_key_id === id)).toEqual(data);
    const wrong = [
      '?cursor=x',
      '?cursor=1',
      '?cursor=1.vk_1',
      `?cursor=${'9'.repeat(16)}.edge`,
      '?cursor=-1.edge',
    ];
    for (const query of ['?limit=0', '?limit=x', '?limit=1001', ...wrong]) {
      expect((await it_.admin('GET', `audit${query}`)).status).toBe(400);
    }
  });
});
