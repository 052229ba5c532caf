// Starts the thread from its file in the package.
import { type Heard, spawnInNode, type Thread } from './spawn-in-node.ts';

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

function spawnInBrowser(start: () => WebWorker, heard: Heard): Thread {
  const worker = start();
  worker.onmessage = ({ data }) => heard.message(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    heard.gone(event.message ?? 'the thread ended');
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}
