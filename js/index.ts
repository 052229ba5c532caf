export { findEarlier } from './earlier.ts';
export { BillonceError } from './error.ts';
export { guard } from './guard.ts';
export { idempotencyKey, idempotencyKeys } from './key.ts';
export { minorUnits } from './money.ts';
export { buildRequest, encodeForm, precheck } from './request.ts';
export { classifyResponse } from './response.ts';
export type * from './types.ts';
