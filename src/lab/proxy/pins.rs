//! `PUT /event-keys/{external_event_id}`: the key that an event was first given.

use super::translate::refusal;
use crate::edge::check_pin;
use crate::form;
use crate::json;
use crate::lab::http::{Answer, Message};
use crate::lab::parse::parse;
use crate::lab::table::Table;
use crate::prelude::*;
use crate::value::{Value, lookup};

/// Keys by their events.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    keys: Table<String, String>,
}

impl Pins {
    /// Pins a key to an event, unless one is pinned.
    pub(super) fn answer(&mut self, message: &Message, event: &str) -> Answer {
        if message.method != "PUT" {
            return refusal(405, "method_not_allowed", "PUT /event-keys/{external_event_id}");
        }
        let event = form::decode_component(event).unwrap_or_default();
        let body = parse(&message.body).unwrap_or(Value::Null);
        let key = match &body {
            Value::Map(members) => lookup(members, "idempotency_key").cloned().unwrap_or(Value::Undefined),
            _ => Value::Undefined,
        };
        let given = Value::Map(Vec::from([
            ("external_event_id", Value::Text(&event)),
            ("idempotency_key", key.clone()),
        ]));
        if let Err(error) = check_pin(&given) {
            let mut body = String::new();
            json::object(&mut body, |o| {
                o.text("error", error.code().as_str());
                o.text("field", error.field());
                o.text("message", &error.message());
            });
            return Answer::json(400, body);
        }
        let earlier = self.keys.get(&event).cloned();
        let status = if earlier.is_some() { 200 } else { 201 };
        let given = if let Value::Text(key) = key { key } else { "" };
        let pinned = earlier.unwrap_or_else(|| given.to_string());
        let mut body = String::new();
        json::object(&mut body, |o| {
            o.text("external_event_id", &event);
            o.text("idempotency_key", &pinned);
        });
        self.keys.fill(event, pinned);
        Answer::json(status, body)
    }
}
