/** Longer than any answer of Stripe's that moves money; in bytes, where it arrives in bytes. */
export const MOST_CHARACTERS = 4_000_000;

/** The parsed body, or null for text that is no JSON. */
export function parse(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  if (body.length > MOST_CHARACTERS) return null;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
