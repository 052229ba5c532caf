import { takeVaultKey } from './credential.ts';
import { read, without } from './door.ts';
import { search } from './search.ts';
import type { BillingEvent, Earlier, FetchGet, FindOptions } from './types.ts';

/**
 * Looks for the charge or payment intent of an event that was sent before. After 24 hours Stripe may have forgotten the
 * key, and the same request would bill again: ask first, and send only where `charged` is `"no"`.
 *
 * It looks for the key in `metadata.billonce_key`: by Stripe's search, and in the lists of the event's customer for what
 * a search may not know yet. Where there is no search (in India, or where a proxy does not allow it), the lists alone are
 * read. What was sent without that metadata is not found, nor is the payment of an invoice or a checkout session.
 *
 * Source: Stripe, "Search", "Pagination", "Idempotent requests".
 *
 * @param fetch `undefined` for the host's.
 * @param options `vault_key` is required, and must allow GET below `/v1/charges` and `/v1/payment_intents`.
 * @throws {BillonceError} for an event or options that are refused. What Stripe or the proxy answers is never an error.
 */
export async function findEarlier(
  fetch: FetchGet | undefined,
  event: BillingEvent,
  options: FindOptions,
): Promise<Earlier> {
  const { tree, vaultKey } = takeVaultKey(read(options), 'options');
  const config = without(without(tree, 'since'), 'max_pages');
  return search({ config, vaultKey }, fetch, event, tree);
}
