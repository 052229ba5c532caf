//! What every text field of a billing event must be, whatever the key scheme.

use crate::error::{Code, Error, Result};

/// Words that JavaScript prints where a value was missing.
const MISSING_VALUE_WORDS: [&[u8]; 3] = [b"undefined", b"null", b"NaN"];

/// Refuses text that cannot be the content of a field: empty, unresolved, or not the same to every eye.
pub(crate) fn check(field: &str, text: &str) -> Result<()> {
    if is_plain(text.as_bytes()) { Ok(()) } else { check_thoroughly(field, text) }
}

// Hosts compile a function at its first call, and most events never need this one.
#[cold]
#[inline(never)]
fn check_thoroughly(field: &str, text: &str) -> Result<()> {
    let refuse = |code, problem| Err(Error::new(code, field, problem));
    if text.is_empty() {
        return refuse(Code::EmptyField, "is empty: give a value, or leave an optional field out");
    }
    if is_unresolved(text) {
        return Err(unresolved(field));
    }
    if text.chars().any(char::is_control) {
        return refuse(Code::ControlCharacter, "contains a control character, such as a line break or a tab");
    }
    if text.chars().next().is_some_and(is_space) || text.chars().next_back().is_some_and(is_space) {
        return refuse(
            Code::SurroundingWhitespace,
            "has white space at an end; trim it, since it would change the key",
        );
    }
    Ok(())
}

/// A quick yes for text that can hold none of the faults below: most ids and periods. No is not a refusal. Without
/// an `n` or `N` none of the words for a missing value can stand in it.
fn is_plain(text: &[u8]) -> bool {
    let harmless = |byte: &u8| matches!(byte, b'a'..=b'm' | b'o'..=b'z' | b'A'..=b'M' | b'O'..=b'Z' | b'0'..=b'9' | b'_' | b'-');
    !text.is_empty() && text.iter().all(harmless)
}

/// Whether a template reference was left in the text, or has become the name of nothing.
fn is_unresolved(text: &str) -> bool {
    has_reference(text)
        || text
            .as_bytes()
            .split(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
            .any(|word| MISSING_VALUE_WORDS.contains(&word))
}

/// Whether a `{{…}}` reference, or half of one, is left in the text.
pub(crate) fn has_template(text: &str) -> bool {
    has(text, "{{") || has(text, "}}")
}

/// Whether a reference is left in the text, or has become an object's name. Most text has none of the brackets.
pub(crate) fn has_reference(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'{' | b'}' | b'['))
        && (has_template(text) || has(text, "[object Object]"))
}

/// The refusal of such text.
pub(crate) fn unresolved(field: &str) -> Error {
    Error::new(
        Code::UnresolvedReference,
        field,
        "holds a reference that was not resolved; check the name of the step and field it refers to",
    )
}

/// Whether `text` contains `part`. std's search is made for long texts, and costs 3 KB of wasm.
pub(crate) fn has(text: &str, part: &str) -> bool {
    find(text.as_bytes(), part.as_bytes()).is_some()
}

/// Whether two texts differ in the case of ASCII letters alone, if at all.
#[inline(never)]
pub(crate) fn is_same(text: &[u8], other: &[u8]) -> bool {
    text.eq_ignore_ascii_case(other)
}

/// Where `part`, which is not empty, first begins in `text`.
#[inline(never)]
pub(crate) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let mut rest = text;
    let first = part.first()?;
    let mut at: usize = 0;
    while let Some((byte, after)) = rest.split_first() {
        if byte == first && rest.starts_with(part) {
            return Some(at);
        }
        rest = after;
        at = at.saturating_add(1);
    }
    None
}

/// What stands before and behind the first `part`.
pub(crate) fn split_once<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(find(text.as_bytes(), part.as_bytes())?)?;
    Some((before, rest.strip_prefix(part)?))
}

/// The parts of a text before, between and behind separators.
pub(crate) fn parts<'t>(text: &'t str, separator: &'static str) -> Parts<'t> {
    Parts { rest: Some(text), separator }
}

pub(crate) struct Parts<'t> {
    rest: Option<&'t str>,
    separator: &'static str,
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest.take()?;
        let Some((part, rest)) = split_once(text, self.separator) else { return Some(text) };
        self.rest = Some(rest);
        Some(part)
    }
}

/// Whether a text has nothing but ASCII letters, digits, and what is in `also`.
#[inline(never)]
pub(crate) fn is_made_of(text: &str, also: &str) -> bool {
    for byte in text.bytes() {
        if !byte.is_ascii_alphanumeric() && !also.bytes().any(|other| other == byte) {
            return false;
        }
    }
    true
}

/// White space by Unicode, and the byte order mark, which JavaScript trims as well.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(text: &str) -> Option<&'static str> {
        check("customer_id", text).err().map(|error| error.code().as_str())
    }

    #[test]
    fn good_text_passes() {
        for text in
            ["cus_A100", "Jane Doe", "kunde_Ünïcode_日本", "nullable", "NaNcy", "{x}", "a{b}c", "annul"]
        {
            assert_eq!(code_of(text), None, "{text}");
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        for (text, code) in [
            ("", "empty_field"),
            ("{{step_1['output'].x}}", "unresolved_reference"),
            ("cus_{{id}}", "unresolved_reference"),
            ("undefined", "unresolved_reference"),
            ("cus_undefined", "unresolved_reference"),
            ("null", "unresolved_reference"),
            ("NaN", "unresolved_reference"),
            ("[object Object]", "unresolved_reference"),
            ("a\nb", "control_character"),
            ("a\u{0}", "control_character"),
            ("a\u{7f}b", "control_character"),
            ("a\u{85}b", "control_character"),
            (" a", "surrounding_whitespace"),
            ("a\u{a0}", "surrounding_whitespace"),
            ("\u{feff}a", "surrounding_whitespace"),
            ("\u{3000}", "surrounding_whitespace"),
        ] {
            assert_eq!(code_of(text), Some(code), "{text:?}");
        }
    }
}
