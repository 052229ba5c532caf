// Amounts as people read them, exactly: the digits are moved as text.
import type { Money } from '../lab-types.ts';

/** Stripe's currencies without a smaller unit, and those with a thousandth (docs.stripe.com/currencies). */
const ZERO = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE = new Set('bhd jod kwd omr tnd'.split(' '));

const SYMBOLS: Record<string, string> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' };

const placesOf = (currency: string): number => (ZERO.has(currency) ? 0 : THREE.has(currency) ? 3 : 2);

/** 4900 of `usd` as `"$49.00"`. */
export function amount(minor: number, currency: string): string {
  const places = placesOf(currency);
  const digits = String(Math.abs(minor)).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ',');
  const number = places > 0 ? `${whole}.${digits.slice(-places)}` : whole;
  const sign = minor < 0 ? '−' : '';
  const symbol = SYMBOLS[currency];
  return symbol ? `${sign}${symbol}${number}` : `${sign}${number} ${currency.toUpperCase()}`;
}

/** Every currency of it, `"$0.00"` where there is none. */
export function amounts({ amounts }: Money): string {
  const told = Object.entries(amounts).map(([currency, minor]) => amount(minor, currency));
  return told.length > 0 ? told.join(' and ') : '$0.00';
}

/** What was charged beyond what is owed, by currency; only what is more. */
export function excess(charged: Money, owed: Money): Money {
  const more = Object.entries(charged.amounts)
    .map(([currency, minor]): [string, number] => [currency, minor - (owed.amounts[currency] ?? 0)])
    .filter(([, minor]) => minor > 0);
  return { charges: Math.max(0, charged.charges - owed.charges), amounts: Object.fromEntries(more) };
}

/** For ordering only: currencies are not the same money. */
export const weight = ({ amounts }: Money): number =>
  Object.entries(amounts).reduce((sum, [currency, minor]) => sum + minor / 10 ** placesOf(currency), 0);

export const charges = (count: number): string => (count === 1 ? '1 charge' : `${count} charges`);
