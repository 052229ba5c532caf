import { authorize, takeVaultKey } from './credential.ts';
import { atPresent, member, read, withMember, without } from './door.ts';
import { ask } from './engine.ts';
import { decisionOf, requestOf } from './replies.ts';
import type { Decision, PrecheckInput, RequestSpec, StripeParams, StripeRequest } from './types.ts';

/**
 * Stripe's form encoding, byte for byte as stripe-node writes it.
 *
 * @throws {BillonceError} for what is not plain data: functions, symbols, class instances, cycles, lone surrogates.
 */
export function encodeForm(params: StripeParams): string {
  const tree = read(params);
  return ask('encode_form', tree) as string;
}

/**
 * The HTTP request for one of Stripe's v1 POST endpoints, with its idempotency key.
 *
 * With a `vault_key` it has an Authorization header and must not leave the step; without one the sender adds it.
 *
 * @throws {BillonceError} for a spec that is refused; `field` is such as `"event.customer_id"` or `"params.amount"`.
 */
export function buildRequest(spec: RequestSpec): StripeRequest {
  const { tree, vaultKey } = takeVaultKey(read(spec), 'spec');
  const request = requestOf(ask('build_request', tree));
  return vaultKey === undefined ? request : authorize(request, vaultKey);
}

/**
 * Whether a request may be sent, by the rules that the edge enforces. Nothing is sent or reserved.
 *
 * @throws {BillonceError} for input that cannot be judged. A request that is judged and forbidden is a decision.
 */
export function precheck(input: PrecheckInput): Decision {
  let tree = atPresent(read(input));
  const request = member(tree, 'request');
  // A built request may carry the vault key, which has no business in wasm memory.
  if (request !== undefined) tree = withMember(tree, 'request', without(request, 'headers'));
  return decisionOf(ask('precheck', tree));
}
