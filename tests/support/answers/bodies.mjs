// Bodies in the shape of Stripe's API reference and of the two descriptions of the proxy, as JSON values.

/** A charge that succeeded, with every member that one has. */
export const CHARGE = {
  id: 'ch_3MmlLrLkdIwHu7ix0snN0B15',
  object: 'charge',
  amount: 4900,
  amount_captured: 4900,
  amount_refunded: 0,
  application: null,
  balance_transaction: 'txn_3MmlLrLkdIwHu7ix0uke3Ezy',
  billing_details: {
    address: { city: null, country: null, line1: null },
    email: null,
    name: null,
    phone: null,
  },
  calculated_statement_descriptor: 'Example',
  captured: true,
  created: 1679090539,
  currency: 'usd',
  customer: 'cus_A100',
  description: 'Renewal for 2026-06',
  disputed: false,
  failure_balance_transaction: null,
  failure_code: null,
  failure_message: null,
  fraud_details: {},
  invoice: null,
  livemode: false,
  metadata: { billonce_key: '817d1eae', status: 'failed' },
  outcome: {
    network_status: 'approved_by_network',
    reason: null,
    risk_level: 'normal',
    risk_score: 32,
    seller_message: 'Payment complete.',
    type: 'authorized',
  },
  paid: true,
  payment_intent: null,
  payment_method: 'card_1MmlLrLkdIwHu7ixIJwEWSNR',
  payment_method_details: {
    card: { brand: 'visa', checks: { cvc_check: null }, country: 'US', exp_month: 3, last4: '4242' },
    type: 'card',
  },
  receipt_email: null,
  receipt_url: 'https://pay.stripe.com/receipts/payment/x',
  refunded: false,
  source_transfer: null,
  status: 'succeeded',
  transfer_data: null,
};

/** A payment intent that succeeded. */
export const PAYMENT_INTENT = {
  id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  object: 'payment_intent',
  amount: 4900,
  amount_capturable: 0,
  amount_details: { tip: {} },
  amount_received: 4900,
  automatic_payment_methods: { enabled: true },
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic_async',
  client_secret: 'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_x',
  confirmation_method: 'automatic',
  created: 1680800504,
  currency: 'usd',
  customer: 'cus_A100',
  description: null,
  last_payment_error: null,
  latest_charge: 'ch_3MtwBwLkdIwHu7ix0snN0B15',
  livemode: true,
  metadata: {},
  next_action: null,
  payment_method: 'pm_1MtwBwLkdIwHu7ix',
  payment_method_types: ['card', 'link'],
  receipt_email: null,
  setup_future_usage: null,
  shipping: null,
  status: 'succeeded',
};

const declined = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' };

/** Statuses and bodies of answers that are no success. */
export const REFUSALS = [
  [
    402,
    { error: { ...declined, charge: 'ch_1', doc_url: 'https://stripe.com/docs/error-codes/card-declined' } },
  ],
  [
    402,
    {
      error: {
        ...declined,
        payment_intent: {
          ...PAYMENT_INTENT,
          amount_received: 0,
          last_payment_error: declined,
          status: 'requires_payment_method',
        },
      },
    },
  ],
  [400, { error: { type: 'invalid_request_error', code: 'parameter_missing', param: 'amount' } }],
  [400, { error: { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used …' } }],
  [409, { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } }],
  [429, { error: { type: 'invalid_request_error', code: 'lock_timeout' } }],
  [
    500,
    {
      error: {
        type: 'api_error',
        message: 'Sorry! There was an error while talking to one of our backends.',
      },
    },
  ],
  [
    429,
    {
      error: 'daily_usd_cap_exceeded',
      message: '…',
      cap_usd_cents: 4900,
      resets_at: '2026-06-02T00:00:00.000Z',
    },
  ],
  [429, { error: 'Daily spend cap of $50 reached', spent_today_usd: 50 }],
  [
    403,
    {
      error: 'Operation "payouts.create" is not permitted for this key',
      allowed_endpoints: ['charges.create'],
      attempted: 'payouts.create',
    },
  ],
  [401, { error: 'Vault key has been revoked' }],
  [403, { error: 'max_charge_usd_exceeded', message: '…', amount_usd_cents: 9900 }],
];
