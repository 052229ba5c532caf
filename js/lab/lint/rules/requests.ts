// Rules about where a call goes and what it sends.
import { minorUnits } from '../../../index.ts';
import { headerOf } from '../calls.ts';
import type { Draft, Rule } from '../draft.ts';
import type { Origin } from '../tracing.ts';

export const directUrl: Rule = ({ calls, proxy }) =>
  calls.flatMap(({ direct, place, line }): Draft[] => {
    if (!direct || proxy === null) return [];
    const message =
      'This call goes to api.stripe.com, past the proxy: no cap and no list of endpoints holds it, and nothing logs it.';
    // The proxy's address is not repeated: some hold a secret.
    const fix = "Send it below the proxy's base URL, with the vault key as its bearer token.";
    return [{ rule: 'direct-stripe-url', severity: 'error', step: place.step.name, line, message, fix }];
  });

const TYPES: Record<string, string> = {
  form_data: 'Form data is sent as multipart, which Stripe does not take',
  json: 'JSON is what Stripe does not take',
};

export const bodyType: Rule = ({ calls }) =>
  calls.flatMap((call): Draft[] => {
    const { step } = call.place;
    if (call.via !== 'http' || step.type !== 'piece') return [];
    const type = String(step.input.body_type);
    const untyped = type === 'raw' && headerOf(step.input.headers, 'content-type') === undefined;
    const why = untyped
      ? 'A raw body without a Content-Type is sent as text/plain, in which Stripe reads no parameters'
      : TYPES[type];
    if (!why) return [];
    const message = `${why}: the call fails.`;
    const fix = 'Set the body to raw, and the header Content-Type to application/x-www-form-urlencoded.';
    return [{ rule: 'body-not-form-encoded', severity: 'error', step: step.name, message, fix, call }];
  });

export const zeroDecimal: Rule = ({ calls }) =>
  calls.flatMap(({ amount, currency, place, line, via }): Draft[] => {
    const times = amount.find(({ kind }) => kind === 'times100');
    const named = currency.filter(({ kind }) => kind === 'literal');
    if (!times || named.length === 0 || named.length < currency.length || !named.every(hasNoDecimals))
      return [];
    const who =
      via === 'piece' ? 'The Stripe piece multiplies every amount by 100' : 'The amount is multiplied by 100';
    const message = `${who}, but this currency has no smaller unit: the customer pays a hundred times as much.`;
    const fix =
      via === 'piece'
        ? 'Use a Code step with billonce and an HTTP step in its place.'
        : "Take the amount from billonce: minorUnits('500', 'jpy') is 500, minorUnits('49.00', 'usd') is 4900.";
    const at = times.step ? { step: times.step, line: times.line } : { step: place.step.name, line };
    return [{ rule: 'zero-decimal-times-100', severity: 'error', ...at, message, fix }];
  });

/** By the product's own table of currencies. */
function hasNoDecimals(origin: Origin): boolean {
  if (origin.kind !== 'literal') return false;
  try {
    return minorUnits('1', origin.text.trim()) === 1;
  } catch {
    return false;
  }
}
