// findEarlier: what it asks, and what it refuses.
import { findEarlier } from 'billonce';
import { describe, expect, test } from 'vitest';
import { double, EVENT, find, INTENT_KEY, json, KEY, NOTHING, options, VAULT_KEY } from './asking.mjs';

describe('what it asks', () => {
  test('goes below the base URL with the vault key, and follows no redirect', async () => {
    const seen = [];
    const spy = async (url, init) => {
      seen.push([url, init]);
      return json({ object: 'list', data: [], has_more: false });
    };
    const now = Math.floor(Date.now() / 1000);
    await findEarlier(spy, EVENT, { vault_key: VAULT_KEY, stripe_version: '2026-10-28.endive' });
    const base = 'https://proxy.keybrake.com/stripe/v1';
    const query = `metadata['billonce_key']:'${KEY}' OR metadata['billonce_key']:'${INTENT_KEY}'`;
    expect(seen.map(([url]) => url.split('?')[0])).toEqual([
      `${base}/charges/search`,
      `${base}/payment_intents/search`,
      `${base}/charges`,
      `${base}/payment_intents`,
    ]);
    const params = seen.map(([url]) => Object.fromEntries(new URL(url).searchParams));
    expect(params.slice(0, 2)).toEqual([
      { query, limit: '100' },
      { query, limit: '100' },
    ]);
    expect(params[2]).toMatchObject({ customer: 'cus_A100', limit: '100' });
    expect(Number(params[2]['created[gte]'])).toBeGreaterThanOrEqual(now - 86_400);
    for (const [, { method, headers, redirect }] of seen) {
      expect([method, redirect]).toEqual(['GET', 'manual']);
      expect({ ...headers }).toEqual({
        Authorization: `Bearer ${VAULT_KEY}`,
        'Stripe-Version': '2026-10-28.endive',
      });
    }
  });

  test.each([
    [
      'no vault key',
      EVENT,
      { vault_key: undefined },
      'missing_field',
      'vault_key is missing: what was sent before is asked for with it',
    ],
    [
      'a raw key',
      EVENT,
      { vault_key: 'sk_test_1' },
      'raw_key_refused',
      expect.stringContaining('is a raw Stripe key'),
    ],
    ['a foreign base', EVENT, { base_url: 'http://example.com' }, 'invalid_base_url', expect.any(String)],
    [
      'an unknown option',
      EVENT,
      { pages: 1 },
      'unknown_field',
      expect.stringContaining('pages is not a field here'),
    ],
    ['no pages', EVENT, { max_pages: 0 }, 'wrong_type', 'max_pages must be an integer from 1 to 1000'],
    ['half a page', EVENT, { max_pages: 1.5 }, 'wrong_type', 'max_pages must be an integer from 1 to 1000'],
    ['no time', EVENT, { since: 'June' }, 'invalid_time', expect.stringContaining('since is not a time')],
    ['no event', {}, {}, 'missing_field', expect.stringContaining('customer_id is missing')],
  ])('is refused with %s', async (_, of, more, code, message) => {
    await expect(find(more, of)).rejects.toMatchObject({ name: 'BillonceError', code, message });
    expect(double.requests()).toEqual([]);
  });

  test('needs a fetch', async () => {
    await expect(findEarlier('fetch', EVENT, options)).rejects.toMatchObject({
      code: 'fetch_missing',
      message: 'fetch is missing: this host has none, so pass one to findEarlier',
    });
    const { fetch } = globalThis;
    try {
      globalThis.fetch = undefined;
      await expect(findEarlier(undefined, EVENT, options)).rejects.toMatchObject({ code: 'fetch_missing' });
    } finally {
      globalThis.fetch = fetch;
    }
    expect(await findEarlier(undefined, EVENT, options)).toEqual(NOTHING);
  });
});
