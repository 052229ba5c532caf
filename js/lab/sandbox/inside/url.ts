// URL, read by the host's own parser, and URLSearchParams.
import { ask } from './host.ts';

const PARTS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
type Part = (typeof PARTS)[number];

export interface LabUrl extends Record<Part, string> {
  readonly searchParams: LabUrlSearchParams;
  toString(): string;
}

class Url {
  #parts: Record<string, string>;
  readonly searchParams: LabUrlSearchParams;
  constructor(href: unknown, base?: unknown) {
    const read = (
      base === undefined
        ? ask('url', 0, String(href))
        : ask('url_from', 0, JSON.stringify([String(href), String(base)]))
    ) as string;
    if (read === '') throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' });
    this.#parts = JSON.parse(read);
    this.searchParams = new LabUrlSearchParams(this.#parts.search);
    this.searchParams.changed = (search) => this.put('search', search);
  }
  part(name: Part): string {
    return this.#parts[name] as string;
  }
  put(name: Part, value: unknown): void {
    const read = ask('url_with', 0, JSON.stringify([this.#parts.href, name, String(value)])) as string;
    if (read !== '') this.#parts = JSON.parse(read);
  }
  toString(): string {
    return this.part('href');
  }
  toJSON(): string {
    return this.part('href');
  }
  static canParse(href: unknown, base?: unknown): boolean {
    try {
      return Boolean(new Url(href, base));
    } catch {
      return false;
    }
  }
}
for (const name of PARTS) {
  Object.defineProperty(Url.prototype, name, {
    get(this: Url) {
      return this.part(name);
    },
    set(this: Url, value: unknown) {
      if (name === 'origin') return;
      this.put(name, value);
      if (name === 'search' || name === 'href') this.searchParams.read(this.part('search'));
    },
    enumerable: true,
    configurable: true,
  });
}
Object.defineProperty(Url, 'name', { value: 'URL' });

export { Url };

const plus = (text: string): string =>
  encodeURIComponent(
    text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'),
  )
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

function unplus(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

type Given = string | Iterable<readonly [string, string]> | Record<string, unknown> | undefined;

export class LabUrlSearchParams {
  #pairs: [string, string][] = [];
  /** Told to the URL that it belongs to. */
  changed: ((search: string) => void) | null = null;
  constructor(given?: Given) {
    Object.defineProperty(this, 'changed', { enumerable: false });
    if (given === undefined || given === null) return;
    if (typeof given === 'string') this.read(given);
    else {
      const pairs = Symbol.iterator in given ? (given as Iterable<[string, string]>) : Object.entries(given);
      for (const [name, value] of pairs) this.#pairs.push([String(name), String(value)]);
    }
  }
  read(search: string): void {
    const bare = search.replace(/^\?/, '');
    this.#pairs = bare
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? [unplus(part), ''] : [unplus(part.slice(0, at)), unplus(part.slice(at + 1))];
      });
  }
  get size(): number {
    return this.#pairs.length;
  }
  append(name: string, value: unknown): void {
    this.#pairs.push([String(name), String(value)]);
    this.changed?.(this.toString());
  }
  set(name: string, value: unknown): void {
    const at = this.#pairs.findIndex(([given]) => given === name);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    this.#pairs = this.#pairs.filter(([given], place) => given !== name || place === at);
    this.#pairs[at] = [String(name), String(value)];
    this.changed?.(this.toString());
  }
  delete(name: string): void {
    this.#pairs = this.#pairs.filter(([given]) => given !== name);
    this.changed?.(this.toString());
  }
  get(name: string): string | null {
    return this.#pairs.find(([given]) => given === name)?.[1] ?? null;
  }
  getAll(name: string): string[] {
    return this.#pairs.filter(([given]) => given === name).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.#pairs.some(([given]) => given === name);
  }
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.changed?.(this.toString());
  }
  forEach(call: (value: string, name: string, all: LabUrlSearchParams) => void): void {
    for (const [name, value] of this.#pairs) call(value, name, this);
  }
  entries(): IterableIterator<[string, string]> {
    return [...this.#pairs].values();
  }
  keys(): IterableIterator<string> {
    return this.#pairs.map(([name]) => name).values();
  }
  values(): IterableIterator<string> {
    return this.#pairs.map(([, value]) => value).values();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
  toString(): string {
    return this.#pairs.map(([name, value]) => `${plus(name)}=${plus(value)}`).join('&');
  }
}
Object.defineProperty(LabUrlSearchParams, 'name', { value: 'URLSearchParams' });
