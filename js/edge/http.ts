// Reading requests and writing answers.
import type { BillonceError } from '../error.ts';
import type { Reply } from './types.ts';

/** Larger than any call of Stripe's. */
export const MOST_BYTES = 1_048_576;

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}

export const refusal = (
  status: number,
  error: string,
  message: string,
  headers?: Record<string, string>,
): Reply => json(status, { error, message }, headers);

/** An error on the way to Stripe, in the shape of Stripe's own, which its SDKs understand. */
export const stripeError = (
  status: number,
  code: string,
  message: string,
  headers?: Record<string, string>,
): Reply => json(status, { error: { type: 'api_error', code, message } }, headers);

/** What the rules refused, as an answer. */
export const refusalOf = ({ code, field, message }: BillonceError): Reply =>
  json(code === 'internal_error' ? 500 : 400, { error: code, field, message });

/** The path and query as they stood in the request line: what a URL parser would repair must be seen. */
export function targetOf(url: string): string {
  const authority = url.indexOf('://') + 3;
  const at = url.slice(authority).search(/[/?#]/);
  return at < 0 ? '/' : url.slice(authority + at);
}

/** The body as text, or null where it is larger than any call of Stripe's, whatever its headers say of its length. */
export async function textOf(request: Request): Promise<string | null> {
  if (!request.body) return '';
  const reader = request.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || !value) break;
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
