//! Requests: the captured bodies of stripe-node, paths, headers, and what is refused before it is sent.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeSet;

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
            "body": format!("amount=4900&currency=usd&customer=cus_A100&metadata[billonce_key]={key}"),
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
    let own = |params: Json| json!({ "event": null, "idempotency_key": "k", "params": params });
    let amount = |amount: Json| own(json!({ "amount": amount, "currency": "usd" }));
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
    let bracketed = json!({ "amount": 4900, "amount[0]": 1, "currency": "usd" });
    assert_eq!(refusal(own(bracketed)), ("wrong_type".to_owned(), "params.amount".to_owned()));
    let bracketed = json!({ "amount": 4900, "currency[]": "usd" });
    assert_eq!(refusal(own(bracketed)), ("wrong_type".to_owned(), "params.currency".to_owned()));
    let currency = |currency: &str, amount: u64| own(json!({ "amount": amount, "currency": currency }));
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
    let mut credit = own(json!({ "amount": -500, "currency": "usd" }));
    credit["endpoint"] = json!("customers.createBalanceTransaction");
    credit["path"] = json!({ "id": "cus_1" });
    assert_eq!(built(credit)["body"], "amount=-500&currency=usd");
}

/// The message of a refusal, of an endpoint's parameters.
fn message(endpoint: &str, params: Json) -> String {
    let spec = json!({ "event": null, "idempotency_key": "k", "endpoint": endpoint, "params": params });
    request::build(&value(&self::spec(spec))).unwrap_err().message()
}

#[test]
fn parameters_that_the_endpoint_lacks_are_refused() {
    let permitted = "(allow_unknown_params: true permits one of another API version)";
    assert_eq!(
        message("charges.create", json!({ "amuont": 1 })),
        format!("params.amuont is not a parameter of POST /v1/charges; did you mean \"amount\"? {permitted}")
    );
    assert_eq!(
        message("charges.create", json!({ "frobnicate": 1 })),
        format!("params.frobnicate is not a parameter of POST /v1/charges {permitted}")
    );
    assert_eq!(
        message("charges.create", json!({ "metdata[order]": 1 })),
        format!(
            "params.metdata is not a parameter of POST /v1/charges; did you mean \"metadata\"? {permitted}"
        )
    );
    assert_eq!(
        message("charges.create", json!({ "sk_live_51Habcdef": 1 })),
        format!("params.(a name not shown) is not a parameter of POST /v1/charges {permitted}")
    );
    let params = json!({ "amount": 4900, "currency": "usd", "tip": { "a": 1 }, "expand": ["customer"], "metadata[order]": 7 });
    let own =
        json!({ "event": null, "idempotency_key": "k", "params": params, "allow_unknown_params": true });
    assert_eq!(built(own)["body"], "amount=4900&currency=usd&tip[a]=1&expand[0]=customer&metadata[order]=7");
    assert_eq!(refusal(json!({ "allow_unknown_params": "yes" })).0, "wrong_type");
}

#[test]
fn parameters_that_the_endpoint_requires_must_be_sent() {
    assert_eq!(
        message("payment_intents.create", json!({ "amount": 4900 })),
        "params.currency is missing: POST /v1/payment_intents requires it"
    );
    // An empty list or object leaves nothing in the body.
    for nothing in [json!([]), json!([{}]), json!({ "a": [] })] {
        assert_eq!(
            message("payment_links.create", json!({ "line_items": nothing })),
            "params.line_items is missing: POST /v1/payment_links requires it"
        );
    }
    let unknown_too = json!({ "event": null, "idempotency_key": "k", "endpoint": "transfers.create", "params": { "amount": 1, "currency": "usd", "to": "acct_1" }, "allow_unknown_params": true });
    assert_eq!(refusal(unknown_too), ("missing_parameter".to_owned(), "params.destination".to_owned()));
    let in_brackets = json!({ "event": null, "idempotency_key": "k", "endpoint": "payment_links.create", "params": { "line_items[0][price]": "price_1", "line_items[0][quantity]": 1 } });
    assert_eq!(built(in_brackets)["body"], "line_items[0][price]=price_1&line_items[0][quantity]=1");
}

#[test]
fn every_endpoint_takes_exactly_the_parameters_that_stripe_lists() {
    let file: Json = serde_json::from_str(include_str!("vectors/stripe-post-endpoints.json")).unwrap();
    let every: BTreeSet<&str> = file["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|endpoint| endpoint["params"].as_array().unwrap())
        .map(|name| name.as_str().unwrap().trim_end_matches('?'))
        .collect();
    let mut refused = 0;
    for (at, endpoint) in file["endpoints"].as_array().unwrap().iter().enumerate() {
        let path = endpoint["path"].as_str().unwrap().replace(['{', '}'], "");
        let given: Vec<&str> =
            endpoint["params"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let listed: BTreeSet<&str> = given.iter().map(|name| name.trim_end_matches('?')).collect();
        let sample = |name: &str| match name {
            "currency" => json!("usd"),
            _ => json!(1),
        };
        let build = |names: &BTreeSet<&str>| {
            let params: serde_json::Map<String, Json> =
                names.iter().map(|name| ((*name).to_owned(), sample(name))).collect();
            let spec =
                json!({ "endpoint": format!("POST {path}"), "idempotency_key": "k", "params": params });
            request::build(&value(&spec)).map_err(|error| (error.code().as_str(), error.field().to_owned()))
        };
        let body = build(&listed).unwrap().body;
        assert_eq!(body.split('&').count(), listed.len(), "{path}");
        for name in &given {
            let less: BTreeSet<&str> =
                listed.iter().copied().filter(|other| *other != name.trim_end_matches('?')).collect();
            match name.strip_suffix('?') {
                Some(_) => assert!(build(&less).is_ok(), "{path} {name}"),
                None => {
                    assert_eq!(build(&less), Err(("missing_parameter", format!("params.{name}"))), "{path}")
                }
            }
        }
        // A few of the others for each endpoint; src/endpoint/mod.rs compares the whole table.
        for name in every.difference(&listed).skip(at % 7).step_by(7) {
            let mut more = listed.clone();
            more.insert(name);
            assert_eq!(build(&more), Err(("unknown_parameter", format!("params.{name}"))), "{path}");
            refused += 1;
        }
    }
    assert!(refused > 20_000);
}

#[test]
fn a_request_bills_what_its_event_says() {
    let params = |params: Json| json!({ "params": params });
    let is = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(
        refusal(params(json!({ "amount": 4901, "currency": "usd" }))),
        is("event_mismatch", "params.amount")
    );
    built(params(json!({ "amount": "4900", "currency": "usd" })));
    built(params(json!({ "currency": "usd" })));
    let at = |endpoint: &str, path: Json, params: Json| json!({ "endpoint": endpoint, "path": path, "params": params });
    let capture = |amount: u64| {
        at("paymentIntents.capture", json!({ "id": "pi_1" }), json!({ "amount_to_capture": amount }))
    };
    built(capture(4900));
    assert_eq!(refusal(capture(4800)), is("event_mismatch", "params.amount_to_capture"));
    let credit = |amount: i64| {
        let params = json!({ "amount": amount, "currency": "usd" });
        at("customers.createBalanceTransaction", json!({ "id": "cus_1" }), params)
    };
    built(credit(-4900));
    assert_eq!(refusal(credit(-4800)), is("event_mismatch", "params.amount"));
    let session = |quantity: u64| {
        let item = json!({ "price_data": { "currency": "usd", "unit_amount": 2450, "product": "prod_1" }, "quantity": quantity });
        at("checkout.sessions.create", Json::Null, json!({ "mode": "payment", "line_items": [item] }))
    };
    built(session(2));
    assert_eq!(refusal(session(1)), is("event_mismatch", "params.line_items"));
    let mut euros = session(2);
    euros["event"] = json!({ "customer_id": "c", "amount_cents": 4900, "billing_period": "p", "scheme": "v2", "currency": "eur" });
    assert_eq!(refusal(euros), is("event_mismatch", "event.currency"));
    let item = |unit_amount: u64| {
        let price = json!({ "currency": "usd", "unit_amount": unit_amount, "product": "prod_1" });
        at(
            "invoiceItems.create",
            Json::Null,
            json!({ "customer": "cus_A100", "price_data": price, "quantity": 7 }),
        )
    };
    built(item(700));
    assert_eq!(refusal(item(4900)), is("event_mismatch", "params.price_data"));
}

#[test]
fn the_key_goes_into_the_metadata_behind_all_else() {
    let key = "817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872";
    let with = |metadata: Json| {
        let spec = spec(json!({ "params": { "amount": 4900, "metadata": metadata, "currency": "usd" } }));
        match request::build(&value(&spec)) {
            Ok(request) => request.body,
            Err(error) => format!("{} {}", error.code().as_str(), error.field()),
        }
    };
    let added = format!("&metadata[billonce_key]={key}");
    assert_eq!(with(json!({ "a": 1 })), format!("amount=4900&metadata[a]=1&currency=usd{added}"));
    assert_eq!(with(json!({})), format!("amount=4900&currency=usd{added}"));
    let same = format!("amount=4900&metadata[billonce_key]={key}&currency=usd");
    assert_eq!(with(json!({ "billonce_key": key })), same);
    for other in [json!("another"), json!(1), json!(null), json!("")] {
        let metadata = json!({ "billonce_key": other });
        assert_eq!(with(metadata), "event_mismatch params.metadata.billonce_key");
    }
    // Not an object: it is left as it is.
    assert_eq!(with(json!("")), "amount=4900&metadata=&currency=usd");
    assert_eq!(with(json!(null)), "amount=4900&metadata=&currency=usd");
    assert_eq!(with(json!(["a"])), "amount=4900&metadata[0]=a&currency=usd");

    let body = |changes: Json| built(changes)["body"].as_str().unwrap().to_owned();
    let own_name = |value: &str| json!({ "params": { "amount": 4900, "metadata[billonce_key]": value } });
    assert_eq!(body(own_name(key)), format!("amount=4900&metadata[billonce_key]={key}"));
    assert_eq!(
        refusal(own_name("another")),
        ("event_mismatch".to_owned(), "params.metadata.billonce_key".to_owned())
    );
    let off = json!({ "metadata_key": false, "params": { "amount": 4900, "metadata": { "billonce_key": "another" } } });
    assert_eq!(body(off), "amount=4900&metadata[billonce_key]=another");
    assert_eq!(refusal(json!({ "metadata_key": "no" })).0, "wrong_type");
    assert_eq!(
        body(json!({ "event": null, "idempotency_key": "k" })),
        "amount=4900&currency=usd&customer=cus_A100"
    );
    // An update's metadata is that of an object which another call made: its key stays.
    for endpoint in
        ["payment_intents.update", "paymentIntents.capture", "paymentIntents.cancel", "invoices.pay"]
    {
        let bare = json!({ "endpoint": endpoint, "path": { "id": "pi_1" }, "params": {} });
        assert_eq!(body(bare), "", "{endpoint}");
    }
    let reversal = json!({ "endpoint": "transfers.createReversal", "path": { "id": "tr_1" }, "params": {} });
    assert_eq!(body(reversal), format!("metadata[billonce_key]={key}"));
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
