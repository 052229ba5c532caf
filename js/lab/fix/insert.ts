// A Code step with billonce before an HTTP step without a key, which then sends what it made. With an edge, a step between the two
// pins the key to its event.
import { type Fields, isObject, own } from '../flow/plain.ts';
import type { StripeCall } from '../lint/calls.ts';
import type { Context } from '../lint/draft.ts';
import { pinStep, stripeBase, VAULT_KEY, withToken } from './edge.ts';
import type { Mend, MendedFile } from './file.ts';
import { loopInputs } from './items.ts';
import { periodFor } from './period.ts';
import { readParams, sourceFor } from './request.ts';

declare const BILLONCE_VERSION: string;

const ENDPOINTS = ['/v1/charges', '/v1/payment_intents'];

/** Only where the flow itself says what is billed to whom for which period: a guess here would be a wrong key. */
export function planInsertion(call: StripeCall, context: Context): Mend | null {
  const { step, loops, branches } = call.place;
  if (call.via !== 'http' || step.type !== 'piece' || !call.url || !ENDPOINTS.includes(call.url.path))
    return null;
  const { base, path } = call.url;
  // What else an address says, such as a query, would be lost.
  if (!/^https?:\/\//.test(base) || String(step.input.url).trim() !== `${base}${path}`) return null;
  const params = readParams(own(step.input.body, 'data'));
  const period = periodFor(call.place, context.periods);
  if (!params?.has('amount') || !params.has('customer') || !period) return null;
  const branch = branches.map(({ router, at }) => router.branches[at]?.name.trim() ?? '').join(' / ');
  if (/[:\p{C}]|-branch-/u.test(branch)) return null;
  const output = outputSyntax(context);
  const event: Record<string, string> = {
    customer_id: params.get('customer') as string,
    amount_cents: params.get('amount') as string,
    billing_period: period,
    ...(branch ? { branch } : {}),
    // Two calls of one flow are two charges, also where customer, amount and period are the same.
    ...(context.calls.length > 1 ? { charge_type: step.name } : {}),
  };
  const { edge } = context;
  const pin = edge !== null && context.eventId !== null ? { id: context.eventId, of: step.name } : null;
  const made = sourceFor({
    endpoint: `POST ${path}`,
    base_url: edge === null ? base : stripeBase(edge),
    event,
    params,
    loops: loopInputs(loops, (name, member) => output(name, member)),
    pin,
  });
  return ({ steps }) => {
    const place = steps.get(step.name);
    if (!place) return;
    const name = freeName(steps);
    const key = (member: string) => output(name, member);
    steps.set(name, place);
    const pinName = pin && freeName(steps);
    const sent: Sent = pinName
      ? {
          url: key('url'),
          key: output(pinName, 'body', 'idempotency_key'),
          // The key that was pinned: a retry of an edited flow must send what the first run sent.
          body: `${key('body')}&metadata[billonce_key]=${output(pinName, 'body', 'idempotency_key')}`,
        }
      : { url: key('url'), key: key('idempotency_key'), body: key('body') };
    repoint(place.step, sent, edge !== null);
    const chain = [
      codeStep(name, made),
      ...(pinName ? [pinStep(pinName, key('pin_url'), key('idempotency_key'))] : []),
    ];
    insertBefore(steps, step.name, chain);
  };
}

/** Into the chain, and into what knows the steps by their names. */
export function insertBefore(steps: MendedFile['steps'], before: string, chain: readonly Fields[]): void {
  const place = steps.get(before);
  if (!place) return;
  let { holder, at } = place;
  for (const step of chain) {
    (holder as Record<string | number, unknown>)[at] = step;
    steps.set(String(step.name), { step, holder, at });
    [holder, at] = [step, 'nextAction'];
  }
  (holder as Record<string | number, unknown>)[at] = place.step;
  steps.set(before, { step: place.step, holder, at });
}

/** As the flow's other references are written: exports before 0.85.4 leave `output` out. */
export const outputSyntax =
  ({ olderSyntax }: Context) =>
  (step: string, ...members: string[]): string =>
    `{{${step}${olderSyntax ? '' : "['output']"}${members.map((member) => `['${member}']`).join('')}}}`;

export function freeName(steps: MendedFile['steps']): string {
  const numbers = [...steps.keys()].map((name) => Number(/^step_(\d{1,9})$/.exec(name)?.[1] ?? 0));
  return `step_${numbers.reduce((most, number) => Math.max(most, number), 0) + 1}`;
}

interface Sent {
  url: string;
  key: string;
  body: string;
}

const manual = { type: 'MANUAL' };

/** The HTTP step sends what the Code step made; its other headers stay, and but for an edge its credential. */
function repoint(step: Fields, sent: Sent, toEdge: boolean): void {
  const settings = step.settings as Fields;
  const old = settings.input as Fields;
  const input = toEdge ? withToken(old, VAULT_KEY) : old;
  const headers = Object.entries(isObject(input.headers) ? input.headers : {});
  const others = headers.filter(
    ([name]) => !['content-type', 'idempotency-key'].includes(name.trim().toLowerCase()),
  );
  settings.input = {
    ...input,
    url: sent.url,
    body_type: 'raw',
    body: { data: sent.body },
    headers: {
      ...Object.fromEntries(others),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Idempotency-Key': sent.key,
    },
  };
  if (!isObject(settings.propertySettings)) return;
  const schema = { data: { type: 'LONG_TEXT', required: true, displayName: 'Raw Body' } };
  settings.propertySettings = { ...settings.propertySettings, body: { ...manual, schema } };
}

export function codeStep(
  name: string,
  { input, code }: { input: Record<string, unknown>; code: string },
  displayName = 'Key of this charge (billonce)',
  dependencies: object = { billonce: BILLONCE_VERSION },
): Fields {
  return {
    name,
    skip: false,
    type: 'CODE',
    valid: true,
    settings: {
      input,
      sampleData: {},
      sourceCode: { code, packageJson: JSON.stringify({ dependencies }) },
      errorHandlingOptions: { retryOnFailure: { value: false }, continueOnFailure: { value: false } },
    },
    displayName,
  };
}
