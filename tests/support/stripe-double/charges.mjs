import { isDeclined } from './cards.mjs';
import { cardDeclined, invalidRequest } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */
/** @typedef {import('./types.mjs').Context} Context */

export const DECLINE_MESSAGE = 'Your card was declined.';

/** @param {Context} context */
export function createCharge({ params, books, now, moved }) {
  const declined = isDeclined(params.source, params.customer);
  const charge = addCharge(books, now, params, declined);
  if (declined) throw cardDeclined(DECLINE_MESSAGE, { charge: charge.id });
  if (params.capture !== false) take(charge, charge.amount, moved);
  return charge;
}

/** @param {Context} context */
export function captureCharge({ params, id, books, moved }) {
  const charge = books.get('charge', id, 'charge');
  if (charge.captured) {
    throw invalidRequest(`Charge ${id} has already been captured.`, { code: 'charge_already_captured' });
  }
  if (charge.refunded) {
    throw invalidRequest(`Charge ${id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (!charge.paid) throw invalidRequest(`Charge ${id} was not successful and cannot be captured.`);
  if (params.amount > charge.amount) {
    const where = { param: 'amount', code: 'amount_too_large' };
    throw invalidRequest('You cannot capture more than the amount of the charge.', where);
  }
  take(charge, params.amount ?? charge.amount, moved);
  return charge;
}

/**
 * @param {import('./books.mjs').Books} books
 * @param {number} now
 * @param {Params} params
 * @param {boolean} declined
 */
export function addCharge(books, now, params, declined) {
  return books.add('charge', 'ch', now, {
    amount: params.amount,
    amount_captured: 0,
    amount_refunded: 0,
    captured: false,
    currency: params.currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    failure_code: declined ? 'card_declined' : null,
    failure_message: declined ? DECLINE_MESSAGE : null,
    metadata: { ...params.metadata },
    paid: !declined,
    payment_intent: params.payment_intent ?? null,
    payment_method: params.payment_method ?? null,
    refunded: false,
    status: declined ? 'failed' : 'succeeded',
  });
}

/**
 * The one place where money moves.
 *
 * @param {Params} charge
 * @param {number} amount
 * @param {Context['moved']} moved
 */
export function take(charge, amount, moved) {
  charge.captured = true;
  charge.amount_captured = amount;
  // What is authorised and not captured goes back to the card, which Stripe shows as a refund.
  charge.amount_refunded = charge.amount - amount;
  moved(charge, amount);
}

/** @param {Params} charge */
export function releaseAuthorization(charge) {
  charge.refunded = true;
  charge.amount_refunded = charge.amount;
}
