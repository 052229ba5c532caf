//! Between the wire and the edge's rules.

use super::{Deed, Forward};
use crate::edge::{self, Outgoing, Reply};
use crate::lab::http::{Answer, Message};
use crate::lab::parse::parse;
use crate::lab::report::Did;
use crate::prelude::*;
use crate::value::{Value, lookup};

/// How long an answer of Stripe's is waited for.
const PATIENCE_MS: u64 = 80_000;

pub(super) fn forward(errand: u64, ticket: u64, mut message: Message, day: i64, own: bool) -> Forward {
    message.headers.push(("authorization".to_string(), "Bearer of_the_edge".to_string()));
    Forward { errand, ticket, message, day, own, patience_ms: Some(PATIENCE_MS) }
}

/// The headers that the rules look at; nothing else of a request is passed on.
pub(super) fn is_judged(name: &str) -> bool {
    let judged = [
        "content-encoding",
        "content-type",
        "idempotency-key",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    ];
    judged.contains(&name) || name.starts_with("stripe-")
}

pub(super) fn message_of(outgoing: Outgoing) -> Message {
    let Outgoing { method, path, headers, body } = outgoing;
    let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    Message { method, path, headers, body }
}

pub(super) fn answer_of(reply: Reply) -> Answer {
    let mut answer = Answer::json(reply.status, reply.body);
    answer.add("stripe-should-retry", if reply.should_retry { "true" } else { "false" });
    answer
}

pub(super) fn blocked(ticket: u64, answer: Answer) -> Deed {
    Deed::Reply { ticket, answer, did: Some(Did::Blocked) }
}

pub(super) fn refusal(status: u16, error: &'static str, message: &str) -> Answer {
    answer_of(Reply::of_refusal(&edge::refusal(status, error, message), None))
}

pub(super) fn replayed(mut answer: Answer) -> Answer {
    if answer.header("idempotent-replayed").is_none() {
        answer.add("idempotent-replayed", "true");
    }
    answer
}

/// No more than the first part: whoever has no credential has no say in what the audit shows.
pub(super) fn shown_start(message: &Message) -> String {
    let first = message.path.split('/').nth(1).unwrap_or("");
    [&message.method, " /", first].joined().chars().take(40).collect()
}

/// An answer as the rules read it; its status is 0 where there is none.
pub(super) fn readable<'a>(answer: Option<&'a Answer>, status: &'a str) -> Value<'a> {
    let headers = answer.into_iter().flat_map(|answer| &answer.headers);
    let headers = headers.map(|(name, value)| (&**name, Value::Text(value))).collect();
    Value::Map(Vec::from([
        ("status", Value::Number(status)),
        ("headers", Value::Map(headers)),
        ("body", answer.and_then(|answer| parse(&answer.body)).unwrap_or(Value::Null)),
    ]))
}

/// The id of the object that an answer is about, or that a decline brings along.
pub(super) fn object_in<'a>(answer: &'a Value<'a>) -> Option<&'a str> {
    let body = member(answer, "body")?;
    let of_decline = || member(member(member(body, "error")?, "payment_intent")?, "id");
    let id = member(body, "id").or_else(of_decline)?;
    if let Value::Text(id) = id { Some(id) } else { None }
}

fn member<'a>(value: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    if let Value::Map(members) = value { lookup(members, name) } else { None }
}
