//! Keys: the published vectors, and that no two different events share a preimage.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use billonce::endpoint::Endpoint;
use billonce::event::{Event, EventFields, Scheme, from_value};
use common::value;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn check_vectors(text: &str, least: usize) {
    let file: Json = serde_json::from_str(text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= least);
    for vector in vectors {
        let given = value(&vector["event"]);
        let event = from_value(&given, "").unwrap();
        assert_eq!(event.preimage(), vector["preimage"].as_str().unwrap(), "{}", vector["name"]);
        assert_eq!(event.key().as_str(), vector["key"].as_str().unwrap(), "{}", vector["name"]);
    }
}

#[test]
fn v1_vectors() {
    check_vectors(include_str!("vectors/keys-v1.json"), 16);
}

#[test]
fn v2_vectors() {
    check_vectors(include_str!("vectors/keys-v2.json"), 17);
}

/// The seed's event with some fields changed: `null` takes one out.
fn refusal(changes: Json) -> (String, String) {
    let mut event = json!({ "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06" });
    for (name, change) in changes.as_object().unwrap() {
        event[name] = change.clone();
    }
    event.as_object_mut().unwrap().retain(|_, field| !field.is_null());
    let error = from_value(&value(&event), "").map(|event| event.preimage()).unwrap_err();
    (error.code().as_str().to_owned(), error.field().to_owned())
}

#[test]
fn every_refusal_has_its_code_and_field() {
    for (changes, code, field) in [
        (json!({ "customer_id": null }), "missing_field", "customer_id"),
        (json!({ "amount_cents": null }), "missing_field", "amount_cents"),
        (json!({ "billing_period": null }), "missing_field", "billing_period"),
        (json!({ "loop_idx": 1 }), "unknown_field", "loop_idx"),
        (json!({ "customer_id": 7 }), "wrong_type", "customer_id"),
        (json!({ "customer_id": ["cus_A100"] }), "wrong_type", "customer_id"),
        (json!({ "branch": true }), "wrong_type", "branch"),
        (json!({ "loop_item": 42 }), "wrong_type", "loop_item"),
        (json!({ "customer_id": "" }), "empty_field", "customer_id"),
        (json!({ "branch": "" }), "empty_field", "branch"),
        (json!({ "customer_id": "a:b" }), "colon_in_field", "customer_id"),
        (json!({ "billing_period": "2026:06" }), "colon_in_field", "billing_period"),
        (json!({ "flow": "a:b" }), "colon_in_field", "flow"),
        (json!({ "branch": "a:b" }), "colon_in_field", "branch"),
        (json!({ "charge_type": "a:b" }), "colon_in_field", "charge_type"),
        (json!({ "loop_item": "a:b" }), "colon_in_field", "loop_item"),
        (json!({ "flow": "a-branch-b" }), "branch_marker_in_field", "flow"),
        (json!({ "flow": "a-branch", "branch": "b" }), "branch_marker_in_field", "flow"),
        (json!({ "branch": "a-branch-b" }), "branch_marker_in_field", "branch"),
        (json!({ "branch": "branch-b" }), "branch_marker_in_field", "branch"),
        (json!({ "charge_type": "loop_3" }), "charge_type_like_suffix", "charge_type"),
        (json!({ "charge_type": "item_x" }), "charge_type_like_suffix", "charge_type"),
        (json!({ "customer_id": "a\nb" }), "control_character", "customer_id"),
        (json!({ "customer_id": " a" }), "surrounding_whitespace", "customer_id"),
        (json!({ "customer_id": "{{x}}" }), "unresolved_reference", "customer_id"),
        (json!({ "amount_cents": "{{x}}" }), "unresolved_reference", "amount_cents"),
        (json!({ "loop_index": "undefined" }), "unresolved_reference", "loop_index"),
        (json!({ "loop_index": [] }), "invalid_loop_index", "loop_index"),
        (json!({ "loop_index": -1 }), "invalid_loop_index", "loop_index"),
        (json!({ "loop_index": 1.5 }), "invalid_loop_index", "loop_index"),
        (json!({ "loop_index": "01" }), "invalid_loop_index", "loop_index"),
        (json!({ "loop_index": 9_007_199_254_740_992_u64 }), "invalid_loop_index", "loop_index"),
        (json!({ "loop_index": [1, [2]] }), "wrong_type", "loop_index[1]"),
        (json!({ "scheme": "v3" }), "invalid_scheme", "scheme"),
        (json!({ "currency": "usd" }), "not_in_scheme_v1", "currency"),
        (json!({ "endpoint": "charges.create" }), "not_in_scheme_v1", "endpoint"),
        (json!({ "scheme": "v2", "currency": "USD" }), "invalid_currency", "currency"),
        (json!({ "scheme": "v2", "endpoint": "charges.creat" }), "invalid_endpoint", "endpoint"),
    ] {
        assert_eq!(refusal(changes.clone()), (code.to_owned(), field.to_owned()), "{changes}");
    }
    for amount in [
        json!(0),
        json!(-1),
        json!(49.5),
        json!(1e21),
        json!("4,900"),
        json!("4900.0"),
        json!("04900"),
        json!(1_000_000_000_000_u64),
        json!("0"),
    ] {
        let expected = ("invalid_amount".to_owned(), "amount_cents".to_owned());
        assert_eq!(refusal(json!({ "amount_cents": amount })), expected, "{amount}");
    }
    assert_eq!(refusal(json!({ "amount_cents": " 4900" })).0, "surrounding_whitespace");
}

#[test]
fn a_flow_that_ends_in_branch_is_fine_without_a_branch() {
    let event = json!({ "customer_id": "c", "amount_cents": 1, "billing_period": "p", "flow": "a-branch" });
    assert_eq!(from_value(&value(&event), "").unwrap().preimage(), "c:1:p:a-branch");
}

#[test]
fn messages_say_what_to_do() {
    let message =
        |event: Json| from_value(&value(&event), "").map(|event| event.preimage()).unwrap_err().message();
    assert_eq!(message(json!({})), "customer_id is missing: give the customer, such as \"cus_A100\"");
    assert_eq!(message(json!(7)), "event must be an object, not a number");
    assert_eq!(
        message(json!({ "customer_id": "c", "amount_cents": 1, "billing_period": "p", "loop_idx": 1 })),
        "loop_idx is not a field here. Did you mean loop_index?"
    );
    assert_eq!(
        message(
            json!({ "customer_id": "c", "amount_cents": 1, "billing_period": "p", "sk_live_51H8abcdefgh": 1 })
        ),
        "(a name not shown) is not a field here; the fields are customer_id, amount_cents, billing_period, flow, branch, \
         charge_type, loop_index, loop_item, scheme, currency, endpoint"
    );
}

/// An event that owns its text, made of pieces that are likely to collide.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    customer_id: String,
    amount_cents: u64,
    billing_period: String,
    flow: Option<String>,
    branch: Option<String>,
    charge_type: Option<String>,
    loop_index: Vec<u64>,
    loop_item: Option<String>,
}

impl Owned {
    fn fields(&self, scheme: Scheme) -> EventFields<'_> {
        EventFields {
            customer_id: &self.customer_id,
            amount_cents: self.amount_cents,
            billing_period: &self.billing_period,
            flow: self.flow.as_deref(),
            branch: self.branch.as_deref(),
            charge_type: self.charge_type.as_deref(),
            loop_index: (&self.loop_index[..]).into(),
            loop_item: self.loop_item.as_deref(),
            scheme,
            currency: None,
            endpoint: None,
        }
    }

    /// An event that names the default flow is the event that names none.
    fn canonical(mut self) -> Owned {
        self.flow.get_or_insert_with(|| billonce::event::DEFAULT_FLOW.to_owned());
        self
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "1",
        "-branch-",
        "-branch",
        "branch-",
        "-",
        "loop_",
        "loop_1",
        "item_",
        "item_a",
        ":",
        "5:a",
        "\n",
        "branch 1:a",
        " ",
        "é",
    ]);
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn owned() -> impl Strategy<Value = Owned> {
    let optional = || prop::option::of(text());
    (
        text(),
        1_u64..4,
        text(),
        optional(),
        optional(),
        optional(),
        prop::collection::vec(0_u64..3, 0..3),
        optional(),
    )
        .prop_map(
            |(
                customer_id,
                amount_cents,
                billing_period,
                flow,
                branch,
                charge_type,
                loop_index,
                loop_item,
            )| Owned {
                customer_id,
                amount_cents,
                billing_period,
                flow,
                branch,
                charge_type,
                loop_index,
                loop_item,
            },
        )
}

/// Reads a v1 preimage back. That this can be done at all is what keeps two different events apart.
fn parse_v1(preimage: &str) -> Option<Owned> {
    let mut parts = preimage.split(':').peekable();
    let (customer_id, amount, billing_period) = (parts.next()?, parts.next()?, parts.next()?);
    let (flow, branch) = match parts.next()?.split_once("-branch-") {
        Some((flow, branch)) => (flow, Some(branch.to_owned())),
        None => (preimage.split(':').nth(3)?, None),
    };
    let is_suffix = |part: &&str| part.starts_with("loop_") || part.starts_with("item_");
    let charge_type = parts.next_if(|part| !is_suffix(part)).map(str::to_owned);
    let mut loop_index = Vec::new();
    while let Some(part) = parts.next_if(|part| part.starts_with("loop_")) {
        loop_index.push(part.strip_prefix("loop_")?.parse().ok()?);
    }
    let loop_item = parts.next().and_then(|part| part.strip_prefix("item_")).map(str::to_owned);
    parts.next().is_none().then_some(Owned {
        customer_id: customer_id.to_owned(),
        amount_cents: amount.parse().ok()?,
        billing_period: billing_period.to_owned(),
        flow: Some(flow.to_owned()),
        branch,
        charge_type,
        loop_index,
        loop_item,
    })
}

/// Reads a v2 preimage back.
fn parse_v2(mut rest: &str) -> Option<Owned> {
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once(' ')?;
        let (length, after) = after.split_once(':')?;
        let (text, after) = after.split_at_checked(length.parse().ok()?)?;
        lines.push((name, text.to_owned()));
        rest = after.strip_prefix('\n')?;
    }
    let all = |name: &'static str| {
        lines.iter().filter(move |(known, _)| *known == name).map(|(_, text)| text.clone())
    };
    let one = |name| all(name).next();
    assert_eq!(one("scheme").as_deref(), Some("billonce-v2"));
    Some(Owned {
        customer_id: one("customer_id")?,
        amount_cents: one("amount_cents")?.parse().ok()?,
        billing_period: one("billing_period")?,
        flow: one("flow"),
        branch: one("branch"),
        charge_type: one("charge_type"),
        loop_index: all("loop_index").map(|text| text.parse().unwrap()).collect(),
        loop_item: one("loop_item"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn a_v1_preimage_reads_back_as_its_event(event in owned()) {
        let Ok(checked) = event.fields(Scheme::V1).check() else { return Err(TestCaseError::reject("no valid event")) };
        prop_assert_eq!(parse_v1(&checked.preimage()), Some(event.canonical()));
    }

    #[test]
    fn a_v2_preimage_reads_back_as_its_event(event in owned()) {
        let Ok(checked) = event.fields(Scheme::V2).check() else { return Err(TestCaseError::reject("no valid event")) };
        prop_assert_eq!(parse_v2(&checked.preimage()), Some(event.canonical()));
    }

    #[test]
    fn schemes_never_share_a_preimage(a in owned(), b in owned()) {
        if let (Ok(first), Ok(second)) = (a.fields(Scheme::V1).check(), b.fields(Scheme::V2).check()) {
            prop_assert_ne!(first.preimage(), second.preimage());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn no_two_calls_share_a_preimage(a in owned(), b in owned(), first in endpoint(), second in endpoint()) {
        let (Ok(one), Ok(other)) = (a.fields(Scheme::V1).check(), b.fields(Scheme::V2).check()) else {
            return Err(TestCaseError::reject("no valid event"));
        };
        let call = |event: &Event<'_>, endpoint: Endpoint| event.clone().for_call(endpoint).preimage();
        let is_same = (a.clone().canonical(), first) == (b.clone().canonical(), second);
        prop_assert_eq!(call(&one, first) == call(&other, second), is_same);
        for event in [&one, &other] {
            prop_assert_ne!(call(event, first), one.preimage());
            prop_assert_ne!(call(event, first), other.preimage());
            prop_assert_eq!(call(event, Endpoint::parse("charges.create").unwrap()), event.preimage());
        }
    }
}

/// Any but that of a charge.
fn endpoint() -> impl Strategy<Value = Endpoint> {
    let names = vec!["refunds.create", "payouts.create", "paymentIntents.capture", "charges.capture"];
    prop::sample::select(names).prop_map(|name| Endpoint::parse(name).unwrap())
}
