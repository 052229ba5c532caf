// The page's worker: everything that reads or runs a flow is done here, so that the page itself is never kept waiting.
import { BillonceError } from 'billonce';
import * as lab from '../lab.ts';
import type { Problem } from '../state/types.ts';
import type { Asked, Heard, Question, Questions } from './words.ts';

const tell = (told: Heard): void => postMessage(told);

type Answers = {
  [Q in Question]: (given: Questions[Q]['given'], talk: lab.Talk) => Promise<Questions[Q]['gives']>;
};

const answers: Answers = {
  open: ({ source }) => lab.open(source),
  fix: ({ text, finding }) => lab.fix(text, finding),
  passed_on: ({ text }) => lab.passedOn(text),
  test: lab.test,
  run: ({ subject, scenario }, talk) => lab.run(subject, scenario, talk),
  compare: lab.compare,
  search: ({ subject, depth, combinations }, talk) => lab.search(subject, { depth, combinations }, talk),
};

const cancels = new Map<number, AbortController>();

self.onmessage = async ({ data: asked }: MessageEvent<Asked>) => {
  const { id } = asked;
  if (asked.question === 'cancel') return cancels.get(id)?.abort();
  const cancel = new AbortController();
  cancels.set(id, cancel);
  const progress = (done: number, total: number, note = ''): void =>
    tell({ id, kind: 'progress', done, total, note });
  try {
    const answer = answers[asked.question] as (given: unknown, talk: lab.Talk) => Promise<unknown>;
    tell({ id, kind: 'answer', answer: await answer(asked.given, { signal: cancel.signal, progress }) });
  } catch (error) {
    tell({ id, kind: 'refused', problem: problemOf(error) });
  } finally {
    cancels.delete(id);
  }
};

function problemOf(error: unknown): Problem {
  if (error instanceof BillonceError) {
    return { code: error.code, field: error.field ?? null, message: error.message };
  }
  if (error instanceof DOMException) {
    return {
      code: 'unreadable_file',
      field: null,
      message: 'The file cannot be read: it may have been moved or changed since.',
    };
  }
  return {
    code: 'internal_error',
    field: null,
    message: 'The lab failed at this. That is a defect of the lab, not of your flow.',
  };
}
