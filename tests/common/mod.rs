//! What the Rust tests share: JSON as the values that cross from a host.

use billonce::value::Value;

/// The value that JavaScript would hand over for a piece of JSON.
pub(crate) fn value(json: &serde_json::Value) -> Value<'_> {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => Value::Number(number.to_string().leak()),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(members) => {
            Value::Map(members.iter().map(|(name, item)| (name.as_str(), value(item))).collect())
        }
    }
}

/// An answer, parsed.
#[allow(dead_code, reason = "not every test file reads answers")]
pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// The outcome of a whole response.
#[allow(dead_code, reason = "not every test file reads answers")]
pub(crate) fn of(response: serde_json::Value) -> serde_json::Value {
    json(&billonce::outcome::classify(&value(&response)).unwrap().to_json())
}

/// The outcome of its three parts.
#[allow(dead_code, reason = "not every test file reads answers")]
pub(crate) fn outcome(status: u16, headers: serde_json::Value, body: serde_json::Value) -> serde_json::Value {
    of(serde_json::json!({ "status": status, "headers": headers, "body": body }))
}
