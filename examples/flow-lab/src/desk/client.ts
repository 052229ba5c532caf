// Asks the worker: one promise for a question, with progress and cancelling.
import type { Problem } from '../state/types.ts';
import type { Asked, Heard, Question, Questions } from './words.ts';

/** What was refused, with its code and field. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export interface Talk {
  signal?: AbortSignal;
  progress?: (done: number, total: number, note: string) => void;
}

export interface Desk {
  ask<Q extends Question>(
    question: Q,
    given: Questions[Q]['given'],
    talk?: Talk,
  ): Promise<Questions[Q]['gives']>;
}

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (reason: unknown) => void;
  talk: Talk;
}

/** How long a cancelled question may take to stop, or to give what it has, before its thread is ended with it. */
const GRACE_MS = 1000;

const CANCELLED: Problem = { code: 'aborted', field: null, message: 'Cancelled.' };

/** @param open Starts the worker's thread. */
export function openDesk(open: () => Worker): Desk {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let worker: Worker | null = null;

  const started = (): Worker => {
    if (worker) return worker;
    const fresh = open();
    fresh.onmessage = ({ data }: MessageEvent<Heard>) => heard(data);
    fresh.onerror = (event) => {
      event.preventDefault();
      restart({
        code: 'worker_failed',
        field: null,
        message: 'The lab’s thread could not be started, or broke off: load the page again.',
      });
    };
    worker = fresh;
    return fresh;
  };

  const heard = (told: Heard): void => {
    const asker = waiting.get(told.id);
    if (!asker) return;
    if (told.kind === 'progress') {
      asker.talk.progress?.(told.done, told.total, told.note);
      return;
    }
    waiting.delete(told.id);
    if (told.kind === 'answer') asker.resolve(told.answer);
    else asker.reject(new Refusal(told.problem));
  };

  /** Ends the thread; what else it was doing is refused. */
  const restart = (problem: Problem): void => {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Refusal(problem));
    waiting.clear();
  };

  return {
    ask(question, given, talk = {}) {
      return new Promise((resolve, reject) => {
        if (talk.signal?.aborted) return reject(talk.signal.reason);
        last += 1;
        const id = last;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, talk });
        started().postMessage({ id, question, given } as Asked);
        talk.signal?.addEventListener('abort', () => {
          if (!waiting.has(id)) return;
          worker?.postMessage({ id, question: 'cancel' } satisfies Asked);
          // What is too busy to hear it is ended, with all else that its thread was asked.
          setTimeout(() => waiting.has(id) && restart(CANCELLED), GRACE_MS);
        });
      });
    },
  };
}
