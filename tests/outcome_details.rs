//! Outcomes: what is passed on beside the verdict, what is refused, and that no body can be misread as harmless.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::outcome::{Charged, classify};
use billonce::value::Value;
use common::{of, outcome, value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn succeeded() -> Json {
    json!({ "id": "ch_1", "object": "charge", "status": "succeeded", "captured": true, "amount": 4900 })
}

#[test]
fn the_details_are_passed_on() {
    let body = json!({ "error": { "type": "card_error", "code": "card_declined", "decline_code": "generic_decline" } });
    let headers = json!({ "request-id": "req_1", "Retry-After": "3", "idempotent-replayed": "true" });
    assert_eq!(
        outcome(402, headers, body),
        json!({
            "kind": "declined", "charged": "no", "retry": "new_key", "retry_after_ms": 3000,
            "message": "The payment was declined, and this key will only repeat that: a new attempt needs a key of its own.",
            "http_status": 402, "replayed": true, "id": null, "livemode": null, "stripe_code": "card_declined",
            "decline_code": "generic_decline", "request_id": "req_1",
        })
    );
    let made = outcome(200, json!({}), json!({ "id": "ch_1", "object": "charge", "livemode": false }));
    assert_eq!((&made["id"], &made["livemode"]), (&json!("ch_1"), &json!(false)));
}

#[test]
fn retry_after_in_seconds_or_as_a_date() {
    let date = "Mon, 01 Jun 2026 09:00:00 GMT";
    let wait = |headers: Json, now: Json| {
        of(json!({ "status": 429, "headers": headers, "now": now }))["retry_after_ms"].clone()
    };
    for (retry_after, expected) in [
        ("0", json!(0)),
        ("007", json!(7000)),
        ("100000", json!(100_000_000)),
        ("99999999999999999999", json!(9_007_199_254_740_991_u64)),
        ("Mon, 01 Jun 2026 09:00:30 GMT", json!(30_000)),
        ("Monday, 01-Jun-26 09:01:00 GMT", json!(60_000)),
        ("Mon Jun  1 10:00:00 2026", json!(3_600_000)),
        ("Mon, 01 Jun 2026 08:00:00 GMT", json!(0)),
        ("soon", Json::Null),
        ("", Json::Null),
        ("-1", Json::Null),
        ("1.5", Json::Null),
    ] {
        let headers = json!({ "Retry-After": retry_after, "Date": date });
        assert_eq!(wait(headers, json!("2026-06-01T08:00:00Z")), expected, "{retry_after}");
    }
    let dated = json!({ "retry-after": "Mon, 01 Jun 2026 09:00:30 GMT", "date": "now" });
    assert_eq!(wait(dated.clone(), json!("2026-06-01T09:00:20Z")), 10_000, "by the caller's clock");
    assert_eq!(outcome(429, dated, Json::Null)["retry_after_ms"], Json::Null, "by no clock");
    assert_eq!(outcome(429, json!({ "retry-after": ["2", "9"] }), Json::Null)["retry_after_ms"], 2000);
    assert_eq!(outcome(429, json!({ "retry-after": 2 }), Json::Null)["retry_after_ms"], 2000);
}

#[test]
fn no_status_is_no_answer() {
    let read = classify(&Value::Map(vec![("status", Value::Null)])).unwrap();
    assert_eq!((read.kind.as_str(), read.charged, read.http_status), ("network_error", Charged::Unknown, 0));
}

#[test]
fn only_the_frame_can_be_refused() {
    for status in [json!("200"), json!(99), json!(600), json!(-1), json!(200.5), json!(true)] {
        let error = classify(&value(&json!({ "status": status }))).unwrap_err();
        assert_eq!(error.field(), "status", "{status}");
    }
    for (field, given) in [("now", json!("soon")), ("may_have_charged", json!("yes")), ("boody", json!(""))] {
        let error = classify(&value(&json!({ "status": 200, field: given }))).unwrap_err();
        assert_eq!(error.field(), field);
    }
}

fn json_like() -> impl Strategy<Value = Json> {
    let words = [
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
        "customer",
        "canceled",
    ];
    let word = prop::sample::select(words.to_vec());
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

fn statuses() -> impl Strategy<Value = u16> {
    prop::sample::select(vec![
        0_u16, 200, 302, 400, 401, 402, 403, 404, 408, 409, 422, 424, 429, 499, 500, 502,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_body_is_classified(status in statuses(), body in json_like()) {
        let read = classify(&value(&json!({ "status": status, "body": body })));
        prop_assert!(read.is_ok());
    }

    /// Whatever else such a body holds, and whatever status it comes with, it is the body of a charge that succeeded.
    #[test]
    fn a_charge_that_succeeded_is_never_read_as_not_charged(
        status in statuses(), extra in json_like(), replayed in any::<bool>(), wrapped in any::<bool>(),
    ) {
        let mut body = succeeded();
        if let Json::Object(members) = extra {
            for (name, item) in members {
                if !body.as_object().unwrap().contains_key(&name) {
                    body[name] = item;
                }
            }
        }
        let body = if wrapped { json!({ "error": { "charge": body } }) } else { body };
        let headers = if replayed { json!({ "Idempotent-Replayed": "true" }) } else { json!({}) };
        let read = classify(&value(&json!({ "status": status, "headers": headers, "body": body }))).unwrap();
        prop_assert_ne!(read.charged, Charged::No, "{}", body);
    }
}
