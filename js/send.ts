// Sends a prepared request, and again where the rules say that the same key makes it safe.
import { parse } from './body.ts';
import { authorize } from './credential.ts';
import { BillonceError } from './error.ts';
import { classifyResponse } from './response.ts';
import type { Attempt, FetchLike, Outcome, SendOptions, SendResult, Step, StripeRequest } from './types.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

interface Sender {
  vaultKey: string | undefined;
  baseUrl: string;
}

type HostGlobals = { fetch?: FetchLike; setTimeout?: (done: () => void, ms: number) => unknown };

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
  const sleep = options.sleep ?? hostSleep();
  const most = sleep ? (options.max_attempts ?? 3) : 1;
  const attempts: Attempt[] = [];
  for (;;) {
    const { outcome, body } = await attempt(request, fetch);
    const again = outcome.retry === 'same_key' && attempts.length + 1 < most;
    const waited_ms = again ? waitBeforeNext(outcome, attempts.length) : 0;
    attempts.push({ outcome, waited_ms });
    if (!again) return { outcome, body, attempts };
    await sleep?.(waited_ms);
  }
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
  return authorize(request, vaultKey);
}

/** Whether a URL is one of the base's own: what a URL parser would lead elsewhere (`..`, `?`, `\\`) is not. */
function isBelow(baseUrl: string, url: unknown): boolean {
  if (typeof url !== 'string' || !url.startsWith(`${baseUrl}/v1/`)) return false;
  const segments = url.slice(baseUrl.length + 1).split('/');
  return segments.every((segment) => /^[\w.~%-]+$/.test(segment) && !/^(\.|%2e){1,2}$/i.test(segment));
}

async function attempt({ url, headers, body }: StripeRequest, fetch: FetchLike) {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
    const answer = { status: response.status, headers: response.headers, body: await response.text() };
    return { outcome: classifyResponse(answer), body: parse(answer.body) };
  } catch {
    // What a fetch throws may hold the request's headers: it is not passed on.
    return { outcome: classifyResponse({ status: 0 }), body: null };
  }
}

/** What the server asked for, or twice as long as before, less a random part so that retries spread. */
function waitBeforeNext(outcome: Outcome, attempt: number): number {
  if (outcome.retry_after_ms !== null) return outcome.retry_after_ms;
  const most = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  return Math.round(most / 2 + (Math.random() * most) / 2);
}

function hostSleep(): SendOptions['sleep'] {
  const { setTimeout } = globalThis as HostGlobals;
  return setTimeout && ((ms) => new Promise<void>((done) => setTimeout(done, ms)));
}
