//! Decisions: every verdict, exact figures, and the input that cannot be judged.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::precheck::precheck;
use common::{json, value};
use serde_json::{Value as Json, json};

/// The seed's policy and charge, with some members changed; `null` takes one out.
fn input(changes: Json) -> Json {
    let mut input = json!({
        "policy": { "allowed_endpoints": ["POST /v1/charges"], "daily_usd_cap": 49 },
        "endpoint": "POST /v1/charges", "amount": 4900, "currency": "usd",
        "spent_usd_cents": 0, "now": "2026-06-01T09:00:00Z",
    });
    for (name, change) in changes.as_object().unwrap() {
        input[name] = change.clone();
    }
    input.as_object_mut().unwrap().retain(|_, member| !member.is_null());
    input
}

fn decide(changes: Json) -> Json {
    json(&precheck(&value(&input(changes))).unwrap().to_json())
}

fn refusal(changes: Json) -> (String, String) {
    let error = precheck(&value(&input(changes))).unwrap_err();
    (error.code().as_str().to_owned(), error.field().to_owned())
}

fn policy(changes: Json) -> Json {
    let mut policy = json!({ "allowed_endpoints": ["POST /v1/charges"], "daily_usd_cap": 49 });
    for (name, change) in changes.as_object().unwrap() {
        policy[name] = change.clone();
    }
    json!({ "policy": policy })
}

#[test]
fn exactly_at_the_cap_is_allowed() {
    assert_eq!(
        decide(json!({})),
        json!({
            "allowed": true, "code": "allowed", "http_status": 200,
            "message": "$49.00 of the $49.00 left of the daily cap.",
            "amount_usd_cents": 4900, "spent_usd_cents": 0, "cap_usd_cents": 4900, "remaining_usd_cents": 4900,
            "resets_at": "2026-06-02T00:00:00.000Z",
        })
    );
}

#[test]
fn one_cent_over_the_cap_is_not() {
    let expected = json!({
        "allowed": false, "code": "daily_usd_cap_exceeded", "http_status": 429,
        "message": "$49.00 is more than the $48.99 left of the daily cap of $49.00, which starts anew at 2026-06-02T00:00:00.000Z.",
        "amount_usd_cents": 4900, "spent_usd_cents": 1, "cap_usd_cents": 4900, "remaining_usd_cents": 4899,
        "resets_at": "2026-06-02T00:00:00.000Z",
    });
    assert_eq!(decide(json!({ "spent_usd_cents": 1 })), expected);
    assert_eq!(decide(json!({ "amount": 4901 }))["code"], "daily_usd_cap_exceeded");
    assert_eq!(decide(json!({ "spent_usd_cents": 999_999 }))["remaining_usd_cents"], 0);
}

#[test]
fn caps_in_dollars_are_read_exactly() {
    for (cap, cents) in [
        (json!(49), 4900),
        (json!("49"), 4900),
        (json!(49.99), 4999),
        (json!("49.99"), 4999),
        (json!(0.1), 10),
        (json!("0.30"), 30),
        (json!(0), 0),
        (json!(1.1), 110),
        (json!(9_999_999_999.99_f64), 999_999_999_999_u64),
    ] {
        assert_eq!(decide(policy(json!({ "daily_usd_cap": cap })))["cap_usd_cents"], cents, "{cap}");
    }
    for cap in [
        json!(-1),
        json!("-1"),
        json!("49 dollars"),
        json!("4,900"),
        json!(49.999),
        json!(0.1 + 0.2),
        json!(1e21),
        json!(""),
        json!("NaN"),
        json!("$49"),
        json!(10_000_000_000_u64),
    ] {
        let expected = ("invalid_policy".to_owned(), "policy.daily_usd_cap".to_owned());
        assert_eq!(refusal(policy(json!({ "daily_usd_cap": cap }))), expected, "{cap}");
    }
}

#[test]
fn without_what_was_spent_the_call_is_judged_alone() {
    let decision = decide(json!({ "spent_usd_cents": null }));
    assert_eq!(decision["allowed"], true);
    assert_eq!((&decision["spent_usd_cents"], &decision["remaining_usd_cents"]), (&Json::Null, &Json::Null));
}

#[test]
fn each_verdict_has_its_code_and_status() {
    let verdict = |changes: Json| {
        let decision = decide(changes);
        let text = |name: &str| decision[name].as_str().unwrap().to_owned();
        (text("code"), decision["http_status"].as_u64().unwrap(), decision["amount_usd_cents"].as_u64())
    };
    let is = |code: &str, status, amount| (code.to_owned(), status, amount);
    assert_eq!(
        verdict(json!({ "endpoint": "POST /v1/payouts" })),
        is("endpoint_not_allowed", 403, Some(4900))
    );
    assert_eq!(verdict(json!({ "amount": null })), is("amount_unknown", 422, None));
    assert_eq!(verdict(json!({ "currency": null })), is("amount_unknown", 422, None));
    assert_eq!(verdict(json!({ "currency": "eur" })), is("usd_rate_missing", 422, None));
    let rates = |rates: Json| json!({ "currency": "eur", "usd_rates": rates });
    assert_eq!(verdict(rates(json!({ "eur": 1.08 }))), is("daily_usd_cap_exceeded", 429, Some(5292)));
    assert_eq!(verdict(rates(json!({ "eur": "0.5" }))), is("allowed", 200, Some(2450)));
    let limit = |max: f64| policy(json!({ "max_charge_usd": max }));
    assert_eq!(verdict(limit(48.99)), is("max_charge_usd_exceeded", 403, Some(4900)));
    assert_eq!(verdict(limit(49.0)), is("allowed", 200, Some(4900)));
    for end in ["2026-06-01T09:00:00Z", "2026-06-01", "2025-01-01T00:00:00+02:00"] {
        assert_eq!(
            verdict(policy(json!({ "expires_at": end }))),
            is("policy_expired", 401, Some(4900)),
            "{end}"
        );
    }
    assert_eq!(
        verdict(policy(json!({ "expires_at": "2026-06-01T09:00:00.001Z" }))),
        is("allowed", 200, Some(4900))
    );
    assert_eq!(
        verdict(policy(json!({ "allowed_endpoints": [] }))),
        is("endpoint_not_allowed", 403, Some(4900))
    );
}

#[test]
fn an_allowlist_takes_paths_and_operation_names() {
    for name in ["POST /v1/charges", "charges.create"] {
        assert_eq!(decide(policy(json!({ "allowed_endpoints": [name] })))["allowed"], true, "{name}");
    }
    let capture = policy(json!({ "allowed_endpoints": ["POST /v1/charges/{charge}/capture"] }));
    let mut call = input(capture);
    call["endpoint"] = json!("POST /v1/charges/ch_1/capture");
    assert_eq!(json(&precheck(&value(&call)).unwrap().to_json())["allowed"], true);
}

#[test]
fn a_built_request_is_read_as_stripe_reads_it() {
    let judge = |url: &str, body: &str| {
        let request =
            json!({ "method": "POST", "url": url, "headers": {}, "body": body, "idempotency_key": "k" });
        let changes = json!({ "endpoint": null, "amount": null, "currency": null, "request": request });
        let decision = decide(changes);
        (decision["code"].as_str().unwrap().to_owned(), decision["amount_usd_cents"].as_u64())
    };
    let url = "https://proxy.keybrake.com/stripe/v1/charges";
    let is = |code: &str, amount| (code.to_owned(), amount);
    assert_eq!(judge(url, "amount=4900&currency=usd&customer=cus_A100"), is("allowed", Some(4900)));
    assert_eq!(judge(url, "amount=4901&currency=usd"), is("daily_usd_cap_exceeded", Some(4901)));
    assert_eq!(
        judge("https://api.stripe.com/v1/charges", "amount=4900&currency=USD"),
        is("allowed", Some(4900))
    );
    for ambiguous in [
        "amount=1&amount=4900",
        "amount[]=1",
        "amount=1&amount%5B%5D=9",
        "amount[x]=1",
        "currency=usd",
        "amount=1e3",
        "amount=-5",
        "amount=+5",
        "amount=1.0",
        "",
    ] {
        assert_eq!(
            judge(url, &format!("{ambiguous}&currency=usd")),
            is("amount_unknown", None),
            "{ambiguous}"
        );
    }
    assert_eq!(judge(url, "amount=1&currency=usd&currency=eur"), is("amount_unknown", None));
    assert_eq!(judge("https://api.stripe.com/v1/invoices/in_1/pay", "").0, "endpoint_not_allowed");
}

#[test]
fn what_moves_money_is_never_priced_zero() {
    for row in
        serde_json::from_str::<Json>(include_str!("vectors/stripe-post-endpoints.json")).unwrap()["endpoints"]
            .as_array()
            .unwrap()
    {
        let endpoint = format!("POST {}", row["path"].as_str().unwrap());
        let mut call = input(json!({ "amount": null, "currency": null }));
        call["policy"]["allowed_endpoints"] = json!([endpoint]);
        call["endpoint"] = json!(endpoint);
        let decision = json(&precheck(&value(&call)).unwrap().to_json());
        let params = row["params"].as_array().unwrap();
        let has_amount = params.iter().any(|name| name.as_str().unwrap().trim_end_matches('?') == "amount");
        // Amounts that set a price or describe something, without money on its way.
        let describes = [
            "/v1/issuing/",
            "/v1/test_helpers/",
            "/v1/plans",
            "/v1/sources",
            "/v1/three_d_secure",
            "/v1/payment_records",
        ];
        if has_amount && !describes.iter().any(|start| endpoint.contains(start)) {
            assert_eq!(decision["code"], "amount_unknown", "{endpoint}");
        }
        if decision["code"] == "allowed" {
            assert_eq!(decision["amount_usd_cents"], 0, "{endpoint}");
        }
    }
    for (endpoint, hint) in [
        (
            "POST /v1/invoices/{id}/pay",
            "does not carry its amount: fetch the invoice's amount_due first and pre-check that.",
        ),
        ("POST /v1/refunds", "takes all there is where amount is not given: give it."),
        (
            "POST /v1/subscriptions",
            "does not carry its amount: fetch the subscription's upcoming invoice (POST /v1/invoices/create_preview) first and pre-check that.",
        ),
    ] {
        let mut call = input(json!({ "amount": null }));
        call["policy"]["allowed_endpoints"] = json!([endpoint]);
        call["endpoint"] = json!(endpoint);
        let decision = json(&precheck(&value(&call)).unwrap().to_json());
        assert_eq!(decision["message"], format!("{endpoint} {hint}"));
    }
}

#[test]
fn a_credit_counts_by_its_size() {
    let mut call = input(json!({ "amount": -5000 }));
    call["policy"]["allowed_endpoints"] = json!(["POST /v1/customers/{id}/balance_transactions"]);
    call["endpoint"] = json!("POST /v1/customers/cus_1/balance_transactions");
    let decision = json(&precheck(&value(&call)).unwrap().to_json());
    assert_eq!(
        (&decision["code"], &decision["amount_usd_cents"]),
        (&json!("daily_usd_cap_exceeded"), &json!(5000))
    );
}

#[test]
fn what_cannot_be_judged_is_refused() {
    for (changes, code, field) in [
        (json!({ "policy": null }), "missing_field", "policy"),
        (json!({ "now": null }), "missing_field", "now"),
        (json!({ "endpoint": null }), "missing_field", "endpoint"),
        (json!({ "polcy": 1 }), "unknown_field", "polcy"),
        (
            json!({ "policy": { "allowed_endpoints": [], "daily_usd_cap": 1, "cap": 2 } }),
            "unknown_field",
            "policy.cap",
        ),
        (json!({ "policy": { "daily_usd_cap": 1 } }), "missing_field", "policy.allowed_endpoints"),
        (json!({ "policy": { "allowed_endpoints": [] } }), "missing_field", "policy.daily_usd_cap"),
        (policy(json!({ "daily_usd_cap": true })), "wrong_type", "policy.daily_usd_cap"),
        (
            policy(json!({ "allowed_endpoints": "POST /v1/charges" })),
            "wrong_type",
            "policy.allowed_endpoints",
        ),
        (
            policy(json!({ "allowed_endpoints": ["charges"] })),
            "invalid_endpoint",
            "policy.allowed_endpoints[0]",
        ),
        (policy(json!({ "expires_at": "tomorrow" })), "invalid_time", "policy.expires_at"),
        (json!({ "now": 1780 }), "invalid_time", "now"),
        (json!({ "now": true }), "wrong_type", "now"),
        (json!({ "endpoint": "POST /v1/charge" }), "invalid_endpoint", "endpoint"),
        (json!({ "amount": 0 }), "invalid_amount", "amount"),
        (json!({ "amount": 49.5 }), "invalid_amount", "amount"),
        (json!({ "amount": [1] }), "wrong_type", "amount"),
        (json!({ "currency": "dollars" }), "invalid_currency", "currency"),
        (json!({ "spent_usd_cents": -1 }), "invalid_spend", "spent_usd_cents"),
        (json!({ "spent_usd_cents": "x" }), "invalid_spend", "spent_usd_cents"),
        (json!({ "spent_usd_cents": 0.5 }), "invalid_spend", "spent_usd_cents"),
        (json!({ "usd_rates": { "eur": 0 } }), "invalid_rate", "usd_rates.eur"),
        (json!({ "usd_rates": { "eur": -1 } }), "invalid_rate", "usd_rates.eur"),
        (json!({ "usd_rates": { "usd": 2 } }), "invalid_rate", "usd_rates.usd"),
        (json!({ "usd_rates": { "euro": 1 } }), "invalid_currency", "usd_rates.euro"),
        (
            json!({ "currency": "jpy", "amount": 999_999_999_999_u64, "usd_rates": { "jpy": 999 } }),
            "invalid_rate",
            "usd_rates.jpy",
        ),
        (json!({ "request": {} }), "conflicting_fields", "endpoint"),
        (
            json!({ "endpoint": null, "amount": null, "currency": null, "request": { "url": "https://x/v1/charge" } }),
            "invalid_endpoint",
            "request.url",
        ),
        (
            json!({ "endpoint": null, "amount": null, "currency": null, "request": { "url": "https://x/v1/charges?amount=1" } }),
            "invalid_endpoint",
            "request.url",
        ),
        (
            json!({ "endpoint": null, "amount": null, "currency": null, "request": { "method": "GET", "url": "https://x/v1/charges" } }),
            "invalid_endpoint",
            "request.url",
        ),
        (
            json!({ "endpoint": null, "amount": null, "currency": null, "request": { "url": "https://x/v1/charges", "body": "amount=%zz" } }),
            "unreadable_input",
            "request.body",
        ),
    ] {
        assert_eq!(refusal(changes.clone()), (code.to_owned(), field.to_owned()), "{changes}");
    }
}
