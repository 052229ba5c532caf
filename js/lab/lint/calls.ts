// The flow's POSTs to Stripe, whichever way they are made.
import { billonceCall, type Part } from '../code/billonce.ts';
import { stripeCalls } from '../code/stripe.ts';
import { isObject, own } from '../flow/plain.ts';
import { referencesIn } from '../flow/references.ts';
import type { Place } from '../flow/walk.ts';
import { isBillingPath, isUpdate, type StripeUrl, stripeUrl } from '../stripe-url.ts';
import type { CodeStep, PieceStep } from '../types.ts';
import type { Origin, Tracing } from './tracing.ts';

export interface StripeCall {
  place: Place;
  via: 'http' | 'code' | 'piece' | 'billonce';
  line?: number;
  /** Of what the key is made; null where there is none. */
  key: Origin[] | null;
  amount: Origin[];
  currency: Origin[];
  /** Of an HTTP step whose URL is written out. */
  url: StripeUrl | null;
  /** Whether it goes to Stripe's own host. */
  direct: boolean;
  /** Whether its repetition moves or asks for money once more. */
  billing: boolean;
}

export function callsOf(tracing: Tracing): StripeCall[] {
  return [...tracing.places.values()].flatMap((place) => {
    const { step } = place;
    if (place.skipped) return [];
    if (step.type === 'code') return inCode(tracing, place, step);
    if (step.type !== 'piece') return [];
    if (step.piece === '@activepieces/piece-http') return byHttp(tracing, place, step);
    return step.piece === '@activepieces/piece-stripe' ? byPiece(tracing, place, step) : [];
  });
}

function byHttp(tracing: Tracing, place: Place, step: PieceStep): StripeCall[] {
  const { url, method, headers } = step.input;
  if (step.action !== 'send_request' || String(method).toUpperCase() !== 'POST') return [];
  const found = typeof url === 'string' ? stripeUrl(url, tracing.proxy) : null;
  // Only what the URL refers to may make it: a Code step with billonce, or one that writes the URL out.
  const made = typeof url === 'string' && referencesIn(url).length > 0 ? tracing.input(url) : [];
  const written = made.flatMap((it) => (it.kind === 'literal' ? [stripeUrl(it.text, tracing.proxy)] : []));
  const target = found ?? written.find((it) => it !== null) ?? null;
  if (!target && !made.some(({ kind }) => kind === 'billonce')) return [];
  if (target && isUpdate(target.path)) return [];
  const key = headerOf(headers, 'idempotency-key');
  const origins = key === undefined || String(key).trim() === '' ? null : tracing.input(key);
  const { amount, currency } = paramsOf(tracing, own(step.input.body, 'data'));
  return [
    {
      place,
      via: 'http',
      key: origins,
      amount,
      currency,
      url: found,
      direct: target?.direct ?? false,
      billing: target ? isBillingPath(target.path) : true,
    },
  ];
}

export function headerOf(headers: unknown, wanted: string): unknown {
  if (!isObject(headers)) return undefined;
  return Object.entries(headers).find(([name]) => name.trim().toLowerCase() === wanted)?.[1];
}

/** Of a form-encoded text, or of an object. */
function paramsOf(tracing: Tracing, data: unknown): Pick<StripeCall, 'amount' | 'currency'> {
  const parameter = (name: string): Origin[] => {
    if (isObject(data)) return tracing.input(data[name]);
    const pairs = typeof data === 'string' ? data.split('&').map((pair) => pair.trim()) : [];
    return pairs
      .filter((pair) => pair.startsWith(`${name}=`))
      .flatMap((pair) => tracing.input(pair.slice(name.length + 1)));
  };
  return { amount: parameter('amount'), currency: parameter('currency') };
}

function inCode(tracing: Tracing, place: Place, step: CodeStep): StripeCall[] {
  const source = tracing.source(step);
  if (!('program' in source)) return [];
  const { program } = source;
  const origins = (parts: readonly Part[], ...path: string[]) =>
    parts.flatMap((part) =>
      tracing.expression(step, program, { node: part.node, path: [...part.path, ...path] }),
    );
  const sent = stripeCalls(program, tracing.proxy).map(({ line, params, key, direct }): StripeCall => {
    const whole = origins(params);
    // A body that is a text has its currency within.
    const written = whole.flatMap((it) =>
      it.kind === 'literal' ? (/\bcurrency=([a-z]{3})\b/i.exec(it.text)?.slice(1) ?? []) : [],
    );
    const currency: Origin[] = [
      ...origins(params, 'currency'),
      ...written.map((text) => ({ kind: 'literal' as const, text, line })),
    ];
    const amount = written.length > 0 ? whole : origins(params, 'amount');
    return {
      place,
      via: 'code',
      line,
      key: key.length > 0 ? origins(key) : null,
      amount,
      currency,
      url: null,
      direct,
      billing: true,
    };
  });
  const made = program.visits.flatMap(({ node }): StripeCall[] => {
    const call = node.type === 'CallExpression' ? billonceCall(program, node) : null;
    if (!call) return [];
    const event = origins(call.event);
    const amount = [...origins(call.event, 'amount_cents'), ...origins(call.params, 'amount')];
    const currency = [...origins(call.event, 'currency'), ...origins(call.params, 'currency')];
    const line = node.loc?.start.line ?? 1;
    return [
      { place, via: 'billonce', line, key: event, amount, currency, url: null, direct: false, billing: true },
    ];
  });
  return [...sent, ...made];
}

/** It takes a whole URL, or what stands after https://api.stripe.com/v1. */
function pathIn(target: string): string {
  const relative = target.startsWith('/') && !target.startsWith('/v1/');
  const url = relative ? `/v1${target}` : target;
  return stripeUrl(url.startsWith('/') ? `https://api.stripe.com${url}` : url, null)?.path ?? '';
}

/** The stock Stripe piece: it sends no key, and has no input for one. */
function byPiece(tracing: Tracing, place: Place, step: PieceStep): StripeCall[] {
  const { action, input } = step;
  const common = { place, via: 'piece' as const, url: null, direct: true, billing: true };
  if (action === 'custom_api_call') {
    const target = typeof own(input.url, 'url') === 'string' ? own(input.url, 'url') : input.url;
    const path = typeof target === 'string' ? pathIn(target) : '';
    if (String(input.method).toUpperCase() !== 'POST' || !isBillingPath(path) || isUpdate(path)) return [];
    const key = headerOf(input.headers, 'idempotency-key');
    return [
      {
        ...common,
        key: key === undefined || key === '' ? null : tracing.input(key),
        amount: [],
        currency: [],
      },
    ];
  }
  if (
    !/^(create|refund|confirm|capture|charge|pay)_?\w*(charge|payment|invoice|subscription|refund|payout|transfer|pay)/.test(
      action ?? '',
    )
  )
    return [];
  // It multiplies every amount by 100 itself.
  const amount: Origin[] = input.amount === undefined ? [] : [{ kind: 'times100', line: 1 }];
  return [{ ...common, key: null, amount, currency: tracing.input(input.currency) }];
}
