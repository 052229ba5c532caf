//! Refunds. What was charged stays charged; a refund is money on another way.

use super::books::Context;
use super::charges;
use super::refusal::{Refusal, Result};
use crate::lab::object::{Json, Members};
use crate::money::Digits;
use crate::prelude::*;

pub(crate) fn create(context: &mut Context<'_>) -> Result<Members> {
    let id = charge_of(context)?;
    let given = context.params.number("amount");
    let charge = context.books.get("charge", &id, "charge")?;
    let all = charge.number("amount").unwrap_or(0);
    let refunded = charge.number("amount_refunded").unwrap_or(0);
    let left = all.saturating_sub(refunded);
    if left <= 0 {
        let message = ["Charge ", &id, " has already been refunded."].joined();
        return Err(Refusal::invalid(message).code("charge_already_refunded"));
    }
    if !charge.is("paid") {
        let message = ["Charge ", &id, " was not successful and cannot be refunded."].joined();
        return Err(Refusal::invalid(message));
    }
    let amount = given.unwrap_or(left);
    if amount > left {
        let (amount, left) = (Digits::of(amount.unsigned_abs()), Digits::of(left.unsigned_abs()));
        let message =
            ["Refund amount (", &amount, ") is greater than unrefunded amount on charge (", &left, ")"];
        return Err(Refusal::invalid(message.joined()).param("amount"));
    }
    if charge.is("captured") {
        let refunded = refunded.saturating_add(amount);
        charge.set("amount_refunded", refunded);
        charge.set("refunded", refunded == all);
    } else if amount == all {
        charges::release_authorization(charge);
    } else {
        let message = "You cannot partially refund an uncaptured charge.";
        return Err(Refusal::invalid(message).param("amount"));
    }
    let (currency, intent) = (charge.copy("currency"), charge.copy("payment_intent"));
    let fields = Members::of([
        ("amount", amount.into()),
        ("charge", id.into()),
        ("currency", currency),
        ("metadata", context.metadata().into()),
        ("payment_intent", intent),
        ("reason", context.params.copy("reason")),
        ("status", "succeeded".into()),
    ]);
    Ok(context.add("refund", "re", fields))
}

fn charge_of(context: &mut Context<'_>) -> Result<String> {
    if let Some(Json::Text(charge)) = context.params.get("charge") {
        return Ok(charge.to_string());
    }
    let id = context.params.text("payment_intent").unwrap_or("");
    let intent = context.books.get("payment_intent", id, "payment_intent")?;
    intent.text("latest_charge").map(ToString::to_string).ok_or_else(|| {
        let message = "This PaymentIntent does not have a successful charge to refund.";
        Refusal::invalid(message).param("payment_intent")
    })
}
