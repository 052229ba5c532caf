export { scenarioJob, searchJob, testJob } from '../faults/jobs.ts';
export { readFlow } from '../flow/read.ts';
export { openLab } from '../run/open.ts';
export { openWorld } from '../world/world.ts';
