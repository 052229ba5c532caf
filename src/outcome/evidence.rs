//! Evidence that money moved, in an answer that says it did not: a refusal that carries a payment, or a body whose parts
//! contradict each other. Nothing is worse than to charge again on the word of such an answer.

use super::answer::{Answer, as_text};
use crate::value::{Value, lookup};

/// Whether anything in the answer, to its depth, tells of money that moved.
pub(super) fn of_money(answer: &Answer<'_>) -> bool {
    let contradicts = answer.error().is_some() && answer.text("object").is_some();
    let done_before = answer.error_text("code").is_some_and(|code| code.starts_with("charge_already_"));
    contradicts || done_before || in_object(answer.body)
}

fn in_object(members: &[(&str, Value<'_>)]) -> bool {
    let text = |name| lookup(members, name).and_then(as_text);
    // A set-up succeeds without money, and an invoice can be paid without: what it says of that was read already.
    let of_money = !text("id").is_some_and(|id| id.starts_with("seti_") || id.starts_with("in_"));
    // What failed afterwards has two: money went, and came back.
    let came_back = text("failure_balance_transaction").is_some();
    members.iter().any(|(name, value)| match (*name, value) {
        ("paid", Value::Bool(true)) | ("status", Value::Text("succeeded" | "paid")) => of_money,
        ("amount_received", Value::Number(amount)) => *amount != "0",
        ("balance_transaction", Value::Text(_)) => !came_back,
        // Whose words are the caller's own.
        ("metadata", _) => false,
        (_, inner) => in_value(inner),
    })
}

fn in_value(value: &Value<'_>) -> bool {
    match value {
        Value::Map(members) => in_object(members),
        Value::List(items) => items.iter().any(in_value),
        // What cannot be read may tell of money.
        Value::Refused(_) => true,
        _ => false,
    }
}
