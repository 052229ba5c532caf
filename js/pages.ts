// Pages of Stripe's lists and searches. What is no page of theirs is told, never taken for an empty one.
import { parse } from './body.ts';
import type { FetchGet } from './types.ts';

/** A page of a list, or of a search where it has a `next_page`. */
export interface Page {
  data: Record<string, unknown>[];
  has_more: boolean;
  next_page?: unknown;
}

/** A page, or why there is none. */
export async function getPage(
  fetch: FetchGet,
  url: string,
  headers: Record<string, string>,
): Promise<Page | string> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(url, { method: 'GET', headers, redirect: 'manual' });
    status = response.status;
    body = parse(await response.text());
  } catch {
    // What a fetch throws may hold the request's headers: it is not passed on.
    return 'no answer arrived';
  }
  if (status !== 200) return `the answer has the status ${Number(status)}`;
  return isPage(body) ? body : 'the answer is no list';
}

function isPage(body: unknown): body is Page {
  if (!isObject(body) || !Array.isArray(body.data) || !body.data.every(isObject)) return false;
  if (body.object !== 'list' && body.object !== 'search_result') return false;
  return body.has_more === false || (body.has_more === true && cursorAfter(body as unknown as Page) !== '');
}

/** The parameter that asks for the page after this one; empty where it cannot be told. */
export function cursorAfter({ data, next_page }: Page): string {
  if (typeof next_page === 'string' && next_page !== '') return `&page=${encodeURIComponent(next_page)}`;
  const id = data.at(-1)?.id;
  return typeof id === 'string' ? `&starting_after=${encodeURIComponent(id)}` : '';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
