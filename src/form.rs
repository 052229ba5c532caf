//! Stripe's form encoding, as stripe-node writes it, and the reading of it.

use crate::error::Result;
use crate::field::{element, join, printable_name};
use crate::prelude::*;
use crate::text;
use crate::value::Value;

/// Encodes parameters as stripe-node does: `a[b]` for nested objects, `a[0]` for lists (a hole keeps its
/// index), nothing for `undefined`, empty lists and empty objects, an empty value for `null`, whole Unix seconds for
/// a Date. Brackets stay bare, a space is `%20`.
///
/// # Errors
/// For anything that is not plain data: functions, symbols, class instances, lone surrogates, cycles.
pub fn encode(params: &Value) -> Result<String> {
    let Value::Map(entries) = params else { return Err(params.wrong("params", "an object")) };
    let mut out = String::new();
    for (name, value) in entries {
        encode_into(&mut out, name, value)?;
    }
    Ok(out)
}

fn encode_into(out: &mut String, name: &str, value: &Value) -> Result<()> {
    let text = match value {
        Value::Undefined => return Ok(()),
        Value::Null => "",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(text) => text,
        Value::BigInt(text) | Value::Text(text) | Value::Date(text) => text,
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                encode_into(out, &element(name, index), item)?;
            }
            return Ok(());
        }
        Value::Map(entries) => {
            for (key, item) in entries {
                encode_into(out, &[name, "[", key, "]"].joined(), item)?;
            }
            return Ok(());
        }
        Value::Refused(_) => return Err(value.wrong(&join("params", printable_name(name)), "plain data")),
    };
    if !out.is_empty() {
        out.push('&');
    }
    percent_encode(out, name, "[]");
    out.push('=');
    percent_encode(out, text, "[]");
    Ok(())
}

/// `encodeURIComponent`, with `!*'()` encoded as well, for a path segment.
pub(crate) fn percent_encode_component(text: &str) -> String {
    let mut out = String::new();
    percent_encode(&mut out, text, "");
    out
}

/// RFC 3986's unreserved characters stay, and the bytes of `also_bare`; they are copied in whole runs.
fn percent_encode(out: &mut String, text: &str, also_bare: &str) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    let mut run = 0;
    for (at, byte) in text.bytes().enumerate() {
        let bare = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if !bare && !also_bare.bytes().any(|other| other == byte) {
            out.add(text.get(run..at).unwrap_or(""));
            run = at.saturating_add(1);
            for character in ['%', digit(byte >> 4), digit(byte & 15)] {
                out.push(character);
            }
        }
    }
    out.add(text.get(run..).unwrap_or(""));
}

/// Decoded pairs, encoded as stripe-node does.
pub(crate) fn encode_pairs(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        percent_encode(&mut out, name, "[]");
        out.push('=');
        percent_encode(&mut out, value, "[]");
    }
    out
}

/// The pairs of an encoded body, decoded. `None` where it is not well-formed.
pub(crate) fn decode(body: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for pair in text::parts(body, "&") {
        if !pair.is_empty() {
            let (name, value) = text::split_once(pair, "=").unwrap_or((pair, ""));
            pairs.push((percent_decode(name)?, percent_decode(value)?));
        }
    }
    Some(pairs)
}

/// As `decodeURIComponent` does, which leaves `+` alone.
#[cfg(feature = "lab")]
pub(crate) fn decode_component(text: &str) -> Option<String> {
    percent_decode(&text.replace('+', "%2B"))
}

fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from((high << 4) | low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes(name in "\\PC{1,20}", text in ".*") {
            let params = Value::Map(vec![(&name, Value::Text(&text))]);
            let body = encode(&params).unwrap();
            prop_assert!(body.is_ascii());
            prop_assert_eq!(decode(&body), Some(vec![(name, text)]));
        }

        #[test]
        fn decoding_never_panics(body in ".*") {
            let _ = decode(&body);
        }
    }
}
