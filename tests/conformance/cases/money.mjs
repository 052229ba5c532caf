export function money({ minorUnits }, check) {
  const is = (units, ...amounts) => {
    for (const [amount, currency] of amounts) {
      check(`${typeof amount} ${amount} ${currency}`, () => minorUnits(amount, currency), units);
    }
  };
  is(4990, ['49.90', 'usd'], ['49.9', 'usd'], ['49.90', 'USD']);
  is(4900, ['49', 'usd'], [49, 'usd'], [49n, 'usd'], ['49.00', 'eur']);
  is(500, ['500', 'jpy'], [500, 'krw'], ['0.5', 'kwd'], ['5', 'huf'], ['5.00', 'twd']);
  is(1230, ['1.23', 'kwd'], ['1.230', 'bhd']);
  is(50000, ['500', 'isk'], ['500.00', 'ugx'], ['500.00', 'huf']);
  is(1, ['0.01', 'usd'], ['1', 'jpy']);
  is(999999999999, ['9999999999.99', 'usd'], [999999999999, 'vnd']);

  const refuse = (code, field, problem, ...amounts) => {
    for (const [amount, currency] of amounts) {
      const expected = { code, field, message: `${field} ${problem}` };
      check(
        `refused ${typeof amount} ${String(amount)} ${currency}`,
        () => minorUnits(amount, currency),
        expected,
      );
    }
  };
  const invalid = (problem, ...amounts) => refuse('invalid_amount', 'amount', problem, ...amounts);
  const more = (currency, decimals) =>
    `has more decimals than ${currency}, which has ${decimals}: round it as it is meant`;
  invalid(more('usd', 2), ['49.905', 'usd'], ['49.900', 'USD']);
  invalid(more('jpy', 0), ['500.5', 'jpy'], ['500.0', 'jpy'], ['500.000', 'jpy']);
  invalid(more('kwd', 3), ['1.2300', 'kwd']);
  invalid('must be a multiple of 0.01 kwd, the least that Stripe takes', ['1.234', 'kwd']);
  invalid('must be a multiple of 1 isk, the least that Stripe takes', ['500.50', 'isk'], ['0.01', 'isk']);
  const inexact =
    'is a number with decimals, which JavaScript keeps only nearly: give it as text, such as "49.90"';
  invalid(inexact, [49.9, 'usd'], [0.1 + 0.2, 'usd'], [-0.5, 'usd'], [1.5e300, 'usd']);
  const none =
    'is not an amount: give whole units and decimals, such as "49.90", above 0 and up to 12 digits in minor units';
  const texts = [
    '4,900',
    '49,90',
    '-49',
    '+49',
    '1e3',
    '049',
    '.5',
    '5.',
    '0',
    '0.00',
    '$49',
    '49 USD',
    '٤٩',
    'Infinity',
  ];
  invalid(none, ...texts.map((text) => [text, 'usd']));
  invalid(none, ...[0, -0, -1, Infinity, 1e21, 1e-7, 10000000000, -1n].map((number) => [number, 'usd']));
  invalid(none, ['10000000000', 'usd'], ['9'.repeat(40), 'usd'], ['1000000000000', 'jpy']);

  const white = 'has white space at an end; trim it, since it would change the key';
  refuse('surrounding_whitespace', 'amount', white, [' 49', 'usd'], ['49\u00a0', 'usd']);
  refuse('empty_field', 'amount', 'is empty: give a value, or leave an optional field out', ['', 'usd']);
  const reference =
    'holds a reference that was not resolved; check the name of the step and field it refers to';
  refuse('unresolved_reference', 'amount', reference, ['{{step_1.price}}', 'usd'], ['NaN', 'usd']);
  const wanted = 'must be decimal text or a whole number, not';
  refuse('wrong_type', 'amount', `${wanted} undefined`, [undefined, 'usd']);
  refuse('wrong_type', 'amount', `${wanted} a list`, [['49'], 'usd']);
  const unknown =
    'is not a currency that Stripe knows: give its three-letter code in lower case, such as "usd"';
  refuse(
    'invalid_currency',
    'currency',
    unknown,
    ['49', 'us'],
    ['49', 'dollars'],
    ['49', ' usd'],
    ['49', ''],
  );
  refuse('wrong_type', 'currency', 'must be text, not undefined', ['49', undefined]);
}
