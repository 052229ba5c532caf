// Runs a job in a thread of its own, and ends the thread when a step runs for too long or the caller has lost patience.
import type { AbortSignalLike } from '../../index.ts';
import { BillonceError } from '../../index.ts';
import type { Told } from './protocol.ts';
import { spawn } from './spawn.ts';
import { Watchdog } from './watchdog.ts';

export interface CallOptions {
  signal?: AbortSignalLike | undefined;
  progress?: ((done: number, total: number, note?: string) => void) | undefined;
  /** How long one step's code may run without a pause. Default: 5,000. */
  step_time_limit_ms?: number | undefined;
}

declare const setInterval: (call: () => void, ms: number) => unknown;
declare const clearInterval: (timer: unknown) => void;

const TIME_LIMIT_MS = 5_000;

/**
 * @param name One of js/lab/thread/jobs.ts.
 * @param input What can be cloned.
 * @throws {BillonceError} as the job does; `endless_step` by the step's name; `aborted` by the signal.
 */
export function callJob(name: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
  const { signal, progress, step_time_limit_ms: limit = TIME_LIMIT_MS } = options;
  const aborted = () => new BillonceError('aborted', 'signal', 'the lab was told to stop');
  if (signal?.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const watchdog = new Watchdog();
    const end = (): void => {
      clearInterval(timer);
      signal?.removeEventListener?.('abort', abort);
      thread.end();
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    const abort = (): void => fail(aborted());
    const thread = spawn({
      message(message) {
        const told = message as Told;
        if (told.kind === 'progress') progress?.(told.done, told.total, told.note ?? undefined);
        else if (told.kind === 'step') watchdog.told(told.name);
        else if (told.kind === 'refused') fail(new BillonceError(told.code, told.field, told.message));
        else if (told.kind === 'failed') fail(new BillonceError('internal_error', 'lab', told.message));
        else {
          end();
          resolve(told.value);
        }
      },
      gone: (why) => fail(lost(watchdog.step(), why)),
    });
    const timer = setInterval(
      () => {
        const step = watchdog.overdue(limit);
        if (step !== null) fail(endless(step, limit));
      },
      Math.max(10, limit / 10),
    );
    signal?.addEventListener?.('abort', abort);
    thread.post({ job: name, input, shared: watchdog.shared });
  });
}

function endless(step: string, limit: number): BillonceError {
  const message = `${step} ran for more than ${limit} ms without an end: its code may be an endless loop`;
  return new BillonceError('endless_step', step, message);
}

/** Most often its memory is used up. */
function lost(step: string | null, why: string): BillonceError {
  if (step === null && /memory/i.test(why)) {
    const message = 'flow has more data than the lab has memory for: give fewer items';
    return new BillonceError('input_too_large', 'flow', message);
  }
  if (step === null) return new BillonceError('internal_error', 'lab', `the lab's thread ended: ${why}`);
  const message = `${step} ended the lab's thread: it uses too much memory, or its code breaks the engine`;
  return new BillonceError('input_too_large', step, message);
}
