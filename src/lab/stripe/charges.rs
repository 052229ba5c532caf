//! Charges: the one kind of object by which a customer's money moves.

use super::books::{Context, Moved};
use super::cards;
use super::refusal::{Refusal, Result};
use crate::lab::object::{Json, Members};
use crate::prelude::*;

pub(crate) fn create(context: &mut Context<'_>) -> Result<Members> {
    let params = &context.params;
    let declined = cards::is_declined(params.text("source"), params.text("customer"));
    let captured = params.get("capture") != Some(&Json::Bool(false));
    let fields = fields_of(&context.params, context.metadata(), declined);
    let mut charge = context.add("charge", "ch", fields);
    if declined {
        return Err(cards::declined().with("charge", charge.copy("id")));
    }
    if captured {
        charge = take(context, &id_of(&charge), None)?;
    }
    Ok(charge)
}

pub(crate) fn capture(context: &mut Context<'_>) -> Result<Members> {
    let amount = context.params.number("amount");
    let charge = context.books.get("charge", context.id, "charge")?;
    let already = |what: &str| ["Charge ", context.id, what].joined();
    if charge.is("captured") {
        let refusal = Refusal::invalid(already(" has already been captured."));
        return Err(refusal.code("charge_already_captured"));
    }
    if charge.is("refunded") {
        let refusal = Refusal::invalid(already(" has already been refunded."));
        return Err(refusal.code("charge_already_refunded"));
    }
    if !charge.is("paid") {
        return Err(Refusal::invalid(already(" was not successful and cannot be captured.")));
    }
    if amount > charge.number("amount") {
        let refusal = Refusal::invalid("You cannot capture more than the amount of the charge.");
        return Err(refusal.code("amount_too_large").param("amount"));
    }
    let id = context.id.to_string();
    take(context, &id, amount)
}

/// What a charge is made of; `given` are a request's parameters, or a payment intent.
pub(crate) fn fields_of(given: &Members, metadata: Members, declined: bool) -> Members {
    Members::of([
        ("amount", given.copy("amount")),
        ("amount_captured", 0.into()),
        ("amount_refunded", 0.into()),
        ("captured", false.into()),
        ("currency", given.copy("currency")),
        ("customer", given.copy("customer")),
        ("description", given.copy("description")),
        ("failure_code", Some("card_declined").filter(|_| declined).into()),
        ("failure_message", Some(cards::DECLINED).filter(|_| declined).into()),
        ("metadata", metadata.into()),
        ("paid", (!declined).into()),
        ("payment_intent", given.copy("payment_intent")),
        ("payment_method", given.copy("payment_method")),
        ("refunded", false.into()),
        ("status", if declined { "failed" } else { "succeeded" }.into()),
    ])
}

/// The one place where a customer's money moves. Takes all of a charge, or an amount of it.
pub(crate) fn take(context: &mut Context<'_>, id: &str, amount: Option<i64>) -> Result<Members> {
    let charge = context.books.get("charge", id, "charge")?;
    let all = charge.number("amount").unwrap_or(0);
    let amount = amount.unwrap_or(all);
    charge.set("captured", true);
    charge.set("amount_captured", amount);
    // What is authorised and not captured goes back to the card, which Stripe shows as a refund.
    charge.set("amount_refunded", all.saturating_sub(amount));
    context.moved = Some(Moved {
        id: id.to_string(),
        made_of: charge.text("payment_intent").unwrap_or(id).to_string(),
        amount: amount.unsigned_abs(),
        currency: charge.text("currency").unwrap_or("").to_string(),
        customer: charge.text("customer").map(ToString::to_string),
    });
    Ok(charge.clone())
}

pub(crate) fn release_authorization(charge: &mut Members) {
    charge.set("refunded", true);
    charge.set("amount_refunded", charge.copy("amount"));
}

pub(crate) fn id_of(object: &Members) -> String {
    object.text("id").unwrap_or("").to_string()
}
