// What a guard prepares besides charges. The keys are SHA-256 of preimages that were written down by hand.
import { EVENT, keyed, MIDNIGHT, NOW, PROXY, requestOf, VAULT_KEY } from './shared.mjs';

const KEYS = {
  paymentIntent: 'e3be575b02f8e33eed75075667fb99c2ea2dc5d35f6eecc515aedc259863ab98',
  confirm: '71ae4f407672dfad9e9462242c29aa79d4eb6709819332b165a286bdb84e773f',
  capture: '1e867de65744453daa312e6fc35b40cef1414cb8709af6f929eb681a716d4f8f',
  cancel: '042325c1bcd0b4d5a6584ac2d86d53a97a9c412be5b3b260b8c99f8144f04764',
  refund: '573803996513a0ad331b85a4846b58ee642530e78e841c963cdef6552f85b82b',
  invoiceItem: '91989472ab7b1a59cd0c23be5f1812f6b0a85eacab73aa624c9ce7510fac2fb6',
  invoice: '886a7e7d80bc34b24fffd63111186a3e44448d8bf9ad964798de338ef7089585',
  finalize: '382dd3030d02a727dcd9c841c24be45b7ca14eb11751b78a003bfde035a6f2b0',
  pay: '91c4bf5b33ce72624a773aaab3b80b9f3dabaeb3174b1ac3c3a514ca153e4122',
  subscription: '67d504b4c247a84e88abe4481e1f164e282b3203551fe7a045edc9ae27347bb7',
  transfer: 'b9268e7f588ff857461200f6e73f83648d99946949ef59fecfe1f50bde252197',
  payout: 'e5b5083c5cdeb50e1d4fed965d1642cae5ceebac0900c9744fa577586963db63',
  session: 'a1c22c57d54c1e1815b8cb660bddd76e0976503c49f5ec3c5a31be60daa12847',
};
const BILLED = 'amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06';

export function calls({ guard }, check) {
  const billing = guard({ vault_key: VAULT_KEY });
  const prepares = (title, call, name, path, body) => {
    const key = KEYS[name];
    const request = requestOf(key, body, `${PROXY}/v1/${path}`);
    check(title, () => call(), { idempotency_key: key, request, decision: null });
  };
  /** Of a call that makes an object, whose metadata takes the key. */
  const makes = (title, call, name, path, body) => prepares(title, call, name, path, keyed(body, KEYS[name]));

  const { paymentIntents, invoices } = billing;
  makes('a payment intent', () => paymentIntents.create(EVENT), 'paymentIntent', 'payment_intents', BILLED);
  const confirm = () => paymentIntents.confirm(EVENT, 'pi_1', { payment_method: 'pm_1' });
  prepares('its confirmation', confirm, 'confirm', 'payment_intents/pi_1/confirm', 'payment_method=pm_1');
  const captured = 'amount_to_capture=4900';
  const capturing = 'payment_intents/pi_1/capture';
  prepares('its capture', () => paymentIntents.capture(EVENT, 'pi_1'), 'capture', capturing, captured);
  const cancel = () => paymentIntents.cancel(EVENT, 'pi_1');
  prepares('its cancellation', cancel, 'cancel', 'payment_intents/pi_1/cancel', '');

  const refund = () => billing.refunds.create(EVENT, { charge: 'ch_1' });
  makes('a refund', refund, 'refund', 'refunds', 'amount=4900&charge=ch_1');
  const general = () => billing.prepare('POST /v1/refunds', EVENT, { charge: 'ch_1' });
  makes('the same by its path', general, 'refund', 'refunds', 'amount=4900&charge=ch_1');

  const item = () => billing.invoiceItems.create(EVENT, { invoice: 'in_1' });
  makes('an invoice item', item, 'invoiceItem', 'invoiceitems', `${BILLED}&invoice=in_1`);
  const drafted = 'customer=cus_A100&auto_advance=false';
  makes('an invoice', () => invoices.create(EVENT, { auto_advance: false }), 'invoice', 'invoices', drafted);
  const finalize = () => invoices.finalizeInvoice(EVENT, 'in_1');
  prepares('finalised', finalize, 'finalize', 'invoices/in_1/finalize', '');
  prepares('and paid', () => invoices.pay(EVENT, 'in/1'), 'pay', 'invoices/in%2F1/pay', '');

  const items = { items: [{ price: 'price_1' }] };
  const subscribed = 'customer=cus_A100&items[0][price]=price_1';
  const subscribe = () => billing.subscriptions.create(EVENT, items);
  makes('a subscription', subscribe, 'subscription', 'subscriptions', subscribed);
  const transfer = () => billing.transfers.create(EVENT, { destination: 'acct_1' });
  makes('a transfer', transfer, 'transfer', 'transfers', 'amount=4900&currency=usd&destination=acct_1');
  makes('a payout', () => billing.payouts.create(EVENT), 'payout', 'payouts', 'amount=4900&currency=usd');
  const open = () => billing.checkout.sessions.create(EVENT, { mode: 'setup' });
  makes('a checkout session', open, 'session', 'checkout/sessions', 'customer=cus_A100&mode=setup');

  judged(guard, check);
}

function judged(guard, check) {
  const policy = {
    allowed_endpoints: ['refunds.create', 'invoices.pay', 'payouts.create'],
    daily_usd_cap: 98,
  };
  const policed = () => guard({ policy, spent_usd_cents: 0, now: NOW, on_deny: 'return' });
  const decision = ({ decision: { code, amount_usd_cents, spent_usd_cents, message } }) => ({
    code,
    amount_usd_cents,
    spent_usd_cents,
    message,
  });
  const elsewhere =
    "POST /v1/invoices/{id}/pay does not carry its amount: fetch the invoice's amount_due first and pre-check that.";
  const unknown = { code: 'amount_unknown', amount_usd_cents: null, spent_usd_cents: 0, message: elsewhere };
  check('an amount to fetch', () => decision(policed().invoices.pay(EVENT, 'in_1')), unknown);
  const fetched = { amount: 4900, currency: 'usd' };
  const paid = () => decision(policed().invoices.pay(EVENT, 'in_1', undefined, fetched));
  const message = '$49.00 of the $98.00 left of the daily cap.';
  const allowed = { code: 'allowed', amount_usd_cents: 4900, spent_usd_cents: 0, message };
  check('an amount that was fetched', paid, allowed);
  const refund = () => decision(policed().refunds.create(EVENT, { charge: 'ch_1' }, { currency: 'usd' }));
  check('a currency that was fetched', refund, allowed);

  const three = () => {
    const { payouts, refunds } = policed();
    const steps = [
      payouts.create(EVENT),
      payouts.create(EVENT),
      refunds.create(EVENT, { charge: 'ch_1' }, { currency: 'usd' }),
      payouts.create({ ...EVENT, charge_type: 'second' }),
    ];
    return steps.map((step) => decision(step));
  };
  const left = '$49.00 of the $49.00 left of the daily cap.';
  const over = `$49.00 is more than the $0.00 left of the daily cap of $98.00, which starts anew at ${MIDNIGHT}.`;
  check('each call counts once', three, [
    allowed,
    allowed,
    { ...allowed, spent_usd_cents: 4900, message: left },
    { ...allowed, code: 'daily_usd_cap_exceeded', spent_usd_cents: 9800, message: over },
  ]);
  const denied = () => guard({ policy, now: NOW }).transfers.create(EVENT, { destination: 'acct_1' });
  const forbidden =
    'POST /v1/transfers is not on the allowlist (POST /v1/refunds, POST /v1/invoices/{id}/pay, POST /v1/payouts).';
  check('a denial stops the run', denied, {
    code: 'endpoint_not_allowed',
    field: 'policy',
    message: `policy forbids transfers.create: ${forbidden}`,
    decision: {
      allowed: false,
      code: 'endpoint_not_allowed',
      http_status: 403,
      message: forbidden,
      amount_usd_cents: 4900,
      spent_usd_cents: null,
      cap_usd_cents: 9800,
      remaining_usd_cents: null,
      resets_at: MIDNIGHT,
    },
  });
}
