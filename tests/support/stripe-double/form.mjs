import { invalidRequest } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */

/** As Rack: deeper than this is an attack, not a form. */
const MAX_DEPTH = 32;

/**
 * A Rack-like form parser: the last of two equal names wins, `a[]` appends, `a[b]` nests.
 *
 * @param {string} text
 */
export function parseForm(text) {
  const root = bag();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? '' : decode(pair.slice(cut + 1));
    if (name !== '') put(root, path(name), value, name);
  }
  return root;
}

/**
 * The same text for the same parameters, in whatever order they were sent.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

/** @returns {Params} */
function bag() {
  return Object.create(null);
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('Invalid request: the parameters hold invalid %-encoding or invalid UTF-8.');
  }
}

/** `a[b][]` is ['a', 'b', '']; a name with brackets that do not pair is itself. @param {string} name */
function path(name) {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
  if (!match) return [name];
  const steps = [match[1], ...match[2].slice(1, -1).split('][')];
  if (steps.length > MAX_DEPTH)
    throw invalidRequest('Invalid request: the parameters are nested too deeply.');
  return steps;
}

/** @param {Params} into @param {string[]} steps @param {string} value @param {string} name */
function put(into, [step, ...rest], value, name) {
  if (rest.length === 0) {
    into[step] = value;
  } else if (rest[0] === '') {
    into[step] = opened(into[step], Array.isArray, () => [], name);
    append(into[step], rest.slice(1), value, name);
  } else {
    into[step] = opened(into[step], isBag, bag, name);
    put(into[step], rest, value, name);
  }
}

/**
 * `a[][b]=1&a[][c]=2` is one element, `a[][b]=1&a[][b]=2` two.
 *
 * @param {any[]} list
 * @param {string[]} steps
 * @param {string} value
 * @param {string} name
 */
function append(list, steps, value, name) {
  if (steps.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const element = isBag(last) && !(steps[0] in last) ? last : bag();
  if (element !== last) list.push(element);
  put(element, steps, value, name);
}

/**
 * @template T
 * @param {unknown} existing
 * @param {(value: unknown) => boolean} fits
 * @param {() => T} open
 * @param {string} name
 */
function opened(existing, fits, open, name) {
  if (existing === undefined) return open();
  if (!fits(existing))
    throw invalidRequest(`Invalid request: ${name} is used both as a value and as a container.`);
  return existing;
}

/** @param {unknown} value */
function isBag(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
