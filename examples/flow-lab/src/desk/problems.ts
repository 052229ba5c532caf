// What is told where no answer of the lab comes at all.
import type { Problem } from '../state/types.ts';

/** A thread did not start, or broke off. */
export const WORKER_FAILED: Problem = {
  code: 'worker_failed',
  field: null,
  message: 'The lab’s thread could not be started, or broke off: load the page again.',
};

export const CANCELLED: Problem = { code: 'aborted', field: null, message: 'Cancelled.' };
