//! What a built request would spend: every place that an amount can be in, and what makes it unreadable.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use billonce::endpoint::{self, AmountSource, Endpoint};
use billonce::form;
use billonce::precheck::precheck;
use common::{json, value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What a body costs under a cap that it fits under, or why that is not known.
fn price(path: &str, body: &str) -> Result<u64, String> {
    let input = json!({
        "policy": { "allowed_endpoints": [format!("POST /v1/{path}")], "daily_usd_cap": 9_999_999_999_u64 },
        "request": { "url": format!("https://api.stripe.com/v1/{path}"), "body": body },
        "now": "2026-06-01T09:00:00Z", "usd_rates": { "eur": 2 },
    });
    let decision = json(&precheck(&value(&input)).unwrap().to_json());
    match decision["amount_usd_cents"].as_u64() {
        Some(cents) => Ok(cents),
        None => Err(decision["message"].as_str().unwrap().replace(&format!("POST /v1/{path} "), "")),
    }
}

fn priced(path: &str, params: &Json) -> Result<u64, String> {
    price(path, &form::encode(&value(params)).unwrap())
}

/// Stripe's API reference and the facts of each endpoint, written down once more: what the table says is compared.
#[test]
fn every_endpoint_has_its_amount_where_stripe_has_it() {
    use AmountSource::{Elsewhere, LineItems, OptionalParameter, Parameter, ParameterOrPrice};
    let mut others = 0;
    for endpoint in endpoint::all() {
        let label = endpoint.label();
        let path = label.strip_prefix("POST /v1/").unwrap();
        let source = endpoint.amount_source();
        let expected = match path {
            "charges"
            | "payment_intents"
            | "payouts"
            | "topups"
            | "transfers"
            | "customers/{id}/balance_transactions"
            | "payment_intents/{id}/increment_authorization"
            | "treasury/inbound_transfers"
            | "treasury/outbound_payments"
            | "treasury/outbound_transfers" => source == Parameter("amount"),
            "charges/{id}/capture"
            | "refunds"
            | "transfers/{id}/reversals"
            | "application_fees/{id}/refunds"
            | "credit_notes"
            | "climate/orders"
            | "invoiceitems/{id}"
            | "issuing/authorizations/{id}/approve"
            | "payment_intents/{id}"
            | "payment_intents/{id}/apply_customer_balance"
            | "terminal/readers/{id}/refund_payment" => source == OptionalParameter("amount"),
            "payment_intents/{id}/capture" => source == OptionalParameter("amount_to_capture"),
            "payment_intents/{id}/confirm" => source == OptionalParameter("amount_to_confirm"),
            "invoiceitems" => source == ParameterOrPrice("amount"),
            "checkout/sessions" | "payment_links" => source == LineItems("line_items"),
            "subscription_schedules/{id}/release"
            | "invoices/create_preview"
            | "invoices/{id}/mark_uncollectible"
            | "invoices/{id}/void" => source == AmountSource::None,
            "billing/credit_grants"
            | "billing/meter_events"
            | "billing/meter_event_adjustments"
            | "credit_notes/{id}/void"
            | "forwarding/requests"
            | "payment_intents/{id}/verify_microdeposits"
            | "payouts/{id}/reverse"
            | "quotes/{id}/accept"
            | "terminal/readers/{id}/collect_payment_method"
            | "terminal/readers/{id}/confirm_payment_intent"
            | "terminal/readers/{id}/process_payment_intent"
            | "treasury/credit_reversals"
            | "treasury/debit_reversals" => matches!(source, Elsewhere(_)),
            _ if ["invoices", "subscriptions", "subscription_items", "subscription_schedules"]
                .iter()
                .any(|start| path.split('/').next() == Some(start)) =>
            {
                matches!(source, Elsewhere(_))
            }
            _ => {
                others += 1;
                source == AmountSource::None
            }
        };
        assert!(expected, "{path}: {source:?}");
        if let Some(name) = source.parameter() {
            assert!(endpoint.parameters().contains(&name), "{path}");
        }
    }
    assert_eq!(others, 218);
}

fn item(unit_amount: u64, quantity: u64) -> Json {
    let product = json!({ "name": "Seat", "metadata": { "a": "b" } });
    json!({
        "price_data": { "currency": "usd", "unit_amount": unit_amount, "product_data": product, "tax_behavior": "inclusive" },
        "quantity": quantity,
    })
}

#[test]
fn line_items_with_prices_of_their_own_are_added_up() {
    for path in ["checkout/sessions", "payment_links"] {
        let total = |items: Json| priced(path, &json!({ "mode": "payment", "line_items": items }));
        let total = |items: Json| match path {
            "payment_links" => priced(path, &json!({ "line_items": items })),
            _ => total(items),
        };
        assert_eq!(total(json!([item(1000, 3)])), Ok(3000));
        assert_eq!(total(json!([item(1000, 3), item(0, 9), item(1, 1)])), Ok(3001));
        let why = "does not carry its amount: fetch its line items' prices first and pre-check that.";
        let unknown = |items: Json| assert_eq!(total(items.clone()), Err(why.to_owned()), "{items}");
        unknown(json!([]));
        unknown(json!([{ "price": "price_1", "quantity": 1 }]));
        unknown(json!([item(1000, 3), { "price": "price_1", "quantity": 1 }]));
        unknown(json!([item(0, 9)]));
        unknown(json!([item(1000, 0)]));
        unknown(json!([item(999_999_999_999, 2)]));
        unknown(json!([item(u64::MAX / 2, 9), item(u64::MAX / 2, 9)]));
        let with = |name: &str, other: Json| {
            let mut changed = item(1000, 3);
            match name.split_once('.') {
                Some((_, inner)) => changed["price_data"][inner] = other,
                None => changed[name] = other,
            }
            json!([item(5, 1), changed])
        };
        unknown(with("quantity", json!("3.5")));
        unknown(with("quantity", json!("")));
        unknown(with("adjustable_quantity", json!({ "enabled": true })));
        unknown(with("tax_rates", json!(["txr_1"])));
        unknown(with("dynamic_tax_rates", json!(["txr_1"])));
        unknown(with("price_data.currency", json!("eur")));
        unknown(with("price_data.unit_amount", json!(-5)));
        unknown(with("price_data.unit_amount_decimal", json!("10.5")));
        unknown(with("price_data.recurring", json!({ "interval": "month" })));
        let mut no_quantity = item(1000, 3);
        no_quantity.as_object_mut().unwrap().remove("quantity");
        unknown(json!([no_quantity]));
    }
    let session = |more: &str| {
        let items = "line_items[0][price_data][currency]=EUR&line_items[0][price_data][unit_amount]=700&line_items[0][quantity]=2";
        price("checkout/sessions", &format!("{items}{more}"))
    };
    assert_eq!(session("&currency=eur&metadata[a]=b&expand[0]=line_items"), Ok(2800));
    for ambiguous in [
        "&currency=usd",
        "&line_items[0][quantity]=3",
        "&line_items[00][quantity]=3",
        "&line_items[][quantity]=3",
        "&line_items=1",
        "&line_items[0]=1",
    ] {
        assert!(session(ambiguous).is_err(), "{ambiguous}");
    }
    for name in
        ["automatic_tax", "managed_payments", "optional_items", "shipping_options", "subscription_data"]
    {
        let why = format!(
            "cannot be priced where {name} is given: pre-check it with the amount and the currency that it moves."
        );
        assert_eq!(session(&format!("&{name}[a]=1")), Err(why));
    }
    // Another API version may add to the total what nobody here knows of.
    assert!(session("&surcharge=1").unwrap_err().starts_with("cannot be priced where surcharge is given"));
}

#[test]
fn an_invoice_item_has_an_amount_or_a_price() {
    let price = json!({ "currency": "usd", "product": "prod_1", "unit_amount": 700 });
    let cost = |params: Json| priced("invoiceitems", &params);
    assert_eq!(cost(json!({ "amount": 4900, "currency": "usd" })), Ok(4900));
    assert_eq!(cost(json!({ "amount": -4900, "currency": "usd" })), Ok(4900));
    assert_eq!(cost(json!({ "price_data": price })), Ok(700));
    assert_eq!(cost(json!({ "price_data": price, "quantity": 7 })), Ok(4900));
    assert_eq!(cost(json!({ "price_data": price, "quantity": 7, "currency": "usd" })), Ok(4900));
    for unknown in [
        json!({}),
        json!({ "amount": 4900, "currency": "usd", "quantity": 7 }),
        json!({ "amount": 4900, "currency": "usd", "price_data": price }),
        json!({ "amount": 4900, "currency": "usd", "unit_amount_decimal": "1.5" }),
        json!({ "price_data": price, "quantity_decimal": "1.5" }),
        json!({ "price_data": price, "quantity": 7, "currency": "eur" }),
        json!({ "price_data": price, "price_data[unit_amount]": 1 }),
        json!({ "pricing": { "price": "price_1" } }),
        json!({ "price_data": "x" }),
    ] {
        assert!(cost(unknown.clone()).is_err(), "{unknown}");
    }
}

#[test]
fn what_changes_a_balance_or_a_total_is_not_priced_zero() {
    assert_eq!(price("customers", "name=A"), Ok(0));
    assert_eq!(
        price("customers", "name=A&balance=-4900"),
        Err("cannot be priced where balance is given: pre-check it with the amount and the currency that it moves."
            .to_owned())
    );
    for (path, body) in [
        ("customers/cus_1", "balance=0"),
        ("checkout/sessions/cs_1", "line_items[0][quantity]=9"),
        ("payment_links/plink_1", "line_items[0][quantity]=9"),
        ("credit_notes", "invoice=in_1&amount=1&shipping_cost[shipping_rate]=shr_1"),
        ("climate/orders", "product=p&amount=1&metric_tons=5&currency=usd"),
    ] {
        assert!(price(path, body).is_err(), "{path}");
    }
    assert_eq!(price("payment_links/plink_1", "active=false"), Ok(0));
    // What goes to others out of the amount does not add to it.
    let split = "amount=4900&currency=usd&application_fee_amount=100&transfer_data[amount]=900&transfer_data[destination]=acct_1";
    assert_eq!(price("payment_intents", split), Ok(4900));
}

proptest! {
    #[test]
    fn totals_are_exact(items in proptest::collection::vec((0_u64..5_000_000, 0_u64..1000), 1..6)) {
        let expected: u64 = items.iter().map(|(unit, quantity)| unit * quantity).sum();
        let list: Vec<Json> = items.iter().map(|(unit, quantity)| item(*unit, *quantity)).collect();
        let total = priced("checkout/sessions", &json!({ "line_items": list }));
        prop_assert_eq!(total.ok(), Some(expected).filter(|total| *total > 0));
    }

    #[test]
    fn any_body_is_priced_or_not_and_never_at_zero(
        parts in proptest::collection::vec(("[a-z_]{0,6}|line_items|price_data|quantity|amount", "(\\[[0-9a-z_]{0,11}\\]){0,3}", "[0-9a-z.-]{0,5}"), 0..6)
    ) {
        let body: Vec<String> = parts.iter().map(|(name, keys, text)| format!("{name}{keys}={text}")).collect();
        for path in ["checkout/sessions", "payment_links", "invoiceitems", "charges"] {
            let input = json!({
                "policy": { "allowed_endpoints": [], "daily_usd_cap": 1 }, "now": "2026-06-01T09:00:00Z",
                "request": { "url": format!("https://x/v1/{path}"), "body": body.join("&") },
            });
            if let Ok(decision) = precheck(&value(&input)) {
                prop_assert!(decision.amount_usd_cents != Some(0));
            }
        }
    }
}

#[test]
fn an_endpoint_is_what_it_is_by_any_of_its_names() {
    let by_path = Endpoint::parse("POST /v1/payment_intents/{intent}/capture").unwrap();
    assert_eq!(Endpoint::parse("paymentIntents.capture"), Some(by_path));
    assert_eq!(Endpoint::parse("POST /v1/payment_intents/pi_1/capture"), Some(by_path));
}
