import { parse } from './body.ts';
import { read } from './door.ts';
import { ask } from './engine.ts';
import { BillonceError } from './error.ts';
import type { Outcome, StripeResponse } from './types.ts';

/**
 * What an answer of Stripe or of the proxy means: whether money moved, and whether to send again, with which key.
 *
 * @throws {BillonceError} for a `status` that is none. Any body and any headers are taken.
 */
export function classifyResponse(response: StripeResponse): Outcome {
  const tree = read(isObject(response) ? parts(response) : response);
  return ask('classify_response', tree) as Outcome;
}

/** The three parts of an answer, of a fetch Response's kind or plain, as plain data. */
function parts(response: StripeResponse): unknown {
  try {
    const { status, headers, body } = response;
    return { status, headers: plainHeaders(headers), body: parse(body) };
  } catch {
    throw new BillonceError(
      'unreadable_input',
      'response',
      'response cannot be read: its getter or proxy threw an error',
    );
  }
}

/** A `Headers` object's pairs; anything else as it is. */
function plainHeaders(headers: unknown): unknown {
  if (!isObject(headers) || Array.isArray(headers) || typeof headers.forEach !== 'function') return headers;
  const plain: Record<string, string> = {};
  headers.forEach((value: unknown, name: unknown) => {
    plain[String(name)] = String(value);
  });
  return plain;
}

function isObject(value: unknown): value is { forEach?: unknown } {
  return typeof value === 'object' && value !== null;
}
