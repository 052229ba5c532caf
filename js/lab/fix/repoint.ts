// A call that has a key already, through the user's own edge.

import type { Fields } from '../flow/plain.ts';
import { isObject } from '../flow/plain.ts';
import { referencesIn } from '../flow/references.ts';
import type { StripeCall } from '../lint/calls.ts';
import { headerOf } from '../lint/calls.ts';
import type { Context } from '../lint/draft.ts';
import { stripeUrl } from '../stripe-url.ts';
import { pinStep, stripeBase, VAULT_KEY, withToken } from './edge.ts';
import type { Mend } from './file.ts';
import { codeStep, freeName, insertBefore, outputSyntax } from './insert.ts';
import { loopInputs } from './items.ts';
import { sourceOfPin } from './request.ts';

/** Where calls are to go, and with which credential. */
export interface Target {
  base: string;
  token: string;
}

/** HTTP steps whose URL is written out, or made by billonce from a base URL among the inputs of a Code step. */
export function planTarget(call: StripeCall, context: Context, { base, token }: Target): Mend | null {
  const { step } = call.place;
  if (call.via !== 'http' || step.type !== 'piece') return null;
  const url = String(step.input.url).trim();
  const written = call.url && url === `${call.url.base}${call.url.path}` ? `${base}${call.url.path}` : null;
  const makers = written ? [] : basesOf(url, context);
  if (written === null && makers.length === 0) return null;
  return ({ steps }) => {
    const settings = steps.get(step.name)?.step.settings;
    if (!isObject(settings)) return;
    for (const { maker, input } of makers) setInput(steps.get(maker)?.step, { [input]: base });
    settings.input = withToken(settings.input as Fields, token);
    if (written) (settings.input as Fields).url = written;
  };
}

/** Through the user's own edge, with a pin where the event has an id. */
export function planRepointing(call: StripeCall, context: Context): Mend | null {
  const { edge, eventId } = context;
  const { step, loops } = call.place;
  if (edge === null || call.key === null) return null;
  const base = stripeBase(edge);
  const mend = planTarget(call, context, { base, token: VAULT_KEY });
  if (!mend) return null;
  const output = outputSyntax(context);
  return (mended) => {
    const { steps } = mended;
    mend(mended);
    const place = steps.get(step.name);
    const input = (place?.step.settings as Fields | undefined)?.input as Fields | undefined;
    const key = headerOf(input?.headers, 'idempotency-key');
    if (!place || !input || eventId === null || typeof key !== 'string') return;
    const name = freeName(steps);
    const made = sourceOfPin(base, { id: eventId, of: step.name }, loopInputs(loops, output));
    const where = codeStep(name, made, 'Where the key is pinned (billonce)', {});
    steps.set(name, place);
    const pinName = freeName(steps);
    insertBefore(steps, step.name, [where, pinStep(pinName, output(name, 'pin_url'), key)]);
    const headers = Object.entries(input.headers as Fields).map(([header, value]) =>
      header.trim().toLowerCase() === 'idempotency-key'
        ? [header, output(pinName, 'body', 'idempotency_key')]
        : [header, value],
    );
    input.headers = Object.fromEntries(headers);
  };
}

/** Inputs of the Code steps to which the URL refers, that hold the base URL of a proxy or of Stripe. */
function basesOf(url: string, { tracing }: Context): { maker: string; input: string }[] {
  return referencesIn(url).flatMap(({ root }) => {
    const step = tracing.places.get(root)?.step;
    if (step?.type !== 'code') return [];
    return Object.entries(step.input).flatMap(([input, value]) => {
      const isBase =
        typeof value === 'string' && stripeUrl(`${value}/v1/charges`, tracing.proxy)?.base === value;
      return isBase ? [{ maker: root, input }] : [];
    });
  });
}

function setInput(step: Fields | undefined, changed: Fields): void {
  const settings = step?.settings;
  if (isObject(settings) && isObject(settings.input)) settings.input = { ...settings.input, ...changed };
}
