//! How data crosses to and from a host: a tagged tree of bytes in, JSON text out.
//!
//! In, because a host's values have to arrive as what they were (`undefined`, a Date, a lone surrogate) and JSON
//! cannot say that. Out, because every host parses JSON natively. Both cost a tenth of reading and making the host's objects one
//! member at a time; ARCHITECTURE.md has the figures.

use std::borrow::Cow;

use crate::value::{Refused, Value};

/// Deeper trees are refused where they are written; this keeps the stack safe from bytes of any origin.
const MAX_DEPTH: u32 = 100;

/// Reads one value. `None` for bytes that js/wire.ts would not write.
///
/// A value is a tag and its content: a length or count is a little-endian `u32`, text is UTF-8, a map is
/// a count and then names (without a tag) and values in turn.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Value> {
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

    fn text(&mut self) -> Option<String> {
        let length = self.size()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        let (tag, rest) = self.rest.split_first()?;
        self.rest = rest;
        let depth = depth.checked_sub(1)?;
        Some(match tag {
            0 => Value::Undefined,
            1 => Value::Null,
            2 => Value::Bool(false),
            3 => Value::Bool(true),
            4 => Value::Number(Cow::Owned(self.text()?)),
            5 => Value::BigInt(self.text()?),
            6 => Value::Text(self.text()?),
            7 => Value::Date(self.text()?),
            8 => {
                let count = self.size()?;
                Value::List((0..count).map(|_| self.value(depth)).collect::<Option<_>>()?)
            }
            9 => {
                let count = self.size()?;
                Value::Map(
                    (0..count).map(|_| Some((self.text()?, self.value(depth)?))).collect::<Option<_>>()?,
                )
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

/// Writes an answer as JSON (RFC 8259). Numbers are ours, hence integers.
pub fn write_json(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(text) => out.extend_from_slice(text.as_bytes()),
        Value::Text(text) => write_json_text(out, text),
        Value::List(items) => {
            let mut before = b'[';
            for item in items {
                out.push(before);
                write_json(out, item);
                before = b',';
            }
            out.extend_from_slice(if before == b'[' { b"[]" } else { b"]" });
        }
        Value::Map(entries) => {
            let mut before = b'{';
            for (name, item) in entries {
                out.push(before);
                write_json_text(out, name);
                out.push(b':');
                write_json(out, item);
                before = b',';
            }
            out.extend_from_slice(if before == b'{' { b"{}" } else { b"}" });
        }
        // What no answer of ours holds is null, as JavaScript's own JSON has it.
        _ => out.extend_from_slice(b"null"),
    }
}

fn write_json_text(out: &mut Vec<u8>, text: &str) {
    let hex_digit = |nibble: u8| {
        if nibble < 10 { b'0'.saturating_add(nibble) } else { b'a'.saturating_add(nibble).saturating_sub(10) }
    };
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..=0x1f => {
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex_digit(byte >> 4), hex_digit(byte & 15)])
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json_of(value: &Value) -> String {
        let mut out = Vec::new();
        write_json(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn empty_lists_and_maps_are_written() {
        assert_eq!(json_of(&Value::List(vec![])), "[]");
        assert_eq!(json_of(&Value::Map(vec![])), "{}");
        assert_eq!(json_of(&Value::List(vec![Value::Null, Value::Bool(true)])), "[null,true]");
    }

    proptest! {
        #[test]
        fn text_reads_back_from_json(text in ".*", name in ".*") {
            let value = Value::Map(vec![(name.clone(), Value::Text(text.clone()))]);
            let read: serde_json::Value = serde_json::from_str(&json_of(&value)).unwrap();
            prop_assert_eq!(read, serde_json::json!({ name: text }));
        }

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
