/** Stripe's magic test cards, and customers whose id says what their card will do. */

const DECLINED = new Set(['tok_chargeDeclined', 'pm_card_chargeDeclined']);

/** @param {unknown} card a source or a payment method @param {unknown} customer */
export function isDeclined(card, customer) {
  return DECLINED.has(String(card)) || (typeof customer === 'string' && customer.includes('declined'));
}

/** @param {unknown} payment_method */
export function needsAuthentication(payment_method) {
  return payment_method === 'pm_card_authenticationRequired';
}
