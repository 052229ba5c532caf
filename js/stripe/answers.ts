// Answers in the shape that the official package turns into its own errors: those of this side, which are never sent, and
// the proxy's, whose `error` is a text where Stripe's is an object.
import { type BillonceError, classifyResponse, type Outcome } from '../index.ts';
import type { Exchange } from './transport.ts';
import type { GovernedResponse } from './types.ts';

type Json = Record<string, unknown>;

/** The answer to a call that is refused before it is sent. */
export function refused(error: BillonceError): GovernedResponse {
  const { code, field, message, decision } = error;
  const type = code.includes('idempotency_key') ? 'idempotency_error' : 'invalid_request_error';
  const body = { error: { type, code, message, param: field.replace(/^params\./, ''), decision } };
  return answer(statusOf(error), { 'stripe-should-retry': 'false' }, () => Promise.resolve(body));
}

/** By which the package chooses the class: StripeAuthenticationError, StripePermissionError, StripeRateLimitError … */
function statusOf({ code, decision }: BillonceError): number {
  if (code === 'raw_key_refused' || code === 'invalid_vault_key') return 401;
  // It has no class of its own for 422.
  return decision && decision.http_status !== 422 ? decision.http_status : 400;
}

/** What the proxy or Stripe answered, the former in Stripe's shape. */
export function received({ status, headers, text, stream }: Exchange, method: string): GovernedResponse {
  if (typeof text === 'function') {
    const later = async () => translated(status, headers, await text(), method).body;
    return answer(status, headers, later, stream);
  }
  const { body, outcome } = translated(status, headers, text, method);
  if (!outcome) return answer(status, headers, () => Promise.resolve(body), stream);
  const again = outcome.retry === 'same_key' ? 'true' : 'false';
  const told = { 'stripe-should-retry': again, ...headers };
  return answer(shownStatus(outcome), told, () => Promise.resolve(body), stream);
}

/** The body as it is, or an error in Stripe's shape and the outcome that it tells of. */
function translated(
  status: number,
  headers: Json,
  text: string,
  method: string,
): { body: Json; outcome?: Outcome } {
  const body = parsed(text);
  if (body && isObject(body.error)) return { body };
  // Some objects of Stripe's have a member of this name, which is null.
  const isAnswer = body !== undefined && !body.error && status >= 200 && status < 300;
  if (isAnswer && method !== 'POST') return { body };
  const outcome = classifyResponse({ status, headers, body: body ?? text });
  if (isAnswer && outcome.kind !== 'unreadable') return { body };
  const told = {
    // Older majors go by the type where newer ones go by the status.
    type: [400, 401, 403, 404, 429].includes(shownStatus(outcome)) ? 'invalid_request_error' : 'api_error',
    code: outcome.kind === 'cap_exceeded' ? 'daily_usd_cap_exceeded' : outcome.kind,
    message: messageOf(outcome, method),
    outcome,
    proxy: body,
  };
  return { body: { error: told }, outcome };
}

/** The package has no class for what a proxy may refuse with besides. */
function shownStatus({ kind, http_status }: Outcome): number {
  return kind === 'invalid_request' ? 400 : http_status;
}

function messageOf({ kind, http_status, message }: Outcome, method: string): string {
  return kind === 'unreadable' && method !== 'POST'
    ? `The answer (status ${http_status}) is not Stripe's nor the proxy's.`
    : message;
}

function parsed(text: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function answer(
  status: number,
  headers: Record<string, string>,
  toJSON: () => Promise<Json>,
  stream: () => unknown = () => null,
): GovernedResponse {
  const raw = { statusCode: status, headers };
  return {
    getStatusCode: () => status,
    getHeaders: () => headers,
    getRawResponse: () => raw,
    toJSON,
    toStream: (streamCompleteCallback) => {
      streamCompleteCallback();
      return stream();
    },
  };
}
