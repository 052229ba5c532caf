// The host's URL parser, for code that runs in a realm without one.

declare class HostUrl {
  [part: string]: unknown;
  constructor(text: string, base?: string);
}

// A browser's worker has it taken away before the first step runs.
const { URL } = globalThis as unknown as { URL: typeof HostUrl };

const PARTS = 'href origin protocol username password host hostname port pathname search hash'.split(' ');

/** The parts as JSON; an empty text for what is no URL. */
export function urlParts([text = '', base]: string[]): string {
  try {
    return told(new URL(text, base));
  } catch {
    return '';
  }
}

/** The same with one part changed. */
export function urlWith([href = '', part = '', value = '']: string[]): string {
  try {
    const url = new URL(href);
    if (PARTS.includes(part)) url[part] = value;
    return told(url);
  } catch {
    return '';
  }
}

/** The URL with these parameters behind its own; an empty text for what is no URL. What is behind `#` is not sent. */
export function urlWithQuery(text: string, pairs: readonly [string, string][]): string {
  try {
    const url = new URL(text);
    const params = url.searchParams as { append(name: string, value: string): void; toString(): string };
    for (const [name, value] of pairs) params.append(name, value);
    const query = params.toString();
    return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`;
  } catch {
    return '';
  }
}

const told = (url: HostUrl): string =>
  JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, url[part]])));
