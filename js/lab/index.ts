export { readFlow } from './flow/read.ts';
export { lint } from './lint/lint.ts';
export type * from './types.ts';
