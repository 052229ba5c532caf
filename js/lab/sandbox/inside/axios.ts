// What `import axios from 'axios'` gives, as far as billing steps use it: over the process's fetch, with axios' own bodies, answers and errors.
import { encodeForm } from '../../../index.ts';
import { jsonOrText } from '../../run/json-or-text.ts';
import { Buffer } from './bytes.ts';
import { LabUrlSearchParams } from './url.ts';
import { AbortController, type AbortSignal, type Headers, type Response } from './web.ts';

type Fields = Record<string, unknown>;

interface Config {
  url?: string;
  baseURL?: string;
  method?: string;
  headers?: Fields;
  params?: Fields | LabUrlSearchParams;
  data?: unknown;
  auth?: { username?: string; password?: string };
  timeout?: number;
  signal?: AbortSignal;
  responseType?: string;
  validateStatus?: ((status: number) => boolean) | null;
}

interface Answer {
  data: unknown;
  status: number;
  statusText: string;
  headers: Fields;
  config: Config;
}

interface Around {
  fetch(url: string, init: object): Promise<Response>;
  setTimeout(call: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

class AxiosError extends Error {
  override readonly name = 'AxiosError';
  readonly isAxiosError = true;
  readonly code: string;
  readonly config: Config;
  readonly response: Answer | undefined;
  readonly status: number | undefined;
  constructor(message: string, code: string, config: Config, response?: Answer) {
    super(message);
    this.code = code;
    this.config = config;
    this.response = response;
    this.status = response?.status;
  }
}

const WITHOUT_BODY = ['get', 'delete', 'head', 'options'];
const WITH_BODY = ['post', 'put', 'patch'];
const FORM = 'application/x-www-form-urlencoded';

/** The package of one process. */
export function axiosBy(around: Around) {
  return instance(around, {});
}

type Hook = (value: never) => unknown;

/** Hooks that a step adds: those of requests run the last added first. */
function hooks(): { use(done?: Hook, failed?: Hook): number; eject(at: number): void; list: Hook[][] } {
  const list: Hook[][] = [];
  const none = (value: unknown) => value;
  const fail = (error: unknown) => Promise.reject(error);
  return {
    list,
    use: (done, failed) => list.push([done ?? none, failed ?? fail] as Hook[]) - 1,
    eject: (at) => void list.splice(at, 1, [none, fail] as Hook[]),
  };
}

function instance(around: Around, defaults: Config): object {
  const interceptors = { request: hooks(), response: hooks() };
  const own: Config = { ...defaults, headers: { ...defaults.headers } };
  const request = (first: string | Config, second?: Config): Promise<Answer> => {
    const given = typeof first === 'string' ? { ...second, url: first } : first;
    let answer: Promise<unknown> = Promise.resolve(merged(own, given));
    for (const [done, failed] of interceptors.request.list.toReversed())
      answer = answer.then(done as never, failed as never);
    answer = answer.then((config) => send(around, config as Config));
    for (const [done, failed] of interceptors.response.list)
      answer = answer.then(done as never, failed as never);
    return answer as Promise<Answer>;
  };
  const axios = Object.assign((first: string | Config, second?: Config) => request(first, second), {
    request,
    interceptors,
    defaults: own,
    create: (config: Config = {}) => instance(around, merged(own, config)),
    all: (promises: Promise<unknown>[]) => Promise.all(promises),
    isAxiosError: (error: unknown) => error instanceof AxiosError,
    isCancel: () => false,
    AxiosError,
  }) as unknown as Fields;
  for (const method of WITHOUT_BODY)
    axios[method] = (url: string, config: Config = {}) => request({ ...config, method, url });
  for (const method of WITH_BODY) {
    axios[method] = (url: string, data?: unknown, config: Config = {}) =>
      request({ ...config, method, url, data });
  }
  axios.axios = axios;
  axios.default = axios;
  return Object.defineProperty(axios, '__esModule', { value: true });
}

/** Headers one by one; `common` and those of methods are where `defaults` keeps them. */
function merged(one: Config, other: Config): Config {
  return { ...one, ...other, headers: { ...one.headers, ...other.headers } };
}

async function send(around: Around, config: Config): Promise<Answer> {
  const method = (config.method ?? 'get').toLowerCase();
  const { body, headers } = bodyOf(config, method);
  const abort = new AbortController();
  config.signal?.addEventListener('abort', () => abort.abort());
  const wait = config.timeout ?? 0;
  const timer = wait > 0 ? around.setTimeout(() => abort.abort(), wait) : undefined;
  let answer: Response;
  try {
    const init = { method: method.toUpperCase(), headers, signal: abort.signal };
    answer = await around.fetch(urlOf(config), body === undefined ? init : { ...init, body });
  } catch {
    if (config.signal?.aborted) throw new AxiosError('canceled', 'ERR_CANCELED', config);
    throw abort.signal.aborted
      ? new AxiosError(`timeout of ${wait}ms exceeded`, 'ECONNABORTED', config)
      : new AxiosError('socket hang up', 'ECONNRESET', config);
  } finally {
    if (timer !== undefined) around.clearTimeout(timer);
  }
  const { status, statusText } = answer;
  const data = readable(await answer.text(), config);
  const told: Answer = {
    data,
    status,
    statusText,
    headers: Object.fromEntries(answer.headers as Headers),
    config,
  };
  const { validateStatus = (it: number) => it >= 200 && it < 300 } = config;
  if (!validateStatus || validateStatus(status)) return told;
  const code = status >= 500 ? 'ERR_BAD_RESPONSE' : 'ERR_BAD_REQUEST';
  throw new AxiosError(`Request failed with status code ${status}`, code, config, told);
}

function urlOf({ baseURL, url = '', params }: Config): string {
  const isWhole = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url);
  const whole = baseURL && !isWhole ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : url;
  const query =
    params === undefined
      ? ''
      : params instanceof LabUrlSearchParams
        ? String(params)
        : encodeForm(params as never);
  return query === '' ? whole : `${whole}${whole.includes('?') ? '&' : '?'}${query}`;
}

/** An object is JSON where no header says that it is a form; a text is a form where no header says otherwise. */
function bodyOf(
  config: Config,
  method: string,
): { body: string | undefined; headers: Record<string, string> } {
  const headers: Record<string, string> = { accept: 'application/json, text/plain, */*' };
  const add = (given: unknown) => {
    for (const [name, value] of Object.entries((given ?? {}) as Fields)) {
      const isGroup = typeof value === 'object' && value !== null;
      if (!isGroup && value !== undefined && value !== null) headers[name.toLowerCase()] = String(value);
    }
  };
  add(config.headers?.common);
  add(config.headers?.[method]);
  add(config.headers);
  const { username = '', password = '' } = config.auth ?? {};
  if (config.auth)
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const { data } = config;
  if (data === undefined || data === null || !WITH_BODY.includes(method)) return { body: undefined, headers };
  const said = headers['content-type'];
  const type = (text: string) => {
    headers['content-type'] ??= text;
  };
  if (typeof data === 'string' || data instanceof LabUrlSearchParams) {
    type(data instanceof LabUrlSearchParams ? `${FORM};charset=utf-8` : FORM);
    return { body: String(data), headers };
  }
  if (said?.includes(FORM)) return { body: encodeForm(data as never), headers };
  type('application/json');
  return { body: JSON.stringify(data), headers };
}

const readable = (text: string, { responseType = 'json' }: Config): unknown =>
  responseType === 'json' ? jsonOrText(text) : text;
