// In place of js/key.ts: a pasted step makes few keys, so it does without the wasm that makes them fast.
import { read, type Tree } from '../door.ts';
import { ask } from '../engine.ts';
import { BillonceError } from '../error.ts';
import type { BillingEvent } from '../types.ts';

const keyOf = (event: Tree, path: string) => ask('idempotency_key', event, path) as string;

export function idempotencyKey(event: BillingEvent): string {
  return keyOf(read(event), '');
}

export function idempotencyKeys(events: readonly BillingEvent[]): string[] {
  if (!Array.isArray(events)) {
    throw new BillonceError('wrong_type', 'events', 'events must be a list of billing events');
  }
  return Array.from(events, (event, at) => keyOf(read(event), `events[${at}]`));
}
