export { explainReport } from './faults/explain.ts';
export { moneyText } from './faults/money-text.ts';
export { compareApproaches, runScenario, searchFlow, testFlow } from './faults/public.ts';
export type * from './faults/types.ts';
export { withoutSecrets } from './fix/pass-on.ts';
export { readFlow } from './flow/read.ts';
export { fixFlow, lint } from './lint/lint.ts';
export type * from './run/types.ts';
export type * from './types.ts';
