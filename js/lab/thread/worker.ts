export { scenarioJob, searchJob, testJob } from '../faults/jobs.ts';
export { openLab } from '../run/open.ts';
export { readFlow } from '../flow/read.ts';
