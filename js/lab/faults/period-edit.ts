// The flow was edited: it writes its billing period in another format.
import { isObject } from '../flow/plain.ts';
import { referencesIn } from '../flow/references.ts';

const PERIOD = /^(billing_?)?period$/i;

/** `2026-06`, `2026-06-01`, `2026/06`, `2026-Q2`, within a longer text as well. */
const WRITTEN = /\b(\d{4})[-/](\d{2}|Q[1-4])(?:[-/](\d{2}))?\b/g;

/**
 * What a step is given after the edit. Only what the step takes from a period changes: an id that looks like one stays.
 *
 * @param raw The input as the flow has it, references unresolved.
 * @param input The same, resolved.
 */
export function reformatted(raw: unknown, input: unknown): unknown {
  if (typeof raw === 'string') {
    const references = referencesIn(raw);
    if (!references.some(({ path }) => PERIOD.test(path.at(-1) ?? '')))
      return references.some(({ alone }) => alone) ? withinMembers(input) : input;
    return typeof input === 'string' ? otherwise(input) : withinMembers(input);
  }
  if (Array.isArray(raw) && Array.isArray(input))
    return input.map((inner, at) => reformatted(raw[at], inner));
  if (!isObject(raw) || !isObject(input)) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, inner]) => [name, reformatted(raw[name], inner)]),
  );
}

/** Of a whole object that a step is given: the members that are called so. */
function withinMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withinMembers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      PERIOD.test(name) && typeof inner === 'string' ? otherwise(inner) : withinMembers(inner),
    ]),
  );
}

/** The year last. What has been written so already is left as it is. */
const otherwise = (text: string): string =>
  text.replaceAll(WRITTEN, (_, year: string, month: string, day?: string) =>
    [...(day ? [day] : []), month, year].join('/'),
  );
