// Stripe's secret and restricted keys in a text.

const RAW_KEY = /(?<![A-Za-z0-9_])(?:sk|rk)_(?:live|test|org)_\w{3,}/g;

/** Older keys have no mode in them; where a credential belongs they are known by their beginning alone. */
const OLDER = /^\s*(Bearer\s+)?(?:sk|rk)_\w{3,}\s*$/i;
const CREDENTIAL = /^(token|authorization|password|username|(api|secret|stripe)_?key)$/i;

/** Whether what is called so is a credential. */
export const isCredential = (name: string): boolean => CREDENTIAL.test(name);

/** @param name What the text is called, where it has a name. */
export const hasRawKey = (text: string, name = ''): boolean =>
  text.search(RAW_KEY) >= 0 || (isCredential(name) && OLDER.test(text));

/** The text without them. */
export function withoutRawKeys(text: string, instead: string, name = ''): string {
  const replaced = text.replaceAll(RAW_KEY, instead);
  return isCredential(name) ? replaced.replace(OLDER, (_, bearer = '') => `${bearer}${instead}`) : replaced;
}
