/** The objects that only have to be created: each is its parameters, plus what Stripe fills in. */

/** @typedef {import('./types.mjs').Params} Params */

/**
 * @type {Record<string, { object: string, prefix: string, fields: Params }>} with defaults
 */
export const SIMPLE_OBJECTS = {
  customers: {
    object: 'customer',
    prefix: 'cus',
    fields: { balance: 0, description: null, email: null, name: null, phone: null },
  },
  transfers: {
    object: 'transfer',
    prefix: 'tr',
    fields: {
      amount: null,
      amount_reversed: 0,
      currency: null,
      description: null,
      destination: null,
      reversed: false,
    },
  },
  payouts: {
    object: 'payout',
    prefix: 'po',
    fields: {
      amount: null,
      currency: null,
      description: null,
      destination: null,
      method: 'standard',
      status: 'pending',
    },
  },
  topups: {
    object: 'topup',
    prefix: 'tu',
    fields: { amount: null, currency: null, description: null, status: 'pending' },
  },
  invoiceitems: {
    object: 'invoiceitem',
    prefix: 'ii',
    fields: { amount: null, currency: null, customer: null, description: null, invoice: null, quantity: 1 },
  },
};

/** @param {string} collection */
export function createSimple(collection) {
  const { object, prefix, fields } = SIMPLE_OBJECTS[collection];
  /** @param {import('./types.mjs').Context} context */
  return ({ params, books, now }) => {
    const given = Object.keys(fields).filter((name) => name in params);
    const filled = Object.fromEntries(given.map((name) => [name, params[name]]));
    return books.add(object, prefix, now, { ...fields, ...filled, metadata: { ...params.metadata } });
  };
}
