// In place of js/key.ts: a pasted step makes few keys, so it does without the wasm that makes them fast.
import { BillonceError } from '../error.ts';
import { keyByRules } from '../key-by-rules.ts';
import type { BillingEvent } from '../types.ts';

export function idempotencyKey(event: BillingEvent): string {
  return keyByRules(event, '');
}

export function idempotencyKeys(events: readonly BillingEvent[]): string[] {
  if (!Array.isArray(events)) {
    throw new BillonceError('wrong_type', 'events', 'events must be a list of billing events');
  }
  return Array.from(events, (event, at) => keyByRules(event, `events[${at}]`));
}
