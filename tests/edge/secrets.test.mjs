import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, CHARGE, FORM, rig, STRIPE_KEY } from './rig.mjs';

/** Of every file below a folder. */
const contentsOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));

describe('credentials', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig({ policy: { allowed_endpoints: ['POST /v1/charges', 'GET /v1/charges/{id}'] } });
  });
  afterAll(() => it_.close());

  it('has at least 128 random bits in a vault key, and no two alike', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => it_.newVaultKey()));
    for (const { vault_key } of keys) expect(vault_key).toMatch(/^vault_key_[0-9a-f]{80}$/);
    expect(new Set(keys.map(({ vault_key }) => vault_key.slice(26))).size).toBe(8);
  });

  it('does not take one credential for another', async () => {
    const { vault_key } = it_.vault;
    const asAdmin = (token) => it_.request('GET', '/admin/vault-keys', { token });
    expect((await asAdmin(vault_key)).status).toBe(401);
    expect((await asAdmin(STRIPE_KEY)).status).toBe(401);
    expect((await asAdmin(undefined)).status).toBe(401);
    expect((await it_.charge('as-admin', CHARGE, { token: ADMIN_TOKEN })).status).toBe(401);
    expect((await it_.charge('as-stripe', CHARGE, { token: STRIPE_KEY })).status).toBe(401);
    const changed = vault_key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await it_.charge('changed', CHARGE, { token: changed })).status).toBe(401);
    const unknown = vault_key.replace(/^vault_key_.{16}/, 'vault_key_0000000000000000');
    expect((await it_.charge('unknown', CHARGE, { token: unknown })).status).toBe(401);
    const basic = Buffer.from(`${vault_key}:`).toString('base64');
    const headers = { ...FORM, authorization: `Basic ${basic}`, 'idempotency-key': 'basic' };
    expect((await it_.request('POST', '/stripe/v1/charges', { headers, body: CHARGE })).status).toBe(401);
    expect(it_.double.requests()).toEqual([]);
  });

  it('refuses a revoked key at its next call, and an expired one', async () => {
    const revoked = await it_.newVaultKey();
    expect((await it_.charge('before', CHARGE, { token: revoked.vault_key })).status).toBe(200);
    await it_.admin('DELETE', `vault-keys/${revoked.id}`);
    for (const key of ['before', 'after']) {
      const { status, body } = await it_.charge(key, CHARGE, { token: revoked.vault_key });
      expect([status, body.error]).toEqual([401, 'vault_key_revoked']);
    }
    const expired = await it_.newVaultKey({ expires_at: '2020-01-01T00:00:00Z' });
    const { status, body } = await it_.charge('expired', CHARGE, { token: expired.vault_key });
    expect([status, body.error]).toEqual([401, 'policy_expired']);
  });

  it('reads with the real key, and only where the policy lists it', async () => {
    const { body: charge } = await it_.charge('to-read');
    const found = await it_.stripe('GET', `/v1/charges/${charge.id}`);
    expect([found.status, found.body.id]).toEqual([200, charge.id]);
    expect((await it_.stripe('GET', '/v1/charges')).body).toMatchObject({ error: 'endpoint_not_allowed' });
    expect((await it_.stripe('GET', '/v1/customers/cus_1')).status).toBe(403);
  });

  it('shows nobody that Stripe refused its key', async () => {
    const other = await rig({ double: { secrets: ['sk_test_another'] } });
    const { status, text } = await other.charge('bad-key');
    expect(status).toBe(502);
    expect(text).not.toContain('sk_');
    expect(await other.status()).toMatchObject({ reserved_usd_cents: 0, spent_usd_cents: 0 });
    await other.close();
  });

  it('passes no key on that Stripe’s answer repeats, in its body or its headers', async () => {
    const server = createServer((request, response) => {
      request.resume();
      const said = request.headers.authorization;
      const charge = { id: 'ch_1', object: 'charge', amount: 1000, currency: 'usd', captured: true };
      response.setHeader('request-id', said).setHeader('stripe-version', said);
      response.end(JSON.stringify({ ...charge, status: 'succeeded', description: said }));
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const other = await rig({ stripeBase: `http://127.0.0.1:${server.address().port}` });
    const answers = [await other.charge('echo'), await other.charge('echo')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const shown of [answers, await other.audit(), contentsOf(other.state)]) {
      expect(JSON.stringify(shown)).not.toContain(STRIPE_KEY);
    }
    expect(answers[0].headers['request-id']).toBe('Bearer [key]');
    await other.close();
    server.closeAllConnections();
    server.close();
  });

  it('keeps no secret in its state, its audit or its answers', async () => {
    const secret = 'vault_key_smuggled_as_a_name';
    await it_.charge(secret);
    await it_.stripe('POST', `/v1/${STRIPE_KEY}`, { key: 'path', body: CHARGE });
    await it_.request('GET', `/admin/${ADMIN_TOKEN}`, { token: it_.vault.vault_key });
    const audit = await it_.audit('?limit=1000');
    const contents = contentsOf(it_.state);
    expect(contents.length).toBeGreaterThan(4);
    for (const text of [...contents, JSON.stringify(audit)]) {
      for (const value of [
        it_.vault.vault_key,
        it_.vault.vault_key.slice(26),
        STRIPE_KEY,
        ADMIN_TOKEN,
        secret,
      ]) {
        expect(text.includes(value)).toBe(false);
      }
    }
    // The double sees the key, so that a search which finds nothing is known to look for the right thing.
    expect(it_.double.requests().length).toBeGreaterThan(0);
  });

  it('slows down whoever guesses, and never whoever has a vault key', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 30 }, () => it_.charge('guess', CHARGE, { token: 'vault_key_guess' })),
    );
    const statuses = guesses.map(({ status }) => status);
    expect(statuses).toContain(401);
    expect(statuses).toContain(429);
    const limited = guesses.find(({ status }) => status === 429);
    expect(limited.body.error).toBe('too_many_failures');
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await it_.charge('not-a-guess')).status).toBe(200);
    // Who has a wrong vault key does not keep the administrator out; who guesses tokens does.
    expect((await it_.admin('GET', 'vault-keys')).status).toBe(200);
    const asAdmin = () => it_.request('GET', '/admin/vault-keys', { token: 'a-guess' });
    const tokens = await Promise.all(Array.from({ length: 30 }, asAdmin));
    expect(tokens.map(({ status }) => status)).toContain(429);
    expect((await it_.admin('GET', 'vault-keys')).status).toBe(429);
  });
});
