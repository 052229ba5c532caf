//! The wasm of the per-key path: nothing but events and keys, so that a Code step that wants a key starts in no time.
//!
//! It only ever says yes. What it does not take, or refuses, the shim asks the rules' own wasm, which has the reasons.

// Exports by name need an unsafe attribute; public to JavaScript, which `unreachable_pub` cannot know.
#![allow(unsafe_code, unreachable_pub)]

use alloc::borrow::Cow;

use sha2::block_api::compress256;

use crate::arena;
use crate::event::EventFields;
use crate::key::write_v1;
use crate::lanes::{LANES, Lane, digests};
use crate::money::canonical_integer;
use crate::prelude::*;
use crate::sha256::{INITIAL, hex};
use crate::shared::Shared;

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

/// Makes the keys of `count` records in the first `length` bytes of the input, up to the first that is refused;
/// answers with the number of keys made. The input is wiped.
#[unsafe(no_mangle)]
pub extern "C" fn keys_of_records(length: usize, count: usize) -> usize {
    INPUT.with(|input| {
        let Some(records) = input.get_mut(..length) else { return 0 };
        let made = OUTPUT.with(|output| match output.as_chunks_mut().0 {
            [slot, ..] if count == 1 => write_key(records, slot),
            slots => write_keys(records, slots),
        });
        records.fill(0);
        arena::wipe();
        made
    })
}

/// The key of a single record, the call that a Code step makes: a host compiles a function when it is first called, so
/// nothing here waits for what batches need. A frame of its own, as for batches, which the wiping then lies over.
#[inline(never)]
fn write_key(records: &[u8], slot: &mut [u8; 64]) -> usize {
    let mut text = Lane::new();
    match preimage(records, &mut text) {
        Some([]) => {
            *slot = key(&text);
            1
        }
        _ => 0,
    }
}

/// Makes keys in groups of as many as are hashed at once, until a record is refused or there are no more.
#[inline(never)]
fn write_keys(mut records: &[u8], slots: &mut [[u8; 64]]) -> usize {
    let mut made: usize = 0;
    let mut texts = [const { Lane::new() }; LANES];
    for slots in slots.chunks_mut(LANES) {
        let mut ready: usize = 0;
        for text in texts.iter_mut().take(slots.len()) {
            let Some(rest) = preimage(records, text) else { break };
            records = rest;
            ready = ready.saturating_add(1);
        }
        write_group(texts.get(..ready).unwrap_or_default(), slots);
        made = made.saturating_add(ready);
        if ready < LANES {
            break;
        }
    }
    made
}

/// The keys of a few texts: at once where there are four of one size, else one after the other.
fn write_group(texts: &[Lane], slots: &mut [[u8; 64]]) {
    if let (Some(four), Some(slots)) = (texts.first_chunk::<LANES>(), slots.first_chunk_mut::<LANES>())
        && let Some(digests) = digests(four)
    {
        *slots = digests.map(hex);
    } else {
        texts.iter().zip(slots).for_each(|(text, slot)| *slot = key(text));
    }
}

#[inline(never)]
fn key(text: &Lane) -> [u8; 64] {
    let mut state = INITIAL;
    compress256(&mut state, text.blocks());
    hex(state)
}

/// Makes `text` the padded preimage of the first record, and answers with the records behind it.
#[inline(never)]
fn preimage<'r>(records: &'r [u8], text: &mut Lane) -> Option<&'r [u8]> {
    let (fields, rest) = read_record(records)?;
    text.clear();
    fields.check_v1().ok()?;
    write_v1(&fields, &mut |part| text.add(part));
    text.pad().then_some(rest)
}

/// A record: the number of its fields; for each the field's number and its text's length in bytes; then the texts. The fields
/// are, from 0: customer_id, amount_cents, billing_period, flow, branch, charge_type, loop_index, loop_item.
fn read_record(record: &[u8]) -> Option<(EventFields<'_>, &[u8])> {
    let (count, rest) = record.split_first()?;
    let (headers, rest) = rest.split_at_checked(usize::from(*count).checked_mul(2)?)?;
    let headers = headers.as_chunks::<2>().0;
    let length = headers.iter().map(|[_, length]| usize::from(*length)).sum();
    let (text, rest) = rest.split_at_checked(length)?;
    let mut text = core::str::from_utf8(text).ok()?;
    let mut texts = [None; 8];
    for [field, length] in headers {
        let (content, after) = text.split_at_checked(usize::from(*length))?;
        *texts.get_mut(usize::from(*field))? = Some(content);
        text = after;
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
