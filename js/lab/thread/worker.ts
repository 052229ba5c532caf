// The lab's thread: pkg/lab-worker.js. It gets one order, does it, and says how it went.
import { BillonceError } from '../../index.ts';
import { scrub } from '../sandbox/inside/scrub.ts';
import { JOBS } from './jobs.ts';
import type { Order, Told } from './protocol.ts';
import { tellSteps } from './tell-step.ts';

interface Port {
  postMessage(message: unknown): void;
  on?(event: 'message', call: (message: unknown) => void): void;
  onmessage?: ((event: { data: unknown }) => void) | null;
}
declare const process: { getBuiltinModule?(name: string): unknown } | undefined;

/** The way to the supervisor; none where this file is only imported. */
function port(): Port | null {
  const threads =
    typeof process === 'object'
      ? (process.getBuiltinModule?.('node:worker_threads') as
          | { parentPort: Port | null; workerData: { billonce?: string } | null }
          | undefined)
      : undefined;
  if (threads) return threads.workerData?.billonce === 'lab' ? threads.parentPort : null;
  const scope = globalThis as unknown as Partial<Port> & { document?: unknown; importScripts?: unknown };
  if (typeof scope.postMessage !== 'function' || typeof scope.importScripts !== 'function') return null;
  const { postMessage } = scope;
  return {
    postMessage: (message) => postMessage.call(globalThis, message),
    on: (_, call) => {
      scope.onmessage = ({ data }) => call(data);
    },
  };
}

const own = port();
if (own) {
  const post = (told: Told): void => own.postMessage(told);
  own.on?.('message', (order) => {
    // From here on this thread has nothing but the language, whatever a step finds a way to.
    scrub(globalThis as unknown as Record<string, unknown>);
    work(order as Order, post).then(post, (error) => post(refusal(error)));
  });
}

async function work({ job, input, shared }: Order, post: (told: Told) => void): Promise<Told> {
  tellSteps(shared, (name) => post({ kind: 'step', name }));
  const run = Object.hasOwn(JOBS, job) ? JOBS[job] : undefined;
  if (!run) throw new Error(`there is no job ${job}`);
  const value = await run(input as never, {
    progress: (done, total, note) => post({ kind: 'progress', done, total, note: note ?? null }),
  });
  return { kind: 'done', value };
}

function refusal(error: unknown): Told {
  if (error instanceof BillonceError) {
    const { code, field, message } = error;
    return { kind: 'refused', code, field, message };
  }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

// For whoever runs flows in a thread of their own.
export { readFlow } from '../flow/read.ts';
export { openLab } from '../run/open.ts';
export { unknownPieces } from '../run/pieces.ts';
export { openWorld } from '../world/world.ts';
export { callJob } from './call.ts';
