//! The exports of the edge's wasm: a list of values in as bytes, JSON out. It translates and decides nothing.

// Public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unreachable_pub)]

use wasm_bindgen::prelude::wasm_bindgen;

use super::Credential;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::prelude::*;
use crate::shared::wipe_stack;
use crate::value::Value;
use crate::wire;

/// [`super::arrive`] of `[input]`.
#[wasm_bindgen]
pub fn arrive(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| super::arrive(input))
}

/// [`super::answered`] of `[input]`.
#[wasm_bindgen]
pub fn answered(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| super::answered(input))
}

/// [`super::learn`] of `[input]`.
#[wasm_bindgen]
pub fn learn(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| super::learn(input))
}

/// [`super::resolve`] of `[input]`.
#[wasm_bindgen]
pub fn resolve(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| super::resolve(input))
}

/// [`super::check`] of `[input]`.
#[wasm_bindgen]
pub fn check(input: &[u8]) -> Vec<u8> {
    answer(input, |[input]| super::check(input))
}

/// [`super::check_policy`] of `[body]`.
#[wasm_bindgen]
pub fn check_policy(input: &[u8]) -> Vec<u8> {
    answer(input, |[body]| super::check_policy(body))
}

/// [`super::check_pin`] of `[pin]`.
#[wasm_bindgen]
pub fn check_pin(input: &[u8]) -> Vec<u8> {
    answer(input, |[pin]| super::check_pin(pin))
}

/// The `{ id, hash }` of `[authorization]`, or null.
#[wasm_bindgen]
pub fn read_credential(input: &[u8]) -> Vec<u8> {
    answer(input, |[authorization]| {
        let mut out = String::new();
        match Credential::of_header(authorization.as_text("authorization")?) {
            Some(credential) => write_credential(&mut out, &credential, None),
            None => out.push_str("null"),
        }
        Ok(out)
    })
}

/// Whether `[a, b]` are one hash.
#[wasm_bindgen]
pub fn same_hash(input: &[u8]) -> Vec<u8> {
    answer(input, |[a, b]| Ok(yes_or_no(super::same_hash(a.as_text("a")?, b.as_text("b")?))))
}

/// Whether the header of `[authorization, token]` carries the token.
#[wasm_bindgen]
pub fn carries_token(input: &[u8]) -> Vec<u8> {
    answer(input, |[authorization, token]| {
        let (authorization, token) = (authorization.as_text("authorization")?, token.as_text("token")?);
        Ok(yes_or_no(super::carries_token(authorization, token)))
    })
}

/// A new vault key, of `[]`: `{ id, hash, vault_key }`.
#[wasm_bindgen]
pub fn make_vault_key(input: &[u8]) -> Vec<u8> {
    answer(input, |[]| {
        let mut random = [0; 40];
        let made = getrandom::fill(&mut random).ok().and_then(|()| Credential::make(&random));
        let (credential, key) = made.ok_or_else(|| {
            Error::new(Code::UnreadableInput, "host", "has no source of random bits (crypto.getRandomValues)")
        })?;
        let mut out = String::new();
        write_credential(&mut out, &credential, Some(&key));
        Ok(out)
    })
}

fn write_credential(out: &mut String, credential: &Credential, key: Option<&str>) {
    json::object(out, |o| {
        o.text("id", &credential.id);
        o.text("hash", &credential.hash);
        if let Some(key) = key {
            o.text("vault_key", key);
        }
    });
}

fn yes_or_no(yes: bool) -> String {
    String::from(if yes { "true" } else { "false" })
}

/// Reads a list of as many values as the rule takes; a refusal stands behind a `-`, which begins no JSON of ours.
fn answer<const COUNT: usize>(
    input: &[u8],
    rule: impl FnOnce(&[Value<'_>; COUNT]) -> Result<String>,
) -> Vec<u8> {
    let malformed = || Error::new(Code::UnreadableInput, "input", "did not arrive whole");
    let said = match wire::decode(input) {
        Some(Value::List(values)) => match values.as_slice().try_into() {
            Ok(values) => rule(values),
            Err(_) => Err(malformed()),
        },
        _ => Err(malformed()),
    };
    wipe_stack();
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
