// A Code step with billonce before an HTTP step without a key, which then sends what it made.
import { type Fields, isObject, own } from '../flow/plain.ts';
import type { StripeCall } from '../lint/calls.ts';
import type { Context } from '../lint/draft.ts';
import type { Mend, MendedFile } from './file.ts';
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
  const event: Record<string, string | string[]> = {
    customer_id: params.get('customer') as string,
    amount_cents: params.get('amount') as string,
    billing_period: period,
    ...(branch ? { branch } : {}),
    // Two calls of one flow are two charges, also where customer, amount and period are the same.
    ...(context.calls.length > 1 ? { charge_type: step.name } : {}),
    ...(loops.length > 0 ? { loop_index: loops.map(({ name }) => output(name, 'index')) } : {}),
  };
  const endpoint = `POST ${path}`;
  const made = sourceFor({ endpoint, base_url: base, event, params });
  return ({ steps }) => {
    const place = steps.get(step.name);
    if (!place) return;
    const name = freeName(steps);
    repoint(place.step, (member) => output(name, member));
    const inserted = { ...codeStep(name, made), nextAction: place.step };
    (place.holder as Record<string | number, unknown>)[place.at] = inserted;
    steps.set(name, { ...place, step: inserted });
    steps.set(step.name, { step: place.step, holder: inserted, at: 'nextAction' });
  };
}

/** As the flow's other references are written: exports before 0.85.4 leave `output` out. */
const outputSyntax =
  ({ olderSyntax }: Context) =>
  (step: string, member: string): string =>
    `{{${step}${olderSyntax ? '' : "['output']"}['${member}']}}`;

function freeName(steps: MendedFile['steps']): string {
  const numbers = [...steps.keys()].map((name) => Number(/^step_(\d{1,9})$/.exec(name)?.[1] ?? 0));
  return `step_${numbers.reduce((most, number) => Math.max(most, number), 0) + 1}`;
}

const manual = { type: 'MANUAL' };

/** The HTTP step sends what the Code step made; its credential and other headers stay. */
function repoint(step: Fields, output: (member: string) => string): void {
  const settings = step.settings as Fields;
  const input = settings.input as Fields;
  const headers = Object.entries(isObject(input.headers) ? input.headers : {});
  const others = headers.filter(
    ([name]) => !['content-type', 'idempotency-key'].includes(name.trim().toLowerCase()),
  );
  settings.input = {
    ...input,
    url: output('url'),
    body_type: 'raw',
    body: { data: output('body') },
    headers: {
      ...Object.fromEntries(others),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Idempotency-Key': output('idempotency_key'),
    },
  };
  if (!isObject(settings.propertySettings)) return;
  const schema = { data: { type: 'LONG_TEXT', required: true, displayName: 'Raw Body' } };
  settings.propertySettings = { ...settings.propertySettings, body: { ...manual, schema } };
}

function codeStep(name: string, { input, code }: { input: Record<string, string>; code: string }): Fields {
  return {
    name,
    skip: false,
    type: 'CODE',
    valid: true,
    settings: {
      input,
      sampleData: {},
      sourceCode: { code, packageJson: JSON.stringify({ dependencies: { billonce: BILLONCE_VERSION } }) },
      errorHandlingOptions: { retryOnFailure: { value: false }, continueOnFailure: { value: false } },
    },
    displayName: 'Key of this charge (billonce)',
  };
}
