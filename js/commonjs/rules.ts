// rules.cjs: all that index.cjs does without. Its BillonceError is that of index.cjs.
export { findEarlier } from '../earlier.ts';
export { guard } from '../guard.ts';
export { keyByRules } from '../key-by-rules.ts';
export { minorUnits } from '../money.ts';
export { buildRequest, encodeForm, precheck } from '../request.ts';
export { classifyResponse } from '../response.ts';
