// Asks the worker: one promise for a question, with progress and cancelling.
import type { Problem } from '../state/types.ts';
import { CANCELLED, WORKER_FAILED } from './problems.ts';
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
  asked: Asked;
  resolve: (answer: unknown) => void;
  reject: (reason: unknown) => void;
  talk: Talk;
}

/** How long a cancelled question may take to stop, or to give what it has, before its thread is ended with it. */
const GRACE_MS = 1000;

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
      giveUp(WORKER_FAILED);
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

  const end = (): void => {
    worker?.terminate();
    worker = null;
  };

  /** Refuses all that is asked. */
  const giveUp = (problem: Problem): void => {
    end();
    for (const { reject } of waiting.values()) reject(new Refusal(problem));
    waiting.clear();
  };

  /** Ends the thread for what does not hear that it is cancelled. What else it was asked is asked of a new one, from the start. */
  const restart = (): void => {
    end();
    for (const [id, { asked, talk, reject }] of waiting) {
      if (!talk.signal?.aborted) started().postMessage(asked);
      else if (waiting.delete(id)) reject(new Refusal(CANCELLED));
    }
  };

  return {
    ask(question, given, talk = {}) {
      return new Promise((resolve, reject) => {
        if (talk.signal?.aborted) return reject(talk.signal.reason);
        last += 1;
        const id = last;
        const asked = { id, question, given } as Asked;
        waiting.set(id, { asked, resolve: resolve as (answer: unknown) => void, reject, talk });
        started().postMessage(asked);
        talk.signal?.addEventListener('abort', () => {
          if (!waiting.has(id)) return;
          worker?.postMessage({ id, question: 'cancel' } satisfies Asked);
          setTimeout(() => waiting.has(id) && restart(), GRACE_MS);
        });
      });
    },
  };
}
