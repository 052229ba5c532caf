// The edge's store of keys by event, for flows whose keys a new version would change.
import { parse } from './body.ts';
import { BillonceError } from './error.ts';
import { exchange } from './exchange.ts';
import type { FetchLike, PinnedKey } from './types.ts';

/** Where the edge serves Stripe's API, below its own root. */
const STRIPE_PREFIX = '/stripe';
/** Nothing behind it is slow. */
const ANSWER_WITHIN_MS = 30_000;

export async function pin(
  eventId: string,
  key: string,
  { vaultKey, baseUrl }: { vaultKey: string | undefined; baseUrl: string },
  fetch: FetchLike | undefined = (globalThis as { fetch?: FetchLike }).fetch,
): Promise<PinnedKey> {
  if (vaultKey === undefined) {
    throw new BillonceError(
      'missing_field',
      'vault_key',
      'vault_key is missing: give it to guard(), which pins with it',
    );
  }
  if (typeof fetch !== 'function') {
    throw new BillonceError(
      'fetch_missing',
      'fetch',
      'fetch is missing: this host has none, so pass one to pin',
    );
  }
  if (!baseUrl.endsWith(STRIPE_PREFIX)) {
    throw new BillonceError('invalid_base_url', 'base_url', 'base_url is no edge’s: one ends in /stripe');
  }
  const url = `${baseUrl.slice(0, -STRIPE_PREFIX.length)}/event-keys/${segment(eventId)}`;
  const request = {
    url,
    headers: { Authorization: `Bearer ${vaultKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ idempotency_key: key }),
  };
  const { status, body } = await exchange(request, fetch, ANSWER_WITHIN_MS, undefined, 'PUT');
  const { idempotency_key } = (parse(body) ?? {}) as { idempotency_key?: unknown };
  if ((status !== 200 && status !== 201) || typeof idempotency_key !== 'string') {
    const refused = status !== null && status >= 400 && status < 500 && status !== 429;
    const advice = refused
      ? 'the edge refuses the event id, the key or the vault key; charge nothing'
      : 'ask again, and charge nothing before';
    const message = `event_id was not pinned (status ${status}): ${advice}`;
    throw new BillonceError('not_pinned', 'event_id', message);
  }
  return { idempotency_key, created: status === 201 };
}

/** One segment of a path. `.` and `..` would be taken out of it by whoever reads the URL. */
function segment(eventId: unknown): string {
  if (typeof eventId !== 'string' || eventId === '' || /^\.{1,2}$|[\uD800-\uDFFF]/u.test(eventId)) {
    throw new BillonceError(
      'wrong_type',
      'event_id',
      'event_id must be text: the id that your events’ source gives',
    );
  }
  return encodeURIComponent(eventId);
}
