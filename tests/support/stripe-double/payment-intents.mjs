import { isDeclined, needsAuthentication } from './cards.mjs';
import { addCharge, DECLINE_MESSAGE, releaseAuthorization, take } from './charges.mjs';
import { cardDeclined, invalidRequest, StripeError } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */
/** @typedef {import('./types.mjs').Context} Context */

/** @param {Context} context */
export function createPaymentIntent(context) {
  const { params, books, now } = context;
  const intent = books.add('payment_intent', 'pi', now, {
    amount: params.amount,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    currency: params.currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    metadata: { ...params.metadata },
    next_action: null,
    payment_method: params.payment_method ?? null,
    status: params.payment_method ? 'requires_confirmation' : 'requires_payment_method',
  });
  return params.confirm ? confirm(intent, context) : intent;
}

/** @param {Context} context */
export function confirmPaymentIntent(context) {
  const intent = context.books.get('payment_intent', context.id, 'intent');
  intent.payment_method = context.params.payment_method ?? intent.payment_method;
  return confirm(intent, context);
}

/** @param {Context} context */
export function capturePaymentIntent({ params, id, books, moved }) {
  const intent = books.get('payment_intent', id, 'intent');
  expectStatus(intent, 'captured', 'requires_capture');
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable) {
    const where = { param: 'amount_to_capture', code: 'amount_too_large' };
    throw invalidRequest('The amount to capture is greater than the amount that can be captured.', where);
  }
  const charge = books.get('charge', intent.latest_charge, 'charge');
  take(charge, amount, moved);
  return Object.assign(intent, { status: 'succeeded', amount_received: amount, amount_capturable: 0 });
}

/** @param {Context} context */
export function cancelPaymentIntent({ params, id, books, now }) {
  const intent = books.get('payment_intent', id, 'intent');
  const open = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'];
  expectStatus(intent, 'canceled', ...open);
  if (intent.status === 'requires_capture') {
    releaseAuthorization(books.get('charge', intent.latest_charge, 'charge'));
  }
  return Object.assign(intent, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: now,
    cancellation_reason: params.cancellation_reason ?? null,
    next_action: null,
  });
}

/** @param {Params} intent @param {Context} context */
function confirm(intent, { params, books, now, moved }) {
  expectStatus(intent, 'confirmed', 'requires_payment_method', 'requires_confirmation', 'requires_action');
  if (!intent.payment_method) {
    // A customer's default payment method is not used for a payment intent, so naming the customer is not
    // enough.
    const message =
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update " +
      'the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a ' +
      'payment method.';
    throw invalidRequest(message, { code: 'payment_intent_unexpected_state' });
  }
  if (needsAuthentication(intent.payment_method)) return requireAction(intent, params);

  const declined = isDeclined(intent.payment_method, intent.customer);
  const charge = addCharge(books, now, { ...intent, payment_intent: intent.id }, declined);
  intent.latest_charge = charge.id;
  intent.next_action = null;
  if (declined) throw refuse(intent, cardDeclined(DECLINE_MESSAGE, { charge: charge.id }));
  if (intent.capture_method === 'manual') {
    return Object.assign(intent, { status: 'requires_capture', amount_capturable: intent.amount });
  }
  take(charge, charge.amount, moved);
  return Object.assign(intent, {
    status: 'succeeded',
    amount_received: intent.amount,
    last_payment_error: null,
  });
}

/**
 * With nobody there to authenticate, Stripe declines instead of waiting.
 *
 * @param {Params} intent
 * @param {Params} params
 */
function requireAction(intent, params) {
  if ((params.off_session ?? 'false') !== 'false' || params.error_on_requires_action) {
    const code = 'authentication_required';
    const message = 'Your card was declined. This transaction requires authentication.';
    throw refuse(intent, new StripeError(402, { type: 'card_error', code, decline_code: code, message }));
  }
  return Object.assign(intent, {
    status: 'requires_action',
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
  });
}

/**
 * The intent outlives the decline and waits for another card.
 *
 * @param {Params} intent
 * @param {StripeError} error
 */
function refuse(intent, error) {
  Object.assign(intent, {
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: error.error,
  });
  return new StripeError(error.status, { ...error.error, payment_intent: structuredClone(intent) });
}

/** @param {Params} intent @param {string} verb @param {...string} allowed */
function expectStatus(intent, verb, ...allowed) {
  if (allowed.includes(intent.status)) return;
  throw invalidRequest(
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}. ` +
      `Only a PaymentIntent with one of the following statuses may be ${verb}: ${allowed.join(', ')}.`,
    { code: 'payment_intent_unexpected_state' },
  );
}
