//! Writes answers as JSON (RFC 8259), which every host parses natively.

use crate::money::Digits;
use crate::prelude::*;

/// An object being written.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

/// `{…}`, with the members that `write` adds.
pub(crate) fn object(out: &mut String, write: impl FnOnce(&mut Object<'_>)) {
    let mut object = Object { out, empty: true };
    object.out.push('{');
    write(&mut object);
    object.out.push('}');
}

impl Object<'_> {
    /// A member whose value `write` writes.
    pub(crate) fn member(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        self.name(name);
        write(self.out);
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        text(self.out, name);
        self.out.push(':');
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        text(self.out, value);
    }

    pub(crate) fn optional_text(&mut self, name: &str, value: Option<&str>) {
        self.name(name);
        match value {
            Some(value) => text(self.out, value),
            None => self.out.push_str("null"),
        }
    }

    pub(crate) fn texts(&mut self, name: &str, values: &[String]) {
        self.name(name);
        self.out.push('[');
        for (at, value) in values.iter().enumerate() {
            self.out.push_str(if at > 0 { "," } else { "" });
            text(self.out, value);
        }
        self.out.push(']');
    }

    pub(crate) fn bool(&mut self, name: &str, value: bool) {
        self.name(name);
        self.out.push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn number(&mut self, name: &str, value: Option<u64>) {
        self.name(name);
        match value {
            Some(value) => self.out.push_str(&Digits::of(value)),
            None => self.out.push_str("null"),
        }
    }
}

/// A string, escaped. What needs no escape is copied in one piece.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let Some((plain, after)) = rest.split_at_checked(at) else { break };
        out.push_str(plain);
        let mut after = after.chars();
        match after.next() {
            Some(quoted @ ('"' | '\\')) => out.extend(['\\', quoted]),
            Some(control) => {
                let digit =
                    |shift: u32| char::from_digit((u32::from(control) >> shift) & 15, 16).unwrap_or('0');
                out.extend(['\\', 'u', '0', '0', digit(4), digit(0)]);
            }
            None => {}
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('"');
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
            o.bool("c", true);
            o.number("d", Some(4900));
            o.number("e", None);
            o.member("f", |out| object(out, |_| {}));
        });
        assert_eq!(out, r#"{"a":"\u001f\u000a\"\\é","b":null,"c":true,"d":4900,"e":null,"f":{}}"#);
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
