// The jobs of the lab's thread, by name.
import type { Job } from '../jobs.ts';
import { runOnce } from './run-once.ts';

export const JOBS: Record<string, Job> = { run: runOnce };
