//! The edge's rules on whole calls: what is decided on arrival, and what an answer proves.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use billonce::edge;
use common::{json, of, value};
use serde_json::{Value as Json, json};

const NOW: &str = "2026-06-01T23:59:59.500Z";
/// The day of that time.
const DAY: u64 = 20_605;

fn vault(changes: Json) -> Json {
    let mut policy = json!({ "allowed_endpoints": ["POST /v1/charges"], "daily_usd_cap": 49 });
    for (name, change) in changes.as_object().unwrap() {
        policy[name] = change.clone();
    }
    json!({ "policy": policy, "revoked": false })
}

fn totals(spent: u64, reserved: u64, held: u64) -> Json {
    json!({ "day": DAY, "spent": spent, "reserved": reserved, "held": held })
}

fn call(body: &str) -> Json {
    json!({
        "request": {
            "method": "POST", "path": "/v1/charges", "body": body,
            "headers": { "content-type": "application/x-www-form-urlencoded", "idempotency-key": "k" },
        },
        "vault": vault(json!({})), "today": totals(0, 0, 0), "now": NOW,
    })
}

fn arrive(input: &Json) -> Json {
    json(&edge::arrive(&value(input)).unwrap())
}

const CHARGE: &str = "amount=4900&currency=usd&customer=cus_1";

/// The step of a first call, whose rows later ones build on.
fn first() -> Json {
    arrive(&call(CHARGE))
}

#[test]
fn a_first_call_is_reserved_and_sent_as_it_was_judged() {
    let step = first();
    assert_eq!(step["do"], "send");
    assert_eq!(step["totals"], totals(0, 4900, 0));
    assert_eq!((&step["entry"]["state"], &step["entry"]["cents"]), (&json!("reserved"), &json!(4900)));
    assert_eq!(
        (&step["entry"]["day"], &step["entry"]["sent_ms"]),
        (&json!(DAY), &json!(1_780_358_399_500_u64))
    );
    assert_eq!(
        step["outgoing"],
        json!({
            "method": "POST", "path": "/v1/charges", "body": CHARGE,
            "headers": { "Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "k" },
        })
    );
}

#[test]
fn the_cap_counts_what_is_spent_reserved_and_held() {
    for (today, admitted) in [
        (totals(0, 0, 0), true),
        (totals(1, 0, 0), false),
        (totals(0, 1, 0), false),
        (totals(0, 0, 1), false),
    ] {
        let mut input = call(CHARGE);
        input["today"] = today;
        let step = arrive(&input);
        assert_eq!(step["do"] == "send", admitted, "{step}");
        if !admitted {
            assert_eq!(
                (&step["answer"]["status"], &step["reason"]),
                (&json!(429), &json!("daily_usd_cap_exceeded"))
            );
        }
    }
}

/// The key's second arrival, with its row as `state` left it, `later_ms` after the first.
fn second(state: &str, later_ms: i64, changes: Json) -> Json {
    let mut input = call(CHARGE);
    let mut entry = first()["entry"].clone();
    entry["state"] = json!(state);
    input["entry"] = entry;
    let reserved = if state == "reserved" { 4900 } else { 0 };
    let held = if state == "held" { 4900 } else { 0 };
    let spent = if state == "settled" { 4900 } else { 0 };
    input["entry_day"] = totals(spent, reserved, held);
    input["now"] = json!(1_780_358_399_500_i64 + later_ms);
    for (name, change) in changes.as_object().unwrap() {
        input[name] = change.clone();
    }
    arrive(&input)
}

#[test]
fn a_second_call_is_answered_waits_or_asks_again() {
    let day = 86_400_000;
    let done = |state, later, changes| second(state, later, changes)["do"].as_str().unwrap().to_owned();
    assert_eq!(done("settled", 80 * day, json!({})), "replay");
    assert_eq!(done("reserved", 5, json!({ "under_way": true })), "wait");
    // Nobody waits for it: the edge was killed. What was reserved becomes uncertain, on its own day, after midnight as well.
    let again = second("reserved", 2000, json!({}));
    assert_eq!((&again["do"], &again["again"]), (&json!("send"), &json!(true)));
    assert_eq!((&again["entry"]["state"], &again["totals"]), (&json!("held"), &totals(0, 0, 4900)));
    assert_eq!(done("held", day - 700_000, json!({})), "send");
    for later in [day - 600_000, day, 100 * day] {
        let refused = second("held", later, json!({}));
        assert_eq!(
            (&refused["answer"]["status"], &refused["reason"]),
            (&json!(409), &json!("outcome_unknown"))
        );
    }
}

#[test]
fn a_key_belongs_to_one_method_path_account_and_set_of_parameters() {
    let fingerprint = |input: &Json| arrive(input)["entry"]["fingerprint"].as_str().unwrap().to_owned();
    let one = fingerprint(&call(CHARGE));
    assert_eq!(one, fingerprint(&call("customer=cus_1&amount=4900&currency=usd")));
    assert_eq!(one, fingerprint(&call("cust%6Fmer=cus%5F1&amount=4900&currency=usd&")));
    assert_ne!(one, fingerprint(&call("amount=4900&currency=usd&customer=cus_2")));
    assert_ne!(one, fingerprint(&call("amount=4900&currency=usd&customer=cus_1&description=")));
    let mut of_account = call(CHARGE);
    of_account["vault"] = vault(json!({ "stripe_account": "acct_1" }));
    assert_ne!(one, fingerprint(&of_account));
    let mut elsewhere = call(CHARGE);
    elsewhere["request"]["path"] = json!("/v1/payment_intents");
    elsewhere["vault"] = vault(json!({ "allowed_endpoints": ["POST /v1/payment_intents"] }));
    assert_ne!(one, fingerprint(&elsewhere));
    let refused =
        second("settled", 5, json!({ "request": call("amount=1&currency=usd")["request"].clone() }));
    assert_eq!(json(refused["answer"]["body"].as_str().unwrap())["error"]["type"], "idempotency_error");
}

/// What an answer makes of the entry: `(state, cents, totals)`; no state where the key is free.
fn settled(state: &str, answer: Json) -> (Option<String>, Option<u64>, Json) {
    let mut entry = first()["entry"].clone();
    entry["state"] = json!(state);
    let day = if state == "held" { totals(100, 0, 4900) } else { totals(100, 4900, 0) };
    let input = json!({
        "entry": entry, "totals": day, "endpoint": "POST /v1/charges", "vault": vault(json!({})), "answer": answer,
    });
    let said = json(&edge::answered(&value(&input)).unwrap());
    let state = said["entry"]["state"].as_str().map(str::to_owned);
    (state, said["entry"]["cents"].as_u64(), said["totals"].clone())
}

fn charge(amount: u64, status: &str) -> Json {
    let captured = status == "succeeded";
    json!({ "status": 200, "body": {
        "id": "ch_1", "object": "charge", "amount": amount, "amount_captured": if captured { amount } else { 0 },
        "captured": captured, "currency": "usd", "status": status,
    }})
}

fn error(status: u16, fields: Json, headers: Json) -> Json {
    json!({ "status": status, "headers": headers, "body": { "error": fields } })
}

#[test]
fn what_the_answer_says_is_what_counts() {
    let is = |state: &str, cents, totals| (Some(state.to_owned()), Some(cents), totals);
    for state in ["reserved", "held"] {
        assert_eq!(settled(state, charge(4900, "succeeded")), is("settled", 4900, totals(5000, 0, 0)));
        assert_eq!(settled(state, charge(4000, "succeeded")), is("settled", 4000, totals(4100, 0, 0)));
        assert_eq!(settled(state, charge(9900, "succeeded")), is("settled", 9900, totals(10_000, 0, 0)));
        assert_eq!(settled(state, charge(4900, "pending")), is("settled", 4900, totals(5000, 0, 0)));
        assert_eq!(settled(state, charge(4900, "failed")), is("settled", 0, totals(100, 0, 0)));
        let declined = error(402, json!({ "type": "card_error", "code": "card_declined" }), json!({}));
        assert_eq!(settled(state, declined), is("settled", 0, totals(100, 0, 0)));
        // An object that tells nothing leaves what was reserved.
        let odd = json!({ "status": 200, "body": { "id": "x_1", "object": "novelty" } });
        assert_eq!(settled(state, odd), is("settled", 4900, totals(5000, 0, 0)));
    }
}

#[test]
fn money_is_free_again_only_where_nothing_can_have_moved() {
    let free = (None, None, totals(100, 0, 0));
    let held = (Some("held".to_owned()), Some(4900), totals(100, 0, 4900));
    let not_executed = [
        error(400, json!({ "type": "invalid_request_error" }), json!({})),
        error(401, json!({ "type": "invalid_request_error" }), json!({})),
        error(404, json!({ "type": "invalid_request_error" }), json!({})),
        error(429, json!({ "code": "rate_limit" }), json!({})),
        error(400, json!({ "type": "idempotency_error" }), json!({})),
    ];
    for answer in not_executed {
        assert_eq!(settled("reserved", answer.clone()), free, "{answer}");
        // It says nothing about the try before it.
        assert_eq!(settled("held", answer.clone()), held, "{answer}");
    }
    let tells_nothing = [
        json!({ "status": 0 }),
        json!({ "status": 200, "body": null }),
        json!({ "status": 200, "body": "<html>" }),
        json!({ "status": 302 }),
        json!({ "status": 403, "body": "<html>" }),
        error(409, json!({ "code": "idempotency_key_in_use" }), json!({})),
        error(500, json!({ "type": "api_error" }), json!({})),
        error(500, json!({ "type": "api_error" }), json!({ "idempotent-replayed": "true" })),
        error(503, json!({}), json!({})),
    ];
    for answer in tells_nothing {
        for state in ["reserved", "held"] {
            assert_eq!(settled(state, answer.clone()), held, "{answer}");
        }
    }
    // A refusal that is played again is the key's own result: it was executed, and moved nothing.
    let replayed =
        error(400, json!({ "type": "invalid_request_error" }), json!({ "idempotent-replayed": "true" }));
    assert_eq!(settled("held", replayed), (Some("settled".to_owned()), Some(0), totals(100, 0, 0)));
}

#[test]
fn a_late_answer_changes_nothing_that_is_settled() {
    let entry = {
        let mut entry = first()["entry"].clone();
        entry["state"] = json!("settled");
        entry
    };
    for answer in [charge(1, "succeeded"), charge(4900, "failed"), json!({ "status": 0 })] {
        let input = json!({
            "entry": entry, "totals": totals(4900, 0, 0), "endpoint": "POST /v1/charges", "vault": vault(json!({})),
            "answer": answer, "object": { "id": "ch_1", "amount": 4900, "currency": "usd", "cents": 4900, "day": DAY },
        });
        let said = json(&edge::answered(&value(&input)).unwrap());
        assert_eq!(
            (&said["entry"], &said["totals"], &said["object"]),
            (&entry, &totals(4900, 0, 0), &Json::Null)
        );
    }
}

/// What an answer about a counted payment intent makes of its row and of its day.
fn recounted(path: &str, amount: u64, status: &str, object_day: u64) -> Json {
    let mut entry = first()["entry"].clone();
    entry["cents"] = json!(0);
    let answer = json!({ "status": 200, "body": {
        "id": "pi_1", "object": "payment_intent", "amount": amount, "amount_received": 0, "currency": "usd", "status": status,
    }});
    let mut input = json!({
        "entry": entry, "totals": totals(9000, 0, 0), "endpoint": path, "vault": vault(json!({})), "answer": answer,
        "object": { "id": "pi_1", "amount": 5000, "currency": "usd", "cents": 5000, "day": object_day },
    });
    if object_day != DAY {
        input["object_totals"] = json!({ "day": object_day, "spent": 5000, "reserved": 0, "held": 0 });
    }
    json(&edge::answered(&value(&input)).unwrap())
}

#[test]
fn a_payment_intent_counts_less_only_once_it_has_ended() {
    let update = "POST /v1/payment_intents/{id}";
    let cancel = "POST /v1/payment_intents/{id}/cancel";
    let raised = recounted(update, 7000, "requires_confirmation", DAY);
    assert_eq!((&raised["totals"]["spent"], &raised["object"]["cents"]), (&json!(11_000), &json!(7000)));
    // A lower amount may be an answer of before the amount was raised, played again.
    let lowered = recounted(update, 100, "requires_confirmation", DAY);
    assert_eq!((&lowered["totals"]["spent"], &lowered["object"]["cents"]), (&json!(9000), &json!(5000)));
    let canceled = recounted(cancel, 5000, "canceled", DAY);
    assert_eq!((&canceled["totals"]["spent"], &canceled["object"]["cents"]), (&json!(4000), &json!(0)));
    // On the day on which it was counted.
    let later = recounted(cancel, 5000, "canceled", DAY - 1);
    assert_eq!((&later["totals"]["spent"], &later["object_totals"]["spent"]), (&json!(9000), &json!(0)));
}

#[test]
fn a_declined_payment_intent_can_still_be_confirmed_and_counts() {
    let intent = json!({ "id": "pi_1", "object": "payment_intent", "amount": 4900, "currency": "usd", "status": "requires_payment_method" });
    let answer = error(402, json!({ "type": "card_error", "payment_intent": intent }), json!({}));
    let input = json!({
        "entry": first()["entry"], "totals": totals(0, 4900, 0), "endpoint": "POST /v1/payment_intents",
        "vault": vault(json!({})), "answer": answer,
    });
    let said = json(&edge::answered(&value(&input)).unwrap());
    assert_eq!(said["totals"], totals(4900, 0, 0));
    assert_eq!(said["object"]["cents"], 4900);
}

#[test]
fn an_object_that_was_counted_covers_its_capture_and_not_its_refund() {
    let of = |path: &str, body: &str, object: Json| {
        let mut input = call(body);
        input["request"]["path"] = json!(path);
        input["vault"] = vault(json!({
            "allowed_endpoints": ["POST /v1/charges/{id}/capture", "POST /v1/refunds", "POST /v1/invoices/{id}/pay"],
        }));
        if object != json!("not asked") {
            input["object"] = object;
        }
        arrive(&input)
    };
    let row = json!({ "id": "ch_1", "amount": 4900, "currency": "usd", "cents": 4000, "day": DAY });
    let capture = "/v1/charges/ch_1/capture";
    let reserved =
        |step: &Json| (step["do"].as_str().unwrap().to_owned(), step["totals"]["reserved"].as_u64());
    assert_eq!(reserved(&of(capture, "", row.clone())), ("send".into(), Some(900)));
    assert_eq!(reserved(&of(capture, "amount=4000", row.clone())), ("send".into(), Some(0)));
    assert_eq!(reserved(&of("/v1/refunds", "charge=ch_1", row.clone())), ("send".into(), Some(4900)));
    assert_eq!(
        reserved(&of("/v1/refunds", "charge=ch_1&amount=100", row.clone())),
        ("send".into(), Some(100))
    );
    let unknown = of(capture, "", json!("not asked"));
    assert_eq!((&unknown["do"], &unknown["id"]), (&json!("need_object"), &json!("ch_1")));
    let look_up = of(capture, "", Json::Null);
    assert_eq!((&look_up["do"], &look_up["path"]), (&json!("look_up"), &json!("/v1/charges/ch_1")));
    assert_eq!(of("/v1/invoices/in_1/pay", "", Json::Null)["path"], "/v1/invoices/in_1");
    // What was given and cannot be read is never replaced by what is known.
    let odd = of(capture, "amount=1e2", row);
    assert_eq!((&odd["do"], &odd["reason"]), (&json!("answer"), &json!("amount_unknown")));
}

#[test]
fn what_is_refused_in_any_case_is_refused_first() {
    let reason = |changes: Json, vault_changes: Json| {
        let mut input = call(CHARGE);
        for (name, change) in changes.as_object().unwrap() {
            input["request"][name] = change.clone();
        }
        input["vault"] = vault(vault_changes);
        let step = arrive(&input);
        (step["answer"]["status"].as_u64().unwrap_or(0), step["reason"].as_str().unwrap().to_owned())
    };
    let is = |status, reason: &str| (status, reason.to_owned());
    assert_eq!(reason(json!({}), json!({})), is(0, "allowed"));
    assert_eq!(reason(json!({}), json!({ "expires_at": "2026-06-01" })), is(401, "policy_expired"));
    assert_eq!(reason(json!({ "path": "/v1/payouts" }), json!({})), is(403, "endpoint_not_allowed"));
    assert_eq!(reason(json!({ "headers": {} }), json!({})), is(415, "content_type_not_supported"));
    let no_key = json!({ "headers": { "content-type": "application/x-www-form-urlencoded" } });
    assert_eq!(reason(no_key, json!({})), is(400, "idempotency_key_required"));
    assert_eq!(reason(json!({}), json!({ "max_charge_usd": 48.99 })), is(403, "max_charge_usd_exceeded"));
}

#[test]
fn a_key_that_nobody_waits_for_is_asked_about_or_given_up() {
    let resolve = |state: &str, now: i64| {
        let mut entry = first()["entry"].clone();
        entry["state"] = json!(state);
        let day = if state == "held" { totals(0, 0, 4900) } else { totals(0, 4900, 0) };
        let input = json!({ "entry": entry, "totals": day, "now": now });
        let said = json(&edge::resolve(&value(&input)).unwrap());
        (said["send"].as_bool().unwrap(), said["entry"]["state"].clone(), said["totals"].clone())
    };
    let sent = 1_780_358_399_500;
    let held = (json!("held"), totals(0, 0, 4900));
    for state in ["reserved", "held"] {
        assert_eq!(resolve(state, sent + 1000), (true, held.0.clone(), held.1.clone()));
        assert_eq!(resolve(state, sent + 86_400_000), (false, held.0.clone(), held.1.clone()));
    }
}

#[test]
fn what_has_no_certain_price_is_refused_and_what_has_one_is_reserved() {
    let of = |path: &str, body: &str, object: Json| {
        let mut input = call(body);
        input["request"]["path"] = json!(path);
        input["vault"] = vault(json!({ "allowed_endpoints": [
            "POST /v1/checkout/sessions", "POST /v1/payment_links", "POST /v1/invoiceitems", "POST /v1/customers",
            "POST /v1/payment_intents/{id}/increment_authorization",
        ]}));
        input["object"] = object;
        let step = arrive(&input);
        (step["reason"].as_str().unwrap_or("").to_owned(), step["totals"]["reserved"].as_u64())
    };
    let reserved = |cents| ("allowed".to_owned(), Some(cents));
    let unknown = ("amount_unknown".to_owned(), None);
    let item =
        "[price_data][currency]=usd&line_items[0][price_data][unit_amount]=900&line_items[0][quantity]=2";
    let items = ["line_items[0]", item].concat();
    assert_eq!(of("/v1/checkout/sessions", &items, Json::Null), reserved(1800));
    let price = "line_items[0][price]=price_1&line_items[0][quantity]=2";
    assert_eq!(of("/v1/checkout/sessions", price, Json::Null), unknown);
    // A link may be paid any number of times.
    assert_eq!(of("/v1/payment_links", &items, Json::Null), unknown);
    let credit = "customer=cus_1&amount=-300&currency=usd";
    assert_eq!(of("/v1/invoiceitems", credit, Json::Null), reserved(300));
    for more in ["price=price_1", "unit_amount=90000", "quantity=9", "pricing[price]=price_1"] {
        assert_eq!(of("/v1/invoiceitems", &[credit, "&", more].concat(), Json::Null), unknown, "{more}");
    }
    assert_eq!(of("/v1/customers", "name=A", Json::Null), reserved(0));
    assert_eq!(of("/v1/customers", "balance=-300", Json::Null), unknown);
    assert_eq!(of("/v1/customers", "name=A&currency=none", Json::Null), unknown);
    // The new total, in the currency that the authorisation has.
    let row = json!({ "id": "pi_1", "amount": 1000, "currency": "usd", "cents": 1000, "day": DAY });
    let increment = "/v1/payment_intents/pi_1/increment_authorization";
    assert_eq!(of(increment, "amount=1500", row.clone()), reserved(500));
    assert_eq!(of(increment, "", row), unknown);
}

#[test]
fn what_a_key_that_is_not_settled_is_answered_reads_as_unknown() {
    let read = |state: &str, under_way: bool, now: &str| {
        let mut input = call(CHARGE);
        input["entry"] = first()["entry"].clone();
        input["entry"]["state"] = json!(state);
        input["entry_day"] = if state == "held" { totals(0, 0, 4900) } else { totals(0, 4900, 0) };
        input["under_way"] = json!(under_way);
        input["now"] = json!(now);
        let answer = arrive(&input)["answer"].clone();
        let (status, headers) = (answer["status"].clone(), answer["headers"].clone());
        let body = json(answer["body"].as_str().unwrap());
        let outcome = of(json!({ "status": status, "headers": headers, "body": body }));
        ["kind", "charged", "retry"].map(|name| outcome[name].as_str().unwrap().to_owned()).join(" ")
    };
    assert_eq!(read("reserved", true, NOW), "in_flight unknown same_key");
    assert_eq!(read("held", false, "2026-06-03T00:00:00Z"), "in_flight unknown review");
}
