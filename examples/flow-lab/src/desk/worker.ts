// The page's worker: everything that reads or runs a flow is done here, so that the page itself is never kept waiting.
import type { Talk } from '../lab.ts';
import { answers, problemOf } from './answers.ts';
import { inheritPolicy } from './inherit-policy.ts';
import type { Asked, Heard } from './words.ts';

inheritPolicy();

const tell = (told: Heard): void => postMessage(told);

const cancels = new Map<number, AbortController>();

self.onmessage = async ({ data: asked }: MessageEvent<Asked>) => {
  const { id } = asked;
  if (asked.question === 'cancel') return cancels.get(id)?.abort();
  const cancel = new AbortController();
  cancels.set(id, cancel);
  const progress = (done: number, total: number, note = ''): void =>
    tell({ id, kind: 'progress', done, total, note });
  try {
    const answer = answers[asked.question] as (given: unknown, talk: Talk) => Promise<unknown>;
    tell({ id, kind: 'answer', answer: await answer(asked.given, { signal: cancel.signal, progress }) });
  } catch (error) {
    tell({ id, kind: 'refused', problem: problemOf(error) });
  } finally {
    cancels.delete(id);
  }
};
