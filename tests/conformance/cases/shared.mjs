// The seed's event, and what belongs to it.
export const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
export const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';
export const JULY = { ...EVENT, billing_period: '2026-07' };
export const JULY_KEY = '8ce665119498be981230f85542c3c61329d2b61d065745a1965c21c7245f3905';
export const PARAMS = { amount: 4900, currency: 'usd', customer: 'cus_A100' };

export const PROXY = 'https://proxy.keybrake.com/stripe';
export const VAULT_KEY = 'vault_key_conformance';

export const NOW = '2026-06-01T09:00:00Z';
export const NOW_MS = 1780304400000;
export const MIDNIGHT = '2026-06-02T00:00:00.000Z';
export const POLICY = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };

/** A body, with the event's key behind all else. */
export const keyed = (body, key) => `${body}${body && '&'}metadata[billonce_key]=${key}`;

/** A request without a vault key, as it is expected. */
export const requestOf = (key, body, url = `${PROXY}/v1/charges`, headers = {}) => ({
  method: 'POST',
  url,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': key, ...headers },
  body,
  idempotency_key: key,
});
