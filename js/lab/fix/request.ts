// The parameters that an HTTP step sends, and the Code step that makes the same request with a key.
import { isObject } from '../flow/plain.ts';

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
  event: Record<string, string | string[]>;
  params: ReadonlyMap<string, string>;
}

/** What has a reference becomes an input of the step; the rest stands in its source. */
export function sourceFor({ endpoint, base_url, event, params }: Wanted): {
  input: Record<string, string>;
  code: string;
} {
  // An input, so that it can be pointed at a proxy without touching the source.
  const input: Record<string, string> = { base_url };
  const expression = (name: string, value: string | string[]): string => {
    if (Array.isArray(value))
      return `[${value.map((inner, at) => expression(`${name}_${at + 1}`, inner)).join(', ')}]`;
    if (!value.includes('{{')) return JSON.stringify(value);
    const known = Object.keys(input).find((other) => input[other] === value);
    const own = known ?? unused(name.replaceAll(/\W+/g, '_'), input);
    input[own] = value;
    return `inputs.${own}`;
  };
  const members = (entries: Iterable<[string, string | string[]]>) =>
    [...entries]
      .map(([name, value]) => `      ${JSON.stringify(name)}: ${expression(name, value)},`)
      .join('\n');
  const code = `// The request that the next step sends, with a key that every run of this event shares.
import { buildRequest } from 'billonce';

export const code = async (inputs) => {
  return buildRequest({
    endpoint: ${JSON.stringify(endpoint)},
    base_url: inputs.base_url,
    event: {
${members(Object.entries(event))}
    },
    params: {
${members(params)}
    },
  });
};
`;
  return { input, code };
}

function unused(name: string, taken: object): string {
  const base = /^[A-Za-z]/.test(name) ? name : `param_${name}`;
  return base in taken ? unused(`${base}_`, taken) : base;
}
