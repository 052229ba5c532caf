//! What the Rust tests share: JSON as the values that cross from a host.

use billonce::value::Value;

/// The value that JavaScript would hand over for a piece of JSON.
pub(crate) fn value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => Value::Number(number.to_string().into()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(members) => {
            Value::Map(members.iter().map(|(name, item)| (name.clone(), value(item))).collect())
        }
    }
}

/// The JSON of an answer.
#[allow(dead_code, reason = "not every test file reads answers")]
pub(crate) fn json(value: &Value) -> serde_json::Value {
    let mut bytes = Vec::new();
    billonce::wire::write_json(&mut bytes, value);
    serde_json::from_slice(&bytes).unwrap()
}
