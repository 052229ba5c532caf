export { readFlow } from './flow/read.ts';
export type * from './types.ts';
