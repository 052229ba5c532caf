// A worker process of Activepieces, as far as a step sees it: its globals and its packages. Many can be in one realm.
import * as billonce from '../../../index.ts';
import * as billonceStripe from '../../../stripe/index.ts';
import { axiosBy } from './axios.ts';
import { atob, Buffer, btoa, TextDecoder, TextEncoder } from './bytes.ts';
import { consoleBy } from './console.ts';
import { cryptoBy } from './crypto.ts';
import { dateBy } from './date.ts';
import { environment } from './environment.ts';
import { ask } from './host.ts';
import { stripeBy } from './stripe.ts';
import { timersBy } from './timers.ts';
import { LabUrlSearchParams, Url } from './url.ts';
import { uuidBy } from './uuid.ts';
import { AbortController, abortSignalBy, fetchBy, Headers, Request, Response } from './web.ts';

/** The globals that a step gets as parameters of the function around its source. The sandbox writes that function. */
export const GLOBALS = [
  'globalThis',
  'global',
  'process',
  'console',
  'fetch',
  'crypto',
  'performance',
  'Date',
  'Math',
  'Buffer',
  'TextEncoder',
  'TextDecoder',
  'URL',
  'URLSearchParams',
  'Headers',
  'Request',
  'Response',
  'AbortController',
  'AbortSignal',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'structuredClone',
  'atob',
  'btoa',
] as const;

export interface Process {
  globals: Record<string, unknown>;
  /** A package of that name, or a refusal. */
  require(name: string): unknown;
}

/** The process that something ran in last: time and chance are the same for all that run in one world. */
let last = 0;
export const lastProcess = (): number => last;
export function enter(process: number): void {
  last = process;
}

const now = (): number => ask('now', last) as number;
const random = (below: number): number => ask('random', last, below) as number;
const fraction = (): number => (random(2 ** 26) * 2 ** 27 + random(2 ** 27)) / 2 ** 53;
const { node: crypto, webcrypto } = cryptoBy(random);
/** Timers that are of no process in particular, and do not end with one. */
export const timers = timersBy(0);
export const LabDate = dateBy(now);

/** The globals that all processes can share. */
const SAME = {
  crypto: webcrypto,
  performance: { now, timeOrigin: 0 },
  Date: LabDate,
  Math: Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(Math), random: { value: fraction, writable: true } },
  ),
  Buffer,
  TextEncoder,
  TextDecoder,
  URL: Url,
  URLSearchParams: LabUrlSearchParams,
  Headers,
  Request,
  Response,
  AbortController,
  AbortSignal: abortSignalBy(timers.setTimeout),
  queueMicrotask: (call: () => void) => void Promise.resolve().then(call),
  structuredClone: (value: unknown) => (value === undefined ? value : JSON.parse(JSON.stringify(value))),
  atob,
  btoa,
};

interface Timers {
  setTimeout(call: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export function makeProcess(id: number): Process {
  const { sleep, ...own } = timersBy(id);
  const fetch = fetchBy(id);
  const globals: Record<string, unknown> = {
    ...SAME,
    process: { ...NODE_PROCESS, env: environment() },
    console: consoleBy(id),
    fetch,
    ...own,
  };
  globals.globalThis = globals;
  globals.global = globals;

  const stripe = () => stripeBy({ fetch: fetch as never, sleep, uuid: crypto.randomUUID, random: fraction });
  const made: Record<string, unknown> = {};
  const packages: Record<string, () => unknown> = {
    billonce: () => bound(billonce, id),
    'billonce/stripe': () => bound(billonceStripe, id),
    stripe: () => Object.defineProperty(stripe(), '__esModule', { value: true }),
    axios: () => axiosBy({ fetch: fetch as never, ...(own as never as Timers) }),
    'node-fetch': () =>
      Object.defineProperty({ default: fetch, Headers, Request, Response }, '__esModule', { value: true }),
    uuid: () => uuidBy(crypto as never, now),
    crypto: () => ({ ...crypto, default: crypto }),
    buffer: () => ({ Buffer }),
    url: () => ({ URL: Url, URLSearchParams: LabUrlSearchParams }),
    'timers/promises': () => ({ setTimeout: sleep }),
    process: () => globals.process,
  };
  return {
    globals,
    require(name) {
      const bare = String(name).replace(/^node:/, '');
      const make = Object.hasOwn(packages, bare) ? packages[bare] : undefined;
      if (!make) {
        ask('missing', id, String(name).slice(0, 100));
        throw new Error(`Cannot find module '${name}'`);
      }
      made[bare] ??= make();
      return made[bare];
    },
  };
}

const NODE_PROCESS = {
  argv: [],
  platform: 'linux',
  version: 'v20.19.0',
  versions: { node: '20.19.0' },
  cwd: () => '/',
  uptime: () => now() / 1000,
  hrtime: Object.assign(() => [Math.floor(now() / 1000), (now() % 1000) * 1e6], {
    bigint: () => BigInt(now()) * 1_000_000n,
  }),
  nextTick: (call: (...given: unknown[]) => void, ...given: unknown[]) =>
    void Promise.resolve().then(() => call(...given)),
  on: () => {},
  memoryUsage: () => ({ heapUsed: 0, heapTotal: 0, rss: 0, external: 0, arrayBuffers: 0 }),
};

/** billonce takes fetch and timers from the realm's globals, which are those of the process that entered last. */
function bound(api: object, process: number): object {
  const entries = Object.entries(api).map(([name, value]) => {
    return [
      name,
      typeof value === 'function' && value !== billonce.BillonceError
        ? entering(value as (...given: unknown[]) => unknown, process)
        : value,
    ];
  });
  return Object.fromEntries(entries);
}

function entering(call: (...given: unknown[]) => unknown, process: number): unknown {
  return (...given: unknown[]) => {
    enter(process);
    const answer = call(...given);
    if (typeof answer === 'function') return entering(answer as never, process);
    const hasMethods =
      typeof answer === 'object' &&
      answer !== null &&
      !(answer instanceof Promise) &&
      Object.values(answer).some((member) => typeof member === 'function');
    return hasMethods ? Object.freeze(bound(answer, process)) : answer;
  };
}
