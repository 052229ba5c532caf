//! How JavaScript calls a wasm of rules: the package's own, those for answers, and the edge's.
//!
//! A call goes so: the shim writes a list of values at [`input_pointer`] as a [`wire`] tree, calls a rule with the tree's
//! length, reads [`reply_length`] bytes of JSON where the rule says, and calls [`end_call`], which wipes it all.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::arena;
#[cfg(feature = "endpoints")]
use crate::endpoint::table;
use crate::error::{Code, Error, Result};
use crate::json;
use crate::prelude::*;
use crate::value::Value;
use crate::wire;

static REPLY_LENGTH: AtomicUsize = AtomicUsize::new(0);

/// Where the shim writes the input. It grows the memory itself where the input needs more.
#[unsafe(no_mangle)]
pub extern "C" fn input_pointer() -> *const u8 {
    arena::input_pointer()
}

/// Where the shim writes the table of endpoints, once and before anything else.
#[cfg(feature = "endpoints")]
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

/// Reads the list of values that a rule takes, and passes on the JSON that the rule answers with.
pub(crate) fn answer(length: usize, rule: fn(&mut [Value<'_>]) -> Result<String>) -> *const u8 {
    reply(arena::with_input(length, |input| match wire::decode(input) {
        // Nothing is freed before the call ends, so nothing is looked through for what could be.
        Some(Value::List(values)) => rule(&mut ManuallyDrop::new(values)),
        _ => Err(malformed()),
    }))
}

/// The refusal of an input that is not what the rule takes.
pub(crate) fn malformed() -> Error {
    Error::new(
        Code::UnreadableInput,
        "input",
        "did not arrive whole; the shim and the wasm are not of one build",
    )
}

/// The answer's JSON, or the refusal's.
pub(crate) fn reply(said: Result<String>) -> *const u8 {
    let json = said.unwrap_or_else(|error| json::refusal(&error));
    REPLY_LENGTH.store(json.len(), Relaxed);
    // The arena frees nothing before `end_call`.
    json.as_ptr()
}
