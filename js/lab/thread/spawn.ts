// Starts the thread from its file in the package.
import { BillonceError } from '../../index.ts';

/** What is used of a worker, the same in Node and browsers. */
export interface Thread {
  post(message: unknown): void;
  end(): void;
}

export interface Heard {
  message(message: unknown): void;
  /** It ended by itself, or never began. */
  gone(why: string): void;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): Promise<number>;
  on(event: string, call: (value: never) => void): void;
}
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
}
declare const process: { versions?: { node?: string }; getBuiltinModule?(name: string): unknown } | undefined;
declare const Worker: new (url: URL, options: { type: 'module' }) => WebWorker;
declare class URL {
  constructor(path: string, base: string);
}
declare global {
  interface ImportMeta {
    url: string;
  }
}

export const spawn = (heard: Heard): Thread =>
  typeof process === 'object' && process.versions?.node
    ? spawnInNode(new URL('./lab-worker.js', import.meta.url), heard)
    : spawnInBrowser(
        () => new Worker(new URL('./lab-worker.js', import.meta.url), { type: 'module' }),
        heard,
      );

/** Nothing of the flow is worth more memory. */
const MOST_MEMORY_MB = 512;

export function spawnInNode(file: URL | string, heard: Heard): Thread {
  const threads = process?.getBuiltinModule?.('node:worker_threads') as
    | { Worker: new (file: URL | string, options: object) => NodeWorker }
    | undefined;
  if (!threads) {
    throw new BillonceError('host_unsupported', 'lab', 'the lab needs Node 20.16 or newer to run flows');
  }
  const worker = new threads.Worker(file, {
    env: {},
    execArgv: [],
    workerData: { billonce: 'lab' },
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  worker.on('message', heard.message);
  worker.on('error', (error: Error) => heard.gone(error.message));
  worker.on('exit', () => heard.gone('the thread ended'));
  return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
}

function spawnInBrowser(start: () => WebWorker, heard: Heard): Thread {
  const worker = start();
  worker.onmessage = ({ data }) => heard.message(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    heard.gone(event.message ?? 'the thread ended');
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}
