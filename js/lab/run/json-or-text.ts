/** What an answer's body says: its JSON, or the text itself, as a gateway's HTML. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
