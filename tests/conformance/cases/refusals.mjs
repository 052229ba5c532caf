// What is refused: the code, the field and the sentence, which begins with the field.
import { EVENT, NOW, POLICY, VAULT_KEY } from './shared.mjs';

const AMOUNT =
  "is not an amount: give an integer of the currency's minor unit from 1 to 999999999999, as in 4900 for $49.00";
const CURRENCY =
  'is not a currency that Stripe knows: give its three-letter code in lower case, such as "usd"';
const EMPTY = 'is empty: give a value, or leave an optional field out';
const INDEX = 'is not a loop index: give an integer of at least 0, or a list of them, outermost loop first';
const MARKER = 'makes "-branch-" appear where it does not join flow and branch; rename it or use scheme "v2"';
const OTHER =
  'is not what the event has, and the key is made from the event: change the event, or leave this out';
const SPACE = 'has white space at an end; trim it, since it would change the key';
const SUFFIX = 'starts like a loop or item suffix of a v1 key; use another name or scheme "v2"';
const SURROGATE = 'contains half of a surrogate pair, which has no UTF-8; repair the text where it was cut';
const THROWS = 'cannot be read: its getter or proxy threw an error';
const TIME = 'is not a time: give ISO 8601 text with a zone ("2026-06-01T09:00:00Z"), a Date, or Unix time';
const UNDEFINED = 'is undefined; check what it refers to, or leave the field out';
const UNRESOLVED =
  'holds a reference that was not resolved; check the name of the step and field it refers to';

/** The groups below write `code field`, the rest of the sentence, and one input after another that is refused with it. */
const refuser = (check, title, refusedBy) => {
  let count = 0;
  return (codeAndField, problem, ...inputs) => {
    const [code, field] = codeAndField.split(' ');
    for (const input of inputs) {
      const expected = { code, field, message: `${field} ${problem}` };
      check(`${title} ${++count}, ${codeAndField}`, () => refusedBy(input), expected);
    }
  };
};

export function refusals(billonce, check) {
  ofEvents(billonce, check);
  ofLists(billonce, check);
  ofForms(billonce, check);
  ofRequests(billonce, check);
  ofPrechecks(billonce, check);
  ofGuards(billonce, check);
  ofResponses(billonce, check);
}

function ofEvents({ idempotencyKey }, check) {
  const refuse = refuser(check, 'event', (change) => idempotencyKey({ ...EVENT, ...change }));
  refuse('missing_field customer_id', 'is missing: give the customer, such as "cus_A100"', {
    customer_id: undefined,
  });
  refuse('missing_field amount_cents', 'is missing: give the amount in cents, such as 4900', {
    amount_cents: undefined,
  });
  refuse('missing_field billing_period', 'is missing: give the period, such as "2026-06"', {
    billing_period: undefined,
  });
  refuse('unknown_field loop_idx', 'is not a field here. Did you mean loop_index?', { loop_idx: 1 });

  const texts = ['0', '04900', '4900.0', '4,900', '-4900', '1e3'];
  for (const amount_cents of [0, -1, 49.5, Number.NaN, 1e12, 1e21, ...texts]) {
    refuse('invalid_amount amount_cents', AMOUNT, { amount_cents });
  }
  const integer = 'must be an integer or its decimal text, not';
  refuse('wrong_type amount_cents', `${integer} a boolean`, { amount_cents: true });
  refuse('wrong_type amount_cents', `${integer} a BigInt`, { amount_cents: 4900n });
  refuse('wrong_type amount_cents', `${integer} null`, { amount_cents: null });

  refuse('wrong_type customer_id', 'must be text, not a number', { customer_id: 7 });
  refuse('wrong_type customer_id', 'must be text, not null', { customer_id: null });
  refuse('empty_field customer_id', EMPTY, { customer_id: '' });
  const references = [
    "{{trigger['output'].x}}",
    'undefined',
    'null',
    'NaN',
    'cus_undefined',
    '[object Object]',
  ];
  for (const customer_id of references)
    refuse('unresolved_reference customer_id', UNRESOLVED, { customer_id });
  refuse('unresolved_reference amount_cents', UNRESOLVED, { amount_cents: '{{step_1.amount}}' });
  for (const name of ['flow', 'branch', 'charge_type', 'loop_index', 'loop_item', 'scheme', 'currency']) {
    refuse(`unresolved_reference ${name}`, UNDEFINED, { [name]: undefined });
  }
  const control = 'contains a control character, such as a line break or a tab';
  refuse('control_character billing_period', control, { billing_period: '2026-06\n' });
  refuse('surrounding_whitespace billing_period', SPACE, { billing_period: '2026-06 ' });
  refuse('surrounding_whitespace loop_item', SPACE, { loop_item: '\u00a0line' }, { loop_item: 'line\ufeff' });
  refuse('lone_surrogate customer_id', SURROGATE, { customer_id: 'cus_\ud83d' });

  const colon = 'contains ":", which separates the fields of a v1 key; use scheme "v2" or another spelling';
  refuse('colon_in_field charge_type', colon, { charge_type: 'a:b' });
  refuse('branch_marker_in_field flow', MARKER, { flow: 'a-branch-b' }, { flow: 'a-branch', branch: 'b' });
  refuse('branch_marker_in_field branch', MARKER, { branch: 'a-branch-b' }, { branch: 'branch-b' });
  refuse('charge_type_like_suffix charge_type', SUFFIX, { charge_type: 'loop_1' }, { charge_type: 'item_1' });
  for (const loop_index of [-1, 1.5, '01', []])
    refuse('invalid_loop_index loop_index', INDEX, { loop_index });
  refuse('invalid_loop_index loop_index[1]', INDEX, { loop_index: [1, -1] });
  refuse('wrong_type loop_index', 'must be an integer or a list of them, not an object', { loop_index: {} });

  refuse('invalid_scheme scheme', 'is not a key scheme: give "v1" or "v2"', { scheme: 'v3' });
  const notInV1 =
    'is no part of a v1 key: leave it out (the request\'s parameters carry it), or use scheme "v2"';
  refuse('not_in_scheme_v1 currency', notInV1, { currency: 'usd' });
  refuse('not_in_scheme_v1 endpoint', notInV1, { endpoint: 'charges.create' });
  for (const currency of ['usdt', 'USD']) {
    refuse('invalid_currency currency', CURRENCY, { scheme: 'v2', currency });
  }
}

function ofLists({ idempotencyKey, idempotencyKeys }, check) {
  const refuseOne = refuser(check, 'value', (value) => idempotencyKey(value));
  const fails = () => {
    throw new Error(VAULT_KEY);
  };
  refuseOne('wrong_type event', 'must be an object, not null', null);
  refuseOne('wrong_type event', 'must be an object, not text', 'cus_A100');
  refuseOne('wrong_type event', 'must be an object, not an object with a prototype', new Map());
  refuseOne('missing_field customer_id', 'is missing: give the customer, such as "cus_A100"', {});
  refuseOne('unreadable_input event', THROWS, new Proxy({}, { ownKeys: fails }));
  const getter = Object.defineProperty({ ...EVENT }, 'customer_id', { get: fails, enumerable: true });
  refuseOne('unreadable_input customer_id', THROWS, getter);

  const refuse = refuser(check, 'batch', (events) => idempotencyKeys(events));
  refuse('wrong_type events', 'must be a list of billing events', EVENT, undefined);
  refuse('wrong_type events[0]', 'must be an object, not undefined', [undefined]);
  refuse('empty_field events[1].customer_id', EMPTY, [EVENT, { ...EVENT, customer_id: '' }]);
}

function ofForms({ encodeForm }, check) {
  const refuse = refuser(check, 'form', (params) => encodeForm(params));
  refuse('wrong_type params', 'must be an object, not a list', []);
  refuse('wrong_type params.f', 'must be plain data, not a function', { f() {} });
  refuse('wrong_type params.s', 'must be plain data, not a symbol', { s: Symbol('s') });
  refuse('wrong_type params.m', 'must be plain data, not an object with a prototype', { m: new Map() });
  refuse('lone_surrogate params.metadata[x]', SURROGATE, { metadata: { x: '\udca9' } });
  const large = 'is circular, nested more than 64 levels deep, or has more than 100000 values';
  refuse('input_too_large params.list', large, { list: new Array(100_001) });
}

function ofRequests({ buildRequest }, check) {
  const refuse = refuser(check, 'request', (change) =>
    buildRequest({ endpoint: 'charges.create', event: EVENT, ...change }),
  );
  const required =
    'is required: give event (a key is made from it) or idempotency_key, or a retry would bill again';
  refuse('idempotency_key_required event', required, { event: undefined });
  const both = "and event exclude each other: the event's key would not be this one";
  refuse('conflicting_fields idempotency_key', both, { idempotency_key: 'k' });
  const key = 'is not an idempotency key: give 1 to 255 visible ASCII characters';
  for (const idempotency_key of ['', 'a b', 'ü', 'k'.repeat(256)]) {
    refuse('invalid_idempotency_key idempotency_key', key, { event: undefined, idempotency_key });
  }
  refuse('empty_field event.customer_id', EMPTY, { event: { ...EVENT, customer_id: '' } });

  const near = 'is not one of Stripe\'s v1 POST endpoints; did you mean "POST /v1/charges"?';
  refuse('invalid_endpoint endpoint', near, { endpoint: 'POST /v1/charge' });
  const far = 'is not one of Stripe\'s v1 POST endpoints; write it as "POST /v1/charges" or "charges.create"';
  refuse('invalid_endpoint endpoint', far, { endpoint: 'GET https://example.com/a/b/c' });
  const capture = 'charges.capture';
  const noId = 'is missing: the endpoint\'s path needs it, such as path: { id: "ch_1" }';
  refuse('missing_field path.id', noId, { endpoint: capture });
  const dots = 'would change the path: "." and ".." are no ids';
  refuse('invalid_path_parameter path.id', dots, { endpoint: capture, path: { id: '..' } });
  refuse('unknown_field path.id', "is no parameter of this endpoint's path", { path: { id: 'ch_1' } });

  const plain = 'must be https: plain http would show the key on the way (loopback excepted)';
  refuse('invalid_base_url base_url', plain, { base_url: 'http://proxy.keybrake.com' });
  const user = 'must not carry credentials: the vault key goes into the Authorization header';
  refuse('invalid_base_url base_url', user, { base_url: 'https://a@proxy.keybrake.com' });
  const url = 'is not a base URL: write it as "https://proxy.keybrake.com/stripe"';
  refuse('invalid_base_url base_url', url, { base_url: '' }, { base_url: 'ftp://proxy.keybrake.com' });
  const account = 'is not a connected account\'s id: give one such as "acct_1AbC"';
  refuse('invalid_header stripe_account', account, { stripe_account: 'acct_1\r\nX: y' });
  const version = 'is not an API version: give one such as "2026-10-28.endive"';
  refuse('invalid_header stripe_version', version, { stripe_version: 'latest' });

  refuse('invalid_amount params.amount', AMOUNT, { params: { amount: '49.00', currency: 'usd' } });
  const whole = 'must divide by 100 in this currency';
  refuse('invalid_amount params.amount', whole, { params: { amount: 150, currency: 'isk' } });
  refuse('invalid_amount params.amount', whole, {
    endpoint: 'payouts.create',
    event: { ...EVENT, amount_cents: 150 },
    params: { amount: 150, currency: 'huf' },
  });
  refuse('invalid_currency params.currency', CURRENCY, { params: { amount: 4900, currency: 'us' } });
  const own = { event: undefined, idempotency_key: 'k' };
  const permitted = '(allow_unknown_params: true permits one of another API version)';
  const typo = `is not a parameter of POST /v1/charges; did you mean "amount"? ${permitted}`;
  refuse('unknown_parameter params.amuont', typo, { params: { amuont: 1 } });
  const bracketed = `is not a parameter of POST /v1/charges; did you mean "metadata"? ${permitted}`;
  refuse('unknown_parameter params.metdata', bracketed, { params: { 'metdata[a]': 1 } });
  const lacks = `is not a parameter of POST /v1/charges ${permitted}`;
  refuse('unknown_parameter params.frobnicate', lacks, { params: { frobnicate: 1 } });
  const intent = { ...own, endpoint: 'payment_intents.create' };
  const requires = 'is missing: POST /v1/payment_intents requires it';
  refuse('missing_parameter params.amount', requires, intent, { ...intent, params: { amount: undefined } });
  refuse('missing_parameter params.currency', requires, { ...intent, params: { amount: 1 } });
  const one = 'must be one value, without brackets';
  refuse('wrong_type params.amount', one, { params: { amount: 4900, 'amount[0]': 1 } });
  refuse('wrong_type params.currency', one, { params: { 'currency[]': 'usd' } });
  refuse('event_mismatch params.amount', OTHER, { params: { amount: 4901, currency: 'usd' } });
  const price_data = { currency: 'usd', unit_amount: 2450, product: 'prod_1' };
  refuse('event_mismatch params.line_items', OTHER, {
    endpoint: 'checkout.sessions.create',
    params: { line_items: [{ price_data, quantity: 3 }] },
  });
  refuse('event_mismatch params.metadata.billonce_key', OTHER, {
    params: { metadata: { billonce_key: 'k' } },
  });
  refuse('wrong_type metadata_key', 'must be true or false, not text', { metadata_key: 'no' });
  refuse('wrong_type allow_unknown_params', 'must be true or false, not a number', {
    allow_unknown_params: 1,
  });
  refuse('unresolved_reference params.metadata.order', UNRESOLVED, {
    params: { metadata: { order: '{{step_1}}' } },
  });
  const bound = 'is not what the request has, and the key binds it';
  const v2 = { ...EVENT, scheme: 'v2' };
  refuse('event_mismatch event.endpoint', bound, { event: { ...v2, endpoint: 'refunds.create' } });
  refuse('event_mismatch event.currency', bound, {
    event: { ...v2, currency: 'eur' },
    params: { currency: 'usd' },
  });

  const raw =
    "is a raw Stripe key, which no cap limits: give the proxy's vault key, or set allow_raw_key: true if it is meant";
  for (const vault_key of ['sk_test_1', 'rk_live_1', 'SK_LIVE_1']) {
    refuse('raw_key_refused vault_key', raw, { vault_key });
  }
  const ascii =
    'is not a vault key: give 1 to 4096 visible ASCII characters, without "Bearer" and without spaces';
  for (const vault_key of ['', 'Bearer vault_key_1', 'vault_key_ü', 'k'.repeat(4097)]) {
    refuse('invalid_vault_key vault_key', ascii, { vault_key });
  }
  const publishable = 'is a publishable key or webhook secret of Stripe, which cannot charge';
  refuse('invalid_vault_key vault_key', publishable, { vault_key: 'pk_test_1', allow_raw_key: true });
  const reference = 'holds a reference that was not resolved; check the input it comes from';
  refuse('unresolved_reference vault_key', reference, { vault_key: '{{connections.keybrake}}' });
  const leak = 'would put the vault key where run logs show it; take it out of there';
  refuse('secret_in_output spec', leak, { vault_key: VAULT_KEY, params: { metadata: { key: VAULT_KEY } } });
}

function ofPrechecks({ precheck }, check) {
  const charge = { endpoint: 'POST /v1/charges', amount: 4900, currency: 'usd' };
  const refuse = refuser(check, 'input', (change) =>
    precheck({ policy: POLICY, now: NOW, ...charge, ...change }),
  );
  refuse('missing_field policy', "is missing: give the vault key's allowed_endpoints and daily_usd_cap", {
    policy: undefined,
  });
  const list = 'is missing: give a list such as ["POST /v1/charges"]';
  refuse('missing_field policy.allowed_endpoints', list, { policy: { daily_usd_cap: 49 } });
  const near = 'is not one of Stripe\'s v1 POST endpoints; did you mean "charges.create"?';
  refuse('invalid_endpoint policy.allowed_endpoints[0]', near, {
    policy: { ...POLICY, allowed_endpoints: ['charge.create'] },
  });
  const cap =
    'is not a cap: give US dollars, at least 0 and with at most two decimals, such as 49 or "49.99"';
  for (const daily_usd_cap of [-1, 0.1 + 0.2, '4,900', 'NaN']) {
    refuse('invalid_policy policy.daily_usd_cap', cap, { policy: { ...POLICY, daily_usd_cap } });
  }
  refuse('invalid_policy policy.max_charge_usd', cap, { policy: { ...POLICY, max_charge_usd: -1 } });
  const connected = 'is not a connected account\'s id: give one such as "acct_1AbC"';
  refuse('invalid_header policy.stripe_account', connected, {
    policy: { ...POLICY, stripe_account: 'acct_' },
  });
  refuse('wrong_type policy.require_idempotency_key', 'must be true or false, not text', {
    policy: { ...POLICY, require_idempotency_key: 'no' },
  });
  refuse('invalid_time now', TIME, { now: '2026-06-01T09:00:00' }, { now: 1780 });
  const expires_at = new Date(Number.NaN);
  refuse('invalid_time policy.expires_at', TIME, { policy: { ...POLICY, expires_at } });
  const rate = 'is not a rate: give the US dollars that one unit is worth, such as 1.08 or "0.0067"';
  refuse('invalid_rate usd_rates.eur', rate, { usd_rates: { eur: 0 } });
  refuse('invalid_rate usd_rates.usd', rate, { usd_rates: { usd: 0.5 } });
  const spent = 'is not an amount spent: give an integer number of US cents, at least 0';
  refuse('invalid_spend spent_usd_cents', spent, { spent_usd_cents: 0.5 }, { spent_usd_cents: -1 });
  const both = 'and request exclude each other: the request says what it is';
  refuse('conflicting_fields endpoint', both, { request: { endpoint: 'charges.create' } });
  const foreign = "is not the URL of one of Stripe's v1 POST endpoints";
  const request = { url: 'https://example.com/v1/charge', body: '' };
  refuse('invalid_endpoint request.url', foreign, {
    endpoint: undefined,
    amount: undefined,
    currency: undefined,
    request,
  });
}

function ofGuards({ guard }, check) {
  const refuse = refuser(check, 'config', (config) => guard(config));
  refuse('wrong_type config', 'must be an object, not undefined', undefined);
  refuse('unknown_field vault_keys', 'is not a field here. Did you mean vault_key?', { vault_keys: 1 });
  const alone = 'is missing: spent_usd_cents has no meaning without it';
  refuse('missing_field policy', alone, { spent_usd_cents: 0 });
  refuse('wrong_type on_deny', 'must be "throw" or "return"', { on_deny: 'ignore' });

  const refuseParams = refuser(check, 'chargeOf', (params) => guard({}).charge(EVENT, params));
  refuseParams('event_mismatch params.amount', OTHER, { amount: 4901 }, { amount: '04900' });
  refuseParams('event_mismatch params.customer', OTHER, { customer: 'cus_B200' });
  const permitted = '(allow_unknown_params: true permits one of another API version)';
  const lacks = `is not a parameter of POST /v1/charges; did you mean "customer"? ${permitted}`;
  refuseParams('unknown_parameter params.costumer', lacks, { costumer: 'cus_A100' });
  const refuseCall = refuser(check, 'callOf', ([operation, params, options]) =>
    guard({}).prepare(operation, EVENT, params, options),
  );
  const far = 'is not one of Stripe\'s v1 POST endpoints; did you mean "refunds.create"?';
  refuseCall('invalid_endpoint operation', far, ['refund.create']);
  refuseCall('wrong_type operation', 'must be text, not a number', [1]);
  refuseCall('missing_parameter params.destination', 'is missing: POST /v1/transfers requires it', [
    'transfers.create',
  ]);
  const refund = ['refunds.create', { charge: 'ch_1' }];
  refuseCall('event_mismatch options.amount', OTHER, [...refund, { amount: 4800 }]);
  const fetched = 'is not the currency that the request or the event has';
  refuseCall('event_mismatch options.currency', fetched, ['payouts.create', {}, { currency: 'eur' }]);
  refuseCall('invalid_currency options.currency', CURRENCY, [...refund, { currency: 'us' }]);
  refuseCall('unknown_field options.amuont', 'is not a field here. Did you mean amount?', [
    ...refund,
    { amuont: 1 },
  ]);
  refuseCall('wrong_type options', 'must be an object, not text', [...refund, 'x']);
  const noId = 'is missing: the endpoint\'s path needs it, such as path: { id: "ch_1" }';
  const refuseId = refuser(check, 'payOf', (id) => guard({}).invoices.pay(EVENT, id));
  refuseId('missing_field path.id', noId, undefined);
  refuseId('wrong_type path.id', 'must be text, not a number', 7);
  refuseId('invalid_path_parameter path.id', 'would change the path: "." and ".." are no ids', '..');
  const refuseLeak = refuser(check, 'leak', ([event, params]) => {
    return guard({ vault_key: VAULT_KEY }).charge({ ...EVENT, ...event }, params);
  });
  const leak = 'would put the vault key where run logs show it; take it out of there';
  refuseLeak('secret_in_output event', leak, [{ customer_id: VAULT_KEY }]);
  refuseLeak('secret_in_output params', leak, [{}, { description: `with ${VAULT_KEY}` }]);
  const refuseLeakOfId = refuser(check, 'leak of id', (id) =>
    guard({ vault_key: VAULT_KEY }).invoices.pay(EVENT, id),
  );
  refuseLeakOfId('secret_in_output options', leak, VAULT_KEY);
}

function ofResponses({ classifyResponse }, check) {
  const refuse = refuser(check, 'response', (response) => classifyResponse(response));
  const status = 'is not an HTTP status: give 100 to 599, or 0 where no answer arrived';
  refuse('wrong_type status', status, { status: 42 }, { status: 600 }, { status: 200.5 });
  refuse('wrong_type response', 'must be an object, not undefined', undefined);
  refuse('invalid_time now', TIME, { status: 200, now: 'soon' });
  refuse('wrong_type may_have_charged', 'must be true or false, not text', {
    status: 0,
    may_have_charged: 'no',
  });
}
