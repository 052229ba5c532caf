// A form's parameters as far as money and customer go.

/** The first value of a parameter; null where it is not there. */
export function paramOf(body: string, name: string): string | null {
  for (const pair of body.split('&')) {
    const at = pair.indexOf('=');
    if (at >= 0 && decoded(pair.slice(0, at)) === name) return decoded(pair.slice(at + 1));
  }
  return null;
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
