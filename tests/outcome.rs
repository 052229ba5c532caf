//! Outcomes: what each answer of Stripe and of the proxy means.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{of, outcome};
use serde_json::{Value as Json, json};

/// Kind, charged and retry, as in `"succeeded yes never"`.
fn verdict(outcome: &Json) -> String {
    ["kind", "charged", "retry"].map(|name| outcome[name].as_str().unwrap()).join(" ")
}

fn expect(expected: &str, status: u16, headers: Json, body: Json) {
    let read = outcome(status, headers.clone(), body.clone());
    assert_eq!(verdict(&read), expected, "{status} {headers} {body}");
}

fn object(kind: &str, status: &str) -> Json {
    let id = if kind == "invoice" { "in_1" } else { "x_1" };
    json!({ "id": id, "object": kind, "status": status })
}

/// With more members, or others.
fn with(mut body: Json, more: Json) -> Json {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn charge(status: &str) -> Json {
    json!({ "id": "ch_1", "object": "charge", "status": status, "captured": true, "amount": 4900 })
}

fn stripe_error(kind: &str, code: &str) -> Json {
    json!({ "error": { "type": kind, "code": code, "message": "…" } })
}

fn replayed() -> Json {
    json!({ "Idempotent-Replayed": "true" })
}

#[test]
fn objects_by_their_status() {
    for (expected, body) in [
        ("succeeded yes never", charge("succeeded")),
        ("succeeded yes never", with(charge("succeeded"), json!({ "refunded": true, "error": null }))),
        ("pending unknown never", with(charge("succeeded"), json!({ "captured": false }))),
        ("pending unknown never", charge("pending")),
        ("declined no new_key", charge("failed")),
        ("succeeded unknown never", charge("something_new")),
        // Parts that contradict each other.
        ("succeeded unknown never", with(charge("failed"), json!({ "failure_code": null }))),
        ("declined unknown review", with(charge("failed"), json!({ "paid": true }))),
        ("declined unknown review", with(charge("failed"), json!({ "balance_transaction": "txn_1" }))),
        (
            "declined no new_key",
            with(
                charge("failed"),
                json!({ "balance_transaction": "txn_1", "failure_balance_transaction": "txn_2" }),
            ),
        ),
        (
            "canceled unknown review",
            with(object("payment_intent", "canceled"), json!({ "amount_received": 4900 })),
        ),
        (
            "succeeded unknown review",
            with(charge("succeeded"), json!({ "object": "customer", "status": null, "paid": true })),
        ),
        (
            "succeeded unknown review",
            json!({ "id": "pi_1", "object": "setup_intent", "status": "succeeded" }),
        ),
        ("succeeded yes never", object("payment_intent", "succeeded")),
        ("pending unknown never", object("payment_intent", "processing")),
        ("pending unknown never", object("payment_intent", "requires_capture")),
        ("requires_action no never", object("payment_intent", "requires_action")),
        ("requires_action no never", object("payment_intent", "requires_confirmation")),
        ("requires_action no never", object("payment_intent", "requires_payment_method")),
        (
            "declined no new_key",
            with(object("payment_intent", "requires_payment_method"), json!({ "last_payment_error": {} })),
        ),
        ("canceled no never", object("payment_intent", "canceled")),
        ("succeeded yes never", object("refund", "succeeded")),
        ("pending unknown never", object("refund", "pending")),
        ("requires_action no never", object("refund", "requires_action")),
        ("declined no new_key", object("refund", "failed")),
        ("canceled no never", object("refund", "canceled")),
        ("succeeded unknown never", with(object("refund", ""), json!({ "status": null }))),
        ("succeeded yes never", object("payout", "paid")),
        ("pending unknown never", object("payout", "in_transit")),
        ("pending unknown never", object("payout", "pending")),
        ("declined no new_key", object("payout", "failed")),
        ("canceled no never", object("payout", "canceled")),
        ("succeeded yes never", object("topup", "succeeded")),
        ("succeeded unknown never", object("topup", "reversed")),
        ("succeeded yes never", json!({ "id": "tr_1", "object": "transfer" })),
        ("succeeded yes never", json!({ "id": "trr_1", "object": "transfer_reversal" })),
        ("pending unknown never", object("transfer", "in_transit")),
        ("succeeded yes never", object("invoice", "paid")),
        (
            "succeeded no never",
            with(
                object("invoice", "paid"),
                json!({ "paid": true, "paid_out_of_band": true, "charge": null, "amount_paid": 4900 }),
            ),
        ),
        (
            "succeeded yes never",
            with(object("invoice", "paid"), json!({ "paid_out_of_band": true, "charge": "ch_1" })),
        ),
        ("succeeded no never", with(object("invoice", "paid"), json!({ "amount_due": 0, "amount_paid": 0 }))),
        (
            "succeeded yes never",
            with(object("invoice", "paid"), json!({ "amount_due": 0, "amount_paid": 1 })),
        ),
        ("succeeded no never", object("invoice", "draft")),
        ("pending unknown never", object("invoice", "open")),
        ("canceled no never", object("invoice", "void")),
        ("succeeded unknown never", object("subscription", "active")),
        ("succeeded unknown never", object("subscription", "trialing")),
        ("pending unknown never", object("subscription", "incomplete")),
        ("pending unknown never", object("subscription", "past_due")),
        (
            "requires_action no never",
            with(object("checkout.session", "open"), json!({ "payment_status": "unpaid" })),
        ),
        ("canceled no never", object("checkout.session", "expired")),
        ("succeeded unknown never", object("checkout.session", "complete")),
        ("succeeded no never", json!({ "id": "seti_1", "object": "setup_intent", "status": "succeeded" })),
        ("requires_action no never", object("setup_intent", "requires_action")),
        ("succeeded no never", object("quote", "open")),
        ("succeeded unknown never", object("quote", "accepted")),
        ("succeeded no never", json!({ "id": "cus_1", "object": "customer", "deleted": true })),
        (
            "succeeded no never",
            json!({ "id": "ii_1", "object": "invoiceitem", "metadata": { "status": "paid" } }),
        ),
        (
            "succeeded unknown never",
            json!({ "object": "list", "data": [charge("succeeded")], "has_more": false }),
        ),
        ("succeeded unknown never", json!({ "id": "x", "object": "something_new" })),
        ("succeeded unknown never", json!({ "object": "v2.core.event", "id": "evt_1" })),
    ] {
        expect(expected, 200, json!({}), body);
    }
    expect("replayed yes never", 200, replayed(), charge("succeeded"));
    expect("replayed unknown never", 200, replayed(), object("subscription", "active"));
    expect("declined no new_key", 200, replayed(), charge("failed"));
}

#[test]
fn errors_of_stripe() {
    let no_retry = || json!({ "Stripe-Should-Retry": "false" });
    let retry = || json!({ "stripe-should-retry": "true" });
    let invalid = |code| stripe_error("invalid_request_error", code);
    let declined = stripe_error("card_error", "card_declined");
    let failed = stripe_error("api_error", "");
    for (expected, status, headers, body) in [
        ("declined no new_key", 402, json!({}), declined.clone()),
        ("declined no new_key", 402, replayed(), declined.clone()),
        ("declined no same_key", 402, retry(), declined.clone()),
        ("requires_action no never", 402, json!({}), invalid("invoice_payment_intent_requires_action")),
        ("in_flight unknown same_key", 409, json!({}), invalid("idempotency_key_in_use")),
        ("in_flight unknown same_key", 409, json!({}), stripe_error("idempotency_error", "")),
        ("in_flight unknown same_key", 409, json!({}), json!({ "error": {} })),
        ("in_flight unknown review", 409, no_retry(), invalid("idempotency_key_in_use")),
        ("lock_timeout no same_key", 409, json!({}), invalid("lock_timeout")),
        ("lock_timeout no same_key", 429, json!({}), invalid("lock_timeout")),
        ("lock_timeout unknown same_key", 409, json!({}), invalid("terminal_reader_busy")),
        ("rate_limited no same_key", 429, json!({}), stripe_error("rate_limit_error", "rate_limit")),
        ("rate_limited no review", 429, no_retry(), stripe_error("rate_limit_error", "rate_limit")),
        ("key_reused no review", 400, json!({}), stripe_error("idempotency_error", "")),
        ("key_reused no review", 422, retry(), stripe_error("idempotency_error", "")),
        ("invalid_request no never", 400, json!({}), invalid("parameter_missing")),
        ("invalid_request no never", 404, json!({}), invalid("resource_missing")),
        ("invalid_request no same_key", 400, retry(), invalid("")),
        ("unauthorized no never", 401, json!({}), invalid("")),
        ("unauthorized no never", 403, json!({}), invalid("")),
        ("stripe_error unknown same_key", 424, json!({}), failed.clone()),
        ("stripe_error unknown same_key", 408, json!({}), failed.clone()),
        ("stripe_error unknown same_key", 500, json!({}), failed.clone()),
        ("stripe_error unknown same_key", 503, retry(), failed.clone()),
        ("stripe_error unknown review", 500, no_retry(), failed.clone()),
        ("stripe_error unknown review", 500, replayed(), failed.clone()),
        ("unreadable unknown same_key", 200, json!({}), failed.clone()),
        ("unreadable unknown review", 302, json!({}), failed),
        // What a refusal says was done before.
        ("invalid_request unknown review", 400, json!({}), invalid("charge_already_captured")),
        ("invalid_request unknown review", 400, json!({}), invalid("charge_already_refunded")),
    ] {
        expect(expected, status, headers, body);
    }
    let unexpected = |status: &str| {
        let intent = object("payment_intent", status);
        json!({ "error": { "code": "payment_intent_unexpected_state", "payment_intent": intent } })
    };
    expect("invalid_request unknown review", 400, json!({}), unexpected("succeeded"));
    expect("invalid_request no never", 400, json!({}), unexpected("canceled"));
}

#[test]
fn errors_of_the_proxy_in_both_descriptions() {
    let vendor = |more: Json| with(json!({ "error": "Daily spend cap of $50 reached" }), more);
    for (expected, status, body) in [
        ("cap_exceeded no never", 429, json!({ "error": "daily_usd_cap_exceeded" })),
        ("cap_exceeded no never", 402, json!({ "error": "daily_usd_cap_exceeded", "message": "…" })),
        ("cap_exceeded no never", 429, vendor(json!({}))),
        ("cap_exceeded no never", 429, vendor(json!({ "error": "Limit reached", "spent_today_usd": 50 }))),
        ("cap_exceeded no never", 429, json!({ "error": { "code": "daily_usd_cap_exceeded" } })),
        ("rate_limited no same_key", 429, json!({ "error": "Too many requests: over capacity" })),
        (
            "endpoint_not_allowed no never",
            403,
            json!({ "error": "Operation \"payouts.create\" is not permitted", "attempted": "payouts.create" }),
        ),
        ("endpoint_not_allowed no never", 403, json!({ "error": "endpoint_not_allowed" })),
        ("max_charge_usd_exceeded no never", 403, json!({ "error": "max_charge_usd_exceeded" })),
        ("endpoint_not_allowed no never", 403, json!({ "error": "stripe_account_not_allowed" })),
        ("vault_key_revoked no never", 401, json!({ "error": "Invalid vault key" })),
        ("vault_key_revoked no never", 403, json!({ "error": "Vault key expired" })),
        ("vault_key_revoked no never", 401, json!({ "error": "policy_expired" })),
        ("invalid_request no never", 400, json!({ "error": "idempotency_key_required" })),
        ("invalid_request no never", 422, json!({ "error": "amount_unknown" })),
        ("in_flight unknown same_key", 409, json!({ "error": "conflict" })),
        ("in_flight unknown review", 409, json!({ "error": "outcome_unknown" })),
        ("replayed unknown review", 409, json!({ "error": "answer_not_kept" })),
        ("unauthorized no never", 502, json!({ "error": { "code": "stripe_key_refused" } })),
        // Whatever stands between may give up while the request goes on.
        ("unreadable unknown same_key", 408, json!({ "error": "timeout" })),
        ("unreadable unknown same_key", 499, json!({ "error": "client closed request" })),
        ("unreadable unknown same_key", 502, json!({ "error": "bad gateway" })),
        ("unreadable unknown same_key", 200, json!({ "error": "daily_usd_cap_exceeded" })),
    ] {
        expect(expected, status, json!({}), body);
    }
}

#[test]
fn what_is_neither() {
    for (expected, status, body) in [
        ("network_error unknown same_key", 0, Json::Null),
        ("network_error unknown same_key", 0, charge("succeeded")),
        ("unreadable unknown same_key", 200, Json::Null),
        ("unreadable unknown same_key", 200, json!("<html>")),
        ("unreadable unknown same_key", 200, json!([charge("succeeded")])),
        ("unreadable unknown same_key", 200, json!({})),
        ("unreadable unknown same_key", 200, json!({ "ok": true })),
        ("unreadable unknown same_key", 200, json!({ "id": "ch_1", "status": "succeeded" })),
        ("unreadable unknown same_key", 200, with(charge("succeeded"), json!({ "error": 1 }))),
        ("unreadable unknown same_key", 502, json!("<html>")),
        ("unreadable unknown same_key", 429, json!("slow down")),
        ("unreadable unknown same_key", 500, json!({ "status": 500, "title": "Origin is unreachable" })),
        ("unreadable unknown review", 404, json!("<html>")),
        ("unreadable unknown review", 302, Json::Null),
        ("unreadable unknown review", 402, charge("succeeded")),
    ] {
        expect(expected, status, json!({}), body);
    }
    expect("unreadable unknown review", 500, json!({ "Stripe-Should-Retry": "false" }), Json::Null);
    // A charge's own answer says so as well: asked again, its key gives what was lost of it.
    expect("unreadable unknown same_key", 200, json!({ "Stripe-Should-Retry": "false" }), Json::Null);
}

#[test]
fn a_refusal_is_no_proof_where_an_earlier_request_may_have_charged() {
    let after = |status: u16, body: Json| {
        verdict(&of(json!({ "status": status, "body": body, "may_have_charged": true })))
    };
    for (status, body, expected) in [
        (429, json!({ "error": "daily_usd_cap_exceeded" }), "cap_exceeded unknown review"),
        (401, json!({ "error": "revoked" }), "vault_key_revoked unknown review"),
        (403, json!({ "error": "no" }), "endpoint_not_allowed unknown review"),
        (403, json!({ "error": "max_charge_usd_exceeded" }), "max_charge_usd_exceeded unknown review"),
        (502, json!({ "error": { "code": "stripe_key_refused" } }), "unauthorized unknown review"),
        (400, json!({ "error": "no" }), "invalid_request unknown review"),
        (429, stripe_error("rate_limit_error", "rate_limit"), "rate_limited unknown same_key"),
        (429, stripe_error("", "lock_timeout"), "lock_timeout unknown same_key"),
        (401, stripe_error("", ""), "unauthorized unknown review"),
        (400, stripe_error("idempotency_error", ""), "key_reused unknown review"),
        // These are about the key, whose first request they answer.
        (402, stripe_error("card_error", "card_declined"), "declined no new_key"),
        (400, stripe_error("invalid_request_error", "parameter_missing"), "invalid_request no never"),
        (200, charge("failed"), "declined no new_key"),
        (200, charge("succeeded"), "succeeded yes never"),
    ] {
        assert_eq!(after(status, body.clone()), expected, "{status} {body}");
    }
}
