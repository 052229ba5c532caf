import { parse } from './body.ts';
import { read } from './door.ts';
import { askOfAnswers } from './engine.ts';
import { BillonceError } from './error.ts';
import { outcomeOf } from './replies.ts';
import type { Outcome, StripeResponse } from './types.ts';

/** More than any answer has. */
const MOST_HEADERS = 1000;

/**
 * What an answer of Stripe or of the proxy means: whether money moved, and whether to send again, with which key.
 *
 * @throws {BillonceError} for a `status` that is none, and a wrong `now` or `may_have_charged`. Any body and any headers
 * are taken.
 */
export function classifyResponse(response: StripeResponse): Outcome {
  const tree = read(isObject(response) ? parts(response) : response);
  return outcomeOf(askOfAnswers('classify_response', tree));
}

/** The parts of an answer, of a fetch Response's kind or plain, as plain data. */
function parts(response: StripeResponse): unknown {
  try {
    const { status, now, may_have_charged } = response;
    return {
      status,
      now,
      may_have_charged,
      headers: readable(() => plainHeaders(response.headers)),
      body: readable(() => parse(response.body)),
    };
  } catch {
    throw new BillonceError(
      'unreadable_input',
      'response',
      'response cannot be read: its getter or proxy threw an error',
    );
  }
}

/** What cannot be read says nothing. */
function readable(part: () => unknown): unknown {
  try {
    return part();
  } catch {
    return null;
  }
}

/** A `Headers` object's pairs; anything else as it is. */
function plainHeaders(headers: unknown): unknown {
  if (!isObject(headers) || Array.isArray(headers) || typeof headers.forEach !== 'function') return headers;
  const plain: [string, string][] = [];
  headers.forEach((value: unknown, name: unknown) => {
    if (plain.push([String(name), String(value)]) > MOST_HEADERS) throw new RangeError();
  });
  return Object.fromEntries(plain);
}

function isObject(value: unknown): value is { forEach?: unknown } {
  return typeof value === 'object' && value !== null;
}
