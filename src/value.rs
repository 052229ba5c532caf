//! The door: data as a host hands it over, before anything about it is believed.
//!
//! One type crosses from JavaScript to Rust and back. It keeps what JavaScript tells apart and the rules
//! need to tell apart (a number from the text of one, `undefined` from `null`), and nothing else.

use crate::prelude::*;

use crate::error::{Code, Error, Result};
use crate::field::{join, printable_name};
use crate::nearest::Nearest;

/// A value of unknown origin; its text is borrowed from what crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'v> {
    /// JavaScript's `undefined`, or a hole in an array.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as JavaScript prints it (`4900`, `49.5`, `NaN`, `1e+21`). Never a float in Rust: money is exact.
    Number(&'v str),
    /// A `BigInt`, in decimal.
    BigInt(&'v str),
    /// Well-formed text.
    Text(&'v str),
    /// A `Date`, in whole Unix seconds as JavaScript prints them (`NaN` for an invalid one).
    Date(&'v str),
    /// An array.
    List(Vec<Value<'v>>),
    /// A plain object, in the order of its own enumerable keys.
    Map(Vec<(&'v str, Value<'v>)>),
    /// Something that is refused wherever it stands.
    Refused(Refused),
}

/// Values that no field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Text, or an object's key, with half of a surrogate pair.
    LoneSurrogate,
    /// A getter or proxy that threw.
    Unreadable,
    /// Circular, deeper than any Stripe parameter, or of more values than any request.
    TooLarge,
    /// An instance of a class, a `Map`, a promise: anything but plain data.
    Instance,
    /// A function.
    Function,
    /// A symbol.
    Symbol,
}

impl<'v> Value<'v> {
    /// How error texts call the value, by its type alone.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Undefined => "undefined",
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::BigInt(_) => "a BigInt",
            Value::Text(_) => "text",
            Value::Date(_) => "a Date",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
            Value::Refused(Refused::LoneSurrogate) => "text with a lone surrogate",
            Value::Refused(Refused::Unreadable) => "unreadable",
            Value::Refused(Refused::TooLarge) => "too large",
            Value::Refused(Refused::Instance) => "an object with a prototype",
            Value::Refused(Refused::Function) => "a function",
            Value::Refused(Refused::Symbol) => "a symbol",
        }
    }

    /// Whether there is a value: JavaScript's `undefined` is the same as leaving it out.
    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Value::Undefined)
    }

    /// The refusal of a value where `wanted` should stand.
    pub(crate) fn wrong(&self, field: &str, wanted: &str) -> Error {
        match self {
            Value::Refused(Refused::LoneSurrogate) => Error::new(
                Code::LoneSurrogate,
                field,
                "contains half of a surrogate pair, which has no UTF-8; repair the text where it was cut",
            ),
            Value::Refused(Refused::Unreadable) => {
                Error::new(Code::UnreadableInput, field, "cannot be read: its getter or proxy threw an error")
            }
            Value::Refused(Refused::TooLarge) => Error::new(
                Code::InputTooLarge,
                field,
                "is circular, nested more than 64 levels deep, or has more than 100000 values",
            ),
            other => Error::of_parts(Code::WrongType, field, &["must be ", wanted, ", not ", other.kind()]),
        }
    }

    pub(crate) fn as_text(&self, field: &str) -> Result<&'v str> {
        match self {
            Value::Text(text) => Ok(text),
            other => Err(other.wrong(field, "text")),
        }
    }
}

/// An object whose every field is known by name.
pub(crate) struct Fields<'a> {
    path: &'a str,
    entries: &'a [(&'a str, Value<'a>)],
}

impl<'a> Fields<'a> {
    /// Opens `value`, refusing what is no plain object and any field that is not in `known`: an ignored
    /// typo could change a key or drop a limit. `name` is what the object itself is called, `path` what stands before its
    /// fields.
    pub(crate) fn open(
        value: &'a Value<'a>,
        name: &str,
        path: &'a str,
        known: &[&str],
    ) -> Result<Fields<'a>> {
        Fields::open_any(value, name, path, &[known])
    }

    /// The same, where the fields that are known are those of several lists.
    pub(crate) fn open_any(
        value: &'a Value<'a>,
        name: &str,
        path: &'a str,
        known: &[&[&str]],
    ) -> Result<Fields<'a>> {
        let Value::Map(entries) = value else { return Err(value.wrong(name, "an object")) };
        let fields = Fields { path, entries };
        for (name, _) in entries {
            if !known.iter().any(|list| list.contains(name)) {
                return Err(unknown_field(&fields.at(printable_name(name)), name, known));
            }
        }
        Ok(fields)
    }

    /// The full name of a field, for error texts.
    pub(crate) fn at(&self, name: &str) -> String {
        join(self.path, name)
    }

    /// The value as it was given, `undefined` included.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Value<'a>> {
        lookup(self.entries, name)
    }

    /// An optional field.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value<'a>> {
        self.raw(name).filter(|value| value.is_given())
    }

    pub(crate) fn required(&self, name: &str, hint: &'static str) -> Result<&'a Value<'a>> {
        self.get(name)
            .ok_or_else(|| Error::of_parts(Code::MissingField, &self.at(name), &["is missing: give ", hint]))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(other) => Err(other.wrong(&self.at(name), "text")),
        }
    }

    pub(crate) fn bool(&self, name: &str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(yes)) => Ok(Some(*yes)),
            Some(other) => Err(other.wrong(&self.at(name), "true or false")),
        }
    }
}

#[cold]
fn unknown_field(at: &str, name: &str, known: &[&[&str]]) -> Error {
    let mut nearest = Nearest::to(name);
    let mut all = Vec::new();
    for list in known {
        for known in *list {
            nearest.consider(known);
            all.push(*known);
        }
    }
    let problem: &[&str] = match nearest.found() {
        Some(near) => &["is not a field here. Did you mean ", near, "?"],
        None => &["is not a field here; the fields are ", &all.listed()],
    };
    Error::of_parts(Code::UnknownField, at, problem)
}

/// The value of a name, as it was given.
pub(crate) fn lookup<'a>(entries: &'a [(&'a str, Value<'a>)], name: &str) -> Option<&'a Value<'a>> {
    entries.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}
