// The parameters that an HTTP step sends, and the Code step that makes the same request with a key.
import { isObject } from '../flow/plain.ts';
import { TELL_APART } from './items.ts';

/** By their names as Stripe's form writes them, references unresolved. Null where they are not understood. */
export function readParams(data: unknown): Map<string, string> | null {
  if (isObject(data)) {
    const pairs = Object.entries(data);
    const plain = pairs.every(([, value]) => typeof value === 'string' || typeof value === 'number');
    return plain ? new Map(pairs.map(([name, value]) => [name, String(value)])) : null;
  }
  if (typeof data !== 'string') return null;
  const params = new Map<string, string>();
  for (const pair of data.trim().split('&')) {
    const at = pair.indexOf('=');
    const name = decoded(pair.slice(0, Math.max(at, 0)));
    const value = decodedAround(pair.slice(at + 1));
    if (at < 1 || name === null || value === null || params.has(name)) return null;
    params.set(name, value);
  }
  return params;
}

/** What stands between references is form-encoded; what they refer to is not. */
function decodedAround(text: string): string | null {
  const parts = text.split(/(\{\{[^{}]*\}\})/).map((part) => (part.startsWith('{{') ? part : decoded(part)));
  return parts.includes(null) ? null : parts.join('');
}

function decoded(text: string): string | null {
  if (/[{}]/.test(text)) return null;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

interface Wanted {
  endpoint: string;
  base_url: string;
  event: Record<string, string>;
  params: ReadonlyMap<string, string>;
  loops: readonly { item: string; index: string; list: unknown }[];
  /** With an edge: the event's own id, and which of its charges this is. */
  pin: Pin | null;
}

interface Pin {
  id: string;
  of: string;
}

/** What has a reference becomes an input of the step; the rest stands in its source. */
export function sourceFor({ endpoint, base_url, event, params, loops, pin }: Wanted): {
  input: Record<string, unknown>;
  code: string;
} {
  // An input, so that it can be pointed at a proxy without touching the source.
  const input: Record<string, unknown> = { base_url };
  const expression = (name: string, value: unknown): string => {
    if (typeof value === 'string' && !value.includes('{{')) return JSON.stringify(value);
    const known = Object.keys(input).find((other) => input[other] === value);
    const own = known ?? unused(name.replaceAll(/\W+/g, '_'), input);
    input[own] = value;
    return `inputs.${own}`;
  };
  const members = (entries: Iterable<[string, string]>, indent: string) =>
    [...entries]
      .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${expression(name, value)},\n`)
      .join('');
  const made = members(Object.entries(event), '    ');
  const told = loops.map(({ item, index, list }, at) => {
    const number = loops.length > 1 ? `_${at + 1}` : '';
    const given = [
      `item: ${expression(`item${number}`, item)}`,
      `index: ${expression(`loop_index${number}`, index)}`,
      `list: ${expression(`list${number}`, list)}`,
    ];
    return `    { ${given.join(', ')} },\n`;
  });
  const apart = loops.length > 0;
  const sent = members(params, '      ');
  const code = `// The request that the next step sends, with a key that every run of this event shares.
import { buildRequest${pin ? ', idempotencyKey' : ''} } from 'billonce';

export const code = async (inputs) => {
${apart ? `  const which = tellApart([\n${told.join('')}  ]);\n` : ''}  const event = {
${made}${apart ? '    ...which,\n' : ''}  };
  ${pin ? 'const request =' : 'return'} buildRequest({
    endpoint: ${JSON.stringify(endpoint)},
    base_url: inputs.base_url,
${pin ? '    idempotency_key: idempotencyKey(event),\n' : '    event,\n'}    params: {
${sent}    },
  });
${pin ? pinned(pin, expression, apart) : ''}};
${apart ? TELL_APART : ''}`;
  return { input, code };
}

/** Where the key is pinned: an event may bill in several steps, and for several items. */
function pinned(
  { id, of }: Pin,
  expression: (name: string, value: unknown) => string,
  apart: boolean,
): string {
  return `${pinPlace(expression('event_id', id), of, apart)}  return { ...request, pin_url: ${PIN_URL} };\n`;
}

/** Below the root of the edge, of which `base_url` is the part for Stripe. */
const PIN_URL = "inputs.base_url.replace(/\\/stripe$/, '/event-keys/') + encodeURIComponent(place)";

const pinPlace = (id: string, of: string, apart: boolean): string =>
  `  const id = ${id};
  if (id === undefined || id === null || id === '') throw new Error('The event has no id: nothing is billed without it.');
  const place = [String(id), ${JSON.stringify(of)}${apart ? ', ...Object.values(which).flat()' : ''}].join('/');
`;

/** The same for a call that has a key already: a step that says where it is pinned. */
export function sourceOfPin(
  base_url: string,
  { id, of }: Pin,
  loops: Wanted['loops'],
): {
  input: Record<string, unknown>;
  code: string;
} {
  const input: Record<string, unknown> = { base_url, event_id: id };
  const told = loops.map((loop, at) => {
    const names = Object.entries(loop).map(([name, value]) => {
      input[`${name}_${at + 1}`] = value;
      return `${name}: inputs.${name}_${at + 1}`;
    });
    return `    { ${names.join(', ')} },\n`;
  });
  const apart = loops.length > 0;
  const code = `// Where the key of the next call is pinned to its event.
export const code = async (inputs) => {
${apart ? `  const which = tellApart([\n${told.join('')}  ]);\n` : ''}${pinPlace('inputs.event_id', of, apart)}  return { pin_url: ${PIN_URL} };
};
${apart ? TELL_APART : ''}`;
  return { input, code };
}

function unused(name: string, taken: object): string {
  const base = /^[A-Za-z]/.test(name) ? name : `param_${name}`;
  return base in taken ? unused(`${base}_`, taken) : base;
}
