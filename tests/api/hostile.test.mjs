// Bad input of every kind: each gets a BillonceError with a code and the field, and the instance goes on working.
import {
  BillonceError,
  buildRequest,
  classifyResponse,
  encodeForm,
  guard,
  idempotencyKey,
  precheck,
} from 'billonce';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';

const base = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';

/** `[code, field]` of the refusal; the key if there was none. */
function refusal(work) {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(BillonceError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('BillonceError');
    expect(error.message).toContain(error.field);
    return [error.code, error.field];
  }
}
const keyRefusal = (changes) => refusal(() => idempotencyKey({ ...base, ...changes }));

afterEach(() => {
  expect(idempotencyKey(base)).toBe(KEY);
});

class Customer {
  constructor() {
    Object.assign(this, base);
  }
}
const throwing = () => {
  throw new Error('sk_live_should_not_be_seen');
};

describe('an event', () => {
  test.each([
    ['null', null],
    ['undefined', undefined],
    ['text', 'cus_A100'],
    ['a number', 4900],
    ['an array', [base]],
    ['a function', () => base],
    ['a symbol', Symbol('event')],
    ['a BigInt', 4900n],
    ['a Date', new Date()],
    ['a Map', new Map(Object.entries(base))],
    ['a class instance', new Customer()],
    ['an object that inherits its fields', Object.create(base)],
    ['a promise', Promise.resolve(base)],
    ['a boxed string', new String('cus_A100')],
  ])('that is %s is refused', (_, event) => {
    expect(refusal(() => idempotencyKey(event))).toEqual(['wrong_type', 'event']);
  });

  test('whose proxy throws is refused, one whose proxy answers is read', () => {
    const { proxy, revoke } = Proxy.revocable({ ...base }, {});
    revoke();
    expect(refusal(() => idempotencyKey(proxy))).toEqual(['unreadable_input', 'event']);
    expect(refusal(() => idempotencyKey(new Proxy(base, { ownKeys: throwing })))).toEqual([
      'unreadable_input',
      'event',
    ]);
    expect(refusal(() => idempotencyKey(new Proxy(base, { get: throwing })))).toEqual([
      'unreadable_input',
      'customer_id',
    ]);
    expect(idempotencyKey(new Proxy({ ...base }, {}))).toBe(KEY);
  });

  test('with a getter that throws is refused, and the error’s text is not passed on', () => {
    const event = Object.defineProperty({ ...base }, 'customer_id', { get: throwing, enumerable: true });
    expect(refusal(() => idempotencyKey(event))).toEqual(['unreadable_input', 'customer_id']);
    expect(() => idempotencyKey(event)).not.toThrow(/sk_live/);
  });

  test.each([
    [{ customer_id: 7 }, 'wrong_type', 'customer_id'],
    [{ customer_id: null }, 'wrong_type', 'customer_id'],
    [{ customer_id: undefined }, 'missing_field', 'customer_id'],
    [{ customer_id: ['cus_A100'] }, 'wrong_type', 'customer_id'],
    [{ customer_id: { toString: () => 'cus_A100' } }, 'wrong_type', 'customer_id'],
    [{ customer_id: new String('cus_A100') }, 'wrong_type', 'customer_id'],
    [{ customer_id: Symbol('x') }, 'wrong_type', 'customer_id'],
    [{ customer_id: () => 'x' }, 'wrong_type', 'customer_id'],
    [{ customer_id: new Date() }, 'wrong_type', 'customer_id'],
    [{ customer_id: '\ud800' }, 'lone_surrogate', 'customer_id'],
    [{ customer_id: 'a\udc00b' }, 'lone_surrogate', 'customer_id'],
    [{ customer_id: 'undefined' }, 'unresolved_reference', 'customer_id'],
    [{ amount_cents: 4900n }, 'wrong_type', 'amount_cents'],
    [{ amount_cents: new Date(4900) }, 'wrong_type', 'amount_cents'],
    [{ amount_cents: [4900] }, 'wrong_type', 'amount_cents'],
    [{ amount_cents: true }, 'wrong_type', 'amount_cents'],
    [{ amount_cents: 0 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: -0 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: -1 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: 49.5 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: Number.NaN }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: Number.POSITIVE_INFINITY }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: 1e21 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: 1e12 }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: '4,900' }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: ' 4900' }, 'surrounding_whitespace', 'amount_cents'],
    [{ amount_cents: '04900' }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: '4900.0' }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: '٤٩٠٠' }, 'invalid_amount', 'amount_cents'],
    [{ amount_cents: '' }, 'empty_field', 'amount_cents'],
    [{ amount_cents: '{{step_1.amount}}' }, 'unresolved_reference', 'amount_cents'],
    [{ loop_idx: 1 }, 'unknown_field', 'loop_idx'],
    [{ Branch: 'x' }, 'unknown_field', 'Branch'],
    [{ branch: undefined }, 'unresolved_reference', 'branch'],
    [{ loop_index: undefined }, 'unresolved_reference', 'loop_index'],
    [{ loop_index: null }, 'wrong_type', 'loop_index'],
    [{ loop_index: [] }, 'invalid_loop_index', 'loop_index'],
    [{ loop_index: [1, undefined] }, 'wrong_type', 'loop_index[1]'],
    [{ loop_index: 1.5 }, 'invalid_loop_index', 'loop_index'],
    [{ loop_index: 2 ** 53 }, 'invalid_loop_index', 'loop_index'],
    [{ loop_item: 42 }, 'wrong_type', 'loop_item'],
    [{ scheme: 'v3' }, 'invalid_scheme', 'scheme'],
    [{ currency: 'usd' }, 'not_in_scheme_v1', 'currency'],
    [{ __proto__x: 1 }, 'unknown_field', '__proto__x'],
    [{ sk_live_51H8abcdefgh: 1 }, 'unknown_field', '(a name not shown)'],
    [{ '\ud800': 1 }, 'lone_surrogate', 'event'],
  ])('with %o is refused', (changes, code, field) => {
    expect(keyRefusal(changes)).toEqual([code, field]);
  });

  test('of JSON with an own __proto__ is refused', () => {
    const event = JSON.parse(
      '{"customer_id":"c","amount_cents":1,"billing_period":"p","__proto__":{"branch":"x"}}',
    );
    expect(refusal(() => idempotencyKey(event))).toEqual(['unknown_field', '__proto__']);
  });
});

describe('a configuration', () => {
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };
  test.each([
    [{ policy: { ...policy, daily_usd_cap: -1 } }, 'invalid_policy', 'policy.daily_usd_cap'],
    [{ policy: { ...policy, daily_usd_cap: 'lots' } }, 'invalid_policy', 'policy.daily_usd_cap'],
    [{ policy: { ...policy, daily_usd_cap: Number.NaN } }, 'invalid_policy', 'policy.daily_usd_cap'],
    [{ policy: { ...policy, daily_usd_cap: 0.1 + 0.2 } }, 'invalid_policy', 'policy.daily_usd_cap'],
    [{ policy: { ...policy, daily_usd_cap: 49n } }, 'wrong_type', 'policy.daily_usd_cap'],
    [{ policy: { ...policy, daily_cap: 49 } }, 'unknown_field', 'policy.daily_cap'],
    [{ policy: null }, 'wrong_type', 'policy'],
    [{ base_url: 'http://proxy.keybrake.com' }, 'invalid_base_url', 'base_url'],
    [{ base_url: 'https://user:pw@proxy.keybrake.com' }, 'invalid_base_url', 'base_url'],
    [{ base_url: 7 }, 'wrong_type', 'base_url'],
    [{ vault_key: 7 }, 'wrong_type', 'vault_key'],
    [{ vault_key: 'sk_live_123' }, 'raw_key_refused', 'vault_key'],
    [{ vault_key: 'a\r\nb' }, 'invalid_vault_key', 'vault_key'],
    [{ vault_key: '\ud800' }, 'lone_surrogate', 'vault_key'],
    [{ allow_raw_key: 'yes' }, 'wrong_type', 'allow_raw_key'],
    [{ on_deny: 'ignore' }, 'wrong_type', 'on_deny'],
    [{ spent_usd_cents: 1 }, 'missing_field', 'policy'],
    [{ policy, spent_usd_cents: -1 }, 'invalid_spend', 'spent_usd_cents'],
    [{ policy, now: 'yesterday' }, 'invalid_time', 'now'],
    [{ polcy: policy }, 'unknown_field', 'polcy'],
  ])('%o is refused when the guard is made', (config, code, field) => {
    expect(refusal(() => guard(config))).toEqual([code, field]);
  });

  test.each([[null], [undefined], ['x'], [[]], [new Date()], [new Map()]])(
    'that is %o is refused',
    (config) => {
      expect(refusal(() => guard(config))).toEqual(['wrong_type', 'config']);
    },
  );
});

describe('parameters', () => {
  const circular = { amount: 1 };
  circular.self = circular;
  test.each([
    ['a function', { f: () => 1 }, 'wrong_type', 'params.f'],
    ['a symbol', { s: Symbol('s') }, 'wrong_type', 'params.s'],
    ['an instance', { metadata: new Customer() }, 'wrong_type', 'params.metadata'],
    ['a Map', { metadata: new Map() }, 'wrong_type', 'params.metadata'],
    ['a lone surrogate', { description: '\udfff' }, 'lone_surrogate', 'params.description'],
    ['itself', circular, 'input_too_large', expect.stringMatching(/^params\./)],
  ])('that hold %s are refused', (_, params, code, field) => {
    expect(refusal(() => encodeForm(params))).toEqual([code, field]);
  });

  test('of an endless array are refused at once', () => {
    expect(refusal(() => encodeForm({ a: new Array(2 ** 32 - 1) }))).toEqual(['input_too_large', 'params.a']);
  });

  test.each([[null], ['a=1'], [[1, 2]], [undefined]])('that are %o are refused', (params) => {
    expect(refusal(() => encodeForm(params))).toEqual(['wrong_type', 'params']);
  });
});

describe('10,000 random hostile inputs', () => {
  const fields = [
    ...Object.keys(base),
    'flow',
    'branch',
    'charge_type',
    'loop_index',
    'loop_item',
    'scheme',
    'loop_idx',
  ];
  const anything = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '{{x}}',
      'null',
      '\ud800',
      'a:b',
      '-branch-',
      'loop_1',
      '4900',
      1e21,
      Symbol('s'),
      () => 1,
    ),
  );
  const hostile = fc.oneof(
    anything,
    fc.dictionary(fc.constantFrom(...fields), anything),
    fc.dictionary(fc.constantFrom(...fields), anything).map((some) => ({ ...base, ...some })),
  );
  // A template reference, a separator or a missing field never makes a key; what makes one, makes the same one twice.
  const answers = (work) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof BillonceError) || error.code === 'internal_error') throw error;
      expect(typeof error.field).toBe('string');
      return error.code;
    }
  };

  test('leave neither a panic nor a wrong key', () => {
    fc.assert(
      fc.property(hostile, (input) => {
        const first = answers(() => idempotencyKey(input));
        expect(answers(() => idempotencyKey(input))).toBe(first);
        if (/^[0-9a-f]{64}$/.test(first)) {
          for (const name of Object.keys(base)) expect(Object.hasOwn(input, name)).toBe(true);
        }
        answers(() => encodeForm(input));
        answers(() => buildRequest(input));
        answers(() => precheck(input));
        answers(() => classifyResponse(input));
        answers(() => guard(input));
        answers(() => guard({}).charge(input, input));
        answers(() => guard({}).prepare(input, base, input, input));
        answers(() => guard({}).checkout.sessions.create(base, input, input));
        answers(() => guard({}).invoices.pay(base, input, input));
        expect(idempotencyKey(base)).toBe(KEY);
      }),
      { numRuns: 10_000 },
    );
  });
});
