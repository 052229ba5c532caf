// The jobs of the lab's thread, by name.
import { compareJob, scenarioJob, searchJob, testJob } from '../faults/jobs.ts';
import type { Job } from '../jobs.ts';
import { runOnce } from './run-once.ts';

export const JOBS: Record<string, Job> = {
  run: runOnce,
  scenario: scenarioJob,
  test: testJob,
  search: searchJob,
  compare: compareJob,
};
