// Requests that another program built: their keys, what is refused, and what is decided.
import { EVENT, JULY, KEY, MIDNIGHT, NOW, POLICY, PROXY, requestOf, VAULT_KEY } from './shared.mjs';

const CHARGE = 'POST /v1/charges';
const BODY = 'amount=4900&currency=usd&customer=cus_A100';
/** The SHA-256 of EVENT's preimage of scheme v2 with `POST /v1/payment_intents`. */
const INTENT_KEY = 'e3be575b02f8e33eed75075667fb99c2ea2dc5d35f6eecc515aedc259863ab98';

const carrying = (key) => `${BODY}&metadata[billonce_key]=${key}`;

export function admissions({ guard, idempotencyKey }, check) {
  const admit = (request, config = {}) => guard(config).admit({ endpoint: CHARGE, body: BODY, ...request });
  const keyAndBody = (request, config) => {
    const { idempotency_key, request: built } = admit(request, config);
    return [idempotency_key, built.body];
  };

  check('a charge of an event', () => admit({ event: EVENT }, { vault_key: VAULT_KEY }), {
    idempotency_key: KEY,
    request: requestOf(KEY, carrying(KEY)),
    decision: null,
  });
  const intent = { endpoint: 'POST /v1/payment_intents', event: EVENT };
  check('another endpoint has another key', () => keyAndBody(intent), [INTENT_KEY, carrying(INTENT_KEY)]);
  const confirm = { endpoint: 'POST /v1/payment_intents/pi_1/confirm', body: '', event: EVENT };
  check('which is that of scheme v2 with the endpoint', () => {
    const bound = { ...EVENT, scheme: 'v2', endpoint: 'payment_intents.confirm' };
    const [key, body] = keyAndBody(confirm);
    return [key === idempotencyKey(bound), body, admit(confirm).request.url];
  }, [true, '', `${PROXY}/v1/payment_intents/pi_1/confirm`]);
  check(
    'an event of scheme v2 keeps its own key for a charge',
    () => {
      const v2 = { ...EVENT, scheme: 'v2', currency: 'usd' };
      return keyAndBody({ event: v2 })[0] === idempotencyKey(v2);
    },
    true,
  );
  check('a key of its own', () => keyAndBody({ idempotency_key: 'order-7' }), ['order-7', BODY]);
  check('no key in the metadata', () => keyAndBody({ event: EVENT }, { metadata_key: false }), [KEY, BODY]);
  check('a key that is there', () => keyAndBody({ event: EVENT, body: carrying(KEY) }), [KEY, carrying(KEY)]);
  const encoded = `${BODY}&metadata%5Bbillonce_key%5D=${KEY}`;
  check('and encoded', () => keyAndBody({ event: EVENT, body: encoded }), [KEY, encoded]);
  const unset = `${BODY}&metadata=`;
  check('metadata that is unset', () => keyAndBody({ event: EVENT, body: unset }), [KEY, unset]);
  const guest = {
    event: { ...EVENT, customer_id: 'guest-7' },
    body: 'amount=4900&currency=usd&source=tok_visa',
  };
  check('a guest, who is no customer', () => keyAndBody(guest)[1].startsWith(guest.body), true);
  const credit = { endpoint: 'POST /v1/invoiceitems', body: 'customer=cus_A100&amount=-4900&currency=usd' };
  check(
    'a credit, which has a sign',
    () => keyAndBody({ ...credit, event: EVENT })[1].startsWith(credit.body),
    true,
  );

  const decision = (code, http_status, spent, message) => ({
    allowed: code === 'allowed',
    code,
    http_status,
    message,
    amount_usd_cents: 4900,
    spent_usd_cents: spent,
    cap_usd_cents: 9900,
    remaining_usd_cents: 9900 - spent,
    resets_at: MIDNIGHT,
  });
  check("a guard's own requests count, each key once", () => {
    const policy = { ...POLICY, daily_usd_cap: 99, allowed_endpoints: [CHARGE, 'payment_intents.create'] };
    const config = { policy, spent_usd_cents: 0, now: NOW, on_deny: 'return' };
    const billing = guard(config);
    const july = { endpoint: CHARGE, body: BODY, event: JULY };
    const steps = [{ endpoint: CHARGE, body: BODY, event: EVENT }, intent, intent, july].map((request) =>
      billing.admit({ body: BODY, ...request }),
    );
    return steps.map(({ request, decision }) => [request === null, decision]);
  }, [
    [false, decision('allowed', 200, 0, '$49.00 of the $99.00 left of the daily cap.')],
    [false, decision('allowed', 200, 4900, '$49.00 of the $50.00 left of the daily cap.')],
    [false, decision('allowed', 200, 4900, '$49.00 of the $50.00 left of the daily cap.')],
    [
      true,
      decision(
        'daily_usd_cap_exceeded',
        429,
        9800,
        `$49.00 is more than the $1.00 left of the daily cap of $99.00, which starts anew at ${MIDNIGHT}.`,
      ),
    ],
  ]);

  let count = 0;
  const refuse = (code, field, problem, request) => {
    const expected = { code, field, message: `${field} ${problem}` };
    check(`refused ${++count}, ${code} ${field}`, () => admit({ event: EVENT, ...request }), expected);
  };
  const same =
    'is not what the event has, and the key is made from the event: change the event, or leave this out';
  const once = 'must be one value, without brackets';
  refuse('event_mismatch', 'params.amount', same, { body: 'amount=5000&currency=usd&customer=cus_A100' });
  for (const body of [`${BODY}&amount=4900`, 'amount[0]=4900&customer=cus_A100']) {
    refuse('wrong_type', 'params.amount', once, { body });
  }
  for (const customer of ['customer=cus_B', 'customer=']) {
    refuse('event_mismatch', 'params.customer', same, { body: `amount=4900&currency=usd&${customer}` });
  }
  for (const customer of ['customer[id]=cus_A100', 'customer=cus_A100&customer=cus_A100']) {
    refuse('wrong_type', 'params.customer', once, { body: `amount=4900&currency=usd&${customer}` });
  }
  const missing = "is missing, and the key is made for the event's customer: give it";
  refuse('event_mismatch', 'params.customer', missing, { body: 'amount=4900&currency=usd' });
  refuse('event_mismatch', 'params.metadata.billonce_key', same, {
    body: carrying(INTENT_KEY),
  });
  const bound = 'is not what the request has, and the key binds it';
  const v2 = { ...EVENT, scheme: 'v2' };
  refuse('event_mismatch', 'event.currency', bound, { event: { ...v2, currency: 'eur' } });
  refuse('event_mismatch', 'event.endpoint', bound, { event: { ...v2, endpoint: 'refunds.create' } });
  const amount =
    "is not an amount: give an integer of the currency's minor unit from 1 to 999999999999, as in 4900 for $49.00";
  for (const text of ['10.5', 'NaN', '1e21', '']) {
    refuse('invalid_amount', 'params.amount', amount, {
      body: `amount=${text}&currency=usd`,
      event: undefined,
      idempotency_key: 'k',
    });
  }
  const reference =
    'holds a reference that was not resolved; check the name of the step and field it refers to';
  refuse('unresolved_reference', 'params.description', reference, {
    body: `${BODY}&description=%7B%7Bstep_1%7D%7D`,
  });
  refuse('unreadable_input', 'body', 'is not form-encoded: give the body as buildRequest made it', {
    body: 'amount=%zz',
  });
  refuse('missing_field', 'body', 'is missing: give the form-encoded parameters, or ""', { body: undefined });
  const required =
    'is required: give event (a key is made from it) or idempotency_key, or a retry would bill again';
  refuse('idempotency_key_required', 'event', required, { event: undefined });
  const both = "and event exclude each other: the event's key would not be this one";
  refuse('conflicting_fields', 'idempotency_key', both, { idempotency_key: 'k' });
  const near = 'is not one of Stripe\'s v1 POST endpoints; did you mean "POST /v1/charges"?';
  refuse('invalid_endpoint', 'endpoint', near, { endpoint: 'POST /v1/charge' });
  const noId = 'is missing: the endpoint\'s path needs it, such as path: { id: "ch_1" }';
  refuse('missing_field', 'path.id', noId, { endpoint: 'charges.capture' });
  refuse(
    'unknown_field',
    'params',
    'is not a field here; the fields are endpoint, body, event, idempotency_key',
    { params: {} },
  );
  const leak = 'would put the vault key where run logs show it; take it out of there';
  check(
    'refused, secret_in_output',
    () => admit({ event: EVENT, body: `${BODY}&description=${VAULT_KEY}` }, { vault_key: VAULT_KEY }),
    {
      code: 'secret_in_output',
      field: 'spec',
      message: `spec ${leak}`,
    },
  );
}
