// An event as the text that a call is given for its key, until the call's endpoint is known. It is made of the event
// alone, so that it means the same event in every client, and that nothing has to be remembered.
import { type BillingEvent, BillonceError, idempotencyKey } from '../index.ts';

const PREFIX = 'billonce-event:';

/** @throws {BillonceError} for what is no billing event. */
export function tokenOf(event: BillingEvent): string {
  const key = idempotencyKey(event);
  const text = JSON.stringify(event);
  // A getter that answers otherwise the second time.
  if (idempotencyKey(JSON.parse(text) as BillingEvent) !== key) throw unreadable('event');
  return PREFIX + encodeURIComponent(text);
}

/** The event of a token; undefined for a key of the caller's own. */
export function eventOf(token: string): BillingEvent | undefined {
  if (!token.startsWith(PREFIX)) return undefined;
  try {
    return JSON.parse(decodeURIComponent(token.slice(PREFIX.length))) as BillingEvent;
  } catch {
    throw unreadable('idempotencyKey');
  }
}

const unreadable = (field: string) =>
  new BillonceError(
    'unreadable_input',
    field,
    `${field} cannot be read as a billing event: pass what for() returned`,
  );
