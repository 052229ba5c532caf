//! Stripe's answer, and what it proves about the money.

use super::moved::{Moved, movable, moved};
use super::refusal::Answer;
use super::rows::{Object, integer, ms_of, read_entry, read_totals, write_entry, write_totals};
use super::vault::VaultPolicy;
use crate::endpoint::{AmountSource, Endpoint};
use crate::error::Result;
use crate::json;
use crate::ledger::{Entry, Evidence, State, Totals};
use crate::money::{Currency, Decimal, usd_cents};
use crate::outcome::{self, Charged, Kind, Outcome};
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Value, lookup};

/// Takes in `{ entry, totals, endpoint, vault, answer, object?, object_totals? }`: the rows of the key and of its day, the
/// endpoint's label, the answer as [`outcome::classify`] takes it, and, where the answer is about an object that was counted
/// before, its row and the totals of its own day if that is another. Answers with the rows to write, in JSON; `entry` is null
/// where the key is free again, `reply` where Stripe's answer is to be passed on.
///
/// # Errors
/// For rows that the edge did not write.
pub fn answered(input: &Value) -> Result<String> {
    let known = ["entry", "totals", "endpoint", "vault", "answer", "object", "object_totals"];
    let fields = Fields::open(input, "input", "", &known)?;
    let entry = read_entry(fields.required("entry", "the key's row")?)?;
    let totals = read_totals(fields.required("totals", "the totals of its day")?, "totals")?;
    let answer = fields.required("answer", "the answer")?;
    let outcome = outcome::classify(answer)?;
    let vault = fields.required("vault", "the vault key")?;
    let vault = Fields::open(vault, "vault", "vault", &["policy", "revoked"])?;
    let policy = VaultPolicy::read(vault.required("policy", "its policy")?)?;
    let counted = match fields.get("object") {
        None | Some(Value::Null) => None,
        Some(row) => Some(Object::read(row)?),
    };
    let endpoint = Endpoint::named(fields.text("endpoint")?.unwrap_or(""), "endpoint")?;
    let told = told(answer, &outcome);
    let worth = |moved: &Moved<'_>| worth(moved.counts, moved.currency, policy.usd_rates());
    let before = counted.map_or(0, |object| object.cents);
    let evidence = match evidence(&outcome) {
        Evidence::Charged(_) if endpoint.amount_source() == AmountSource::None => Evidence::Charged(0),
        Evidence::Charged(_) => match told.as_ref().and_then(worth) {
            Some(cents) => Evidence::Charged(cents.saturating_sub(before)),
            // The object does not tell: what was reserved was the most that could be known.
            None => Evidence::Charged(entry.cents),
        },
        Evidence::Refused => match told.as_ref().and_then(worth) {
            // A declined payment intent is still there, and can be confirmed again without this edge.
            Some(cents) if cents > 0 => Evidence::Charged(cents.saturating_sub(before)),
            _ => Evidence::Refused,
        },
        other => other,
    };
    let first_news = entry.state != State::Settled;
    let (settled, mut totals) = entry.settle(&totals, evidence);
    let mut object_totals = match fields.get("object_totals") {
        Some(day) => Some(read_totals(day, "object_totals")?),
        None => None,
    };
    let object = match (&told, &evidence) {
        (Some(moved), Evidence::Charged(_)) if first_news => {
            let day = if counted.is_some_and(|object| object.day != entry.day) {
                object_totals.as_mut()
            } else {
                Some(&mut totals)
            };
            recount(moved, worth(moved), counted, &entry, endpoint, day)
        }
        _ => None,
    };
    let reply = match outcome.http_status {
        0 => Some(Answer::no_answer()),
        401 => Some(Answer::bad_credential()),
        _ => None,
    };
    let mut out = String::with_capacity(768);
    json::object(&mut out, |o| {
        o.member("entry", |out| write_optional(out, settled.as_ref(), write_entry));
        o.member("totals", |out| write_totals(out, entry.day, &totals));
        o.member("object", |out| write_optional(out, object.as_ref(), |out, object| object.write_json(out)));
        o.member("object_totals", |out| match (&object_totals, counted) {
            (Some(totals), Some(object)) => write_totals(out, object.day, totals),
            _ => out.push_str("null"),
        });
        o.text("kind", outcome.kind.as_str());
        o.optional_text("request_id", outcome.request_id.as_deref());
        o.member("reply", |out| write_optional(out, reply.as_ref(), |out, answer| answer.write_json(out)));
    });
    Ok(out)
}

fn write_optional<T>(out: &mut String, value: Option<&T>, write: impl FnOnce(&mut String, &T)) {
    match value {
        Some(value) => write(out, value),
        None => out.push_str("null"),
    }
}

/// The object that the answer brings; for a decline, the one that its error does.
fn told<'a>(answer: &'a Value<'a>, outcome: &Outcome) -> Option<Moved<'a>> {
    let Value::Map(answer) = answer else { return None };
    let Some(Value::Map(body)) = lookup(answer, "body") else { return None };
    if (200..300).contains(&outcome.http_status) {
        return moved(body);
    }
    let Some(Value::Map(error)) = lookup(body, "error") else { return None };
    let Some(Value::Map(intent)) = lookup(error, "payment_intent") else { return None };
    moved(intent)
}

/// What an answer proves, before its object is looked at.
fn evidence(outcome: &Outcome) -> Evidence {
    match outcome.http_status {
        _ if outcome.kind == Kind::Unreadable => Evidence::None,
        200..300 => Evidence::Charged(0),
        402 => Evidence::Refused,
        // Stripe keeps results of executions alone, and plays them again.
        400..500 if outcome.charged == Charged::No && outcome.replayed => Evidence::Refused,
        400..500 if outcome.charged == Charged::No => Evidence::NotExecuted,
        _ => Evidence::None,
    }
}

fn worth(amount: u64, currency: Currency, rates: &[(Currency, Decimal)]) -> Option<u64> {
    let rate = match currency {
        Currency::USD => Decimal::parse("1")?,
        other => rates.iter().find(|(known, _)| *known == other).map(|(_, rate)| *rate)?,
    };
    usd_cents(amount, currency, rate)
}

/// The row of an object after an answer. Where the object has ended and counts less than before, since it was canceled or captured in
/// part, its day gets the difference back.
fn recount<'a>(
    moved: &Moved<'a>,
    worth: Option<u64>,
    counted: Option<Object<'_>>,
    entry: &Entry,
    endpoint: Endpoint,
    day: Option<&mut Totals>,
) -> Option<Object<'a>> {
    let (id, worth) = (moved.id?, worth?);
    // A call that moves nothing tells no more than what is already known of an object that it merely touches.
    if counted.is_none() && endpoint.amount_source() == AmountSource::None {
        return None;
    }
    let before = counted.map_or(0, |object| object.cents);
    let cents = if worth >= before {
        if endpoint.amount_source() == AmountSource::None { before } else { worth }
    } else if let (true, Some(day)) = (moved.at_its_end, day) {
        day.spent = day.spent.saturating_sub(before.saturating_sub(worth));
        worth
    } else {
        before
    };
    Some(Object {
        id,
        amount: moved.amount.max(counted.map_or(0, |object| object.amount)),
        currency: moved.currency,
        cents,
        day: counted.map_or(entry.day, |object| object.day),
    })
}

/// The row of an object that was looked up, of `{ answer, day }`: not counted yet. `null` where the answer does not tell.
///
/// # Errors
/// For a status that is none.
pub fn learn(input: &Value) -> Result<String> {
    let fields = Fields::open(input, "input", "", &["answer", "day"])?;
    let answer = fields.required("answer", "the answer")?;
    let outcome = outcome::classify(answer)?;
    let body = match answer {
        Value::Map(answer) if (200..300).contains(&outcome.http_status) => lookup(answer, "body"),
        _ => None,
    };
    let object = match body {
        Some(Value::Map(body)) => movable(body),
        _ => None,
    };
    let mut out = String::new();
    match object.as_ref().and_then(|moved| Some((moved, moved.id?))) {
        Some((moved, id)) => {
            let day = integer(&fields, "day")?;
            Object { id, amount: moved.amount, currency: moved.currency, cents: 0, day }.write_json(&mut out);
        }
        None => out.push_str("null"),
    }
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
