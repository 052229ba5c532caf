// Where each endpoint's request says how much money it moves, and what a guard fills in: written by hand from Stripe's API
// reference. What is not named here moves no money. scripts/generate-endpoints.mjs merges it into the table and refuses names
// that Stripe lacks.

/** By the place of the amount: the paths below `/v1/`. */
export const AMOUNTS = [
  {
    // In the request, with a currency beside it. Stripe refuses a call without it, or derives it from another object.
    source: 'parameter',
    name: 'amount',
    paths: [
      'charges',
      'customers/{id}/balance_transactions',
      'payment_intents',
      'payment_intents/{id}/increment_authorization',
      'payouts',
      'topups',
      'transfers',
      'treasury/inbound_transfers',
      'treasury/outbound_payments',
      'treasury/outbound_transfers',
    ],
  },
  {
    // In the request; where it is left out, Stripe takes all there is.
    source: 'optional',
    name: 'amount',
    paths: [
      'application_fees/{id}/refunds',
      'charges/{id}/capture',
      'climate/orders',
      'credit_notes',
      'invoiceitems/{id}',
      'issuing/authorizations/{id}/approve',
      'payment_intents/{id}',
      'payment_intents/{id}/apply_customer_balance',
      'refunds',
      'terminal/readers/{id}/refund_payment',
      'transfers/{id}/reversals',
    ],
  },
  { source: 'optional', name: 'amount_to_capture', paths: ['payment_intents/{id}/capture'] },
  // The same, but API versions before 2026-04 lack it, so that a guard does not fill it in.
  { source: 'notFilled', name: 'amount_to_confirm', paths: ['payment_intents/{id}/confirm'] },
  // In the request, or in its `price_data` and `quantity`.
  { source: 'priced', name: 'amount', paths: ['invoiceitems'] },
  // The sum of a list's `price_data` and `quantity`; unknown where an item names a price by its id.
  { source: 'list', name: 'line_items', paths: ['checkout/sessions', 'payment_links'] },
  ...elsewhere({
    "the credit note's amount": ['credit_notes/{id}/void'],
    'the forwarded request': ['forwarding/requests'],
    "the grant's amount.monetary": ['billing/credit_grants'],
    "the invoice's amount_due": [
      'invoices',
      'invoices/{id}',
      'invoices/{id}/add_lines',
      'invoices/{id}/attach_payment',
      'invoices/{id}/finalize',
      'invoices/{id}/pay',
      'invoices/{id}/remove_lines',
      'invoices/{id}/send',
      'invoices/{id}/update_lines',
      'invoices/{invoiceId}/lines/{id}',
    ],
    "the meter's prices": ['billing/meter_event_adjustments', 'billing/meter_events'],
    // Right amounts are what the bank was waiting for: it is debited then.
    "the payment intent's amount": [
      'payment_intents/{id}/verify_microdeposits',
      'terminal/readers/{id}/collect_payment_method',
      'terminal/readers/{id}/confirm_payment_intent',
      'terminal/readers/{id}/process_payment_intent',
    ],
    "the payout's amount": ['payouts/{id}/reverse'],
    "the quote's amount_total": ['quotes/{id}/accept'],
    "the received credit's amount": ['treasury/credit_reversals'],
    "the received debit's amount": ['treasury/debit_reversals'],
    // Even with prices in the request: a subscription's invoice takes up what else the customer was to be billed.
    "the subscription's upcoming invoice (POST /v1/invoices/create_preview)": [
      'subscription_items',
      'subscription_items/{id}',
      'subscription_schedules',
      'subscription_schedules/{id}',
      'subscription_schedules/{id}/cancel',
      'subscriptions',
      'subscriptions/{id}',
      'subscriptions/{id}/migrate',
      'subscriptions/{id}/pause',
      'subscriptions/{id}/resume',
    ],
  }),
];

/** Parameters that add to the amount, or say it otherwise: with one of them it cannot be read from the request. */
export const OBSCURING = {
  'checkout/sessions': [
    'automatic_tax',
    'managed_payments',
    'optional_items',
    'shipping_options',
    'subscription_data',
  ],
  'checkout/sessions/{id}': ['line_items', 'shipping_options'],
  'climate/orders': ['metric_tons'],
  credit_notes: ['lines', 'shipping_cost'],
  customers: ['balance'],
  'customers/{id}': ['balance'],
  invoiceitems: ['price_data', 'pricing', 'quantity', 'quantity_decimal', 'unit_amount_decimal'],
  'invoiceitems/{id}': ['price_data', 'pricing', 'quantity', 'quantity_decimal', 'unit_amount_decimal'],
  payment_links: [
    'automatic_tax',
    'managed_payments',
    'optional_items',
    'shipping_options',
    'subscription_data',
  ],
  'payment_links/{id}': ['automatic_tax', 'line_items', 'optional_items', 'shipping_options'],
};

/** Where a negative amount is a credit to the customer. */
export const NEGATIVE = ['customers/{id}/balance_transactions', 'invoiceitems', 'invoiceitems/{id}'];

/** What a guard takes from the event, besides the amount and the currency that belongs to it. */
export const FILLED = {
  customer: [
    'billing/credit_grants',
    'charges',
    'checkout/sessions',
    'invoiceitems',
    'invoices',
    'payment_intents',
    'quotes',
    'setup_intents',
    'subscription_schedules',
    'subscriptions',
  ],
  description: ['charges', 'invoiceitems', 'payment_intents'],
};

function elsewhere(places) {
  return Object.entries(places).map(([name, paths]) => ({ source: 'elsewhere', name, paths }));
}
