import { importing } from './inherit-policy.ts';

/** The worker, with the page's own policy. */
export const openWorker = (): Worker =>
  new Worker(importing(new URL('worker.js', import.meta.url)), { type: 'module' });
