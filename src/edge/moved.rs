//! How much money an object of Stripe's has moved, or can still move without another call through the edge.
//!
//! Source: the status fields of Stripe's API reference. Where the object does not tell, the answer is `None`, and what was
//! reserved stays counted.

use crate::money::{self, Currency, MAX_AMOUNT};
use crate::value::{Value, lookup};

type Members<'a> = &'a [(&'a str, Value<'a>)];

/// What an object counts for, in its currency's minor unit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Moved<'a> {
    /// The id of an object that later calls may be about.
    pub(crate) id: Option<&'a str>,
    /// Its whole amount, whatever has become of it.
    pub(crate) amount: u64,
    /// What counts of it.
    pub(crate) counts: u64,
    /// Whether that is its end: only then may it count less than before. Any other answer may be an old one, played again.
    pub(crate) at_its_end: bool,
    pub(crate) currency: Currency,
}

/// Reads an answer's object, or the one that an error brings along.
pub(crate) fn moved<'a>(body: Members<'a>) -> Option<Moved<'a>> {
    let object = text(body, "object")?;
    let status = text(body, "status").unwrap_or("");
    let amount = |name| size(body, name);
    let whole = amount("amount");
    let failed = matches!(status, "failed" | "canceled");
    let (whole, counts, at_its_end, later) = match object {
        "charge" => {
            let released = is_true(body, "refunded") && !is_true(body, "captured");
            let counts = if failed || released {
                0
            } else if is_true(body, "captured") {
                amount("amount_captured").or(whole)?
            } else {
                whole?
            };
            (whole?, counts, failed || released || is_true(body, "captured"), true)
        }
        // Whatever is not canceled can be confirmed by whoever has its client secret.
        "payment_intent" => {
            let received = amount("amount_received");
            let counts = match status {
                "canceled" => received.unwrap_or(0),
                "succeeded" => received.or(whole)?,
                _ => whole?,
            };
            (whole?, counts, matches!(status, "canceled" | "succeeded"), true)
        }
        "invoice" => {
            let paid = amount("amount_paid").unwrap_or(0);
            let due = amount("amount_due")?;
            let counts = match status {
                "paid" if is_true(body, "paid_out_of_band") => 0,
                "paid" | "void" | "uncollectible" => paid,
                // Stripe collects it by itself.
                _ => due.max(paid),
            };
            (due, counts, matches!(status, "paid" | "void"), true)
        }
        "refund" | "payout" | "topup" => (whole?, if failed { 0 } else { whole? }, failed, false),
        "transfer"
        | "transfer_reversal"
        | "fee_refund"
        | "invoiceitem"
        | "customer_balance_transaction"
        | "credit_note" => (whole?, whole?, false, false),
        _ => return None,
    };
    Some(Moved {
        id: text(body, "id").filter(|_| later),
        amount: whole,
        counts,
        at_its_end,
        currency: Currency::parse(text(body, "currency")?)?,
    })
}

/// What a looked-up object lets a call move: an invoice's amount is fixed once it is open, and not before.
pub(crate) fn movable<'a>(body: Members<'a>) -> Option<Moved<'a>> {
    let invoice = text(body, "object")? == "invoice";
    if invoice && text(body, "status") != Some("open") {
        return None;
    }
    moved(body)
}

fn text<'a>(body: Members<'a>, name: &str) -> Option<&'a str> {
    if let Some(Value::Text(text)) = lookup(body, name) { Some(text) } else { None }
}

fn is_true(body: Members<'_>, name: &str) -> bool {
    lookup(body, name) == Some(&Value::Bool(true))
}

/// An amount by its size: a credit is money as well.
fn size(body: Members<'_>, name: &str) -> Option<u64> {
    let value @ Value::Number(_) = lookup(body, name)? else { return None };
    money::integer(value, true).map(i64::unsigned_abs).filter(|amount| *amount <= MAX_AMOUNT)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn counts(members: &[(&'static str, Value<'static>)]) -> Option<u64> {
        let mut body: Vec<_> = members.to_vec();
        body.push(("currency", Value::Text("usd")));
        body.push(("id", Value::Text("xx_1")));
        moved(&body).map(|moved| moved.counts)
    }

    const fn number(text: &'static str) -> Value<'static> {
        Value::Number(text)
    }

    #[test]
    fn charges() {
        let charge = |status, captured, more: &[(&'static str, Value<'static>)]| {
            let mut members = Vec::from([
                ("object", Value::Text("charge")),
                ("amount", number("4900")),
                ("status", Value::Text(status)),
                ("captured", Value::Bool(captured)),
            ]);
            members.extend_from_slice(more);
            counts(&members)
        };
        assert_eq!(charge("succeeded", true, &[]), Some(4900));
        assert_eq!(charge("succeeded", true, &[("amount_captured", number("4000"))]), Some(4000));
        assert_eq!(charge("succeeded", false, &[]), Some(4900), "it can still be captured");
        assert_eq!(charge("pending", false, &[]), Some(4900));
        assert_eq!(charge("failed", false, &[]), Some(0));
        assert_eq!(charge("succeeded", false, &[("refunded", Value::Bool(true))]), Some(0));
        assert_eq!(charge("succeeded", true, &[("refunded", Value::Bool(true))]), Some(4900));
    }

    #[test]
    fn payment_intents() {
        let intent = |status, received| {
            counts(&[
                ("object", Value::Text("payment_intent")),
                ("amount", number("4900")),
                ("status", Value::Text(status)),
                ("amount_received", number(received)),
            ])
        };
        for status in ["requires_payment_method", "requires_confirmation", "requires_action", "processing"] {
            assert_eq!(intent(status, "0"), Some(4900), "{status}");
        }
        assert_eq!(intent("requires_capture", "0"), Some(4900));
        assert_eq!(intent("succeeded", "4900"), Some(4900));
        assert_eq!(intent("succeeded", "5500"), Some(5500), "more than asked for is counted");
        assert_eq!(intent("canceled", "0"), Some(0));
        assert_eq!(intent("canceled", "1000"), Some(1000));
    }

    #[test]
    fn other_objects() {
        let of = |object, status, amount| {
            counts(&[
                ("object", Value::Text(object)),
                ("status", Value::Text(status)),
                ("amount", number(amount)),
            ])
        };
        assert_eq!(of("refund", "pending", "100"), Some(100));
        assert_eq!(of("refund", "failed", "100"), Some(0));
        assert_eq!(of("payout", "in_transit", "100"), Some(100));
        assert_eq!(of("transfer", "", "100"), Some(100));
        assert_eq!(of("invoiceitem", "", "-100"), Some(100));
        assert_eq!(of("subscription", "active", "100"), None);
        assert_eq!(of("charge", "succeeded", "1e21"), None);
    }

    #[test]
    fn an_invoice_is_movable_once_it_is_open() {
        for (status, expected) in [("open", Some(900)), ("draft", None), ("paid", None)] {
            let body = [
                ("object", Value::Text("invoice")),
                ("id", Value::Text("in_1")),
                ("status", Value::Text(status)),
                ("amount_due", number("900")),
                ("currency", Value::Text("usd")),
            ];
            assert_eq!(movable(&body).map(|moved| moved.counts), expected, "{status}");
        }
    }
}
