//! The wasm of the per-key path: nothing but events and keys, so that a Code step that wants a key starts in no time.
//!
//! It only ever says yes. What it does not take, or refuses, the shim asks the rules' own wasm, which has the reasons.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use alloc::borrow::Cow;

use crate::event::EventFields;
use crate::key::Key;
use crate::money::canonical_integer;
use crate::prelude::*;
use crate::shared::{Shared, wipe_stack};

const INPUT_SIZE: usize = 32_768;
const MOST_KEYS: usize = 256;
static INPUT: Shared<INPUT_SIZE> = Shared::new();
static OUTPUT: Shared<{ MOST_KEYS * 64 }> = Shared::new();

/// Where the shim writes records.
#[unsafe(no_mangle)]
pub extern "C" fn input_pointer() -> *const u8 {
    INPUT.pointer()
}

/// The size of that buffer.
#[unsafe(no_mangle)]
pub extern "C" fn input_size() -> usize {
    INPUT_SIZE
}

/// Where the keys of the records stand, 64 characters each.
#[unsafe(no_mangle)]
pub extern "C" fn output_pointer() -> *const u8 {
    OUTPUT.pointer()
}

/// The most records that one call takes.
#[unsafe(no_mangle)]
pub extern "C" fn most_keys() -> usize {
    MOST_KEYS
}

/// Makes the keys of the records in the first `length` bytes of the input, up to the first that is refused;
/// answers with the number of keys made. The input is wiped.
#[unsafe(no_mangle)]
pub extern "C" fn keys_of_records(length: usize) -> usize {
    INPUT.with(|input| {
        let Some(records) = input.get_mut(..length) else { return 0 };
        let made = OUTPUT.with(|output| write_keys(records, output));
        records.fill(0);
        wipe_stack();
        made
    })
}

#[inline(never)]
fn write_keys(mut records: &[u8], output: &mut [u8]) -> usize {
    let mut made: usize = 0;
    for slot in output.as_chunks_mut::<64>().0 {
        let Some((event, rest)) = read_record(records) else { break };
        let Ok(event) = event.check_v1() else { break };
        *slot = *Key::of_v1(&event).as_bytes();
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
