export { governed } from './governed.ts';
export type * from './types.ts';
