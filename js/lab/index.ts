export { withoutSecrets } from './fix/pass-on.ts';
export { readFlow } from './flow/read.ts';
export { fixFlow, lint } from './lint/lint.ts';
export type * from './types.ts';
