// Who answers each question. It needs no worker: tests ask it directly.
import { BillonceError } from 'billonce';
import * as lab from '../lab.ts';
import type { Problem } from '../state/types.ts';
import { WORKER_FAILED } from './problems.ts';
import type { Question, Questions } from './words.ts';

type Answers = {
  [Q in Question]: (given: Questions[Q]['given'], talk: lab.Talk) => Promise<Questions[Q]['gives']>;
};

export const answers: Answers = {
  open: ({ source }) => lab.open(source),
  fix: lab.fix,
  passed_on: ({ text }) => lab.passedOn(text),
  test: lab.test,
  run: ({ subject, scenario }, talk) => lab.run(subject, scenario, talk),
  compare: lab.compare,
  search: ({ subject, depth, combinations }, talk) => lab.search(subject, { depth, combinations }, talk),
};

/** What a refusal says, and whose defect anything else is. */
export function problemOf(error: unknown): Problem {
  if (error instanceof BillonceError) {
    if (error.code === 'internal_error' && error.message.includes('thread ended')) return WORKER_FAILED;
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
