//! From a billing event to its idempotency key. A key once published never changes.

use crate::prelude::*;
use core::fmt;

use crate::event::{Event, EventFields, Scheme};
use crate::money::Digits;
use crate::sha256::{self, Sha256};

/// Lowercase hex of a SHA-256 digest: 64 characters, well below the 255 that Stripe takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 64]);

impl Key {
    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Event<'_> {
    /// The idempotency key: lowercase hex of the preimage's SHA-256.
    #[must_use]
    pub fn key(&self) -> Key {
        let mut hash = Sha256::new();
        write_preimage(self, &mut |part| hash.add(part));
        Key(sha256::hex(hash.finish()))
    }

    /// The text that is hashed.
    #[must_use]
    pub fn preimage(&self) -> String {
        let mut bytes = Vec::new();
        write_preimage(self, &mut |part| bytes.extend_from_slice(part));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn write_preimage(event: &Event<'_>, write: &mut impl FnMut(&[u8])) {
    match event.fields.scheme {
        Scheme::V1 => write_v1(&event.fields, write),
        Scheme::V2 => write_v2(event, write),
    }
}

/// `customer:amount:period:flow[-branch-…][:charge_type]{:loop_N}[:item_…]`
pub(crate) fn write_v1(fields: &EventFields<'_>, write: &mut impl FnMut(&[u8])) {
    let mut part = |before: &str, text: &str| {
        write(before.as_bytes());
        write(text.as_bytes());
    };
    part("", fields.customer_id);
    part(":", &Digits::of(fields.amount_cents));
    part(":", fields.billing_period);
    part(":", fields.flow_name());
    if let Some(branch) = fields.branch {
        part("-branch-", branch);
    }
    if let Some(charge_type) = fields.charge_type {
        part(":", charge_type);
    }
    for index in fields.loop_index.iter() {
        part(":loop_", &Digits::of(*index));
    }
    if let Some(item) = fields.loop_item {
        part(":item_", item);
    }
}

/// A line `name length:content` for the scheme and for every field that the event has, in this order.
/// The length counts UTF-8 bytes, so that no content can imitate a field.
fn write_v2(event: &Event<'_>, write: &mut impl FnMut(&[u8])) {
    let fields = &event.fields;
    let mut line = |name: &str, text: &str| {
        for part in [name, " ", &Digits::of_size(text.len()), ":", text, "\n"] {
            write(part.as_bytes());
        }
    };
    line("scheme", "billonce-v2");
    line("customer_id", fields.customer_id);
    line("amount_cents", &Digits::of(fields.amount_cents));
    if let Some(currency) = event.currency {
        line("currency", currency.code());
    }
    line("billing_period", fields.billing_period);
    if let Some(endpoint) = event.endpoint {
        line("endpoint", &endpoint.label());
    }
    line("flow", fields.flow_name());
    for (name, field) in [("branch", fields.branch), ("charge_type", fields.charge_type)] {
        if let Some(text) = field {
            line(name, text);
        }
    }
    for index in fields.loop_index.iter() {
        line("loop_index", &Digits::of(*index));
    }
    if let Some(item) = fields.loop_item {
        line("loop_item", item);
    }
}
