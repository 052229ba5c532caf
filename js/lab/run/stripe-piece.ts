// The stock Stripe piece, as far as its public source shows: no Idempotency-Key, and every currency times 100.
import { encodeForm } from '../../index.ts';
import { isObject } from '../flow/plain.ts';
import { STRIPE_KEY } from '../stand-ins.ts';
import { LONGEST_MS, PieceError, type Send } from './http-piece.ts';
import { jsonOrText } from './json-or-text.ts';

type Input = Record<string, unknown>;

/** The request of an action: its path, and its parameters; those that are empty are not sent. */
type Action = (input: Input) => { path: string; params: Input };

/** The piece says "in the currency's main unit", and knows of none without minor units. */
const times100 = (amount: unknown): number | undefined =>
  amount === undefined || amount === null || amount === '' ? undefined : Math.round(Number(amount) * 100);

const paymentIntent: Action = (input) => {
  if (isOn(input.confirm) && !input.payment_method) {
    throw new PieceError('Add a Payment Method ID, or turn off Charge Now.');
  }
  if (isOn(input.confirm) && !input.return_url)
    throw new PieceError('Add a Return URL, or turn off Charge Now.');
  const { currency, customer, payment_method, capture_method, return_url, description, receipt_email } =
    input;
  const confirm = isOn(input.confirm) || undefined;
  const amount = times100(input.amount);
  const rest = { customer, payment_method, capture_method, confirm, return_url, description, receipt_email };
  return { path: '/v1/payment_intents', params: { amount, currency, ...rest } };
};

const refund: Action = ({ payment_intent, amount, reason, metadata }) => ({
  path: '/v1/refunds',
  params: { payment_intent, amount: times100(amount), reason, metadata },
});

const invoice: Action = ({ customer_id, customer, currency, description }) => ({
  path: '/v1/invoices',
  params: { customer: customer ?? customer_id, currency, description },
});

const ACTIONS: Record<string, Action> = {
  create_payment_intent: paymentIntent,
  create_payment_intent_ai: paymentIntent,
  create_refund: refund,
  create_refund_ai: refund,
  create_invoice: invoice,
  // An older action, which took the minor unit.
  createPayment: ({
    amount,
    currency,
    payment_method,
    confirmation_method,
    confirm,
    description,
    metadata,
    receipt_email,
  }) => ({
    path: '/v1/payment_intents',
    params: {
      amount,
      currency,
      payment_method,
      confirmation_method,
      confirm,
      description,
      metadata,
      receipt_email,
    },
  }),
  create_customer: ({ email, name, description, phone, line1, postal_code, city, state, country }) => ({
    path: '/v1/customers',
    params: { email, name, description, phone, address: { line1, postal_code, city, state, country } },
  }),
};

export const isKnownAction = (action: string | null): boolean =>
  action !== null && Object.hasOwn(ACTIONS, action);

export async function stripeAction(action: string, input: Input, send: Send): Promise<unknown> {
  const { path, params } = (ACTIONS[action] as Action)(input);
  const reply = await send(
    {
      url: `https://api.stripe.com${path}`,
      method: 'POST',
      headers: {
        authorization: `Bearer ${secretOf(input.auth)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: encodeForm(given(params) as never),
      timeout_ms: LONGEST_MS,
    },
    false,
  );
  if ('failed' in reply) throw new PieceError('api.stripe.com did not answer');
  const body = jsonOrText(reply.body);
  if (reply.status >= 200 && reply.status < 300) return body;
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  throw new PieceError(
    `api.stripe.com answered ${reply.status}: ${String(error.code ?? error.message ?? '')}`,
  );
}

/** A connection is a text, or an object that holds it. Some exports leave it out: who imports one chooses it. */
function secretOf(auth: unknown): string {
  const text = isObject(auth) ? auth.secret_text : auth;
  return typeof text === 'string' && text !== '' ? text : STRIPE_KEY;
}

const isOn = (value: unknown): boolean => value === true || value === 'true';

function given(params: Input): Input {
  const pairs = Object.entries(params).map(([name, value]) => [name, isObject(value) ? given(value) : value]);
  return Object.fromEntries(
    pairs.filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
