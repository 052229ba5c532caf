import { minorUnits } from '../../index.ts';
import type { Money } from '../run/types.ts';

/** Such as `"$49.00"`, `"¥500"` or `"$49.00 and €10.00"`. */
export function moneyText({ amounts }: Money): string {
  const parts = Object.entries(amounts).map(([currency, amount]) => amountText(amount, currency));
  return parts.length > 0 ? parts.join(' and ') : '$0.00';
}

const SIGNS: Record<string, string> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' };

/** Whole units and what is left, without floats. */
function amountText(amount: number, currency: string): string {
  const unit = minorUnitOf(currency);
  const whole = ((amount - (amount % unit)) / unit).toLocaleString('en-US');
  const left = unit === 1 ? '' : `.${String(amount % unit).padStart(String(unit).length - 1, '0')}`;
  const sign = SIGNS[currency];
  return sign ? `${sign}${whole}${left}` : `${whole}${left} ${currency.toUpperCase()}`;
}

/** How many minor units a whole one has, by the product's own table of currencies. @internal */
export function minorUnitOf(currency: string): number {
  try {
    return minorUnits('1', currency);
  } catch {
    return 1;
  }
}
