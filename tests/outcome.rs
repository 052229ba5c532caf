//! Outcomes: what each answer of Stripe and of the proxy means, and that no body can be misread as harmless.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::outcome::{Charged, classify};
use billonce::value::Value;
use common::{json, value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn outcome(status: u16, headers: Json, body: Json) -> Json {
    json(&classify(&value(&json!({ "status": status, "headers": headers, "body": body }))).unwrap().to_json())
}

fn charge(status: &str) -> Json {
    json!({ "id": "ch_1", "object": "charge", "status": status, "captured": true, "amount": 4900 })
}

fn stripe_error(kind: &str, code: &str) -> Json {
    json!({ "error": { "type": kind, "code": code, "message": "…" } })
}

#[test]
fn every_kind_of_answer() {
    let replayed = json!({ "Idempotent-Replayed": "true" });
    let intent = |status: &str| json!({ "id": "pi_1", "object": "payment_intent", "status": status });
    let failed_intent = json!({ "id": "pi_1", "object": "payment_intent", "status": "requires_payment_method", "last_payment_error": {} });
    let uncaptured = json!({ "id": "ch_1", "object": "charge", "status": "succeeded", "captured": false });
    for (status, headers, body, kind, charged, retry) in [
        (200, json!({}), charge("succeeded"), "succeeded", "yes", "never"),
        (200, replayed.clone(), charge("succeeded"), "replayed", "yes", "never"),
        (200, json!({}), charge("pending"), "pending", "unknown", "never"),
        (200, json!({}), uncaptured, "pending", "unknown", "never"),
        (200, json!({}), charge("failed"), "declined", "no", "new_key"),
        (200, json!({}), charge("something_new"), "succeeded", "unknown", "never"),
        (200, json!({}), intent("succeeded"), "succeeded", "yes", "never"),
        (200, json!({}), intent("processing"), "pending", "unknown", "never"),
        (200, json!({}), intent("requires_action"), "requires_action", "no", "never"),
        (200, json!({}), intent("requires_payment_method"), "requires_action", "no", "never"),
        (200, json!({}), failed_intent, "declined", "no", "new_key"),
        (200, json!({}), intent("canceled"), "canceled", "no", "never"),
        (
            200,
            json!({}),
            json!({ "id": "re_1", "object": "refund", "status": "succeeded" }),
            "succeeded",
            "yes",
            "never",
        ),
        (200, json!({}), json!({ "id": "tr_1", "object": "transfer" }), "succeeded", "yes", "never"),
        (
            200,
            json!({}),
            json!({ "id": "in_1", "object": "invoice", "status": "paid" }),
            "succeeded",
            "yes",
            "never",
        ),
        (200, json!({}), json!({ "id": "cus_1", "object": "customer" }), "succeeded", "no", "never"),
        (
            200,
            json!({}),
            json!({ "id": "sub_1", "object": "subscription", "status": "active" }),
            "succeeded",
            "unknown",
            "never",
        ),
        (200, json!({}), json!({}), "unreadable", "unknown", "same_key"),
        (402, json!({}), stripe_error("card_error", "card_declined"), "declined", "no", "new_key"),
        (402, replayed.clone(), stripe_error("card_error", "card_declined"), "declined", "no", "new_key"),
        (
            409,
            json!({}),
            stripe_error("idempotency_error", "idempotency_key_in_use"),
            "in_flight",
            "unknown",
            "same_key",
        ),
        (
            409,
            json!({}),
            stripe_error("invalid_request_error", "idempotency_key_in_use"),
            "in_flight",
            "unknown",
            "same_key",
        ),
        (400, json!({}), stripe_error("idempotency_error", ""), "key_reused", "no", "review"),
        (
            400,
            json!({}),
            stripe_error("invalid_request_error", "parameter_missing"),
            "invalid_request",
            "no",
            "never",
        ),
        (
            404,
            json!({}),
            stripe_error("invalid_request_error", "resource_missing"),
            "invalid_request",
            "no",
            "never",
        ),
        (401, json!({}), stripe_error("invalid_request_error", ""), "unauthorized", "no", "never"),
        (403, json!({}), stripe_error("invalid_request_error", ""), "unauthorized", "no", "never"),
        (429, json!({}), stripe_error("rate_limit_error", "rate_limit"), "rate_limited", "no", "same_key"),
        (
            429,
            json!({}),
            stripe_error("invalid_request_error", "lock_timeout"),
            "lock_timeout",
            "no",
            "same_key",
        ),
        (500, json!({}), stripe_error("api_error", ""), "stripe_error", "unknown", "same_key"),
        (
            500,
            json!({ "Stripe-Should-Retry": "false" }),
            stripe_error("api_error", ""),
            "stripe_error",
            "unknown",
            "review",
        ),
        (500, replayed.clone(), stripe_error("api_error", ""), "stripe_error", "unknown", "review"),
        (429, json!({}), json!({ "error": "daily_usd_cap_exceeded" }), "cap_exceeded", "no", "never"),
        (
            429,
            json!({}),
            json!({ "error": "Daily spend cap of $50 reached", "spent_today_usd": 50 }),
            "cap_exceeded",
            "no",
            "never",
        ),
        (429, json!({}), json!({ "error": "Too many requests" }), "rate_limited", "no", "same_key"),
        (
            403,
            json!({}),
            json!({ "error": "Operation \"payouts.create\" is not permitted", "attempted": "payouts.create" }),
            "endpoint_not_allowed",
            "no",
            "never",
        ),
        (401, json!({}), json!({ "error": "vault key revoked" }), "vault_key_revoked", "no", "never"),
        (400, json!({}), json!({ "error": "idempotency_key_required" }), "invalid_request", "no", "never"),
        (502, json!({}), json!({ "error": "bad gateway" }), "unreadable", "unknown", "same_key"),
        (0, json!({}), Json::Null, "network_error", "unknown", "same_key"),
        (502, json!({}), json!("<html>"), "unreadable", "unknown", "same_key"),
        (200, json!({}), Json::Null, "unreadable", "unknown", "same_key"),
        (200, json!({}), json!([1]), "unreadable", "unknown", "same_key"),
        (404, json!({}), json!("<html>"), "unreadable", "unknown", "review"),
        (302, json!({}), Json::Null, "unreadable", "unknown", "review"),
        (429, json!({}), json!("slow down"), "unreadable", "unknown", "same_key"),
    ] {
        let read = outcome(status, headers, body.clone());
        assert_eq!(
            (&read["kind"], &read["charged"], &read["retry"]),
            (&json!(kind), &json!(charged), &json!(retry)),
            "{status} {body}"
        );
    }
}

#[test]
fn the_details_are_passed_on() {
    let body = json!({ "error": { "type": "card_error", "code": "card_declined", "decline_code": "generic_decline" } });
    let read = outcome(
        402,
        json!({ "request-id": "req_1", "Retry-After": "3", "idempotent-replayed": "true" }),
        body,
    );
    assert_eq!(
        read,
        json!({
            "kind": "declined", "charged": "no", "retry": "new_key", "retry_after_ms": 3000,
            "message": "The payment was declined, and this key will only repeat that: a new attempt needs a key of its own.",
            "http_status": 402, "replayed": true, "id": null, "stripe_code": "card_declined",
            "decline_code": "generic_decline", "request_id": "req_1",
        })
    );
    assert_eq!(outcome(200, json!({}), charge("succeeded"))["id"], "ch_1");
    for header in ["soon", "-1", "99999999999999999999", "1.5"] {
        assert_eq!(
            outcome(429, json!({ "Retry-After": header }), Json::Null)["retry_after_ms"],
            Json::Null,
            "{header}"
        );
    }
}

#[test]
fn no_status_is_no_answer() {
    let read = classify(&Value::Map(vec![("status", Value::Null)])).unwrap();
    assert_eq!((read.kind.as_str(), read.charged, read.http_status), ("network_error", Charged::Unknown, 0));
}

#[test]
fn only_the_status_can_be_refused() {
    for status in [json!("200"), json!(99), json!(600), json!(-1), json!(200.5), json!(true)] {
        let error = classify(&value(&json!({ "status": status }))).unwrap_err();
        assert_eq!(error.field(), "status", "{status}");
    }
}

fn json_like() -> impl Strategy<Value = Json> {
    let word = prop::sample::select(vec![
        "error",
        "id",
        "object",
        "status",
        "code",
        "type",
        "charge",
        "succeeded",
        "captured",
        "payment_intent",
        "refund",
        "failed",
        "card_error",
        "idempotency_error",
        "cap",
        "declined",
        "last_payment_error",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        word.clone().prop_map(Json::from)
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|members| Json::Object(
                members.into_iter().map(|(name, item)| (name.to_owned(), item)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_body_is_classified(status in prop::sample::select(vec![0_u16, 200, 302, 400, 401, 402, 403, 409, 422, 429, 500, 502]), body in json_like()) {
        let read = classify(&value(&json!({ "status": status, "body": body })));
        prop_assert!(read.is_ok());
    }

    /// Whatever else such a body holds, it is the body of a charge that succeeded.
    #[test]
    fn a_charge_that_succeeded_is_never_read_as_not_charged(extra in json_like(), replayed in any::<bool>()) {
        let mut body = charge("succeeded");
        if let Json::Object(members) = extra {
            for (name, item) in members {
                if !body.as_object().unwrap().contains_key(&name) {
                    body[name] = item;
                }
            }
        }
        let headers = if replayed { json!({ "Idempotent-Replayed": "true" }) } else { json!({}) };
        let read = classify(&value(&json!({ "status": 200, "headers": headers, "body": body }))).unwrap();
        prop_assert_ne!(read.charged, Charged::No, "{}", body);
    }
}
