//! Reads the JSON of the world's own answers as the values that the rules take.

use crate::prelude::*;
use crate::value::Value;

const DEEPEST: u32 = 64;

/// The value of a JSON text; `None` for what is none. Text with escapes in it is left as it is written: no rule looks at
/// what a caller could have escaped.
pub(crate) fn parse(text: &str) -> Option<Value<'_>> {
    let mut reader = Reader { rest: text };
    let value = reader.value(DEEPEST)?;
    reader.skip_space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: u32) -> Option<Value<'a>> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest.as_bytes().first()? {
            b'{' => self.map(depth),
            b'[' => self.list(depth),
            b'"' => self.text().map(Value::Text),
            b't' => self.take("true").then_some(Value::Bool(true)),
            b'f' => self.take("false").then_some(Value::Bool(false)),
            b'n' => self.take("null").then_some(Value::Null),
            _ => self.number(),
        }
    }

    fn map(&mut self, depth: u32) -> Option<Value<'a>> {
        self.take("{");
        let mut entries = Vec::new();
        if self.take("}") {
            return Some(Value::Map(entries));
        }
        loop {
            self.skip_space();
            let name = self.text()?;
            if !self.take(":") {
                return None;
            }
            entries.push((name, self.value(depth)?));
            if self.take("}") {
                return Some(Value::Map(entries));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn list(&mut self, depth: u32) -> Option<Value<'a>> {
        self.take("[");
        let mut items = Vec::new();
        if self.take("]") {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take("]") {
                return Some(Value::List(items));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let inner = self.rest.strip_prefix('"')?;
        let mut escaped = false;
        let end = inner.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        let (text, rest) = inner.split_at_checked(end)?;
        self.rest = rest.strip_prefix('"')?;
        Some(text)
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let of_number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let end = self.rest.bytes().position(|byte| !of_number(byte)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!number.is_empty()).then_some(Value::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values() {
        let map = |entries: &[(&'static str, Value<'static>)]| Value::Map(entries.to_vec());
        assert_eq!(
            parse(r#" {"a": [1, -2, "x\"y"], "b": {"c": null, "d": true}, "e": []} "#),
            Some(map(&[
                (
                    "a",
                    Value::List(Vec::from([Value::Number("1"), Value::Number("-2"), Value::Text(r#"x\"y"#)]))
                ),
                ("b", map(&[("c", Value::Null), ("d", Value::Bool(true))])),
                ("e", Value::List(Vec::new())),
            ]))
        );
        for text in ["", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "\"a", "1 2", "<html>", "nul"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\[\\]{}:,\"a1 \\\\-]{0,40}|\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
