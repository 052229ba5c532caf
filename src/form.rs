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
    percent_encode(out, name, b"[]");
    out.push('=');
    percent_encode(out, text, b"[]");
    Ok(())
}

/// `encodeURIComponent`, with `!*'()` encoded as well, for a path segment.
pub(crate) fn percent_encode_component(text: &str) -> String {
    let mut out = String::new();
    percent_encode(&mut out, text, b"");
    out
}

/// RFC 3986's unreserved characters stay, and the bytes of `also_bare`; they are copied in whole runs.
fn percent_encode(out: &mut String, text: &str, also_bare: &[u8]) {
    let bare =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || also_bare.contains(&byte);
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let run = rest.iter().take_while(|byte| bare(**byte)).count();
        if let Some((plain, after)) = rest.split_at_checked(run.max(1)).filter(|_| run > 0) {
            // A run of ASCII is UTF-8.
            out.push_str(core::str::from_utf8(plain).unwrap_or(""));
            rest = after;
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            rest = after;
        }
    }
}

/// Decoded pairs, encoded as stripe-node does.
pub(crate) fn encode_pairs(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        percent_encode(&mut out, name, b"[]");
        out.push('=');
        percent_encode(&mut out, value, b"[]");
    }
    out
}

/// The pairs of an encoded body, decoded. `None` where it is not well-formed.
pub(crate) fn decode(body: &str) -> Option<Vec<(String, String)>> {
    body.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = text::split_once(pair, "=").unwrap_or((pair, ""));
            Some((percent_decode(name)?, percent_decode(value)?))
        })
        .collect()
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
