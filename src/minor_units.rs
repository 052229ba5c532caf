//! From an amount as people write it to the integer that Stripe takes: `49.90` dollars are 4900 cents and 90.
//!
//! Source: Stripe, "Supported currencies" (zero-decimal, three-decimal and special-case currencies).

use crate::error::{Code, Error, Result};
use crate::money::{Decimal, Digits, MAX_AMOUNT, scalar_text};
use crate::params;
use crate::text;
use crate::value::Value;

/// The minor units of `amount`, decimal text or a whole number, in `currency`, in either case.
///
/// Nothing is rounded. More decimals than the currency has are refused even where they are zeros: in many countries the
/// point separates thousands, so `500.000` dong may have been meant as half a million.
///
/// # Errors
/// For what is no amount of the currency from 1 to 999999999999 minor units, and for an unknown currency.
pub fn minor_units(amount: &Value, currency: &Value) -> Result<u64> {
    let currency = params::currency(currency, "currency")?;
    let decimal = decimal(amount)?;
    let most = currency.decimals();
    if decimal.scale() > most {
        let most = Digits::of(most.into());
        let problem =
            ["has more decimals than ", currency.code(), ", which has ", &most, ": round it as it is meant"];
        return Err(refusal(&problem));
    }
    let units = decimal.at_scale(most).filter(|units| (1..=MAX_AMOUNT).contains(units));
    let units = units.ok_or_else(not_an_amount)?;
    if units.checked_rem(currency.granularity()) != Some(0) {
        let smallest = if most == 3 { "0.01 " } else { "1 " };
        let problem = ["must be a multiple of ", smallest, currency.code(), ", the least that Stripe takes"];
        return Err(refusal(&problem));
    }
    Ok(units)
}

fn decimal(amount: &Value) -> Result<Decimal> {
    match amount {
        Value::Number(text) if text.bytes().any(|byte| byte == b'.') => {
            return Err(refusal(&[
                "is a number with decimals, which JavaScript keeps only nearly: give it as text, such as \"49.90\"",
            ]));
        }
        Value::Text(text) => text::check(FIELD, text)?,
        Value::Number(_) | Value::BigInt(_) => {}
        other => return Err(other.wrong(FIELD, "decimal text or a whole number")),
    }
    scalar_text(amount).and_then(Decimal::parse).ok_or_else(not_an_amount)
}

const FIELD: &str = "amount";

fn not_an_amount() -> Error {
    refusal(&[
        "is not an amount: give whole units and decimals, such as \"49.90\", above 0 and up to 12 digits in minor units",
    ])
}

fn refusal(problem: &[&str]) -> Error {
    Error::of_parts(Code::InvalidAmount, FIELD, problem)
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;
    use crate::money::Currency;
    use crate::prelude::{String, ToString};
    use proptest::prelude::*;

    fn of(amount: &str, currency: &str) -> core::result::Result<u64, String> {
        minor_units(&Value::Text(amount), &Value::Text(currency)).map_err(|error| error.message())
    }

    #[test]
    fn known_answers() {
        for (amount, currency, units) in [
            ("49.90", "usd", 4990),
            ("49.9", "usd", 4990),
            ("49", "usd", 4900),
            ("0.01", "usd", 1),
            ("9999999999.99", "usd", 999_999_999_999),
            ("500", "jpy", 500),
            ("999999999999", "jpy", 999_999_999_999),
            ("1", "krw", 1),
            ("1.5", "kwd", 1500),
            ("1.230", "kwd", 1230),
            ("12", "bhd", 12_000),
            ("500", "isk", 50_000),
            ("500.00", "ugx", 50_000),
            ("500.5", "huf", 50_050),
            ("500.5", "twd", 50_050),
            ("49.90", "USD", 4990),
            ("500", "Jpy", 500),
        ] {
            assert_eq!(of(amount, currency), Ok(units), "{amount} {currency}");
        }
    }

    #[test]
    fn decimals_that_the_currency_lacks() {
        for (amount, currency, problem) in [
            ("49.905", "usd", "has more decimals than usd, which has 2: round it as it is meant"),
            ("49.900", "usd", "has more decimals than usd, which has 2: round it as it is meant"),
            ("500.5", "jpy", "has more decimals than jpy, which has 0: round it as it is meant"),
            ("500.000", "vnd", "has more decimals than vnd, which has 0: round it as it is meant"),
            ("1.2345", "kwd", "has more decimals than kwd, which has 3: round it as it is meant"),
            ("1.234", "kwd", "must be a multiple of 0.01 kwd, the least that Stripe takes"),
            ("500.50", "isk", "must be a multiple of 1 isk, the least that Stripe takes"),
            ("0.01", "ugx", "must be a multiple of 1 ugx, the least that Stripe takes"),
        ] {
            assert_eq!(of(amount, currency), Err(format!("amount {problem}")), "{amount} {currency}");
        }
    }

    proptest! {
        /// The reference writes the amount down from its minor units, by text alone.
        #[test]
        fn what_is_written_down_reads_back(
            units in 1..=MAX_AMOUNT,
            code in proptest::sample::select(std::vec!["usd", "jpy", "kwd", "isk", "huf", "vnd", "omr", "eur"]),
        ) {
            let currency = Currency::parse(code).unwrap();
            let units = (units / currency.granularity()).max(1) * currency.granularity();
            let decimals = usize::try_from(currency.decimals()).unwrap();
            let padded = format!("{units:0width$}", width = decimals + 1);
            let (whole, fraction) = padded.split_at(padded.len() - decimals);
            let text = if decimals == 0 { whole.to_string() } else { format!("{whole}.{fraction}") };
            prop_assert_eq!(of(&text, code), Ok(units));
            let short = text.trim_end_matches('0').trim_end_matches('.');
            if decimals > 0 {
                prop_assert_eq!(of(short, code), Ok(units));
                let longer = format!("{whole}.{fraction}0");
                prop_assert!(of(&longer, code).is_err());
            }
        }

        #[test]
        fn any_text_is_an_amount_or_a_refusal(text in "\\PC{0,25}|[0-9.,+-]{0,25}") {
            if let Ok(units) = of(&text, "usd") {
                prop_assert!((1..=MAX_AMOUNT).contains(&units));
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
            }
        }
    }
}
