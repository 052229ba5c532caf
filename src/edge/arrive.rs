//! A call that arrives at the edge, as it crosses from the Worker, and the decision on it as it crosses back.

use super::decide::{Arriving, Outgoing, Seen, Step, decide};
use super::incoming::Incoming;
use super::refusal::Answer;
use super::rows::{Object, read_entry, read_totals, write_entry, write_totals};
use super::vault::VaultPolicy;
use crate::error::Result;
use crate::json;
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// Decides on `{ request, vault, today, now, entry?, entry_day?, object?, looked_up?, under_way?, own_key }`, where `vault` is
/// `{ policy, revoked }` and `own_key` the key that a call without one gets, where its policy permits that. Answers with JSON.
///
/// # Errors
/// For rows or a policy that the edge did not write.
pub fn arrive(input: &Value) -> Result<String> {
    let known = [
        "request",
        "vault",
        "today",
        "now",
        "entry",
        "entry_day",
        "object",
        "looked_up",
        "under_way",
        "own_key",
    ];
    let fields = Fields::open(input, "input", "", &known)?;
    let request = Incoming::read(fields.required("request", "the request")?)?;
    let vault = fields.required("vault", "the vault key")?;
    let vault = Fields::open(vault, "vault", "vault", &["policy", "revoked"])?;
    let policy = VaultPolicy::read(vault.required("policy", "its policy")?)?;
    let today = read_totals(fields.required("today", "the day's totals")?, "today")?;
    let entry_day = fields.get("entry_day").map(|day| read_totals(day, "entry_day")).transpose()?;
    let object = match fields.get("object") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(row) => Some(Some(Object::read(row)?)),
    };
    let arriving = Arriving {
        incoming: &request,
        policy: &policy,
        revoked: vault.bool("revoked")? == Some(true),
        now: Instant::from_value(fields.required("now", "the time")?, "now")?,
        today,
        entry: fields.get("entry").map(read_entry).transpose()?,
        entry_day: entry_day.unwrap_or(today),
        object,
        looked_up: fields.bool("looked_up")?.unwrap_or(false),
        under_way: fields.bool("under_way")?.unwrap_or(false),
        own_key: fields.text("own_key")?.unwrap_or(""),
    };
    let (step, seen) = decide(&arriving);
    Ok(to_json(&step, &seen))
}

impl Outgoing {
    fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.text("method", &self.method);
            o.text("path", &self.path);
            o.member("headers", |out| {
                json::object(out, |o| {
                    for (name, value) in &self.headers {
                        o.text(name, value);
                    }
                });
            });
            o.text("body", &self.body);
        });
    }
}

fn to_json(step: &Step, seen: &Seen) -> String {
    let mut out = String::with_capacity(1024);
    json::object(&mut out, |o| {
        match step {
            Step::NeedObject(id) => {
                o.text("do", "need_object");
                o.text("id", id);
            }
            Step::LookUp(path) => {
                o.text("do", "look_up");
                o.text("path", path);
            }
            Step::Read(outgoing) => {
                o.text("do", "read");
                o.member("outgoing", |out| outgoing.write_json(out));
            }
            Step::Send { outgoing, entry, totals, again } => {
                o.text("do", "send");
                o.bool("again", Some(*again));
                o.member("outgoing", |out| outgoing.write_json(out));
                o.member("entry", |out| write_entry(out, entry));
                o.member("totals", |out| write_totals(out, entry.day, totals));
            }
            Step::Wait => {
                o.text("do", "wait");
                // For when it takes too long.
                o.member("answer", |out| Answer::key_in_use().write_json(out));
            }
            Step::Replay => o.text("do", "replay"),
            Step::Answer(answer) => {
                o.text("do", "answer");
                o.member("answer", |out| answer.write_json(out));
            }
        }
        o.text("endpoint", &seen.attempted);
        o.optional_text("key", seen.key.as_deref());
        o.optional_text("subject", seen.subject.as_deref());
        o.number("amount_usd_cents", seen.amount);
        o.text("reason", seen.reason);
    });
    out
}
