//! Money: integers of a currency's minor unit, decimals read exactly, never a float.
//!
//! Source: Stripe, "Supported currencies" (zero-decimal, three-decimal and special-case currencies).

use crate::prelude::*;
use crate::text;
use crate::value::Value;

/// The largest amount: Stripe takes up to 12 digits.
pub const MAX_AMOUNT: u64 = 999_999_999_999;

/// An integer written canonically: up to 19 digits, no sign, no leading zero (but `0` itself).
#[must_use]
pub fn canonical_integer(text: &str) -> Option<u64> {
    let canonical = text == "0"
        || (!text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    // 19 digits fit 64 bits, and nothing here is larger; a checked multiplication would be one of 128 bits.
    if !canonical || text.len() > 19 {
        return None;
    }
    Some(
        text.bytes()
            .fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit & 15))),
    )
}

/// The canonical integer that a number or a text stands for, with the sign that `signed` permits.
pub(crate) fn integer(value: &Value, signed: bool) -> Option<i64> {
    let (Value::Number(_) | Value::Text(_) | Value::BigInt(_)) = value else { return None };
    let text = scalar_text(value)?;
    match text.strip_prefix('-') {
        Some(digits) if signed => {
            let number = i64::try_from(canonical_integer(digits).filter(|n| *n > 0)?).ok()?;
            number.checked_neg()
        }
        _ => i64::try_from(canonical_integer(text)?).ok(),
    }
}

/// The text of a number, BigInt or string.
pub(crate) fn scalar_text<'v>(value: &Value<'v>) -> Option<&'v str> {
    match value {
        Value::Number(text) => Some(text),
        Value::Text(text) | Value::BigInt(text) => Some(text),
        _ => None,
    }
}

/// A non-negative decimal, exact: `digits` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u64,
    scale: u32,
}

impl Decimal {
    /// Reads `49`, `49.9` or `0.00004`: no sign, exponent, separator, bare point or leading zero, at most
    /// 18 digits in all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text::split_once(text, ".").unwrap_or((text, ""));
        canonical_integer(whole)?;
        if text.len() != whole.len() && fraction.is_empty() {
            return None;
        }
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || text.len() > 19 {
            return None;
        }
        let mut digits = 0_u64;
        // At most 19 digits, which fit.
        for digit in text.bytes().filter(|byte| *byte != b'.') {
            digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit & 15));
        }
        Some(Decimal { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// Whether this is 0.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// How many digits stand behind the point, zeros included.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// The same value in hundredths, if it has no more than two decimals that count.
    #[must_use]
    pub fn hundredths(self) -> Option<u64> {
        self.at_scale(2)
    }

    /// The same value in units of 10^-`decimals`, if that is a whole number of them.
    #[must_use]
    pub fn at_scale(self, decimals: u32) -> Option<u64> {
        let (mut digits, mut scale) = (self.digits, self.scale);
        while scale < decimals {
            if digits > u64::MAX / 10 {
                return None;
            }
            digits = digits.wrapping_mul(10);
            scale = scale.saturating_add(1);
        }
        while scale > decimals {
            if digits % 10 != 0 {
                return None;
            }
            digits /= 10;
            scale = scale.saturating_sub(1);
        }
        Some(digits)
    }
}

/// What every currency at Stripe has in common, by its ISO 4217 code in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    code: [u8; 3],
}

// Sorted, four bytes a code, for binary search.

/// Currencies whose minor unit is the unit itself.
const ZERO_DECIMAL: &[u8] = b"bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf ";
/// Three decimals in the API, of which the last must be 0.
const THREE_DECIMAL: &[u8] = b"bhd jod kwd omr tnd ";
/// Zero-decimal in the world, two-decimal in the API: amounts must divide by 100.
const WHOLE_UNITS_ONLY: &[u8] = b"isk ugx ";
/// Two-decimal for charges; payouts must divide by 100.
const WHOLE_PAYOUTS: &[u8] = b"huf twd ";
/// The other currencies that Stripe presents or settles in, two-decimal.
const TWO_DECIMAL: &[u8] =
    b"aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf \
    cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils \
    inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad \
    ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sll sos srd \
    std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd xcg yer zar zmw ";

impl Currency {
    /// US dollars, the currency of every cap.
    pub const USD: Currency = Currency { code: *b"usd" };

    /// Reads a code that Stripe knows, in lower case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Currency> {
        Currency::of_code(code.as_bytes().try_into().ok()?)
    }

    /// The same in either case.
    #[must_use]
    pub fn parse_any_case(code: &str) -> Option<Currency> {
        let mut code: [u8; 3] = code.as_bytes().try_into().ok()?;
        code.make_ascii_lowercase();
        Currency::of_code(code)
    }

    fn of_code(code: [u8; 3]) -> Option<Currency> {
        let known = [TWO_DECIMAL, ZERO_DECIMAL, THREE_DECIMAL, WHOLE_UNITS_ONLY];
        known.iter().any(|list| list_has(list, code)).then_some(Currency { code })
    }

    /// The lower-case ISO code.
    #[must_use]
    pub fn code(&self) -> &str {
        core::str::from_utf8(&self.code).unwrap_or("")
    }

    /// How many decimals an amount at Stripe's API has.
    #[must_use]
    pub fn decimals(self) -> u32 {
        if list_has(ZERO_DECIMAL, self.code) {
            0
        } else if list_has(THREE_DECIMAL, self.code) {
            3
        } else {
            2
        }
    }

    /// What an amount must divide by to be payable.
    #[must_use]
    pub fn granularity(self) -> u64 {
        if list_has(WHOLE_UNITS_ONLY, self.code) {
            100
        } else if list_has(THREE_DECIMAL, self.code) {
            10
        } else {
            1
        }
    }

    /// The same for a payout, which banks in some countries take in whole units alone.
    #[must_use]
    pub fn payout_granularity(self) -> u64 {
        if list_has(WHOLE_PAYOUTS, self.code) { 100 } else { self.granularity() }
    }
}

fn list_has(list: &[u8], code: [u8; 3]) -> bool {
    let [a, b, c] = code;
    list.as_chunks::<4>().0.binary_search(&[a, b, c, b' ']).is_ok()
}

/// US cents that `amount` minor units of `currency` are worth, rounded up, at `rate` dollars for one whole unit.
///
/// Rounding up keeps a cap on the safe side: a charge is never priced below its worth. `None` when the
/// product does not fit, which is above any cap.
#[must_use]
pub fn usd_cents(amount: u64, currency: Currency, rate: Decimal) -> Option<u64> {
    if currency == Currency::USD {
        return Some(amount);
    }
    if amount > u64::MAX / 100 {
        return None;
    }
    let times = currency.decimals().checked_add(rate.scale)?;
    div_ceil_by_ten(product(amount.wrapping_mul(100), rate.digits), times)
}

/// The product of two numbers, by 32 bits, the highest first.
fn product(a: u64, b: u64) -> [u64; 4] {
    let (high, low) = (|number: u64| number >> 32, |number: u64| number & 0xffff_ffff);
    let first = low(a).wrapping_mul(low(b));
    let second = high(a).wrapping_mul(low(b)).wrapping_add(high(first));
    let third = low(a).wrapping_mul(high(b)).wrapping_add(low(second));
    let fourth = high(a).wrapping_mul(high(b)).wrapping_add(high(second)).wrapping_add(high(third));
    [high(fourth), low(fourth), low(third), low(first)]
}

/// `number` / 10^`times`, rounded up, where it fits 64 bits. One digit at a time, on 32 bits at a time: a division of 128 bits
/// would bring 1 KB of wasm.
fn div_ceil_by_ten(mut limbs: [u64; 4], times: u32) -> Option<u64> {
    let mut exact = true;
    for _ in 0..times {
        let mut rest = 0;
        for limb in &mut limbs {
            let part = rest << 32 | *limb;
            *limb = part / 10;
            rest = part % 10;
        }
        exact &= rest == 0;
    }
    match limbs {
        [0, 0, high, low] => (high << 32 | low).checked_add(u64::from(!exact)),
        _ => None,
    }
}

/// The digits of a number, without the formatting machinery and without an allocation.
pub(crate) struct Digits {
    buffer: [u8; 20],
    start: usize,
}

impl Digits {
    /// The digits of a length or an index.
    pub(crate) fn of_size(size: usize) -> Digits {
        Digits::of(size.try_into().unwrap_or(u64::MAX))
    }

    #[inline(never)]
    pub(crate) fn of(mut number: u64) -> Digits {
        let mut digits = Digits { buffer: [b'0'; 20], start: 20 };
        for digit in digits.buffer.iter_mut().rev() {
            *digit = b'0'.wrapping_add(u8::try_from(number % 10).unwrap_or(0));
            number /= 10;
            digits.start = digits.start.saturating_sub(1);
            if number == 0 {
                break;
            }
        }
        digits
    }
}

impl core::ops::Deref for Digits {
    type Target = str;

    fn deref(&self) -> &str {
        self.buffer.get(self.start..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or("")
    }
}

/// `4900` as `$49.00`, for sentences that people read.
#[must_use]
pub fn dollars(cents: u64) -> String {
    let fraction = cents % 100;
    ["$", &Digits::of(cents / 100), if fraction < 10 { ".0" } else { "." }, &Digits::of(fraction)].joined()
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn canonical_integers() {
        for (text, expected) in
            [("0", Some(0)), ("4900", Some(4900)), ("9999999999999999999", Some(9_999_999_999_999_999_999))]
        {
            assert_eq!(canonical_integer(text), expected, "{text}");
        }
        for text in ["", "00", "04900", "-1", "+1", "4900.0", "4,900", " 4900", "4900 ", "1e3", "٤", "NaN"] {
            assert_eq!(canonical_integer(text), None, "{text}");
        }
        assert_eq!(canonical_integer("10000000000000000000"), None);
    }

    #[test]
    fn digits_are_those_of_std() {
        for number in [0, 7, 10, 4900, 999_999_999_999, u64::MAX] {
            assert_eq!(&*Digits::of(number), format!("{number}"));
        }
        assert_eq!(
            (dollars(0), dollars(5), dollars(4990)),
            ("$0.00".into(), "$0.05".into(), "$49.90".into())
        );
    }

    #[test]
    fn decimals_are_exact() {
        let hundredths = |text: &str| Decimal::parse(text).and_then(Decimal::hundredths);
        for (text, expected) in [("49", 4900), ("49.9", 4990), ("49.99", 4999), ("0.1", 10), ("0.300", 30)] {
            assert_eq!(hundredths(text), Some(expected), "{text}");
        }
        for text in
            ["", ".5", "5.", "-1", "1e3", "049", "4,900", "NaN", "Infinity", "49.999", "0x10", "1.2.3"]
        {
            assert_eq!(hundredths(text), None, "{text}");
        }
        assert_eq!(hundredths("0.30000000000000004"), None, "a float's dust is refused, not rounded");
    }

    #[test]
    fn usd_value_rounds_up() {
        let rate = |text: &str| Decimal::parse(text).unwrap();
        let currency = |code: &str| Currency::parse(code).unwrap();
        assert_eq!(usd_cents(4900, currency("eur"), rate("1.08")), Some(5292));
        assert_eq!(usd_cents(1, currency("eur"), rate("1.08")), Some(2));
        assert_eq!(usd_cents(5000, currency("jpy"), rate("0.0067")), Some(3350));
        assert_eq!(usd_cents(10_000, currency("kwd"), rate("3.25")), Some(3250));
        assert_eq!(usd_cents(1, currency("vnd"), rate("0.00004")), Some(1));
        assert_eq!(usd_cents(MAX_AMOUNT, currency("jpy"), rate("999999999999999999")), None);
    }

    #[test]
    fn currency_lists_are_sorted_and_whole() {
        for list in [ZERO_DECIMAL, THREE_DECIMAL, WHOLE_UNITS_ONLY, TWO_DECIMAL] {
            let (codes, rest) = list.as_chunks::<4>();
            assert!(rest.is_empty() && codes.is_sorted_by(|a, b| a < b));
            assert!(codes.iter().all(|code| code[3] == b' ' && code[..3].iter().all(u8::is_ascii_lowercase)));
        }
    }

    #[test]
    fn special_currencies() {
        let facts = |code: &str| Currency::parse(code).map(|c| (c.decimals(), c.granularity()));
        assert_eq!(facts("usd"), Some((2, 1)));
        assert_eq!(facts("jpy"), Some((0, 1)));
        assert_eq!(facts("kwd"), Some((3, 10)));
        assert_eq!(facts("isk"), Some((2, 100)));
        assert_eq!(facts("huf"), Some((2, 1)));
        let payout = |code: &str| Currency::parse(code).map(Currency::payout_granularity);
        assert_eq!(
            ["huf", "twd", "isk", "kwd", "usd"].map(payout),
            [Some(100), Some(100), Some(100), Some(10), Some(1)]
        );
        for code in ["USD", "us", "usdc", "xxx", "", "u d", "usd ", "eur usd"] {
            assert_eq!(facts(code), None, "{code}");
        }
    }

    fn currency_codes() -> impl Strategy<Value = String> {
        let codes: Vec<String> = [ZERO_DECIMAL, THREE_DECIMAL, WHOLE_UNITS_ONLY, TWO_DECIMAL]
            .iter()
            .flat_map(|list| list.as_chunks::<4>().0)
            .map(|code| String::from_utf8_lossy(&code[..3]).into_owned())
            .collect();
        proptest::sample::select(codes)
    }

    proptest! {
        /// The exact value is `amount / 10^decimals * rate * 100` cents: a fraction of integers, which fits 128 bits here.
        #[test]
        fn usd_value_is_the_exact_one_rounded_up_in_every_currency(
            amount in 1..=MAX_AMOUNT,
            code in currency_codes(),
            digits in 1_u64..1_000_000_000,
            scale in 0_usize..12,
        ) {
            let currency = Currency::parse(&code).unwrap();
            prop_assume!(currency != Currency::USD);
            let padded = format!("{digits:0width$}", width = scale + 1);
            let (whole, fraction) = padded.split_at(padded.len() - scale);
            let point = if scale > 0 { "." } else { "" };
            let rate = Decimal::parse(&format!("{whole}{point}{fraction}")).unwrap();
            let numerator = u128::from(amount) * u128::from(digits) * 100;
            let denominator = 10_u128.pow(currency.decimals()) * 10_u128.pow(u32::try_from(scale).unwrap());
            match usd_cents(amount, currency, rate).map(u128::from) {
                Some(cents) => prop_assert!(cents * denominator >= numerator && (cents - 1) * denominator < numerator),
                None => prop_assert!(numerator > u128::from(u64::MAX) * denominator),
            }
        }

        #[test]
        fn hundredths_agree_with_integers(whole in 0_u64..1_000_000_000, cents in 0_u64..100) {
            let parsed = Decimal::parse(&format!("{whole}.{cents:02}")).and_then(Decimal::hundredths);
            prop_assert_eq!(parsed, Some(whole * 100 + cents));
        }
    }
}
