//! Stripe's answers as they cross from the Worker, and the rows to write as they cross back.

use super::rows::{Object, integer, ms_of, read_entry, read_totals, write_entry, write_totals};
use super::settle::{Answered, learnt, settle};
use super::vault::VaultPolicy;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::json;
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Value};

/// Takes in `{ entry, totals, endpoint, vault, answer, object?, object_totals? }`: the rows of the key and of its day, the
/// endpoint's label, the answer as [`crate::outcome::classify`] takes it, and, where the answer is about an object that was counted
/// before, its row and the totals of its own day if that is another. Answers with the rows to write, in JSON; `entry` is null
/// where the key is free again, `reply` where Stripe's answer is to be passed on.
///
/// # Errors
/// For rows that the edge did not write.
pub fn answered(input: &Value) -> Result<String> {
    let known = ["entry", "totals", "endpoint", "vault", "answer", "object", "object_totals"];
    let fields = Fields::open(input, "input", "", &known)?;
    let vault = fields.required("vault", "the vault key")?;
    let vault = Fields::open(vault, "vault", "vault", &["policy", "revoked"])?;
    let policy = VaultPolicy::read(vault.required("policy", "its policy")?)?;
    let object = match fields.get("object") {
        None | Some(Value::Null) => None,
        Some(row) => Some(Object::read(row)?),
    };
    let answered = Answered {
        entry: read_entry(fields.required("entry", "the key's row")?)?,
        totals: read_totals(fields.required("totals", "the totals of its day")?, "totals")?,
        endpoint: Endpoint::named(fields.text("endpoint")?.unwrap_or(""), "endpoint")?,
        policy: &policy,
        answer: fields.required("answer", "the answer")?,
        object,
        object_totals: fields
            .get("object_totals")
            .map(|day| read_totals(day, "object_totals"))
            .transpose()?,
    };
    let settlement = settle(&answered)?;
    let day = answered.entry.day;
    let mut out = String::with_capacity(768);
    json::object(&mut out, |o| {
        o.member("entry", |out| write_optional(out, settlement.entry.as_ref(), write_entry));
        o.member("totals", |out| write_totals(out, day, &settlement.totals));
        o.member("object", |out| {
            write_optional(out, settlement.object.as_ref(), |out, object| object.write_json(out))
        });
        o.member("object_totals", |out| match (&settlement.object_totals, object) {
            (Some(totals), Some(object)) => write_totals(out, object.day, totals),
            _ => out.push_str("null"),
        });
        o.text("kind", settlement.outcome.kind.as_str());
        o.optional_text("request_id", settlement.outcome.request_id.as_deref());
        o.member("reply", |out| {
            write_optional(out, settlement.reply.as_ref(), |out, answer| answer.write_json(out))
        });
    });
    Ok(out)
}

fn write_optional<T>(out: &mut String, value: Option<&T>, write: impl FnOnce(&mut String, &T)) {
    match value {
        Some(value) => write(out, value),
        None => out.push_str("null"),
    }
}

/// The row of an object that was looked up, of `{ answer, day }`: not counted yet. `null` where the answer does not tell.
///
/// # Errors
/// For a status that is none.
pub fn learn(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "input", "", &["answer", "day"])?;
    let answer = fields.required("answer", "the answer")?;
    let object = learnt(answer, integer(&fields, "day")?)?;
    let mut out = String::new();
    write_optional(&mut out, object.as_ref(), |out, object| object.write_json(out));
    Ok(out)
}

/// What to do with a key that nobody waits for, after a crash or an answer that was lost, of `{ entry, totals, now }`: the rows to
/// write, and whether to send its request again.
///
/// # Errors
/// For rows that the edge did not write.
pub fn resolve(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "input", "", &["entry", "totals", "now"])?;
    let entry = read_entry(fields.required("entry", "the key's row")?)?;
    let totals = read_totals(fields.required("totals", "the totals of its day")?, "totals")?;
    let now = Instant::from_value(fields.required("now", "the time")?, "now")?;
    let again = entry.send_again(&totals, ms_of(now));
    let (entry, totals) = again.unwrap_or_else(|| entry.hold(&totals));
    let mut out = String::new();
    json::object(&mut out, |o| {
        o.bool("send", Some(again.is_some()));
        o.member("entry", |out| write_entry(out, &entry));
        o.member("totals", |out| write_totals(out, entry.day, &totals));
    });
    Ok(out)
}
