//! Payment intents: money moves when one succeeds.

use super::books::Context;
use super::refusal::{Refusal, Result};
use super::{cards, charges};
use crate::lab::object::{Json, Members};
use crate::prelude::*;

const OBJECT: &str = "payment_intent";

pub(crate) fn create(context: &mut Context<'_>) -> Result<Members> {
    let params = &context.params;
    let status =
        if params.has("payment_method") { "requires_confirmation" } else { "requires_payment_method" };
    let fields = Members::of([
        ("amount", params.copy("amount")),
        ("amount_capturable", 0.into()),
        ("amount_received", 0.into()),
        ("canceled_at", Json::Null),
        ("cancellation_reason", Json::Null),
        ("capture_method", params.get("capture_method").cloned().unwrap_or("automatic_async".into())),
        ("currency", params.copy("currency")),
        ("customer", params.copy("customer")),
        ("description", params.copy("description")),
        ("last_payment_error", Json::Null),
        ("latest_charge", Json::Null),
        ("metadata", context.metadata().into()),
        ("next_action", Json::Null),
        ("payment_method", params.copy("payment_method")),
        ("status", status.into()),
    ]);
    let confirmed = params.is("confirm");
    let intent = context.add(OBJECT, "pi", fields);
    if confirmed { confirm_it(context, intent) } else { Ok(intent) }
}

pub(crate) fn confirm(context: &mut Context<'_>) -> Result<Members> {
    let method = context.params.get("payment_method").cloned();
    let intent = context.books.get(OBJECT, context.id, "intent")?;
    if let Some(method) = method {
        intent.set("payment_method", method);
    }
    let intent = intent.clone();
    confirm_it(context, intent)
}

pub(crate) fn capture(context: &mut Context<'_>) -> Result<Members> {
    let intent = context.books.get(OBJECT, context.id, "intent")?;
    expect_status(intent, "captured", &["requires_capture"])?;
    let most = intent.number("amount_capturable").unwrap_or(0);
    let amount = context.params.number("amount_to_capture").unwrap_or(most);
    if amount > most {
        let refusal =
            Refusal::invalid("The amount to capture is greater than the amount that can be captured.");
        return Err(refusal.code("amount_too_large").param("amount_to_capture"));
    }
    intent.set("status", "succeeded");
    intent.set("amount_received", amount);
    intent.set("amount_capturable", 0);
    let intent = intent.clone();
    charges::take(context, intent.text("latest_charge").unwrap_or(""), Some(amount))?;
    Ok(intent)
}

pub(crate) fn cancel(context: &mut Context<'_>) -> Result<Members> {
    let open = ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"];
    let intent = context.books.get(OBJECT, context.id, "intent")?;
    expect_status(intent, "canceled", &open)?;
    let authorized = intent.text("status") == Some("requires_capture");
    intent.set("status", "canceled");
    intent.set("amount_capturable", 0);
    intent.set("canceled_at", context.now);
    intent.set("cancellation_reason", context.params.copy("cancellation_reason"));
    intent.set("next_action", Json::Null);
    let intent = intent.clone();
    if authorized {
        let charge = intent.text("latest_charge").unwrap_or("");
        charges::release_authorization(context.books.get("charge", charge, "charge")?);
    }
    Ok(intent)
}

fn confirm_it(context: &mut Context<'_>, mut intent: Members) -> Result<Members> {
    expect_status(
        &intent,
        "confirmed",
        &["requires_payment_method", "requires_confirmation", "requires_action"],
    )?;
    let on_file = Some(cards::ON_FILE).filter(|_| context.cards_on_file);
    let Some(method) = intent.text("payment_method").or(on_file) else {
        // Only a customer's default source would be taken, and nothing here tells whether there is one.
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update \
            the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.";
        return Err(Refusal::invalid(message).code("payment_intent_unexpected_state"));
    };
    if cards::needs_authentication(method) {
        return require_action(context, intent);
    }
    let declined = cards::is_declined(Some(method), intent.text("customer"));
    let metadata =
        if let Some(Json::Map(own)) = intent.get("metadata") { own.clone() } else { Members::default() };
    let mut fields = charges::fields_of(&intent, metadata, declined);
    fields.set("payment_intent", intent.copy("id"));
    let charge = context.add("charge", "ch", fields);
    let id = charges::id_of(&charge);
    intent.set("latest_charge", id.clone());
    intent.set("next_action", Json::Null);
    if declined {
        return Err(refuse(context, intent, cards::declined().with("charge", id)));
    }
    if intent.text("capture_method") == Some("manual") {
        intent.set("status", "requires_capture");
        intent.set("amount_capturable", intent.copy("amount"));
    } else {
        charges::take(context, &id, None)?;
        intent.set("status", "succeeded");
        intent.set("amount_received", intent.copy("amount"));
        intent.set("last_payment_error", Json::Null);
    }
    Ok(keep(context, intent))
}

/// With nobody there to authenticate, Stripe declines instead of waiting.
fn require_action(context: &mut Context<'_>, mut intent: Members) -> Result<Members> {
    let params = &context.params;
    let off_session = params.get("off_session").is_some_and(|given| *given != Json::from("false"));
    if off_session || params.is("error_on_requires_action") {
        return Err(refuse(context, intent, cards::unauthenticated()));
    }
    let next =
        Members::of([("type", "use_stripe_sdk".into()), ("use_stripe_sdk", Members::default().into())]);
    intent.set("status", "requires_action");
    intent.set("next_action", next);
    Ok(keep(context, intent))
}

/// The intent outlives the decline and waits for another card.
fn refuse(context: &mut Context<'_>, mut intent: Members, refusal: Refusal) -> Refusal {
    intent.set("status", "requires_payment_method");
    intent.set("payment_method", Json::Null);
    intent.set("last_payment_error", refusal.error.clone());
    let intent = keep(context, intent);
    refusal.with("payment_intent", intent)
}

fn keep(context: &mut Context<'_>, intent: Members) -> Members {
    if let Some(own) = context.books.find(OBJECT, intent.text("id").unwrap_or("")) {
        own.clone_from(&intent);
    }
    intent
}

fn expect_status(intent: &Members, verb: &str, allowed: &[&str]) -> Result<()> {
    let status = intent.text("status").unwrap_or("");
    if allowed.contains(&status) {
        return Ok(());
    }
    let message = [
        "This PaymentIntent could not be ",
        verb,
        " because it has a status of ",
        status,
        ". Only a PaymentIntent with one of the following statuses may be ",
        verb,
        ": ",
        &allowed.listed(),
        ".",
    ];
    Err(Refusal::invalid(message.joined()).code("payment_intent_unexpected_state"))
}
