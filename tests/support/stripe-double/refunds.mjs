import { releaseAuthorization } from './charges.mjs';
import { invalidRequest } from './errors.mjs';

/** @param {import('./types.mjs').Context} context */
export function createRefund({ params, books, now }) {
  const charge = books.get('charge', chargeOf(params, books), 'charge');
  const left = charge.amount - charge.amount_refunded;
  if (left <= 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  }
  if (!charge.paid) throw invalidRequest(`Charge ${charge.id} was not successful and cannot be refunded.`);
  const amount = params.amount ?? left;
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
    throw invalidRequest(message, { param: 'amount' });
  }
  if (charge.captured) {
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
  } else if (amount === charge.amount) {
    releaseAuthorization(charge);
  } else {
    throw invalidRequest('You cannot partially refund an uncaptured charge.', { param: 'amount' });
  }
  return books.add('refund', 're', now, {
    amount,
    charge: charge.id,
    currency: charge.currency,
    metadata: { ...params.metadata },
    payment_intent: charge.payment_intent,
    reason: params.reason ?? null,
    status: 'succeeded',
  });
}

/** @param {import('./types.mjs').Params} params @param {import('./books.mjs').Books} books */
function chargeOf(params, books) {
  if ('charge' in params) return params.charge;
  const intent = books.get('payment_intent', params.payment_intent, 'payment_intent');
  if (intent.latest_charge) return intent.latest_charge;
  throw invalidRequest('This PaymentIntent does not have a successful charge to refund.', {
    param: 'payment_intent',
  });
}
