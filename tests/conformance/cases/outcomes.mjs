import { NOW } from './shared.mjs';

export function outcomes({ classifyResponse }, check) {
  /** `verdict` is kind, charged and retry; `answer` is status, body, headers, and what else is known. */
  const classify = (title, verdict, message, [http_status, body, headers, known], more) => {
    const [kind, charged, retry] = verdict.split(' ');
    check(title, () => classifyResponse({ status: http_status, headers, body, ...known }), {
      kind,
      charged,
      retry,
      retry_after_ms: null,
      message,
      http_status,
      replayed: false,
      id: null,
      livemode: null,
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

  const test = [200, { ...charge, livemode: false }];
  classify('a charge in test mode', 'succeeded yes never', 'Charged.', test, { ...made, livemode: false });
  const noProof = 'This answer is no proof that nothing was charged: look for the charge first.';
  const hidden = [402, { error: { code: 'card_declined', charge: { '\ud800': 1, paid: true } } }];
  classify('a refusal that cannot be read whole', 'declined unknown review', noProof, hidden, {
    stripe_code: 'card_declined',
  });
  const untold = 'Done; whether it moved money is not told by this object.';
  const active = { id: 'sub_1', object: 'subscription', status: 'active' };
  classify('a subscription', 'succeeded unknown never', untold, [200, active], { id: 'sub_1' });
  const canceled = 'The payment was canceled.';
  const voided = { id: 'in_1', object: 'invoice', status: 'void' };
  classify('a void invoice', 'canceled no never', canceled, [200, voided], { id: 'in_1' });
  const notPaid =
    'The payment failed, and this key will only repeat that: a new attempt needs a key of its own.';
  const bounced = { id: 'po_1', object: 'payout', status: 'failed' };
  classify('a failed payout', 'declined no new_key', notPaid, [200, bounced], { id: 'po_1' });
  const contradiction = [200, { ...charge, status: 'failed', paid: true }];
  classify('a body that contradicts itself', 'declined unknown review', noProof, contradiction, made);

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
  const date = { 'retry-after': 'Mon, 01 Jun 2026 09:00:30 GMT', date: 'Mon, 01 Jun 2026 09:00:00 GMT' };
  classify('a date to wait for', 'rate_limited no same_key', wait, [429, { error: {} }, date], {
    retry_after_ms: 30_000,
  });
  const clock = [429, { error: {} }, { ...date, date: undefined }, { now: NOW }];
  classify("a date by the caller's clock", 'rate_limited no same_key', wait, clock, {
    retry_after_ms: 30_000,
  });
  const locked = 'The object is locked by another request: wait, then send the same again.';
  const lock = [429, { error: { code: 'lock_timeout' } }];
  classify('a lock', 'lock_timeout no same_key', locked, lock, { stripe_code: 'lock_timeout' });
  const busy = [409, { error: { code: 'terminal_reader_busy' } }];
  classify('another conflict', 'lock_timeout unknown same_key', locked, busy, {
    stripe_code: 'terminal_reader_busy',
  });
  const advised = 'Stripe asks for the same request again, with the same key.';
  const againPlease = [400, { error: {} }, { 'Stripe-Should-Retry': 'true' }];
  classify("Stripe's advice to retry", 'invalid_request no same_key', advised, againPlease);
  const against = 'Stripe asks not to send this again: look whether the charge was made.';
  const noMore = [409, inUse, { 'Stripe-Should-Retry': 'false' }];
  classify("Stripe's advice not to", 'in_flight unknown review', against, noMore, {
    stripe_code: 'idempotency_key_in_use',
  });
  const notAccepted = 'Stripe does not accept the key for this call.';
  const edgesKey = { type: 'api_error', code: 'stripe_key_refused' };
  classify("a wrong key of the edge's", 'unauthorized no never', notAccepted, [502, { error: edgesKey }], {
    stripe_code: 'stripe_key_refused',
  });
  classify('a wrong key', 'unauthorized no never', notAccepted, [401, { error: {} }]);
  const before = [400, { error: { code: 'charge_already_captured' } }];
  classify('a capture done before', 'invalid_request unknown review', noProof, before, {
    stripe_code: 'charge_already_captured',
  });
  const mend = 'Stripe refused the parameters: nothing was charged. Mend the request.';
  const small = [400, { error: { type: 'invalid_request_error', code: 'amount_too_small' } }];
  classify('a wrong parameter', 'invalid_request no never', mend, small, { stripe_code: 'amount_too_small' });

  const cap =
    "The vault key's daily cap is reached: nothing was charged. Raise the cap, or wait for the next UTC day.";
  classify("the proxy's cap", 'cap_exceeded no never', cap, [429, { error: 'daily_usd_cap_exceeded' }]);
  const vendor = { error: 'Daily spend cap of $50 reached', spent_today_usd: 50 };
  classify("the proxy's cap in the vendor's words", 'cap_exceeded no never', cap, [429, vendor]);
  const later = [429, vendor, {}, { may_have_charged: true }];
  classify('a cap after an unknown outcome', 'cap_exceeded unknown review', noProof, later);
  const limitLater = [429, { error: {} }, {}, { may_have_charged: true }];
  classify('a rate limit after one', 'rate_limited unknown same_key', wait, limitLater);
  const never = 'An earlier request with this key was never answered: look whether the charge was made.';
  classify('an edge that does not know', 'in_flight unknown review', never, [
    409,
    { error: 'outcome_unknown' },
  ]);
  const notKept = 'An earlier request with this key was executed: look whether the charge was made.';
  const gone = [409, { error: 'answer_not_kept' }, { 'Stripe-Should-Retry': 'false' }];
  classify('an edge that has no answer any more', 'replayed unknown review', notKept, gone);
  const malformed = 'The proxy refused the request: nothing was charged. Mend the request.';
  classify("the proxy's refusal", 'invalid_request no never', malformed, [
    400,
    { error: 'idempotency_key_required' },
  ]);
  const list = "The vault key's policy does not allow this endpoint or account.";
  classify("the proxy's allowlist", 'endpoint_not_allowed no never', list, [403, { error: 'not allowed' }]);
  const most = 'The vault key may not spend as much in one call: nothing was charged.';
  const overMost = [403, { error: 'max_charge_usd_exceeded' }];
  classify('more than one call may spend', 'max_charge_usd_exceeded no never', most, overMost);
  const overMostLater = [...overMost, {}, { may_have_charged: true }];
  classify(
    'the same after an unknown outcome',
    'max_charge_usd_exceeded unknown review',
    noProof,
    overMostLater,
  );
  const revoked = 'The vault key is revoked, expired or unknown: issue a new one.';
  classify('a revoked vault key', 'vault_key_revoked no never', revoked, [401, { error: 'revoked' }]);

  const failed = { error: { type: 'api_error' } };
  const mayBe =
    'An error at Stripe or on the way: the charge may have been made. Send the same request with the same key.';
  classify('an error at Stripe', 'stripe_error unknown same_key', mayBe, [500, failed]);
  const look = 'An error at Stripe that this key will only repeat: look whether the charge was made.';
  classify('its replay', 'stripe_error unknown review', look, [500, failed, replay], { replayed: true });
  const silence =
    'No answer arrived: the charge may have been made. Send the same request with the same key.';
  classify('no answer', 'network_error unknown same_key', silence, [0]);
  const page = (status) =>
    `The answer (status ${status}) is not Stripe's nor the proxy's. Send the same request with the same key.`;
  classify("a gateway's page", 'unreadable unknown same_key', page(502), [502, '<html>Bad Gateway</html>']);
  const foreign = (status) =>
    `The answer (status ${status}) is not Stripe's nor the proxy's. Look at what answered before sending it again.`;
  classify('a page that is not there', 'unreadable unknown review', foreign(404), [
    404,
    '<html>Not Found</html>',
  ]);
  for (const body of [
    '',
    '{"id":"ch_1","object":"char',
    '[]',
    'null',
    '"{}"',
    '{}',
    { id: 'ch_1' },
    7,
    [charge],
  ]) {
    classify(`no object: ${JSON.stringify(body)}`, 'unreadable unknown same_key', page(200), [200, body]);
  }
  const throwing = {
    get error() {
      throw new Error('never read');
    },
  };
  classify('a body that throws', 'unreadable unknown same_key', page(502), [502, throwing]);
  classify('a page that says yes', 'unreadable unknown same_key', page(200), [200, '<html>ok</html>']);
}
