//! The rules that the npm package's shim calls when something is sent, or was. A step that leaves the sending to another never
//! starts them, so they are a wasm of their own.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use crate::calls::{answer, malformed};
use crate::money::Digits;
use crate::prelude::*;
use crate::time::Instant;
use crate::{outcome, send};

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

/// Whole seconds of Unix time, of `[time, field]`.
#[unsafe(no_mangle)]
pub extern "C" fn unix_seconds(length: usize) -> *const u8 {
    answer(length, |values| {
        let [time, field] = values else { return Err(malformed()) };
        let time = Instant::from_value(time, field.as_text("field")?)?;
        Ok(Digits::of(time.seconds()).to_string())
    })
}
