//! How a host's values come in: as a tree of tagged bytes.
//!
//! They have to arrive as what they were (`undefined`, a Date, a lone surrogate), which JSON cannot say. Reading the
//! host's objects one member at a time costs several times as much; ARCHITECTURE.md has the figures.

use crate::prelude::*;

use crate::value::{Refused, Value};

/// Deeper trees are refused where they are written; this keeps the stack safe from bytes of any origin.
const MAX_DEPTH: u32 = 100;

/// Reads one value. `None` for bytes that js/wire.ts would not write.
///
/// A value is a tag and its content: a length or count is a little-endian `u32`, text is UTF-8, a map is
/// a count and then names (without a tag) and values in turn.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Value<'_>> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(MAX_DEPTH)?;
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn size(&mut self) -> Option<usize> {
        let (size, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        usize::try_from(u32::from_le_bytes(*size)).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.size()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        core::str::from_utf8(text).ok()
    }

    /// A vector for `count` members, no larger than what is left could fill.
    fn room<T>(&self, count: usize) -> Vec<T> {
        Vec::with_capacity(count.min(self.rest.len()))
    }

    fn value(&mut self, depth: u32) -> Option<Value<'a>> {
        let (tag, rest) = self.rest.split_first()?;
        self.rest = rest;
        let depth = depth.checked_sub(1)?;
        Some(match tag {
            0 => Value::Undefined,
            1 => Value::Null,
            2 => Value::Bool(false),
            3 => Value::Bool(true),
            4..=7 => {
                let text = self.text()?;
                match tag {
                    4 => Value::Number(text),
                    5 => Value::BigInt(text),
                    6 => Value::Text(text),
                    _ => Value::Date(text),
                }
            }
            8 => {
                let count = self.size()?;
                let mut items = self.room(count);
                for _ in 0..count {
                    items.push(self.value(depth)?);
                }
                Value::List(items)
            }
            9 => {
                let count = self.size()?;
                let mut entries = self.room(count);
                for _ in 0..count {
                    entries.push((self.text()?, self.value(depth)?));
                }
                Value::Map(entries)
            }
            10 => Value::Refused(Refused::LoneSurrogate),
            11 => Value::Refused(Refused::Unreadable),
            12 => Value::Refused(Refused::TooLarge),
            13 => Value::Refused(Refused::Instance),
            14 => Value::Refused(Refused::Function),
            15 => Value::Refused(Refused::Symbol),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn tags_and_small_sizes_are_read_or_refused(bytes in proptest::collection::vec(0_u8..17, 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
