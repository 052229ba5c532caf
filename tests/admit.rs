//! Requests that another program built: each endpoint's key, and nothing that contradicts its event.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::HashSet;

use billonce::guard::GuardConfig;
use common::{json, value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn admit(spec: &Json) -> billonce::Result<Json> {
    let config = json!({ "base_url": "https://example.com/x", "now": "2026-06-01T09:00:00Z" });
    Ok(json(&GuardConfig::from_value(&value(&config))?.admit(&value(spec), &value(&json!({})))?.to_json()))
}

fn event() -> Json {
    json!({ "customer_id": "cus_A100", "amount_cents": 4900, "billing_period": "2026-06" })
}

fn key_of(event: &Json) -> String {
    billonce::event::from_value(&value(event), "").unwrap().key().to_string()
}

#[test]
fn each_endpoint_has_a_key_of_its_own() {
    let file: Json = serde_json::from_str(include_str!("vectors/stripe-post-endpoints.json")).unwrap();
    let mut keys = HashSet::new();
    for endpoint in file["endpoints"].as_array().unwrap() {
        let template = endpoint["path"].as_str().unwrap();
        let path: String = template
            .split('/')
            .map(|segment| if segment.starts_with('{') { "xx_1" } else { segment })
            .collect::<Vec<_>>()
            .join("/");
        let name = format!("POST {path}");
        // No body names an amount or a customer, so that only the key is judged; a payment must name the customer.
        let body =
            if matches!(template, "/v1/charges" | "/v1/payment_intents") { "customer=cus_A100" } else { "" };
        let step = admit(&json!({ "endpoint": name, "body": body, "event": event() })).unwrap();
        let mut bound = event();
        if template != "/v1/charges" {
            bound["scheme"] = json!("v2");
            bound["endpoint"] = json!(format!("POST {template}"));
        }
        assert_eq!(step["idempotency_key"], key_of(&bound), "{name}");
        assert_eq!(step["request"]["url"], format!("https://example.com/x{path}"));
        keys.insert(step["idempotency_key"].to_string());
    }
    assert_eq!(keys.len(), 281);
}

/// A parameter's name as one may come: plain, encoded, indexed, or another that begins alike.
fn spelled(name: &'static str) -> impl Strategy<Value = String> {
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
    prop_oneof![
        3 => Just(name.to_owned()),
        1 => Just(encoded),
        1 => Just(format!("{name}[]")),
        1 => Just(format!("{name}%5B0%5D")),
        1 => Just(format!("{name}[x]")),
        1 => Just(format!("{name}_x")),
    ]
}

fn pair() -> impl Strategy<Value = String> {
    let one_of = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
    let amount = (
        spelled("amount"),
        one_of(&["4900", "%34900", "4900", "5000", "04900", "", "+4900", "4.9e3", "4900%00"]),
    );
    let customer =
        (spelled("customer"), one_of(&["cus_A100", "%63us_A100", "cus_A100", "cus_B", "", "CUS_A100"]));
    prop_oneof![
        amount.prop_map(|(name, text)| format!("{name}={text}")),
        customer.prop_map(|(name, text)| format!("{name}={text}")),
        ("[a-z]{1,8}", "[a-zA-Z0-9%]{0,6}").prop_map(|(name, text)| format!("{name}={text}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn what_is_admitted_says_what_the_event_says(pairs in prop::collection::vec(pair(), 0..6)) {
        let body = pairs.join("&");
        let Ok(step) = admit(&json!({ "endpoint": "POST /v1/charges", "body": body, "event": event() })) else {
            return Ok(());
        };
        let sent = step["request"]["body"].as_str().unwrap();
        prop_assert!(sent.starts_with(&body));
        // A reference of its own: the URL standard's forms, and the part of a name before its first bracket.
        let values = |wanted: &str| -> Vec<(String, String)> {
            sent.split('&')
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, text)| (unescaped(name), unescaped(text)))
                .filter(|(name, _)| name.split('[').next() == Some(wanted))
                .collect()
        };
        prop_assert_eq!(values("customer"), vec![("customer".to_owned(), "cus_A100".to_owned())]);
        let amounts = values("amount");
        prop_assert!(amounts.is_empty() || amounts == vec![("amount".to_owned(), "4900".to_owned())]);
    }

}

proptest! {
    #[test]
    fn any_request_is_admitted_or_refused(endpoint in "(POST )?/v1/[a-z_/{}.%]{0,30}|\\PC{0,20}", body in "\\PC{0,60}") {
        let _ = admit(&json!({ "endpoint": endpoint, "body": body, "event": event() }));
        let _ = admit(&json!({ "endpoint": "POST /v1/refunds", "body": body, "idempotency_key": "k" }));
    }
}

fn unescaped(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(out).unwrap()
}
