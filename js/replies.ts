// What the rules reply with: lists of values, in the order in which src/ writes the members of an object (`write_json`,
// `to_json`). Here the values get their names. A host reads such a list in half of the time that the object would take.
import type { Decision, DecisionCode, Outcome, Step, StripeRequest } from './types.ts';

type RequestReply = [method: 'POST', url: string, headers: string[], body: string, idempotency_key: string];

export function requestOf(reply: unknown): StripeRequest {
  const [method, url, pairs, body, idempotency_key] = reply as RequestReply;
  const headers: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) headers[pairs[at] as string] = pairs[at + 1] as string;
  return { method, url, headers, body, idempotency_key };
}

type DecisionReply = [
  allowed: boolean,
  code: DecisionCode,
  http_status: number,
  message: string,
  amount_usd_cents: number | null,
  spent_usd_cents: number | null,
  cap_usd_cents: number,
  remaining_usd_cents: number | null,
  resets_at: string,
];

export function decisionOf(reply: unknown): Decision {
  const [
    allowed,
    code,
    http_status,
    message,
    amount_usd_cents,
    spent_usd_cents,
    cap_usd_cents,
    remaining_usd_cents,
    resets_at,
  ] = reply as DecisionReply;
  return {
    allowed,
    code,
    http_status,
    message,
    amount_usd_cents,
    spent_usd_cents,
    cap_usd_cents,
    remaining_usd_cents,
    resets_at,
  };
}

export function stepOf(reply: unknown): Step {
  const [idempotency_key, request, decision] = reply as [string, unknown, unknown];
  return {
    idempotency_key,
    request: request === null ? null : requestOf(request),
    decision: decision === null ? null : decisionOf(decision),
  };
}

type OutcomeReply = [
  kind: Outcome['kind'],
  charged: Outcome['charged'],
  retry: Outcome['retry'],
  retry_after_ms: number | null,
  message: string,
  http_status: number,
  replayed: boolean,
  id: string | null,
  livemode: boolean | null,
  stripe_code: string | null,
  decline_code: string | null,
  request_id: string | null,
];

export function outcomeOf(reply: unknown): Outcome {
  const [
    kind,
    charged,
    retry,
    retry_after_ms,
    message,
    http_status,
    replayed,
    id,
    livemode,
    stripe_code,
    decline_code,
    request_id,
  ] = reply as OutcomeReply;
  return {
    kind,
    charged,
    retry,
    retry_after_ms,
    message,
    http_status,
    replayed,
    id,
    livemode,
    stripe_code,
    decline_code,
    request_id,
  };
}
