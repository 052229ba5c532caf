// For CommonJS: an error and the per-key path. The rest is rules.cjs, required when it is first needed: a host reads all of a
// file when it loads it, and a key needs a fifth. A bundler puts both files into one.
import type * as billonce from '../index.ts';
import { rules } from './load.ts';

export { BillonceError } from '../error.ts';
export { idempotencyKey, idempotencyKeys } from '../key.ts';

export const buildRequest: typeof billonce.buildRequest = (spec) => rules().buildRequest(spec);
export const classifyResponse: typeof billonce.classifyResponse = (response) =>
  rules().classifyResponse(response);
export const encodeForm: typeof billonce.encodeForm = (params) => rules().encodeForm(params);
export const findEarlier: typeof billonce.findEarlier = (...given) => rules().findEarlier(...given);
export const guard: typeof billonce.guard = (config) => rules().guard(config);
export const minorUnits: typeof billonce.minorUnits = (amount, currency) =>
  rules().minorUnits(amount, currency);
export const precheck: typeof billonce.precheck = (input) => rules().precheck(input);
