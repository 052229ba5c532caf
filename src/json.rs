//! Writes answers as JSON (RFC 8259), which every host parses natively.
//!
//! With the feature `lists` an object is a list of its values, in the same order, for js/replies.ts to give them their names: that
//! is written and read in half of the time.

#[cfg(any(feature = "calls", feature = "lab-wasm"))]
use crate::error::Error;
use crate::money::Digits;
use crate::prelude::*;

const LISTS: bool = cfg!(feature = "lists");

/// An object being written.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

/// `{…}`, with the members that `write` adds.
pub(crate) fn object(out: &mut String, write: impl FnOnce(&mut Object<'_>)) {
    let mut object = Object { out, empty: true };
    object.out.add(if LISTS { "[" } else { "{" });
    write(&mut object);
    object.out.add(if LISTS { "]" } else { "}" });
}

/// An object whose names are not always the same: as a list it has them too.
pub(crate) fn named_texts(out: &mut String, members: &[(&'static str, String)]) {
    object(out, |o| {
        for (name, value) in members {
            if LISTS {
                o.text("", name);
            }
            o.text(name, value);
        }
    });
}

/// A refusal's code, field and message, behind a `-`, which begins no answer.
#[cfg(any(feature = "calls", feature = "lab-wasm"))]
pub(crate) fn refusal(error: &Error) -> String {
    let mut out = String::from("-");
    for (before, part) in [("[", error.code().as_str()), (",", error.field()), (",", &error.message())] {
        out.add(before);
        text(&mut out, part);
    }
    out.add("]");
    out
}

impl Object<'_> {
    /// A member whose value `write` writes.
    pub(crate) fn member(&mut self, name: &'static str, write: impl FnOnce(&mut String)) {
        self.name(name);
        write(self.out);
    }

    /// Names are ours, and need no escape.
    fn name(&mut self, name: &'static str) {
        if !self.empty {
            self.out.add(",");
        }
        self.empty = false;
        if !LISTS {
            self.out.add("\"");
            self.out.add(name);
            self.out.add("\":");
        }
    }

    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        self.name(name);
        text(self.out, value);
    }

    pub(crate) fn optional_text(&mut self, name: &'static str, value: Option<&str>) {
        self.name(name);
        match value {
            Some(value) => text(self.out, value),
            None => self.out.add("null"),
        }
    }

    pub(crate) fn texts(&mut self, name: &'static str, values: &[String]) {
        self.name(name);
        self.out.add("[");
        for (at, value) in values.iter().enumerate() {
            self.out.add(if at > 0 { "," } else { "" });
            text(self.out, value);
        }
        self.out.add("]");
    }

    pub(crate) fn bool(&mut self, name: &'static str, value: Option<bool>) {
        self.name(name);
        self.out.add(match value {
            Some(true) => "true",
            Some(false) => "false",
            None => "null",
        });
    }

    pub(crate) fn number(&mut self, name: &'static str, value: Option<u64>) {
        self.name(name);
        match value {
            Some(value) => self.out.add(&Digits::of(value)),
            None => self.out.add("null"),
        }
    }
}

/// A string, escaped to ASCII, which every host reads fastest. What needs no escape is copied in one piece.
pub(crate) fn text(out: &mut String, text: &str) {
    let plain = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
    out.add("\"");
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !plain(byte)) {
        let Some((before, after)) = rest.split_at_checked(at) else { break };
        out.add(before);
        let mut after = after.chars();
        match after.next() {
            Some('"') => out.add("\\\""),
            Some('\\') => out.add("\\\\"),
            Some(other) => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escape(out, *unit)),
            None => {}
        }
        rest = after.as_str();
    }
    out.add(rest);
    out.add("\"");
}

/// A UTF-16 unit as `\u001f`.
fn escape(out: &mut String, unit: u16) {
    out.add("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(char::from_digit((u32::from(unit) >> shift) & 15, 16).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_object_of_every_kind() {
        let mut out = String::new();
        object(&mut out, |o| {
            o.text("a", "\u{1f}\n\"\\é");
            o.optional_text("b", None);
            o.bool("c", Some(true));
            o.number("d", Some(4900));
            o.number("e", None);
            o.member("f", |out| object(out, |_| {}));
        });
        assert_eq!(out, r#"{"a":"\u001f\u000a\"\\\u00e9","b":null,"c":true,"d":4900,"e":null,"f":{}}"#);
    }

    proptest! {
        #[test]
        fn text_reads_back(given in "(?s:.*)") {
            let mut out = String::new();
            text(&mut out, &given);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), given);
        }
    }
}
