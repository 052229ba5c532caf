//! From a billing event to its idempotency key. A key once published never changes.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::event::{Event, Scheme};

/// Lowercase hex of a SHA-256 digest: 64 characters, well below the 255 that Stripe takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 64]);

impl Key {
    pub(crate) fn of(event: &Event<'_>) -> Key {
        let mut hasher = Sha256::new();
        write_preimage(event, &mut |bytes| hasher.update(bytes));
        let mut hex = [b'0'; 64];
        // The buffer is twice the digest's length, so this cannot fail.
        let _ = hex::encode_to_slice(hasher.finalize(), &mut hex);
        Key(hex)
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    #[cfg(target_arch = "wasm32")]
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

/// The bytes that are hashed, for people and tests.
pub(crate) fn preimage(event: &Event<'_>) -> String {
    let mut bytes = Vec::new();
    write_preimage(event, &mut |part| bytes.extend_from_slice(part));
    String::from_utf8_lossy(&bytes).into_owned()
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
    part(":", decimal(fields.amount_cents, &mut [0; 20]));
    part(":", fields.billing_period);
    part(":", event.flow());
    if let Some(branch) = fields.branch {
        part("-branch-", branch);
    }
    if let Some(charge_type) = fields.charge_type {
        part(":", charge_type);
    }
    for index in fields.loop_index.iter() {
        part(":loop_", decimal(*index, &mut [0; 20]));
    }
    if let Some(item) = fields.loop_item {
        part(":item_", item);
    }
}

/// The digits of a number, without an allocation: this is the per-key path.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &str {
    let mut start = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0'.wrapping_add(u8::try_from(number % 10).unwrap_or(0));
        number /= 10;
        start = start.saturating_sub(1);
        if number == 0 {
            break;
        }
    }
    digits.get(start..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or("")
}

/// A line `name length:content` for the scheme and for every field that the event has, in this order.
/// The length counts UTF-8 bytes, so that no content can imitate a field.
fn write_v2(event: &Event<'_>, write: &mut dyn FnMut(&[u8])) {
    let fields = &event.fields;
    let mut line = |name: &str, text: &str| {
        for part in [name, " ", &text.len().to_string(), ":", text, "\n"] {
            write(part.as_bytes());
        }
    };
    line("scheme", "billonce-v2");
    line("customer_id", fields.customer_id);
    line("amount_cents", &fields.amount_cents.to_string());
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
        line("loop_index", &index.to_string());
    }
    if let Some(item) = fields.loop_item {
        line("loop_item", item);
    }
}
