//! The glue: the only file that knows it is WebAssembly. It translates and decides nothing.
//!
//! Everything crosses as bytes: objects as [`wire`] trees in and JSON out, the per-key path as records in a fixed
//! buffer, the vault key in that buffer as well, to be wiped.

// Public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unreachable_pub)]

use crate::prelude::*;
use alloc::borrow::Cow;
use core::cell::UnsafeCell;

use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroize;

use crate::charge::GuardConfig;
use crate::error::{Code, Error, Result};
use crate::event::{self, EventFields};
use crate::money::canonical_integer;
use crate::value::Value;
use crate::{form, json, outcome, precheck, request, secret, wire};

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

/// Checks `[config]`; answers with the base URL that the guard's requests begin with.
#[wasm_bindgen]
pub fn check_guard(input: &[u8]) -> Vec<u8> {
    answer(input, |[config]| Ok(text(&GuardConfig::from_value(config)?.base_url()?)))
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
fn answer<const COUNT: usize>(
    input: &[u8],
    rule: impl FnOnce(&[Value<'_>; COUNT]) -> Result<String>,
) -> Vec<u8> {
    let Some(Value::List(values)) = wire::decode(input) else { return reply(Err(malformed())) };
    reply(match values.as_slice().try_into() {
        Ok(values) => rule(values),
        Err(_) => Err(malformed()),
    })
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

/// Bytes that JavaScript and Rust both see.
struct Shared<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: a wasm instance without shared memory has one thread.
#[allow(unsafe_code)]
unsafe impl<const SIZE: usize> Sync for Shared<SIZE> {}

impl<const SIZE: usize> Shared<SIZE> {
    const fn new() -> Self {
        Shared(UnsafeCell::new([0; SIZE]))
    }

    fn pointer(&self) -> *const u8 {
        self.0.get().cast_const().cast()
    }

    /// The bytes, for the length of `use_bytes`.
    fn with<T>(&self, use_bytes: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
        // SAFETY: one thread, and none of the closures in this file calls `with` on the same buffer or back to JavaScript.
        #[allow(unsafe_code)]
        use_bytes(unsafe { &mut *self.0.get() })
    }
}

const INPUT_SIZE: usize = 32_768;
const MOST_KEYS: usize = 256;
static INPUT: Shared<INPUT_SIZE> = Shared::new();
static OUTPUT: Shared<{ MOST_KEYS * 64 }> = Shared::new();

/// Where the shim writes records, and the vault key to be judged.
#[wasm_bindgen]
pub fn input_pointer() -> *const u8 {
    INPUT.pointer()
}

/// The size of that buffer.
#[wasm_bindgen]
pub fn input_size() -> usize {
    INPUT_SIZE
}

/// Where the keys of the records stand, 64 characters each.
#[wasm_bindgen]
pub fn output_pointer() -> *const u8 {
    OUTPUT.pointer()
}

/// The most records that one call takes.
#[wasm_bindgen]
pub fn most_keys() -> usize {
    MOST_KEYS
}

/// Makes the keys of the records in the first `length` bytes of the input, up to the first that is refused;
/// answers with the number of keys made. The input is wiped.
#[wasm_bindgen]
pub fn keys_of_records(length: usize) -> usize {
    INPUT.with(|input| {
        let Some(records) = input.get_mut(..length) else { return 0 };
        let made = OUTPUT.with(|output| write_keys(records, output));
        records.fill(0);
        made
    })
}

fn write_keys(mut records: &[u8], output: &mut [u8]) -> usize {
    let mut made: usize = 0;
    for slot in output.as_chunks_mut::<64>().0 {
        let Some((event, rest)) = read_record(records) else { break };
        let Ok(event) = event.check() else { break };
        *slot = *event.key().as_bytes();
        records = rest;
        made = made.saturating_add(1);
    }
    made
}

/// A record: the little-endian 16-bit lengths of eight fields (0xFFFF for a field that is not there), then their
/// ASCII text. The fields are customer_id, amount_cents, billing_period, flow, branch, charge_type, loop_index, loop_item.
fn read_record(record: &[u8]) -> Option<(EventFields<'_>, &[u8])> {
    let (lengths, rest) = record.split_first_chunk::<16>()?;
    let lengths = lengths.as_chunks::<2>().0.iter().map(|length| u16::from_le_bytes(*length));
    let total = lengths.clone().filter(|length| *length != u16::MAX).map(usize::from).sum();
    let (fields, rest) = rest.split_at_checked(total)?;
    let mut fields = core::str::from_utf8(fields).ok()?;
    let mut texts = [None; 8];
    for (text, length) in texts.iter_mut().zip(lengths) {
        if length != u16::MAX {
            let (field, after) = fields.split_at_checked(length.into())?;
            *text = Some(field);
            fields = after;
        }
    }
    let [customer_id, amount_cents, billing_period, flow, branch, charge_type, loop_index, loop_item] = texts;
    let loop_index = match loop_index {
        Some(text) => Cow::Owned(Vec::from([canonical_integer(text)?])),
        None => Cow::Borrowed(&[][..]),
    };
    let event = EventFields {
        customer_id: customer_id?,
        amount_cents: canonical_integer(amount_cents?)?,
        billing_period: billing_period?,
        flow,
        branch,
        charge_type,
        loop_index,
        loop_item,
        ..EventFields::default()
    };
    Some((event, rest))
}
