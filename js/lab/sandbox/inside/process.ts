// A worker process of Activepieces, as far as a step sees it: its globals and its packages. Many can be in one realm.
import * as billonce from '../../../index.ts';
import * as billonceStripe from '../../../stripe/index.ts';
import { atob, Buffer, btoa, TextDecoder, TextEncoder } from './bytes.ts';
import { consoleBy } from './console.ts';
import { cryptoBy } from './crypto.ts';
import { dateBy } from './date.ts';
import { ask } from './host.ts';
import { stripeBy } from './stripe.ts';
import { timersBy } from './timers.ts';
import { LabUrlSearchParams, Url } from './url.ts';
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

/** Those that all processes can share. */
const SAME = {
  Buffer,
  TextEncoder,
  TextDecoder,
  URL: Url,
  URLSearchParams: LabUrlSearchParams,
  Headers,
  Request,
  Response,
  AbortController,
  queueMicrotask: (call: () => void) => void Promise.resolve().then(call),
  structuredClone: (value: unknown) => (value === undefined ? value : JSON.parse(JSON.stringify(value))),
  atob,
  btoa,
};
const math = Object.defineProperties({}, Object.getOwnPropertyDescriptors(Math));

/** @param enter Called when something of the process is about to run. */
export function makeProcess(id: number, enter: () => void): Process {
  const now = (): number => ask('now', id) as number;
  const random = (below: number): number => ask('random', id, below) as number;
  const fraction = (): number => (random(2 ** 26) * 2 ** 27 + random(2 ** 27)) / 2 ** 53;
  const { sleep, ...timers } = timersBy(id);
  const { node: crypto, webcrypto } = cryptoBy(random);
  const fetch = fetchBy(id);
  const began = now();
  const performance = { now: () => now() - began, timeOrigin: began };

  const globals: Record<string, unknown> = {
    ...SAME,
    process: processBy(() => now() - began),
    console: consoleBy(id),
    fetch,
    crypto: webcrypto,
    performance,
    Date: dateBy(now),
    Math: Object.assign(Object.create(math), { random: fraction }),
    AbortSignal: abortSignalBy(timers.setTimeout),
    ...timers,
  };
  globals.globalThis = globals;
  globals.global = globals;

  const stripe = () => stripeBy({ fetch: fetch as never, sleep, uuid: crypto.randomUUID, random: fraction });
  const made: Record<string, unknown> = {};
  const packages: Record<string, () => unknown> = {
    billonce: () => bound(billonce, enter),
    'billonce/stripe': () => bound(billonceStripe, enter),
    stripe: () => Object.defineProperty(stripe(), '__esModule', { value: true }),
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

const processBy = (uptime: () => number) => ({
  env: {},
  argv: [],
  platform: 'linux',
  version: 'v20.19.0',
  versions: { node: '20.19.0' },
  cwd: () => '/',
  uptime: () => uptime() / 1000,
  hrtime: Object.assign(() => [Math.floor(uptime() / 1000), (uptime() % 1000) * 1e6], {
    bigint: () => BigInt(uptime()) * 1_000_000n,
  }),
  nextTick: (call: (...given: unknown[]) => void, ...given: unknown[]) =>
    void Promise.resolve().then(() => call(...given)),
  on: () => {},
  memoryUsage: () => ({ heapUsed: 0, heapTotal: 0, rss: 0, external: 0, arrayBuffers: 0 }),
});

/** billonce takes fetch and timers from the realm's globals, which are those of the process that entered last. */
function bound(api: object, enter: () => void): object {
  const entries = Object.entries(api).map(([name, value]) => {
    return [
      name,
      typeof value === 'function' && value !== billonce.BillonceError
        ? entering(value as (...given: unknown[]) => unknown, enter)
        : value,
    ];
  });
  return Object.fromEntries(entries);
}

function entering(call: (...given: unknown[]) => unknown, enter: () => void): unknown {
  return (...given: unknown[]) => {
    enter();
    const answer = call(...given);
    if (typeof answer === 'function') return entering(answer as never, enter);
    const hasMethods =
      typeof answer === 'object' &&
      answer !== null &&
      !(answer instanceof Promise) &&
      Object.values(answer).some((member) => typeof member === 'function');
    return hasMethods ? Object.freeze(bound(answer, enter)) : answer;
  };
}
