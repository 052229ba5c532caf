//! Objects as Stripe's API shows them, and parameters as it reads them: JSON without fractions.

use alloc::borrow::Cow;

use crate::json;
use crate::lab::table::Table;
use crate::money::Digits;
use crate::prelude::*;

/// Text that is often ours.
pub(crate) type Text = Cow<'static, str>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(Text),
    List(Vec<Json>),
    Map(Members),
}

/// Members in the order in which they were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members(Vec<(Text, Json)>);

impl Members {
    pub(crate) fn of<const N: usize>(mut members: [(&'static str, Json); N]) -> Members {
        Members::taken_from(&mut members)
    }

    /// Not generic, so that it is in the wasm once.
    fn taken_from(members: &mut [(&'static str, Json)]) -> Members {
        let take = |(name, value): &mut (&'static str, Json)| {
            (Cow::Borrowed(*name), core::mem::replace(value, Json::Null))
        };
        Members(members.iter_mut().map(take).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.0.iter_mut().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The member, or null.
    pub(crate) fn copy(&self, name: &str) -> Json {
        self.get(name).cloned().unwrap_or(Json::Null)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        if let Some(Json::Text(text)) = self.get(name) { Some(text) } else { None }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        if let Some(Json::Number(number)) = self.get(name) { Some(*number) } else { None }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name) == Some(&Json::Bool(true))
    }

    pub(crate) fn set(&mut self, name: impl Into<Text>, value: impl Into<Json>) {
        self.put(name.into(), value.into());
    }

    fn put(&mut self, name: Text, value: Json) {
        match self.get_mut(&name) {
            Some(own) => *own = value,
            None => self.0.push((name, value)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub(crate) fn into_entries(self) -> Vec<(Text, Json)> {
        self.0
    }

    /// `members` on top of these.
    pub(crate) fn extend(&mut self, members: Members) {
        for (name, value) in members.0 {
            self.set(name, value);
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        out.push('{');
        for (at, (name, value)) in self.0.iter().enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            json::text(out, name);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }

    /// The same text for the same members, in whatever order they were set.
    pub(crate) fn write_sorted(&self, out: &mut String) {
        let mut sorted = Table::default();
        for (name, value) in &self.0 {
            sorted.insert(&**name, value);
        }
        out.push('{');
        for (name, value) in sorted.iter() {
            json::text(out, name);
            out.push(':');
            match value {
                Json::Map(members) => members.write_sorted(out),
                Json::List(items) => {
                    out.push('[');
                    for item in items {
                        match item {
                            Json::Map(members) => members.write_sorted(out),
                            other => other.write(out),
                        }
                        out.push(',');
                    }
                    out.push(']');
                }
                other => other.write(out),
            }
            out.push(',');
        }
        out.push('}');
    }
}

impl Json {
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(number) => {
                out.push_str(if *number < 0 { "-" } else { "" });
                out.push_str(&Digits::of(number.unsigned_abs()));
            }
            Json::Text(text) => json::text(out, text),
            Json::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write(out);
                }
                out.push(']');
            }
            Json::Map(members) => members.write(out),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

impl From<bool> for Json {
    fn from(yes: bool) -> Json {
        Json::Bool(yes)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json::Number(number)
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Json {
        Json::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::Text(Cow::Owned(text))
    }
}

impl From<Text> for Json {
    fn from(text: Text) -> Json {
        Json::Text(text)
    }
}

impl From<Members> for Json {
    fn from(members: Members) -> Json {
        Json::Map(members)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Json {
        Json::List(items)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Json {
        value.map_or(Json::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_are_the_same_in_any() {
        let mut a = Members::of([("b", 1.into()), ("a", Json::Null)]);
        let mut b = Members::of([("a", Json::Null), ("b", 2.into())]);
        b.set("b", 1);
        a.set("c", "\"é");
        b.extend(Members::of([("c", "\"é".into())]));
        assert_eq!(Json::Map(a.clone()).to_text(), r#"{"b":1,"a":null,"c":"\"\u00e9"}"#);
        let sorted = |members: &Members| {
            let mut out = String::new();
            members.write_sorted(&mut out);
            out
        };
        assert_ne!(a, b);
        assert_eq!(sorted(&a), sorted(&b));
    }
}
