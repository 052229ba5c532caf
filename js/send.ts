// Sends a prepared request, and again where the rules say that the same key makes it safe.
import { parse } from './body.ts';
import { authorize, repeats } from './credential.ts';
import { read } from './door.ts';
import { askOfAnswers } from './engine.ts';
import { BillonceError } from './error.ts';
import { exchange, within } from './exchange.ts';
import { classifyResponse } from './response.ts';
import type {
  Attempt,
  FetchLike,
  Outcome,
  SendOptions,
  SendResult,
  Step,
  StripeRequest,
  StripeResponse,
} from './types.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** How long Stripe promises to know a key ("Idempotent requests"). */
const KEY_LIFETIME_MS = 86_400_000;
const KEY_MAY_BE_FORGOTTEN =
  'Stripe may have forgotten the key after 24 hours, and would charge again: look for the charge first.';

interface Sender {
  vaultKey: string | undefined;
  baseUrl: string;
}

/** What src/send.rs makes of the options. */
type Bounds = [max_attempts: number, timeout_ms: number, max_wait_ms: number, first_sent_at: number | null];

type HostGlobals = { fetch?: FetchLike; setTimeout?: unknown };

export async function send(
  step: Step,
  sender: Sender,
  fetch: FetchLike | undefined = (globalThis as HostGlobals).fetch,
  options: SendOptions = {},
): Promise<SendResult> {
  const request = sendable(step, sender);
  if (typeof fetch !== 'function') {
    throw new BillonceError(
      'fetch_missing',
      'fetch',
      'fetch is missing: this host has none, so pass one to send',
    );
  }
  const [max_attempts, timeout_ms, max_wait_ms, first_sent_at] = askOfAnswers(
    'send_options',
    read(options),
  ) as Bounds;
  if (options.signal?.aborted) {
    throw new BillonceError(
      'aborted',
      'options.signal',
      'options.signal was aborted before anything was sent',
    );
  }
  const attempts: Attempt[] = [];
  let answer: StripeResponse = { status: 0 };
  let outcome: Outcome | undefined;
  let first = first_sent_at;
  let may_have_charged = first !== null;
  let patience = max_wait_ms;
  for (;;) {
    const started = Date.now();
    first ??= started;
    // However long the attempt takes, it must arrive while the key is known.
    if (started + timeout_ms >= first + KEY_LIFETIME_MS) {
      outcome = { ...(outcome ?? understood(answer)), retry: 'review', message: KEY_MAY_BE_FORGOTTEN };
      break;
    }
    answer = await exchange(request, fetch, timeout_ms, options.signal);
    // What plays our headers back, as some gateways do, is no answer to pass on.
    if (repeats(sender.vaultKey as string, answer.body as string)) answer.body = null;
    outcome = understood({ ...answer, may_have_charged });
    may_have_charged ||= outcome.charged === 'unknown';
    const duration_ms = Date.now() - started;
    const attempt = { outcome, started_at: new Date(started).toISOString(), duration_ms, waited_ms: 0 };
    attempts.push(attempt);
    const wait = waitBeforeNext(outcome, attempts.length);
    const again = outcome.retry === 'same_key' && attempts.length < max_attempts && wait <= patience;
    if (!again || !(await slept(wait, options))) break;
    attempt.waited_ms = wait;
    patience -= wait;
  }
  return { outcome, body: parse(answer.body) ?? null, attempts };
}

/** The request with its key. The key goes to the guard's own base URL alone, whatever a step may say. */
function sendable(step: Step, { vaultKey, baseUrl }: Sender): StripeRequest {
  const request = step?.request;
  if (!request) {
    throw new BillonceError(
      'nothing_to_send',
      'step',
      'step has no request: its decision forbids the charge',
    );
  }
  if (vaultKey === undefined) {
    throw new BillonceError(
      'missing_field',
      'vault_key',
      'vault_key is missing: give it to guard(), which sends with it',
    );
  }
  if (!isBelow(baseUrl, request.url)) {
    throw new BillonceError(
      'foreign_request',
      'step.request.url',
      "step.request.url is not below this guard's base_url",
    );
  }
  if (typeof request.body !== 'string' || typeof request.headers?.['Idempotency-Key'] !== 'string') {
    throw new BillonceError(
      'idempotency_key_required',
      'step.request',
      'step.request is not whole: without its body and its Idempotency-Key a retry would bill again',
    );
  }
  return authorize(request, vaultKey);
}

/** Whether a URL is one of the base's own: what a URL parser would lead elsewhere (`..`, `?`, `\\`) is not. */
function isBelow(baseUrl: string, url: unknown): boolean {
  if (typeof url !== 'string' || !url.startsWith(`${baseUrl}/v1/`)) return false;
  const segments = url.slice(baseUrl.length + 1).split('/');
  return segments.every((segment) => /^[\w.~%-]+$/.test(segment) && !/^(\.|%2e){1,2}$/i.test(segment));
}

/** What the answer means. A host's clock may be none, and what a fetch answers without a status is no answer. */
function understood(answer: StripeResponse): Outcome {
  for (const given of [{ ...answer, now: Date.now() }, answer]) {
    try {
      return classifyResponse(given);
    } catch {}
  }
  return classifyResponse({ status: 0 });
}

/** As long as the server asked for, and twice as long as before, less a random part so that retries spread. */
function waitBeforeNext({ retry_after_ms }: Outcome, attempts: number): number {
  const most = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  return Math.max(retry_after_ms ?? 0, Math.round(most / 2 + (Math.random() * most) / 2));
}

/** Waits, if the host can and the caller has not given up; whether it did. */
async function slept(ms: number, { sleep, signal }: SendOptions): Promise<boolean> {
  try {
    if (sleep) await within(Promise.resolve(sleep(ms)), undefined, signal);
    else if ((globalThis as HostGlobals).setTimeout)
      await within(new Promise(() => {}), ms, signal).catch(() => {});
    else return false;
    return !signal?.aborted;
  } catch {
    return false;
  }
}
