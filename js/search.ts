// Looks for what an event has made at Stripe already, before an old event is sent again.
import { authorize, refuseLeak } from './credential.ts';
import { atPresent, given, member, read, type Tree, withMember } from './door.ts';
import { ask, askOfAnswers } from './engine.ts';
import { BillonceError } from './error.ts';
import { cursorAfter, getPage, isObject } from './pages.ts';
import { encodeForm } from './request.ts';
import { classifyResponse } from './response.ts';
import type { BillingEvent, Earlier, EarlierObject, FetchGet, Outcome, StripeParams } from './types.ts';

/** Many times what a search may lag behind, which is an hour in an outage: what is younger is listed. */
const RECENT_SECONDS = 86_400;
const DEFAULT_MAX_PAGES = 10;

interface Asker {
  config: Tree;
  vaultKey: string | undefined;
}

export async function search(
  { config, vaultKey }: Asker,
  fetch: FetchGet | undefined = (globalThis as { fetch?: FetchGet }).fetch,
  event: BillingEvent,
  options: Tree,
): Promise<Earlier> {
  const base = ask('check_guard', atPresent(config)) as string;
  const eventTree = read(event);
  if (vaultKey !== undefined) refuseLeak(vaultKey, 'event', eventTree);
  const wanted = wantedOf(eventTree);
  const since = secondsOf(given(options, 'since'));
  const maxPages = maxPagesOf(given(options, 'max_pages'));
  const headers = headersOf(config, vaultKey);
  if (typeof fetch !== 'function') {
    const message = 'fetch is missing: this host has none, so pass one to findEarlier';
    throw new BillonceError('fetch_missing', 'fetch', message);
  }

  const found: Found = new Map();
  /** Reads all pages, and answers with why some could not be read. */
  async function readPages(url: string): Promise<string | null> {
    let cursor = '';
    for (let page = 0; page < maxPages; page++) {
      const answer = await getPage(fetch as FetchGet, url + cursor, headers);
      if (typeof answer === 'string') return answer;
      for (const object of answer.data) {
        const known = describe(object, wanted);
        if (known) found.set(known.id, { known, payment_intent: object.payment_intent });
      }
      if (!answer.has_more) return null;
      cursor = cursorAfter(answer);
    }
    return `it has more pages than max_pages (${maxPages})`;
  }
  async function look(params: StripeParams, path = ''): Promise<string | null> {
    for (const collection of ['charges', 'payment_intents']) {
      const doubt = await readPages(
        `${base}/v1/${collection}${path}?${encodeForm({ ...params, limit: 100 })}`,
      );
      if (doubt !== null) return `GET /v1/${collection}${path}: ${doubt}`;
    }
    return null;
  }

  const clauses = wanted.keys.map((key) => `metadata['billonce_key']:'${key}'`);
  const unsearched = await look({ query: clauses.join(' OR ') }, '/search');
  if (hasCharged(found)) return verdict(found, null);
  const recent = Math.floor(Date.now() / 1000) - RECENT_SECONDS;
  const from = unsearched === null ? Math.max(recent, since ?? 0) : since;
  const created = from === undefined ? undefined : { gte: from };
  return verdict(found, await look({ customer: wanted.listed, created }));
}

/** By id: what is told of an object, and the payment intent that it is a charge of. */
type Found = Map<string, { known: EarlierObject; payment_intent: unknown }>;

/** What an object must say to be the event's. */
interface Wanted {
  keys: string[];
  amount: number;
  customer: string;
  /** The customer whose lists have it, where the id is one of Stripe's: then every request of the event names it. */
  listed: string | undefined;
  currency: string | undefined;
}

function wantedOf(event: Tree): Wanted {
  const charge = ask('idempotency_key', event, '') as string;
  const bound = withMember(withMember(event, 'scheme', 'v2'), 'endpoint', 'POST /v1/payment_intents');
  const intent = ask('idempotency_key', bound, '') as string;
  const customer = member(event, 'customer_id') as string;
  return {
    keys: [charge, intent],
    amount: Number(member(event, 'amount_cents')),
    customer,
    listed: customer.startsWith('cus_') ? customer : undefined,
    currency: member(event, 'currency') as string | undefined,
  };
}

/** What is told of an object, if it carries one of the keys. */
function describe(object: Record<string, unknown>, wanted: Wanted): EarlierObject | null {
  const { id, metadata } = object;
  const key = isObject(metadata) ? metadata.billonce_key : undefined;
  if (typeof key !== 'string' || !wanted.keys.includes(key) || typeof id !== 'string') return null;
  if (object.object !== 'charge' && object.object !== 'payment_intent') return null;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const integer = (value: unknown) => (Number.isSafeInteger(value) ? (value as number) : null);
  const [amount, customer, currency] = [integer(object.amount), text(object.customer), text(object.currency)];
  return {
    id,
    object: object.object,
    status: text(object.status),
    amount,
    currency,
    customer,
    created: integer(object.created),
    charged: classifyResponse({ status: 200, body: object }).charged,
    same_as_event:
      amount === wanted.amount &&
      // A request for somebody who is no customer at Stripe need not name one.
      (customer === wanted.customer || (customer === null && wanted.listed === undefined)) &&
      (wanted.currency === undefined || currency === wanted.currency),
  };
}

function hasCharged(found: Found): boolean {
  return [...found.values()].some(({ known }) => known.same_as_event && known.charged === 'yes');
}

/** `doubt` is why not all could be read. */
function verdict(found: Found, doubt: string | null): Earlier {
  const entries = [...found.values()].filter(({ payment_intent }) => !found.has(payment_intent as string));
  const objects = entries.map(({ known }) => known);
  const said = (is: Earlier['found'], charged: Outcome['charged'], message: string): Earlier => ({
    found: is,
    charged,
    objects,
    message,
  });
  if (hasCharged(found)) return said('yes', 'yes', 'Charged before: do not send this event again.');
  const unread = `Not everything could be looked through (${doubt}): ask again before sending this event.`;
  if (objects.length === 0) {
    if (doubt !== null) return said('unknown', 'unknown', unread);
    return said('no', 'no', "Nothing at Stripe carries this event's key.");
  }
  if (!objects.some((object) => object.same_as_event)) {
    const message =
      "What carries this event's key has another amount, customer or currency: look at it first.";
    return said('unknown', 'unknown', message);
  }
  if (doubt !== null) return said('yes', 'unknown', unread);
  if (objects.every(({ charged }) => charged === 'no')) {
    return said('yes', 'no', 'Sent before, and nothing was charged.');
  }
  return said('yes', 'unknown', 'Sent before, and not settled yet: look at the status of what was found.');
}

function secondsOf(time: Tree | undefined): number | undefined {
  return time === undefined ? undefined : (askOfAnswers('unix_seconds', time, 'since') as number);
}

function maxPagesOf(pages: Tree | undefined): number {
  if (pages === undefined) return DEFAULT_MAX_PAGES;
  if (typeof pages === 'number' && pages >= 1 && pages <= 1000) return pages;
  const message = 'max_pages must be an integer from 1 to 1000';
  throw new BillonceError('wrong_type', 'max_pages', message);
}

function headersOf(config: Tree, vaultKey: string | undefined): Record<string, string> {
  if (vaultKey === undefined) {
    const message = 'vault_key is missing: what was sent before is asked for with it';
    throw new BillonceError('missing_field', 'vault_key', message);
  }
  const headers: Record<string, string> = {};
  const account = given(config, 'stripe_account');
  const version = given(config, 'stripe_version');
  if (account !== undefined) headers['Stripe-Account'] = account as string;
  if (version !== undefined) headers['Stripe-Version'] = version as string;
  return authorize({ headers }, vaultKey).headers;
}
