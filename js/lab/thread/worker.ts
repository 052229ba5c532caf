export { openLab } from '../run/open.ts';
export { readFlow } from '../flow/read.ts';
