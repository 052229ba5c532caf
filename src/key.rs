//! From a billing event to its idempotency key. A key once published never changes.

use crate::prelude::*;
use core::fmt;

use sha2::{Digest, Sha256};

use crate::endpoint::Endpoint;
use crate::event::{Event, EventFields, Scheme};
use crate::money::Digits;

/// Lowercase hex of a SHA-256 digest: 64 characters, well below the 255 that Stripe takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 64]);

impl Key {
    /// The hash of what `write` writes.
    fn of(event: &Event<'_>, write: impl FnOnce(&Event<'_>, &mut dyn FnMut(&[u8]))) -> Key {
        let mut preimage = Gathered { hasher: Sha256::new(), buffer: [0; 256], length: 0 };
        write(event, &mut |part| preimage.add(part));
        let mut hex = [b'0'; 64];
        // The buffer is twice the digest's length, so this cannot fail.
        let _ = hex::encode_to_slice(preimage.finish(), &mut hex);
        Key(hex)
    }

    /// The key of an event of scheme v1.
    #[cfg(feature = "keys")]
    pub(crate) fn of_v1(event: &Event<'_>) -> Key {
        Key::of(event, write_v1)
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("")
    }

    #[cfg(feature = "keys")]
    pub(crate) fn as_bytes(&self) -> &[u8; 64] {
        &self.0
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

/// A hash that is fed in one piece where the preimage is short, as most are: each feeding has a cost of its own.
struct Gathered {
    hasher: Sha256,
    buffer: [u8; 256],
    length: usize,
}

impl Gathered {
    fn add(&mut self, part: &[u8]) {
        let end = self.length.saturating_add(part.len());
        if let Some(room) = self.buffer.get_mut(self.length..end) {
            room.copy_from_slice(part);
            self.length = end;
        } else {
            self.flush();
            self.hasher.update(part);
        }
    }

    fn flush(&mut self) {
        self.hasher.update(self.buffer.get(..self.length).unwrap_or_default());
        self.length = 0;
    }

    fn finish(mut self) -> impl AsRef<[u8]> {
        self.flush();
        self.hasher.finalize()
    }
}

impl Event<'_> {
    /// The idempotency key: lowercase hex of the preimage's SHA-256.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::of(self, write_preimage)
    }

    /// The key of one call of the event. Stripe's keys are not scoped to an endpoint, so each needs its own: the
    /// charge has the event's, every other call that of the same event in scheme v2 with its endpoint bound.
    #[must_use]
    pub fn key_at(&self, endpoint: Endpoint) -> Key {
        if endpoint == Endpoint::CHARGES {
            return self.key();
        }
        let bound = Event {
            fields: EventFields { scheme: Scheme::V2, ..self.fields.clone() },
            currency: self.currency,
            endpoint: Some(endpoint),
        };
        bound.key()
    }

    /// The text that is hashed.
    #[must_use]
    pub fn preimage(&self) -> String {
        let mut bytes = Vec::new();
        write_preimage(self, &mut |part| bytes.extend_from_slice(part));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn write_preimage(event: &Event<'_>, write: &mut dyn FnMut(&[u8])) {
    match event.fields.scheme {
        Scheme::V1 => write_v1(event, write),
        Scheme::V2 => write_v2(event, write),
    }
}

/// `customer:amount:period:flow[-branch-…][:charge_type]{:loop_N}[:item_…]`
fn write_v1(event: &Event<'_>, write: &mut dyn FnMut(&[u8])) {
    let fields = &event.fields;
    let mut part = |before: &str, text: &str| {
        write(before.as_bytes());
        write(text.as_bytes());
    };
    part("", fields.customer_id);
    part(":", &Digits::of(fields.amount_cents));
    part(":", fields.billing_period);
    part(":", event.flow());
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
fn write_v2(event: &Event<'_>, write: &mut dyn FnMut(&[u8])) {
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
    line("flow", event.flow());
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
