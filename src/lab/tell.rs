//! What happened, as JSON.

use super::{Answer, Charge, Effect, Happened};
use crate::json;
use crate::prelude::*;

/// A thing that has come about, less its answer's body.
pub(super) fn write_happened(out: &mut String, happened: &Happened) {
    json::object(out, |o| match happened {
        Happened::Timer { ticket } => {
            o.text("kind", "timer");
            o.number("ticket", Some(*ticket));
        }
        Happened::Answer { ticket, answer, effect } => {
            o.text("kind", "answer");
            o.number("ticket", Some(*ticket));
            o.member("answer", |out| {
                json::object(out, |o| {
                    o.number("status", Some(answer.status.into()));
                    o.member("headers", |out| write_headers(out, answer));
                });
            });
            o.member("effect", |out| write_effect(out, effect));
        }
        Happened::NoAnswer { ticket, effect } => {
            o.text("kind", "no_answer");
            o.number("ticket", Some(*ticket));
            o.text("reason", "timeout");
            o.member("effect", |out| write_effect(out, effect));
        }
    });
}

fn write_headers(out: &mut String, answer: &Answer) {
    out.push('{');
    for (at, (name, value)) in answer.headers.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        json::text(out, name);
        out.push(':');
        json::text(out, value);
    }
    out.push('}');
}

fn write_effect(out: &mut String, effect: &Effect) {
    json::object(out, |o| {
        o.optional_text("endpoint", effect.endpoint.as_deref());
        o.text("did", effect.did.as_str());
        o.member("charge", |out| match &effect.charge {
            Some(charge) => write_charge(out, charge),
            None => out.push_str("null"),
        });
    });
}

pub(super) fn write_charge(out: &mut String, charge: &Charge) {
    json::object(out, |o| {
        o.text("id", &charge.id);
        o.number("amount", Some(charge.amount));
        o.text("currency", &charge.currency);
        o.optional_text("customer", charge.customer.as_deref());
        o.optional_text("idempotency_key", charge.idempotency_key.as_deref());
        o.number("at", Some(charge.at.unsigned_abs()));
        o.number("ticket", Some(charge.ticket));
    });
}

/// A list, of what `write` writes.
pub(super) fn list<T>(items: &[T], write: impl Fn(&mut String, &T)) -> String {
    let mut out = String::from("[");
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write(&mut out, item);
    }
    out.push(']');
    out
}
