// The thread in Node, from its file in the package.
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
declare const process: { getBuiltinModule?(name: string): unknown } | undefined;
declare class URL {}

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
