//! Simulated deliveries a second, native. A delivery is one charge that is sent, executed and answered; a scenario is a world with ten
//! of them, each key twice. The crate's release profile is for size, so:
//!
//! ```sh
//! CARGO_PROFILE_RELEASE_OPT_LEVEL=3 cargo run --release --features lab --example world
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a measurement"
)]
#![allow(clippy::float_arithmetic, missing_docs, reason = "a measurement")]

use std::time::Instant;

use billonce::lab::{Message, Request, Settings, World};
use billonce::value::Value;

const SCENARIOS: u32 = 20_000;
const DELIVERIES: u32 = 10;

fn settings(seed: &str, kind: &'static str) -> Settings {
    let policy = Value::Map(vec![
        ("allowed_endpoints", Value::List(vec![Value::Text("POST /v1/charges")])),
        ("daily_usd_cap", Value::Number("490")),
    ]);
    let proxy = Value::Map(vec![("kind", Value::Text(kind)), ("policy", policy)]);
    let members =
        vec![("seed", Value::Number(seed)), ("now", Value::Number("1780304400000")), ("proxy", proxy)];
    Settings::from_value(&Value::Map(members)).unwrap()
}

fn scenario(seed: u32, kind: &'static str, to_proxy: bool) -> usize {
    let mut world = World::new(settings(&seed.to_string(), kind));
    for at in 0..DELIVERIES {
        let credential = if to_proxy { "Bearer vault_key_1" } else { "Bearer sk_test_1" };
        let headers = [
            ("authorization", credential.to_string()),
            ("content-type", "application/x-www-form-urlencoded".to_string()),
            ("idempotency-key", format!("key_{}", at / 2)),
        ];
        let message = Message {
            method: "POST".to_string(),
            path: "/v1/charges".to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), value)).to_vec(),
            body: "amount=4900&currency=usd&customer=cus_A100&metadata[order]=7".to_string(),
        };
        world.send(Request { to_proxy, message, strike: None, timeout_ms: 60_000 });
        world.next().unwrap();
    }
    world.charges().len()
}

fn main() {
    for (name, kind, to_proxy) in [
        ("Stripe itself", "spend_cap", false),
        ("the vendor's proxy", "spend_cap", true),
        ("billonce's edge", "billonce_edge", true),
    ] {
        let started = Instant::now();
        let charges: usize = (0..SCENARIOS).map(|seed| scenario(seed, kind, to_proxy)).sum();
        let each = started.elapsed().as_secs_f64() / f64::from(SCENARIOS * DELIVERIES);
        println!("{name}\t{:.2} µs a delivery\t{:.0} a second\t{charges} charges", each * 1e6, 1.0 / each);
    }
}
