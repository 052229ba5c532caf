//! The glue: the only file that knows it is WebAssembly. It translates and decides nothing.
//!
//! Everything crosses as bytes: objects as [`wire`] trees in and JSON out, the vault key in a buffer of its own, to be wiped.

// Public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unreachable_pub)]

use crate::prelude::*;

use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroize;

use crate::charge::GuardConfig;
use crate::error::{Code, Error, Result};
use crate::event;
use crate::shared::{Shared, wipe_stack};
use crate::value::Value;
use crate::{form, json, outcome, precheck, request, secret, send, wire};

/// The key of `[event, path]`, where `path` stands before the field in a refusal.
#[wasm_bindgen]
pub fn idempotency_key(input: &[u8]) -> Vec<u8> {
    answer(input, |[event, path]| {
        let path = path.as_text("path")?;
        Ok(text(event::from_value(event, path)?.key().as_str()))
    })
}

/// Stripe's form encoding of `[params]`.
#[wasm_bindgen]
pub fn encode_form(input: &[u8]) -> Vec<u8> {
    answer(input, |[params]| Ok(text(&form::encode(params)?)))
}

/// The request of `[spec]`, without its Authorization header.
#[wasm_bindgen]
pub fn build_request(input: &[u8]) -> Vec<u8> {
    answer(input, |[spec]| Ok(request::build(spec)?.to_json()))
}

/// The decision on `[input]`.
#[wasm_bindgen]
pub fn precheck(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| Ok(precheck::precheck(input)?.to_json()))
}

/// The outcome of `[response]`.
#[wasm_bindgen]
pub fn classify_response(input: &[u8]) -> Vec<u8> {
    answer(input, |[response]| Ok(outcome::classify(response)?.to_json()))
}

/// The bounds of `[options]` of a `send`.
#[wasm_bindgen]
pub fn send_options(input: &[u8]) -> Vec<u8> {
    answer(input, |[options]| Ok(send::Bounds::from_value(options)?.to_json()))
}

/// Checks `[config]`; answers with the base URL that the guard's requests begin with.
#[wasm_bindgen]
pub fn check_guard(input: &[u8]) -> Vec<u8> {
    answer(input, |[config]| Ok(text(GuardConfig::from_value(config)?.base_url())))
}

/// The step of one charge, of `[config, event, params]`.
#[wasm_bindgen]
pub fn charge(input: &[u8]) -> Vec<u8> {
    answer(input, |[config, event, params]| {
        Ok(GuardConfig::from_value(config)?.charge(event, params)?.to_json())
    })
}

/// Judges the vault key in the first `length` bytes of the shared input, and wipes it from there. It crosses
/// nowhere else, so that no copy of it stays in wasm memory.
#[wasm_bindgen]
pub fn check_vault_key(length: usize, allow_raw_key: bool) -> Vec<u8> {
    let judge = |input: &mut [u8; INPUT_SIZE]| {
        let key = input.get_mut(..length).unwrap_or_default();
        let verdict = secret::check_vault_key(key, allow_raw_key);
        key.zeroize();
        verdict
    };
    reply(INPUT.with(judge).map(|()| String::from("null")))
}

/// Reads a list of as many values as the rule takes, and passes on the JSON that the rule answers with.
fn answer<const COUNT: usize>(input: &[u8], rule: fn(&[Value<'_>; COUNT]) -> Result<String>) -> Vec<u8> {
    let Some(Value::List(values)) = wire::decode(input) else { return reply(Err(malformed())) };
    let said = match values.as_slice().try_into() {
        Ok(values) => rule(values),
        Err(_) => Err(malformed()),
    };
    wipe_stack();
    reply(said)
}

fn malformed() -> Error {
    Error::new(
        Code::UnreadableInput,
        "input",
        "did not arrive whole; the shim and the wasm are not of one build",
    )
}

/// The answer's JSON, or that of a refusal behind a `-`, which begins no answer.
fn reply(said: Result<String>) -> Vec<u8> {
    let json = said.unwrap_or_else(|error| {
        let mut refusal = String::from("-");
        json::object(&mut refusal, |o| {
            o.text("code", error.code().as_str());
            o.text("field", error.field());
            o.text("message", &error.message());
        });
        refusal
    });
    json.into_bytes()
}

fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    json::text(&mut out, text);
    out
}

const INPUT_SIZE: usize = 5_000;
static INPUT: Shared<INPUT_SIZE> = Shared::new();

/// Where the shim writes the vault key that is to be judged.
#[wasm_bindgen]
pub fn input_pointer() -> *const u8 {
    INPUT.pointer()
}

/// The size of that buffer: more than any vault key, so that a longer one is refused rather than cut.
#[wasm_bindgen]
pub fn input_size() -> usize {
    INPUT_SIZE
}
