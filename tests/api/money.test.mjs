// Amounts as people write them: against text and BigInt, and against the decimals that the host's Intl knows.
import { buildRequest, minorUnits } from 'billonce';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES } from '../support/stripe-double/currencies.mjs';

const codes = [...CURRENCIES];
/** Stripe, "Supported currencies". */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ');
const WHOLE_UNITS_ONLY = ['isk', 'ugx'];
const decimalsOf = (code) => (ZERO_DECIMAL.includes(code) ? 0 : THREE_DECIMAL.includes(code) ? 3 : 2);
const granularityOf = (code) =>
  WHOLE_UNITS_ONLY.includes(code) ? 100n : THREE_DECIMAL.includes(code) ? 10n : 1n;

/** Two decimals by ISO 4217 and at Stripe, which nobody uses: Intl shows none, or may come to. */
const UNUSED_DECIMALS =
  'afn all amd cop crc huf idr isk lak lbp mmk pkr rsd sll sos std twd tzs ugx uzs yer'.split(' ');

/** Minor units written down, by text alone. */
function written(units, decimals) {
  const digits = String(units).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const refusal = (amount, currency) => {
  try {
    return minorUnits(amount, currency);
  } catch ({ name, code, field, message }) {
    return [name, code, field, message];
  }
};

describe('currencies', () => {
  test.each(codes)('%s has the decimals that it has at Stripe', (code) => {
    expect(minorUnits(1, code)).toBe(10 ** decimalsOf(code));
  });

  test('have the decimals that Intl knows, where these are used', () => {
    const currency = (code) =>
      new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions();
    const differing = codes.filter((code) => currency(code).maximumFractionDigits !== decimalsOf(code));
    expect(differing.filter((code) => !UNUSED_DECIMALS.includes(code))).toEqual([]);
    // Were Intl to know nothing, all would have two.
    expect(currency('kwd').maximumFractionDigits).toBe(3);
  });
});

const amounts = fc
  .record({ code: fc.constantFrom(...codes), units: fc.bigInt(1n, 999_999_999_999n) })
  .map(({ code, units }) => {
    const granularity = granularityOf(code);
    return { code, units: (units / granularity) * granularity || granularity };
  });

describe('20,000 random amounts', () => {
  const options = { numRuns: 20_000 };

  test('written down are read back', () => {
    fc.assert(
      fc.property(amounts, ({ code, units }) => {
        expect(minorUnits(written(units, decimalsOf(code)), code)).toBe(Number(units));
      }),
      options,
    );
  });

  test('are refused with one more decimal, even a zero', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 9 }), ({ code, units }, digit) => {
        const decimals = decimalsOf(code);
        const text = `${written(units, decimals)}${decimals === 0 ? '.' : ''}${digit}`;
        const many = `amount has more decimals than ${code}, which has ${decimals}: round it as it is meant`;
        const large = text.replace('.', '').length > 18;
        if (!large) expect(refusal(text, code)).toEqual(['BillonceError', 'invalid_amount', 'amount', many]);
        else expect(refusal(text, code)[1]).toBe('invalid_amount');
      }),
      options,
    );
  });

  test('of whole units are the same as text, number and BigInt', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.integer({ min: 1, max: 999_999_999 }), (code, whole) => {
        const expected = whole * 10 ** decimalsOf(code);
        expect([whole, `${whole}`, BigInt(whole)].map((amount) => minorUnits(amount, code))).toEqual([
          expected,
          expected,
          expected,
        ]);
      }),
      options,
    );
  });

  test('of any number or text are exact or refused', () => {
    const anything = fc.oneof(fc.double(), fc.string(), fc.stringMatching(/^[0-9.,+\-eE ]{0,16}$/));
    fc.assert(
      fc.property(anything, fc.constantFrom(...codes), (amount, code) => {
        const result = refusal(amount, code);
        if (Array.isArray(result)) {
          expect(result[0]).toBe('BillonceError');
          return;
        }
        // Exact: back to text, it is what was given but for zeros at the end.
        const trimmed = (text) => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);
        expect(trimmed(written(result, decimalsOf(code)))).toBe(trimmed(String(amount)));
      }),
      options,
    );
  });
});

test('an amount that is read can be sent', () => {
  for (const code of codes) {
    const amount = minorUnits(3, code);
    const { body } = buildRequest({
      endpoint: 'payment_intents.create',
      params: { amount, currency: code },
      idempotency_key: 'k',
    });
    expect(body).toBe(`amount=${amount}&currency=${code}`);
  }
});
