import { EVENT, KEY, keyed, PARAMS, requestOf, VAULT_KEY } from './shared.mjs';

export function requests({ buildRequest }, check) {
  const ofEvent = (more) =>
    buildRequest({ endpoint: 'POST /v1/charges', event: EVENT, params: PARAMS, ...more });
  const plain = 'amount=4900&currency=usd&customer=cus_A100';
  const body = keyed(plain, KEY);
  check('of an event', () => ofEvent(), requestOf(KEY, body));
  check('without the key in its metadata', () => ofEvent({ metadata_key: false }), requestOf(KEY, plain));
  const metadata = () => ofEvent({ params: { ...PARAMS, metadata: { seats: 3 } } }).body;
  check('whose metadata has more', metadata, keyed(`${plain}&metadata[seats]=3`, KEY));
  const unset = () => ofEvent({ params: { ...PARAMS, metadata: '' } }).body;
  check('whose metadata is no object', unset, `${plain}&metadata=`);
  const other = () => ofEvent({ params: { tip: 1 }, allow_unknown_params: true, metadata_key: false }).body;
  check('with a parameter of another API version', other, 'tip=1');
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
