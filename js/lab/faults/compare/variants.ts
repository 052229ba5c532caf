// A flow with and without keys, to Stripe itself or through a proxy: derived from it as the fixer mends, never guessed.

import { VAULT_KEY } from '../../fix/edge.ts';
import { mendedBy } from '../../fix/plan.ts';
import { planTarget, type Target } from '../../fix/repoint.ts';
import type { Fields } from '../../flow/plain.ts';
import { isObject } from '../../flow/plain.ts';
import { contextFor } from '../../lint/context.ts';
import { fixFlow } from '../../lint/lint.ts';
import { EDGE, PROXY, STRIPE, type Variant, type Variants } from './approaches.ts';

const DIRECT: Target = { base: STRIPE, token: "{{connections['stripe_secret_key']}}" };
const PROXIED: Target = { base: PROXY, token: VAULT_KEY };

/** Its calls without an Idempotency-Key. */
function withoutKeys(flow: unknown): Variant {
  const { context, text } = contextFor(flow);
  const keyed = context.calls.filter(({ key, via }) => key !== null && via !== 'billonce');
  const other = keyed.find(({ via }) => via !== 'http');
  if (other)
    return { missing: `${other.place.step.name} makes its key in its own code, which cannot be taken away` };
  const mends = keyed.map(({ place }) => ({ steps }: { steps: ReadonlyMap<string, { step: Fields }> }) => {
    const input = (steps.get(place.step.name)?.step.settings as Fields | undefined)?.input;
    if (!isObject(input) || !isObject(input.headers)) return;
    const others = Object.entries(input.headers).filter(
      ([name]) => name.trim().toLowerCase() !== 'idempotency-key',
    );
    input.headers = Object.fromEntries(others);
  });
  return { flow: mendedBy(mends, text) };
}

/** Its calls with the keys that they have, or with billonce's. */
function withKeys(flow: unknown, edge?: string, payload?: unknown): Variant {
  const { fixed, limits } = fixFlow(flow, { ...(edge === undefined ? {} : { edge }), payload });
  const left = limits.find(({ kind }) => kind === 'not_mended');
  return left ? { missing: `${left.step}: ${left.message}` } : { flow: fixed ?? flow };
}

/** Its calls sent elsewhere. */
function sentTo(flow: unknown, target: Target): Variant {
  const { context, text } = contextFor(flow);
  const calls = context.calls.filter(({ via }) => via !== 'billonce');
  const mends = calls.map((call) => planTarget(call, context, target));
  const at = mends.indexOf(null);
  if (calls.length === 0) return { missing: 'the flow makes no call to Stripe that can be read from it' };
  if (at >= 0)
    return {
      missing: `${calls[at]?.place.step.name} calls Stripe in its own code, which cannot be sent elsewhere`,
    };
  return {
    flow: mendedBy(
      mends.filter((mend) => mend !== null),
      text,
    ),
  };
}

/** One after the other, as long as there is a flow. */
const chained = (flow: unknown, ...steps: ((flow: unknown) => Variant)[]): Variant =>
  steps.reduce<Variant>((variant, step) => ('flow' in variant ? step(variant.flow) : variant), { flow });

/** @param payload Shows whether the event has an id of its own. */
export function variantsOf(flow: unknown, payload: unknown): Variants {
  const raw = chained(flow, withoutKeys, (it) => sentTo(it, DIRECT));
  const keyed = (target: Target) =>
    chained(
      flow,
      (it) => sentTo(it, target),
      (it) => withKeys(it),
    );
  return {
    raw_key: raw,
    restricted_key: raw,
    key_only: keyed(DIRECT),
    proxy_only: chained(flow, withoutKeys, (it) => sentTo(it, PROXIED)),
    key_and_proxy: keyed(PROXIED),
    billonce_edge: withKeys(flow, EDGE, payload),
  };
}
