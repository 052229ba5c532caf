import { EVENT, KEY, PARAMS, requestOf, VAULT_KEY } from './shared.mjs';

export function requests({ buildRequest }, check) {
  const ofEvent = (more) =>
    buildRequest({ endpoint: 'POST /v1/charges', event: EVENT, params: PARAMS, ...more });
  const body = 'amount=4900&currency=usd&customer=cus_A100';
  check('of an event', () => ofEvent(), requestOf(KEY, body));
  check('by operation name', () => ofEvent({ endpoint: 'charges.create' }), requestOf(KEY, body));

  const capture = {
    endpoint: 'POST /v1/charges/{charge}/capture',
    path: { charge: 'ch/1 ü' },
    idempotency_key: 'capture-1',
    base_url: 'https://api.stripe.com/',
    stripe_account: 'acct_1AbC',
    stripe_version: '2026-10-28.endive',
  };
  const url = 'https://api.stripe.com/v1/charges/ch%2F1%20%C3%BC/capture';
  const headers = { 'Stripe-Account': 'acct_1AbC', 'Stripe-Version': '2026-10-28.endive' };
  const expected = requestOf('capture-1', '', url, headers);
  check('with a key of its own, a path and every header', () => buildRequest(capture), expected);

  const authorization = () => ofEvent({ vault_key: VAULT_KEY }).headers.Authorization;
  check('with a vault key', authorization, `Bearer ${VAULT_KEY}`);
  const redacted = requestOf(KEY, body, undefined, { Authorization: 'Bearer [redacted]' });
  check('whose JSON does not show it', () => ofEvent({ vault_key: VAULT_KEY }), redacted);
}
