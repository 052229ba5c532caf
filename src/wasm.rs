//! The wasm of all the rules: the only file that knows the shim. It translates and decides nothing.
//!
//! A call goes so: the shim writes a list of values at [`input_pointer`] as a [`wire`] tree, calls a rule with the tree's
//! length, reads [`reply_length`] bytes of JSON where the rule says, and calls [`end_call`], which wipes it all.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::arena;
use crate::endpoint::table;
use crate::error::{Code, Error, Result};
use crate::event;
use crate::guard::GuardConfig;
use crate::money::Digits;
use crate::prelude::*;
use crate::time::Instant;
use crate::value::Value;
use crate::{form, json, minor_units, outcome, precheck, request, secret, send, wire};

static REPLY_LENGTH: AtomicUsize = AtomicUsize::new(0);

/// Where the shim writes the input. It grows the memory itself where the input needs more.
#[unsafe(no_mangle)]
pub extern "C" fn input_pointer() -> *const u8 {
    arena::input_pointer()
}

/// Where the shim writes the table of endpoints, once and before anything else.
#[unsafe(no_mangle)]
pub extern "C" fn endpoints_pointer() -> *const u8 {
    table::HANDED_IN.pointer()
}

/// The length of the last reply in bytes, all of them ASCII.
#[unsafe(no_mangle)]
pub extern "C" fn reply_length() -> usize {
    REPLY_LENGTH.load(Relaxed)
}

/// Wipes the input, the reply and all that lay between.
#[unsafe(no_mangle)]
pub extern "C" fn end_call() {
    arena::wipe();
}

/// The key of `[event, path]`, where `path` stands before the field in a refusal.
#[unsafe(no_mangle)]
pub extern "C" fn idempotency_key(length: usize) -> *const u8 {
    answer(length, |values| {
        let [event, path] = values else { return Err(malformed()) };
        Ok(text(event::from_value(event, path.as_text("path")?)?.key().as_str()))
    })
}

/// Stripe's form encoding of `[params]`.
#[unsafe(no_mangle)]
pub extern "C" fn encode_form(length: usize) -> *const u8 {
    answer(length, |values| {
        let [params] = values else { return Err(malformed()) };
        Ok(text(&form::encode(params)?))
    })
}

/// The request of `[spec]`, without its Authorization header.
#[unsafe(no_mangle)]
pub extern "C" fn build_request(length: usize) -> *const u8 {
    answer(length, |values| {
        let [spec] = values else { return Err(malformed()) };
        Ok(request::build(spec)?.to_json())
    })
}

/// The decision on `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn precheck(length: usize) -> *const u8 {
    answer(length, |values| {
        let [input] = values else { return Err(malformed()) };
        Ok(precheck::precheck(input)?.to_json())
    })
}

/// The outcome of `[response]`.
#[unsafe(no_mangle)]
pub extern "C" fn classify_response(length: usize) -> *const u8 {
    answer(length, |values| {
        let [response] = values else { return Err(malformed()) };
        Ok(outcome::classify(response)?.to_json())
    })
}

/// The bounds of `[options]` of a `send`.
#[unsafe(no_mangle)]
pub extern "C" fn send_options(length: usize) -> *const u8 {
    answer(length, |values| {
        let [options] = values else { return Err(malformed()) };
        Ok(send::Bounds::from_value(options)?.to_json())
    })
}

/// The integer of minor units of `[amount, currency]`.
#[unsafe(no_mangle)]
pub extern "C" fn minor_units(length: usize) -> *const u8 {
    answer(length, |values| {
        let [amount, currency] = values else { return Err(malformed()) };
        Ok(Digits::of(minor_units::minor_units(amount, currency)?).to_string())
    })
}

/// Checks `[config]`; answers with the base URL that the guard's requests begin with.
#[unsafe(no_mangle)]
pub extern "C" fn check_guard(length: usize) -> *const u8 {
    answer(length, |values| {
        let [config] = values else { return Err(malformed()) };
        Ok(text(GuardConfig::from_value(config)?.base_url()))
    })
}

/// The step of one call, of `[config, operation, event, params, options, earlier]`.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(length: usize) -> *const u8 {
    answer(length, |values| {
        let [config, operation, event, params, options, earlier] = values else { return Err(malformed()) };
        Ok(GuardConfig::from_value(config)?.prepare(operation, event, params, options, earlier)?.to_json())
    })
}

/// The step of one request that is built already, of `[config, spec, earlier]`.
#[unsafe(no_mangle)]
pub extern "C" fn admit(length: usize) -> *const u8 {
    answer(length, |values| {
        let [config, spec, earlier] = values else { return Err(malformed()) };
        Ok(GuardConfig::from_value(config)?.admit(spec, earlier)?.to_json())
    })
}

/// Whole seconds of Unix time, of `[time, field]`.
#[unsafe(no_mangle)]
pub extern "C" fn unix_seconds(length: usize) -> *const u8 {
    answer(length, |values| {
        let [time, field] = values else { return Err(malformed()) };
        let time = Instant::from_value(time, field.as_text("field")?)?;
        Ok(Digits::of(time.seconds()).to_string())
    })
}

/// Judges a vault key, of which the input is the bytes alone: it crosses with nothing else, and is wiped with the input.
#[unsafe(no_mangle)]
pub extern "C" fn check_vault_key(length: usize, allow_raw_key: bool) -> *const u8 {
    let verdict = arena::with_input(length, |key| secret::check_vault_key(key, allow_raw_key));
    reply(verdict.map(|()| String::from("null")))
}

/// Reads the list of values that a rule takes, and passes on the JSON that the rule answers with.
fn answer(length: usize, rule: fn(&[Value<'_>]) -> Result<String>) -> *const u8 {
    reply(arena::with_input(length, |input| match wire::decode(input) {
        Some(Value::List(values)) => rule(&values),
        _ => Err(malformed()),
    }))
}

fn malformed() -> Error {
    Error::new(
        Code::UnreadableInput,
        "input",
        "did not arrive whole; the shim and the wasm are not of one build",
    )
}

/// The answer's JSON, or that of a refusal behind a `-`, which begins no answer.
fn reply(said: Result<String>) -> *const u8 {
    let json = said.unwrap_or_else(|error| {
        let mut refusal = String::from("-");
        json::object(&mut refusal, |o| {
            o.text("code", error.code().as_str());
            o.text("field", error.field());
            o.text("message", &error.message());
        });
        refusal
    });
    REPLY_LENGTH.store(json.len(), Relaxed);
    // The arena frees nothing before `end_call`.
    json.as_ptr()
}

fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    json::text(&mut out, text);
    out
}
