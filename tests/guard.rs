//! What a guard prepares: what it fills in, by which key, and at which price.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::endpoint;
use billonce::guard::GuardConfig;
use common::{json, value};
use serde_json::{Value as Json, json};

const KEY: &str = "817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872";

/// A call of the seed's event, with some of `{ config, event, params, options, earlier }` changed.
fn step(operation: &str, changes: Json) -> Result<Json, (String, String)> {
    let part = |name: &str, usual: Json| match &changes[name] {
        Json::Null => usual,
        given => given.clone(),
    };
    let event = json!({ "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06" });
    let parts = [
        part("config", json!({ "metadata_key": false })),
        json!(operation),
        part("event", event),
        part("params", json!({})),
        part("options", json!({})),
        part("earlier", json!({})),
    ];
    let [config, operation, event, params, options, earlier] = &parts;
    GuardConfig::from_value(&value(config))
        .and_then(|guard| {
            guard.prepare(&value(operation), &value(event), &value(params), &value(options), &value(earlier))
        })
        .map(|step| json(&step.to_json()))
        .map_err(|error| (error.code().as_str().to_owned(), error.field().to_owned()))
}

fn body(operation: &str, changes: Json) -> String {
    step(operation, changes).unwrap()["request"]["body"].as_str().unwrap().to_owned()
}

fn refusal(operation: &str, changes: Json) -> (String, String) {
    step(operation, changes).unwrap_err()
}

fn is(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}

#[test]
fn the_event_fills_in_what_it_knows() {
    let bills = "amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06";
    let id = json!({ "path": { "id": "x_1" } });
    for (operation, changes, expected) in [
        ("charges.create", json!({}), bills),
        ("paymentIntents.create", json!({}), bills),
        ("invoiceItems.create", json!({}), bills),
        ("refunds.create", json!({ "params": { "charge": "ch_1" } }), "amount=4900&charge=ch_1"),
        ("payouts.create", json!({}), "amount=4900&currency=usd"),
        (
            "transfers.create",
            json!({ "params": { "destination": "acct_1" } }),
            "amount=4900&currency=usd&destination=acct_1",
        ),
        ("subscriptions.create", json!({}), "customer=cus_A100"),
        ("invoices.create", json!({}), "customer=cus_A100"),
        ("checkout.sessions.create", json!({}), "customer=cus_A100"),
        ("paymentIntents.capture", json!({ "options": id }), "amount_to_capture=4900"),
        ("charges.capture", json!({ "options": id }), "amount=4900"),
        // Older API versions do not know amount_to_confirm.
        ("paymentIntents.confirm", json!({ "options": id }), ""),
        ("paymentIntents.cancel", json!({ "options": id }), ""),
        ("invoices.pay", json!({ "options": id }), ""),
    ] {
        assert_eq!(body(operation, changes), expected, "{operation}");
    }
}

#[test]
fn what_the_caller_gives_adds_to_the_event_and_does_not_contradict_it() {
    let with = |operation: &str, params: Json| body(operation, json!({ "params": params }));
    assert_eq!(
        with(
            "charges.create",
            json!({ "amount": "4900", "currency": "eur", "description": "June", "receipt_email": "a@b.c" })
        ),
        "amount=4900&currency=eur&customer=cus_A100&description=June&receipt_email=a%40b.c"
    );
    let refused = |operation: &str, params: Json| refusal(operation, json!({ "params": params }));
    assert_eq!(refused("refunds.create", json!({ "amount": 4800 })), is("event_mismatch", "params.amount"));
    assert_eq!(
        refused("subscriptions.create", json!({ "customer": "cus_B200" })),
        is("event_mismatch", "params.customer")
    );
    assert_eq!(refused("charges.create", json!({ "customer": null })), is("wrong_type", "params.customer"));
    assert_eq!(
        refused("charges.create", json!({ "customer[a]": "cus_A100" })),
        is("wrong_type", "params.customer")
    );
    // The customer's account stands for the customer; an address, for one who is not known yet.
    assert_eq!(
        refused("payment_intents.create", json!({ "customer_account": "acct_1" })),
        is("event_mismatch", "params.customer_account")
    );
    assert_eq!(
        with("subscriptions.create", json!({ "customer_account": "cus_A100" })),
        "customer_account=cus_A100"
    );
    assert_eq!(
        with("checkout.sessions.create", json!({ "customer_email": "a@b.c" })),
        "customer_email=a%40b.c"
    );
    // The amount is said otherwise.
    let price = json!({ "currency": "usd", "product": "prod_1", "unit_amount": 4900 });
    assert_eq!(
        with("invoiceItems.create", json!({ "price_data": price })),
        "customer=cus_A100&description=Renewal%20for%202026-06&price_data[currency]=usd\
         &price_data[product]=prod_1&price_data[unit_amount]=4900"
    );
    assert_eq!(
        with("invoiceItems.create", json!({ "pricing": { "price": "price_1" } })),
        "customer=cus_A100&description=Renewal%20for%202026-06&pricing[price]=price_1"
    );
    assert_eq!(refused("chargs.create", json!({})), is("invalid_endpoint", "operation"));
    assert_eq!(refused("transfers.create", json!({})), is("missing_parameter", "params.destination"));
    assert_eq!(
        refused("payouts.create", json!({ "customer": "cus_A100" })),
        is("unknown_parameter", "params.customer")
    );
}

#[test]
fn a_charge_has_the_events_own_key_and_every_other_call_one_of_its_own() {
    let key = |operation: &str, changes: Json| {
        step(operation, changes).unwrap()["idempotency_key"].as_str().unwrap().to_owned()
    };
    let charge = json!({ "params": { "charge": "ch_1" } });
    assert_eq!(key("charges.create", json!({})), KEY);
    assert_eq!(key("POST /v1/charges", json!({})), KEY);
    let refund = key("refunds.create", charge.clone());
    // Of the preimage of scheme v2 that ARCHITECTURE.md tells of.
    assert_eq!(refund, "573803996513a0ad331b85a4846b58ee642530e78e841c963cdef6552f85b82b");
    let v2 = |endpoint: Option<&str>| {
        let mut event = json!({ "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06", "scheme": "v2" });
        if let Some(endpoint) = endpoint {
            event["endpoint"] = json!(endpoint);
        }
        event
    };
    for event in [v2(None), v2(Some("POST /v1/refunds"))] {
        assert_eq!(key("refunds.create", json!({ "params": { "charge": "ch_1" }, "event": event })), refund);
    }
    assert_eq!(
        refusal(
            "refunds.create",
            json!({ "event": v2(Some("charges.create")), "params": { "charge": "ch_1" } })
        ),
        is("event_mismatch", "event.endpoint")
    );
    // An object's id is no part of the key: two captures of one event are refused by Stripe rather than both made.
    let capture = |id: &str| key("paymentIntents.capture", json!({ "options": { "path": { "id": id } } }));
    assert_eq!(capture("pi_1"), capture("pi_2"));

    let mut keys = std::collections::BTreeSet::new();
    for endpoint in endpoint::all() {
        let names = endpoint.label();
        let path: serde_json::Map<String, Json> = names
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| (name.to_owned(), json!("x_1")))
            .collect();
        let params: serde_json::Map<String, Json> = endpoint
            .required_parameters()
            .into_iter()
            .filter(|name| !["amount", "currency"].contains(name))
            .map(|name| (name.to_owned(), json!(1)))
            .collect();
        let mut params = Json::Object(params);
        if endpoint.required_parameters().contains(&"currency") {
            params["currency"] = json!("usd");
        }
        if endpoint.required_parameters().contains(&"amount") {
            params["amount"] = json!(4900);
        }
        keys.insert(key(&names, json!({ "params": params, "options": { "path": path } })));
    }
    assert_eq!(keys.len(), 281);
    assert!(keys.contains(KEY) && keys.contains(&refund));
}

/// A guard that may do anything for $100 a day.
fn policed(operation: &str, mut changes: Json) -> (String, Option<u64>, String) {
    changes["config"] = json!({
        "policy": { "allowed_endpoints": [operation], "daily_usd_cap": 100 },
        "spent_usd_cents": 1000, "now": "2026-06-01T09:00:00Z", "usd_rates": { "eur": 1 },
    });
    let step = step(operation, changes).unwrap();
    let decision = &step["decision"];
    assert_eq!(decision["allowed"], !step["request"].is_null());
    (
        decision["code"].as_str().unwrap().to_owned(),
        decision["amount_usd_cents"].as_u64(),
        decision["message"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn what_is_fetched_prices_a_call_that_does_not_say_its_amount() {
    let pay = |options: Json| {
        let mut options = options;
        options["path"] = json!({ "id": "in_1" });
        policed("invoices.pay", json!({ "options": options }))
    };
    assert_eq!(
        pay(json!({})).2,
        "POST /v1/invoices/{id}/pay does not carry its amount: fetch the invoice's amount_due first and pre-check that."
    );
    assert_eq!(pay(json!({ "amount": 4900, "currency": "usd" })).1, Some(4900));
    assert_eq!(
        pay(json!({ "amount": "4900" })).2,
        "POST /v1/invoices/{id}/pay does not say its currency: give it as currency."
    );
    let refused = |operation: &str, changes: Json| refusal(operation, changes);
    let options = |options: Json| json!({ "params": { "charge": "ch_1" }, "options": options });
    assert_eq!(
        refused("refunds.create", options(json!({ "amount": 4800 }))),
        is("event_mismatch", "options.amount")
    );
    assert_eq!(
        refused("charges.create", json!({ "options": { "currency": "eur" } })),
        is("event_mismatch", "options.currency")
    );
    assert_eq!(
        refused("refunds.create", options(json!({ "currency": "euro" }))),
        is("invalid_currency", "options.currency")
    );
    assert_eq!(
        refused("refunds.create", options(json!({ "ammount": 1 }))),
        is("unknown_field", "options.ammount")
    );
    assert_eq!(refused("invoices.pay", json!({})), is("missing_field", "path.id"));

    // A refund's currency is its charge's.
    let refund = |changes: Json| policed("refunds.create", changes);
    assert_eq!(refund(options(json!({}))).0, "amount_unknown");
    assert_eq!(refund(options(json!({ "currency": "usd" }))).1, Some(4900));
    let euros = json!({ "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06", "scheme": "v2", "currency": "eur" });
    assert_eq!(refund(json!({ "event": euros, "params": { "charge": "ch_1" } })).1, Some(4900));
    // What moves nothing costs nothing.
    let cancel = json!({ "options": { "path": { "id": "pi_1" } } });
    assert_eq!(policed("paymentIntents.cancel", cancel).1, Some(0));
}

#[test]
fn earlier_calls_of_a_guard_count_and_a_repeated_one_counts_once() {
    let with = |earlier: Json| policed("charges.create", json!({ "earlier": earlier })).0;
    assert_eq!(with(json!({})), "allowed");
    assert_eq!(with(json!({ "another": 4100 })), "allowed");
    assert_eq!(with(json!({ "another": 4101 })), "daily_usd_cap_exceeded");
    assert_eq!(with(json!({ "another": 4100, KEY: 4900 })), "allowed");
    assert_eq!(
        with(json!({ "a": 9_999_999_999_999_999_999_u64, "b": 9_999_999_999_999_999_999_u64 })),
        "daily_usd_cap_exceeded"
    );
}
