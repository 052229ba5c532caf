//! Invoices, as far as they bill: items are added up, and paying one moves money. Stripe collects none by itself here.

use super::books::Context;
use super::refusal::{Refusal, Result};
use super::{cards, charges, simple};
use crate::lab::object::{Json, Members};
use crate::prelude::*;

const OBJECT: &str = "invoice";
const ITEM: &str = "invoiceitem";

pub(crate) fn create(context: &mut Context<'_>) -> Result<Members> {
    let params = &context.params;
    let takes_pending = params.text("pending_invoice_items_behavior") == Some("include");
    let customer = params.copy("customer");
    let fields = Members::of([
        ("amount_due", 0.into()),
        ("amount_paid", 0.into()),
        ("amount_remaining", 0.into()),
        (
            "collection_method",
            params.get("collection_method").cloned().unwrap_or("charge_automatically".into()),
        ),
        ("currency", params.get("currency").cloned().unwrap_or("usd".into())),
        ("customer", customer.clone()),
        ("description", params.copy("description")),
        ("metadata", context.metadata().into()),
        ("paid", false.into()),
        ("status", "draft".into()),
        ("total", 0.into()),
    ]);
    let made = context.add(OBJECT, "in", fields);
    let id = charges::id_of(&made);
    if takes_pending {
        for item in context.books.list_mut(ITEM) {
            if item.get("invoice") == Some(&Json::Null) && item.get("customer") == Some(&customer) {
                item.set("invoice", id.clone());
            }
        }
    }
    add_up(context, &id)
}

/// An item joins an invoice only while that is a draft.
pub(crate) fn create_item(context: &mut Context<'_>, kind: &simple::Kind) -> Result<Members> {
    let Some(Json::Text(id)) = context.params.get("invoice").cloned() else {
        return simple::create(context, kind);
    };
    expect_status(context.books.get(OBJECT, &id, OBJECT)?, "changed", &["draft"])?;
    let item = simple::create(context, kind)?;
    add_up(context, &id)?;
    Ok(item)
}

pub(crate) fn finalize(context: &mut Context<'_>) -> Result<Members> {
    let invoice = context.books.get(OBJECT, context.id, "id")?;
    expect_status(invoice, "finalized", &["draft"])?;
    Ok(open(invoice))
}

pub(crate) fn send(context: &mut Context<'_>) -> Result<Members> {
    let invoice = context.books.get(OBJECT, context.id, "id")?;
    expect_status(invoice, "sent", &["draft", "open"])?;
    Ok(open(invoice))
}

pub(crate) fn end(context: &mut Context<'_>, status: &'static str) -> Result<Members> {
    let invoice = context.books.get(OBJECT, context.id, "id")?;
    expect_status(invoice, "changed", &["open", "uncollectible"])?;
    invoice.set("status", status);
    Ok(invoice.clone())
}

pub(crate) fn pay(context: &mut Context<'_>) -> Result<Members> {
    let invoice = context.books.get(OBJECT, context.id, "id")?;
    expect_status(invoice, "paid", &["draft", "open", "uncollectible"])?;
    let invoice = open(invoice);
    let due = invoice.number("amount_due").unwrap_or(0);
    let elsewhere = context.params.text("paid_out_of_band") == Some("true");
    if due > 0 && !elsewhere {
        let card = context.params.text("payment_method").or(context.params.text("source"));
        let declined = cards::is_declined(card, invoice.text("customer"));
        let mut given = invoice.clone();
        given.set("amount", due);
        let charge = context.add("charge", "ch", charges::fields_of(&given, Members::default(), declined));
        let id = charges::id_of(&charge);
        if declined {
            return Err(cards::declined().with("charge", id));
        }
        charges::take(context, &id, None)?;
    }
    let invoice = context.books.get(OBJECT, context.id, "id")?;
    invoice.set("status", "paid");
    invoice.set("paid", true);
    invoice.set("paid_out_of_band", elsewhere);
    invoice.set("amount_paid", due);
    invoice.set("amount_remaining", 0);
    Ok(invoice.clone())
}

/// The sum of an invoice's items; what a credit leaves below zero is not due.
fn add_up(context: &mut Context<'_>, id: &str) -> Result<Members> {
    let items = context.books.list(ITEM).iter().filter(|item| item.text("invoice") == Some(id));
    let total = items.filter_map(|item| item.number("amount")).fold(0, i64::saturating_add);
    let currency = context.books.list(ITEM).iter().find(|item| item.text("invoice") == Some(id));
    let currency =
        currency.and_then(|item| item.get("currency")).filter(|code| **code != Json::Null).cloned();
    let invoice = context.books.get(OBJECT, id, "id")?;
    if let Some(currency) = currency {
        invoice.set("currency", currency);
    }
    invoice.set("total", total);
    invoice.set("amount_due", total.max(0));
    invoice.set("amount_remaining", total.max(0));
    Ok(invoice.clone())
}

fn open(invoice: &mut Members) -> Members {
    if invoice.text("status") == Some("draft") {
        invoice.set("status", "open");
    }
    invoice.clone()
}

fn expect_status(invoice: &Members, verb: &str, allowed: &[&str]) -> Result<()> {
    let status = invoice.text("status").unwrap_or("");
    if allowed.contains(&status) {
        return Ok(());
    }
    let message = ["This invoice cannot be ", verb, " because it is ", status, "."].joined();
    Err(Refusal::invalid(message).code("invoice_not_editable"))
}
