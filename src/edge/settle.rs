//! What Stripe's answer proves about the money, and the rows that follow from it.

use super::moved::{Moved, movable, moved};
use super::refusal::Answer;
use super::rows::Object;
use super::vault::VaultPolicy;
use crate::endpoint::{AmountSource, Endpoint};
use crate::error::Result;
use crate::ledger::{Entry, Evidence, State, Totals};
use crate::money::{Currency, Decimal, usd_cents};
use crate::outcome::{self, Charged, Kind, Outcome};
use crate::value::{Value, lookup};

/// An answer, and the rows that are there.
pub(crate) struct Answered<'a> {
    pub(crate) entry: Entry,
    /// Of the entry's day.
    pub(crate) totals: Totals,
    pub(crate) endpoint: Endpoint,
    pub(crate) policy: &'a VaultPolicy<'a>,
    /// As [`outcome::classify`] takes it.
    pub(crate) answer: &'a Value<'a>,
    /// Where the answer is about an object that was counted before, its row.
    pub(crate) object: Option<Object<'a>>,
    /// The totals of the object's day, if that is another.
    pub(crate) object_totals: Option<Totals>,
}

/// The rows to write.
pub(crate) struct Settlement<'a> {
    /// None where the key is free again.
    pub(crate) entry: Option<Entry>,
    pub(crate) totals: Totals,
    pub(crate) object: Option<Object<'a>>,
    pub(crate) object_totals: Option<Totals>,
    pub(crate) outcome: Outcome,
    /// What to answer where Stripe's own answer is not to be passed on.
    pub(crate) reply: Option<Answer>,
}

/// Takes in an answer.
///
/// # Errors
/// For a status that is none.
pub(crate) fn settle<'a>(answered: &Answered<'a>) -> Result<Settlement<'a>> {
    let Answered { entry, endpoint, policy, answer, object: counted, .. } = *answered;
    let outcome = outcome::classify(answer)?;
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
    let (settled, mut totals) = entry.settle(&answered.totals, evidence);
    let mut object_totals = answered.object_totals;
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
    Ok(Settlement { entry: settled, totals, object, object_totals, outcome, reply })
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

/// The row of an object that was looked up: not counted yet. None where the answer does not tell.
///
/// # Errors
/// For a status that is none.
pub(crate) fn learnt<'a>(answer: &'a Value<'a>, day: i64) -> Result<Option<Object<'a>>> {
    let outcome = outcome::classify(answer)?;
    let body = match answer {
        Value::Map(answer) if (200..300).contains(&outcome.http_status) => lookup(answer, "body"),
        _ => None,
    };
    let Some(Value::Map(body)) = body else { return Ok(None) };
    let row = |moved: Moved<'a>| {
        Some(Object { id: moved.id?, amount: moved.amount, currency: moved.currency, cents: 0, day })
    };
    Ok(movable(body).and_then(row))
}
