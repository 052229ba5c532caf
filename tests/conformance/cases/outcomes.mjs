export function outcomes({ classifyResponse }, check) {
  /** `verdict` is kind, charged and retry; `answer` is status, body and headers. */
  const classify = (title, verdict, message, [http_status, body, headers], more) => {
    const [kind, charged, retry] = verdict.split(' ');
    check(title, () => classifyResponse({ status: http_status, headers, body }), {
      kind,
      charged,
      retry,
      retry_after_ms: null,
      message,
      http_status,
      replayed: false,
      id: null,
      stripe_code: null,
      decline_code: null,
      request_id: null,
      ...more,
    });
  };

  const charge = { id: 'ch_1', object: 'charge', status: 'succeeded', captured: true, amount: 4900 };
  const text = JSON.stringify(charge);
  const made = { id: 'ch_1' };
  classify('a charge', 'succeeded yes never', 'Charged.', [200, text, { 'Request-Id': 'req_1' }], {
    ...made,
    request_id: 'req_1',
  });
  const again = "Charged before with this key: this is that charge's answer.";
  const replay = { 'idempotent-replayed': 'true' };
  classify('a replay', 'replayed yes never', again, [200, charge, replay], { ...made, replayed: true });
  const accepted = "Accepted; the money has not moved yet: follow the object's status.";
  classify(
    'an authorisation',
    'pending unknown never',
    accepted,
    [200, { ...charge, captured: false }],
    made,
  );
  const waits = 'The payment waits for a step of the customer or of yours.';
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'requires_action' };
  classify('3-D Secure', 'requires_action no never', waits, [200, intent], { id: 'pi_1' });
  const nothing = 'Done; this call moves no money.';
  const customer = { id: 'cus_1', object: 'customer' };
  classify('a customer', 'succeeded no never', nothing, [200, customer], { id: 'cus_1' });

  const declined =
    'The payment was declined, and this key will only repeat that: a new attempt needs a key of its own.';
  const cardError = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' };
  classify('a declined card', 'declined no new_key', declined, [402, { error: cardError }], {
    stripe_code: 'card_declined',
    decline_code: 'insufficient_funds',
  });
  const running = 'A request with this key has not finished: ask again with the same key for its answer.';
  const inUse = { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } };
  classify('the same key at once', 'in_flight unknown same_key', running, [409, inUse], {
    stripe_code: 'idempotency_key_in_use',
  });
  const reused =
    'This key was used before with other parameters or at another endpoint: look for that request first.';
  classify('other parameters', 'key_reused no review', reused, [
    400,
    { error: { type: 'idempotency_error' } },
  ]);
  const wait = 'Too many requests: wait, then send the same request again.';
  const limited = [429, { error: { code: 'rate_limit' } }, { 'Retry-After': '2' }];
  classify('a rate limit', 'rate_limited no same_key', wait, limited, {
    retry_after_ms: 2000,
    stripe_code: 'rate_limit',
  });
  const mend = 'Stripe refused the parameters: nothing was charged. Mend the request.';
  const small = [400, { error: { type: 'invalid_request_error', code: 'amount_too_small' } }];
  classify('a wrong parameter', 'invalid_request no never', mend, small, { stripe_code: 'amount_too_small' });

  const cap =
    "The vault key's daily cap is reached: nothing was charged. Raise the cap, or wait for the next UTC day.";
  classify("the proxy's cap", 'cap_exceeded no never', cap, [429, { error: 'daily_usd_cap_exceeded' }]);
  const list = "The vault key's policy does not allow this endpoint.";
  classify("the proxy's allowlist", 'endpoint_not_allowed no never', list, [403, { error: 'not allowed' }]);
  const revoked = 'The vault key is revoked, expired or unknown: issue a new one.';
  classify('a revoked vault key', 'vault_key_revoked no never', revoked, [401, { error: 'revoked' }]);

  const failed = { error: { type: 'api_error' } };
  const mayBe = 'An error at Stripe: the charge may have been made. Send the same request with the same key.';
  classify('an error at Stripe', 'stripe_error unknown same_key', mayBe, [500, failed]);
  const look = 'An error at Stripe that this key will only repeat: look whether the charge was made.';
  classify('its replay', 'stripe_error unknown review', look, [500, failed, replay], { replayed: true });
  const silence =
    'No answer arrived: the charge may have been made. Send the same request with the same key.';
  classify('no answer', 'network_error unknown same_key', silence, [0]);
  const page = (status) =>
    `The answer (status ${status}) is not Stripe's nor the proxy's. Send the same request with the same key.`;
  classify("a gateway's page", 'unreadable unknown same_key', page(502), [502, '<html>Bad Gateway</html>']);
  classify('a page that says yes', 'unreadable unknown same_key', page(200), [200, '<html>ok</html>']);
}
