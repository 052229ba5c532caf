import { read } from './door.ts';
import { ask } from './engine.ts';

/**
 * The amount as Stripe takes it: an integer of the currency's minor unit. `minorUnits("49.90", "usd")` is 4990,
 * `minorUnits("500", "jpy")` is 500, so that no amount is a hundred times what was meant.
 *
 * Nothing is rounded: more decimals than the currency has are refused, zeros too, since a point separates thousands
 * in many countries. A number must be whole, since JavaScript has no exact 49.90.
 *
 * Source: Stripe, "Supported currencies".
 *
 * @param currency In either case.
 * @throws {BillonceError} `invalid_amount` or `invalid_currency`, and what is refused of any text (white space, `{{…}}`).
 */
export function minorUnits(amount: string | number | bigint, currency: string): number {
  return ask('minor_units', read(amount), read(currency)) as number;
}
