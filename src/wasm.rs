//! The rules that the npm package's shim calls before something is sent. It translates and decides nothing.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use core::mem;

use crate::arena;
use crate::calls::{answer, malformed, reply};
use crate::event;
use crate::guard::GuardConfig;
use crate::money::Digits;
use crate::prelude::*;
use crate::value::Value;
use crate::{form, json, minor_units, precheck, request, secret};

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
        let params = mem::replace(params, Value::Undefined);
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

/// Judges a vault key, of which the input is the bytes alone: it crosses with nothing else, and is wiped with the input.
#[unsafe(no_mangle)]
pub extern "C" fn check_vault_key(length: usize, allow_raw_key: bool) -> *const u8 {
    let verdict = arena::with_input(length, |key| secret::check_vault_key(key, allow_raw_key));
    reply(verdict.map(|()| String::from("null")))
}

fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    json::text(&mut out, text);
    out
}
