// `Send HTTP request` of Activepieces' HTTP piece (0.11).
import { encodeForm } from '../../index.ts';
import { isObject } from '../flow/plain.ts';
import { urlWithQuery } from '../sandbox/url-parts.ts';
import type { Reply, Request } from './calls.ts';
import { jsonOrText } from './json-or-text.ts';

/** What the piece throws: the step fails with it. */
export class PieceError extends Error {}

/** Sends one request; `again` for one that repeats the last. */
export type Send = (request: Request, again: boolean) => Promise<Reply>;

/** A run may take no longer (AP_FLOW_TIMEOUT_SECONDS): a step without a timeout waits as long. */
export const LONGEST_MS = 600_000;

/** @param boundary What parts of a multipart body are kept apart by. */
export async function sendRequest(
  input: Record<string, unknown>,
  send: Send,
  boundary: () => string,
): Promise<unknown> {
  const request = requestOf(input, boundary);
  for (let sent = 0; ; ) {
    const reply = await send(request, sent > 0);
    sent++;
    const status = statusOf(reply);
    const body = 'failed' in reply ? undefined : jsonOrText(reply.body);
    if (!('failed' in reply) && status >= 200 && status < 300)
      return { status, headers: reply.headers, body };
    const what = decide(input, status, sent);
    if (what === 'again') continue;
    if (what === 'continue') return { response: { status, body }, request: { body: request.body } };
    throw new PieceError(problem(request.url, reply, body));
  }
}

/** Activepieces' client takes no answer for a 500. */
const statusOf = (reply: Reply): number => ('failed' in reply ? 500 : reply.status);

const ATTEMPTS = 3;

function decide(
  { failureMode, failsafe }: Record<string, unknown>,
  status: number,
  sent: number,
): 'again' | 'continue' | 'stop' {
  const isServers = status >= 500 && status < 600;
  switch (failureMode) {
    case 'retry_all':
      return sent < ATTEMPTS ? 'again' : 'stop';
    case 'retry_5xx':
      if (!isServers) return 'continue';
      return sent < ATTEMPTS ? 'again' : 'stop';
    case 'continue_all':
      return 'continue';
    case 'continue_4xx':
      if (status >= 400 && status < 500) return 'continue';
      return sent < ATTEMPTS ? 'again' : 'stop';
    default:
      // `failsafe` is what older versions had.
      return failureMode === undefined && failsafe === true ? 'continue' : 'stop';
  }
}

/** What is said in `headers` stands above what the client would say by itself. */
function requestOf(input: Record<string, unknown>, boundary: () => string): Request {
  const method = String(input.method || 'GET').toUpperCase();
  const url = urlWithQuery(String(input.url ?? '').trim(), pairsOf(input.queryParams));
  if (url === '') throw new PieceError('Invalid URL');
  const said = Object.fromEntries(
    pairsOf(input.headers).map(([name, text]) => [name.toLowerCase().trim(), text]),
  );
  const data = isObject(input.body) ? input.body.data : undefined;
  const sends = method !== 'GET' && method !== 'HEAD' && input.body_type !== 'none';
  const { body, type } = sends && data ? bodyOf(input, data, said, boundary) : { body: '', type: null };
  const headers = {
    accept: 'application/json',
    ...authorization(input),
    ...(type === null ? {} : { 'content-type': type }),
    ...said,
  };
  // With its boundary, which no step can know.
  if (type !== null && input.body_type === 'form_data') headers['content-type'] = type;
  const seconds = Number(input.timeout);
  return { url, method, headers, body, timeout_ms: seconds > 0 ? seconds * 1000 : LONGEST_MS };
}

/** Whatever the body is, the client calls it JSON where the step says nothing. */
function bodyOf(
  { body_type }: Record<string, unknown>,
  data: unknown,
  said: Record<string, string>,
  boundary: () => string,
): { body: string; type: string } {
  if (body_type === 'form_data') return multipart(data, boundary());
  const type = 'application/json';
  if (typeof data === 'string') return { body: data, type };
  const isForm = /x-www-form-urlencoded/i.test(said['content-type'] ?? '');
  return { body: isForm && isObject(data) ? encodeForm(data as never) : JSON.stringify(data), type };
}

const pairsOf = (given: unknown): [string, string][] =>
  Object.entries(isObject(given) ? given : {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, textOf(value)]);

/** Newer versions have a list of fields, older ones an object. */
function multipart(data: unknown, boundary: string): { body: string; type: string } {
  const fields: [string, unknown][] = Array.isArray(data)
    ? data.filter(isObject).map((field) => [String(field.fieldName), field.textFieldValue])
    : Object.entries(isObject(data) ? data : {});
  const parts = fields
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${textOf(value)}\r\n`,
    );
  return { body: `${parts.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}

function authorization({ authType, authFields }: Record<string, unknown>): Record<string, string> {
  if (!isObject(authFields)) return {};
  if (authType === 'BEARER_TOKEN') return { authorization: `Bearer ${textOf(authFields.token ?? '')}` };
  if (authType !== 'BASIC') return {};
  const pair = `${textOf(authFields.username ?? '')}:${textOf(authFields.password ?? '')}`;
  return { authorization: `Basic ${base64(pair)}` };
}

const { btoa } = globalThis as unknown as { btoa(text: string): string };
/** Of the text's UTF-8, which `btoa` does not take by itself. */
const base64 = (text: string): string =>
  btoa(
    encodeURIComponent(text).replaceAll(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** In the words that a run's log has to have: who, what, why. */
function problem(url: string, reply: Reply, body: unknown): string {
  const host = /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? 'the address';
  if ('failed' in reply) {
    return reply.failed === 'timeout' ? `${host} did not answer in time` : `${host} closed the connection`;
  }
  const error = isObject(body) ? body.error : undefined;
  const reason = isObject(error) ? (error.code ?? error.message) : error;
  return `${host} answered ${reply.status}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}
