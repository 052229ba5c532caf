//! Requests: the captured bodies of stripe-node, paths, headers, and what is refused before it is sent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::{form, request};
use common::{json, value};
use serde_json::{Value as Json, json};

fn spec(changes: Json) -> Json {
    let mut spec = json!({
        "endpoint": "POST /v1/charges",
        "params": { "amount": 4900, "currency": "usd", "customer": "cus_A100" },
        "event": { "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06" },
    });
    for (name, change) in changes.as_object().unwrap() {
        spec[name] = change.clone();
    }
    spec.as_object_mut().unwrap().retain(|_, member| !member.is_null());
    spec
}

fn built(changes: Json) -> Json {
    json(&request::build(&value(&spec(changes))).unwrap().to_json())
}

fn refusal(changes: Json) -> (String, String) {
    let error = request::build(&value(&spec(changes))).unwrap_err();
    (error.code().as_str().to_owned(), error.field().to_owned())
}

#[test]
fn the_seeds_charge() {
    let key = "817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872";
    assert_eq!(
        built(json!({})),
        json!({
            "method": "POST",
            "url": "https://proxy.keybrake.com/stripe/v1/charges",
            "headers": { "Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key },
            "body": "amount=4900&currency=usd&customer=cus_A100",
            "idempotency_key": key,
        })
    );
}

#[test]
fn bodies_are_those_of_stripe_node() {
    let file: Json = serde_json::from_str(include_str!("vectors/stripe-form.json")).unwrap();
    let mut checked = 0;
    for vector in file["vectors"].as_array().unwrap() {
        // Those that only JavaScript can express are tested through the shim.
        if let (Some(body), None) = (vector["body"].as_str(), vector.get("paramsJs")) {
            // serde_json writes 1e21 as `1e21`; JavaScript, whose printing crosses, as `1e+21`.
            let params = vector["params"].to_string().replace("1e21", "\"1e+21\"");
            let params: Json = serde_json::from_str(&params).unwrap();
            assert_eq!(form::encode(&value(&params)).unwrap(), body, "{}", vector["name"]);
            checked += 1;
        }
    }
    assert!(checked > 30);
}

#[test]
fn paths_are_filled_and_escaped() {
    let url = |changes: Json| built(changes)["url"].as_str().unwrap().to_owned();
    let capture =
        |endpoint: &str, path: Json| url(json!({ "endpoint": endpoint, "path": path, "params": {} }));
    let base = "https://proxy.keybrake.com/stripe";
    assert_eq!(
        capture("POST /v1/charges/{id}/capture", json!({ "id": "ch_1" })),
        format!("{base}/v1/charges/ch_1/capture")
    );
    assert_eq!(
        capture("POST /v1/charges/{charge}/capture", json!({ "charge": "ch_1" })),
        format!("{base}/v1/charges/ch_1/capture")
    );
    assert_eq!(
        capture("charges.capture", json!({ "id": "ch_1/../x y" })),
        format!("{base}/v1/charges/ch_1%2F..%2Fx%20y/capture")
    );
    assert_eq!(
        capture("POST /v1/charges/ch_9/capture", Json::Null),
        format!("{base}/v1/charges/ch_9/capture")
    );
    assert_eq!(
        capture("accounts.updatePerson", json!({ "accountId": "acct_1", "id": "person_1" })),
        format!("{base}/v1/accounts/acct_1/persons/person_1")
    );
    for (path, code, field) in [
        (json!({}), "missing_field", "path.id"),
        (json!({ "id": "ch_1", "x": "y" }), "unknown_field", "path.x"),
        (json!({ "id": "" }), "empty_field", "path.id"),
        (json!({ "id": 7 }), "wrong_type", "path.id"),
        (json!({ "id": ".." }), "invalid_path_parameter", "path.id"),
        (json!({ "id": "{{x}}" }), "unresolved_reference", "path.id"),
        (json!("ch_1"), "wrong_type", "path"),
    ] {
        let changes = json!({ "endpoint": "charges.capture", "path": path, "params": {} });
        assert_eq!(refusal(changes), (code.to_owned(), field.to_owned()), "{path}");
    }
}

#[test]
fn headers_that_were_asked_for() {
    let request = built(json!({ "stripe_account": "acct_1AbC", "stripe_version": "2026-10-28.endive" }));
    assert_eq!(request["headers"]["Stripe-Account"], "acct_1AbC");
    assert_eq!(request["headers"]["Stripe-Version"], "2026-10-28.endive");
    for account in ["", "acct_", "acct_1\r\nX-Evil: 1", "acct_1 ", "cus_1", "acct_ä"] {
        assert_eq!(refusal(json!({ "stripe_account": account })).0, "invalid_header", "{account}");
    }
    for version in ["", "latest", "2026-10-28\r\nX: 1", " 2026-10-28"] {
        assert_eq!(refusal(json!({ "stripe_version": version })).0, "invalid_header", "{version}");
    }
}

#[test]
fn a_key_of_ones_own() {
    let own = |key: &str| json!({ "event": null, "idempotency_key": key });
    assert_eq!(built(own("order-42"))["headers"]["Idempotency-Key"], "order-42");
    for key in ["", "a b", "a\r\nX: 1", "ä", &"k".repeat(256)] {
        assert_eq!(refusal(own(key)).0, "invalid_idempotency_key", "{key}");
    }
    assert_eq!(refusal(own("order-{{id}}")).0, "unresolved_reference");
    assert_eq!(
        refusal(json!({ "event": null })),
        ("idempotency_key_required".to_owned(), "event".to_owned())
    );
    assert_eq!(refusal(json!({ "idempotency_key": "k" })).0, "conflicting_fields");
}

#[test]
fn amounts_that_are_none_are_refused() {
    let amount = |amount: Json| json!({ "params": { "amount": amount, "currency": "usd" } });
    for good in [json!(1), json!("4900"), json!(999_999_999_999_u64)] {
        built(amount(good));
    }
    for bad in [
        json!(0),
        json!(-1),
        json!(49.5),
        json!("4,900"),
        json!(" 4900"),
        json!("1e+21"),
        json!("NaN"),
        json!(1e12),
        json!("04900"),
    ] {
        assert_eq!(
            refusal(amount(bad.clone())),
            ("invalid_amount".to_owned(), "params.amount".to_owned()),
            "{bad}"
        );
    }
    assert_eq!(refusal(amount(json!([1]))).0, "wrong_type");
    let currency =
        |currency: &str, amount: u64| json!({ "params": { "amount": amount, "currency": currency } });
    assert_eq!(built(currency("USD", 1))["body"], "amount=1&currency=USD");
    assert_eq!(
        refusal(currency("dollars", 1)),
        ("invalid_currency".to_owned(), "params.currency".to_owned())
    );
    for (code, amount) in [("isk", 150), ("ugx", 1), ("kwd", 1234), ("bhd", 5)] {
        assert_eq!(refusal(currency(code, amount)).0, "invalid_amount", "{code}");
    }
    for (code, amount) in [("isk", 100), ("kwd", 1230), ("jpy", 1), ("huf", 1)] {
        built(currency(code, amount));
    }
    let credit = json!({ "endpoint": "customers.createBalanceTransaction", "path": { "id": "cus_1" }, "params": { "amount": -500, "currency": "usd" } });
    assert_eq!(built(credit)["body"], "amount=-500&currency=usd");
}

#[test]
fn unresolved_references_in_parameters_are_refused() {
    let params = json!({ "amount": 1, "currency": "usd", "metadata": { "order": ["a", "{{step_1.x}}"] } });
    assert_eq!(
        refusal(json!({ "params": params })),
        ("unresolved_reference".to_owned(), "params.metadata.order[1]".to_owned())
    );
}

#[test]
fn a_v2_event_binds_endpoint_and_currency() {
    let event = |endpoint: &str, currency: &str| json!({ "event": { "customer_id": "c", "amount_cents": 4900, "billing_period": "p", "scheme": "v2", "endpoint": endpoint, "currency": currency } });
    built(event("charges.create", "usd"));
    assert_eq!(
        refusal(event("payouts.create", "usd")),
        ("event_mismatch".to_owned(), "event.endpoint".to_owned())
    );
    assert_eq!(
        refusal(event("charges.create", "eur")),
        ("event_mismatch".to_owned(), "event.currency".to_owned())
    );
}

#[test]
fn faults_of_the_event_are_named_within_it() {
    let event = json!({ "event": { "customer_id": "", "amount_cents": 1, "billing_period": "p" } });
    assert_eq!(refusal(event), ("empty_field".to_owned(), "event.customer_id".to_owned()));
    assert_eq!(refusal(json!({ "event": 7 })), ("wrong_type".to_owned(), "event".to_owned()));
    assert_eq!(refusal(json!({ "endpoint": null })), ("missing_field".to_owned(), "endpoint".to_owned()));
    assert_eq!(
        refusal(json!({ "endpoint": "GET /v1/charges" })),
        ("invalid_endpoint".to_owned(), "endpoint".to_owned())
    );
    assert_eq!(
        refusal(json!({ "idempotencyKey": "x" })),
        ("unknown_field".to_owned(), "idempotencyKey".to_owned())
    );
    assert_eq!(
        refusal(json!({ "base_url": "http://proxy.keybrake.com" })),
        ("invalid_base_url".to_owned(), "base_url".to_owned())
    );
}
