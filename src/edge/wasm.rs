//! The rules that the edge's shim calls. It translates and decides nothing.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use super::Credential;
use crate::calls::{answer, malformed};
use crate::error::{Code, Error, Result};
use crate::json;
use crate::prelude::*;
use crate::value::Value;

/// [`super::arrive`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn arrive(length: usize) -> *const u8 {
    answer(length, |values| super::arrive(only(values)?))
}

/// [`super::answered`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn answered(length: usize) -> *const u8 {
    answer(length, |values| super::answered(only(values)?))
}

/// [`super::learn`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn learn(length: usize) -> *const u8 {
    answer(length, |values| super::learn(only(values)?))
}

/// [`super::resolve`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn resolve(length: usize) -> *const u8 {
    answer(length, |values| super::resolve(only(values)?))
}

/// [`super::check`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn check(length: usize) -> *const u8 {
    answer(length, |values| super::check(only(values)?))
}

/// [`super::ended`] of `[input]`.
#[unsafe(no_mangle)]
pub extern "C" fn ended(length: usize) -> *const u8 {
    answer(length, |values| super::ended(only(values)?))
}

/// [`super::check_policy`] of `[body]`.
#[unsafe(no_mangle)]
pub extern "C" fn check_policy(length: usize) -> *const u8 {
    answer(length, |values| super::check_policy(only(values)?))
}

/// [`super::check_pin`] of `[pin]`.
#[unsafe(no_mangle)]
pub extern "C" fn check_pin(length: usize) -> *const u8 {
    answer(length, |values| super::check_pin(only(values)?))
}

/// The `{ id, hash }` of `[authorization]`, or null.
#[unsafe(no_mangle)]
pub extern "C" fn read_credential(length: usize) -> *const u8 {
    answer(length, |values| {
        let credential = Credential::of_header(only(values)?.as_text("authorization")?);
        Ok(credential.map_or_else(|| String::from("null"), |credential| to_json(&credential, None)))
    })
}

/// Whether `[a, b]` are one hash.
#[unsafe(no_mangle)]
pub extern "C" fn same_hash(length: usize) -> *const u8 {
    answer(length, |values| {
        let [a, b] = values else { return Err(malformed()) };
        Ok(yes_or_no(super::same_hash(a.as_text("a")?, b.as_text("b")?)))
    })
}

/// Whether the header of `[authorization, token]` carries the token.
#[unsafe(no_mangle)]
pub extern "C" fn carries_token(length: usize) -> *const u8 {
    answer(length, |values| {
        let [authorization, token] = values else { return Err(malformed()) };
        let (authorization, token) = (authorization.as_text("authorization")?, token.as_text("token")?);
        Ok(yes_or_no(super::carries_token(authorization, token)))
    })
}

/// A new vault key, of `[random]`: `{ id, hash, vault_key }`.
#[unsafe(no_mangle)]
pub extern "C" fn make_vault_key(length: usize) -> *const u8 {
    answer(length, |values| {
        let made = Credential::make(only(values)?.as_text("random")?);
        let (credential, key) = made.ok_or_else(|| {
            Error::new(Code::UnreadableInput, "random", "is not 320 random bits in lower-case hex")
        })?;
        Ok(to_json(&credential, Some(&key)))
    })
}

fn only<'a, 'v>(values: &'a [Value<'v>]) -> Result<&'a Value<'v>> {
    let [value] = values else { return Err(malformed()) };
    Ok(value)
}

fn to_json(credential: &Credential, key: Option<&str>) -> String {
    let mut out = String::new();
    json::object(&mut out, |o| {
        o.text("id", &credential.id);
        o.text("hash", &credential.hash);
        if let Some(key) = key {
            o.text("vault_key", key);
        }
    });
    out
}

fn yes_or_no(yes: bool) -> String {
    String::from(if yes { "true" } else { "false" })
}
