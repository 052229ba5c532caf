//! The rows of the ledger as they cross from storage and back: integers of cents, days and milliseconds of Unix time.

use crate::error::{Code, Error, Result};
use crate::json;
use crate::ledger::{Entry, State, Totals};
use crate::money::{self, Currency};
use crate::prelude::*;
use crate::sha256::hex;
use crate::time::Instant;
use crate::value::{Fields, Value};

fn malformed(field: &str) -> Error {
    Error::new(Code::UnreadableInput, field, "is not what the ledger wrote; its storage was changed by hand?")
}

pub(crate) fn integer(fields: &Fields<'_>, name: &str) -> Result<i64> {
    let value = fields.required(name, "an integer")?;
    money::integer(value, true).ok_or_else(|| malformed(&fields.at(name)))
}

pub(crate) fn cents(fields: &Fields<'_>, name: &str) -> Result<u64> {
    u64::try_from(integer(fields, name)?).map_err(|_| malformed(&fields.at(name)))
}

/// `{ day, spent, reserved, held }`.
pub(crate) fn read_totals(value: &Value, name: &str) -> Result<Totals> {
    let fields = Fields::open(value, name, name, &["day", "spent", "reserved", "held"])?;
    Ok(Totals {
        spent: cents(&fields, "spent")?,
        reserved: cents(&fields, "reserved")?,
        held: cents(&fields, "held")?,
    })
}

pub(crate) fn write_totals(out: &mut String, day: i64, totals: &Totals) {
    json::object(out, |o| {
        o.number("day", Some(day.unsigned_abs()));
        o.number("spent", Some(totals.spent));
        o.number("reserved", Some(totals.reserved));
        o.number("held", Some(totals.held));
    });
}

const STATES: [(State, &str); 3] =
    [(State::Reserved, "reserved"), (State::Held, "held"), (State::Settled, "settled")];

/// `{ fingerprint, day, sent_ms, state, cents }`.
pub(crate) fn read_entry(value: &Value) -> Result<Entry> {
    let fields = Fields::open(value, "entry", "entry", &["fingerprint", "day", "sent_ms", "state", "cents"])?;
    let fingerprint = digest_of(fields.text("fingerprint")?.unwrap_or(""));
    let state = fields.text("state")?.unwrap_or("");
    Ok(Entry {
        fingerprint: fingerprint.ok_or_else(|| malformed("entry.fingerprint"))?,
        day: integer(&fields, "day")?,
        sent_ms: integer(&fields, "sent_ms")?,
        state: STATES
            .iter()
            .find(|(_, name)| *name == state)
            .map(|(state, _)| *state)
            .ok_or_else(|| malformed("entry.state"))?,
        cents: cents(&fields, "cents")?,
    })
}

pub(crate) fn write_entry(out: &mut String, entry: &Entry) {
    json::object(out, |o| {
        o.text("fingerprint", &hex_of(entry.fingerprint));
        o.number("day", Some(entry.day.unsigned_abs()));
        o.number("sent_ms", Some(entry.sent_ms.unsigned_abs()));
        o.text("state", STATES.iter().find(|(state, _)| *state == entry.state).map_or("", |(_, name)| name));
        o.number("cents", Some(entry.cents));
    });
}

/// What is known of an object of Stripe's that a call counts on: a charge, a payment intent, an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Object<'a> {
    pub(crate) id: &'a str,
    /// In the currency's minor unit.
    pub(crate) amount: u64,
    pub(crate) currency: Currency,
    /// How much of it has been counted against a cap, in US cents.
    pub(crate) cents: u64,
    /// The day on which it was counted first.
    pub(crate) day: i64,
}

impl<'a> Object<'a> {
    pub(crate) fn read(value: &'a Value<'a>) -> Result<Object<'a>> {
        let fields = Fields::open(value, "object", "object", &["id", "amount", "currency", "cents", "day"])?;
        Ok(Object {
            id: fields.text("id")?.unwrap_or(""),
            amount: cents(&fields, "amount")?,
            currency: fields
                .text("currency")?
                .and_then(Currency::parse)
                .ok_or_else(|| malformed("object.currency"))?,
            cents: cents(&fields, "cents")?,
            day: integer(&fields, "day")?,
        })
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.text("id", self.id);
            o.number("amount", Some(self.amount));
            o.text("currency", self.currency.code());
            o.number("cents", Some(self.cents));
            o.number("day", Some(self.day.unsigned_abs()));
        });
    }
}

/// A digest in lower-case hex.
pub(crate) fn hex_of(digest: [u32; 8]) -> String {
    hex(digest).into_iter().map(char::from).collect()
}

fn digest_of(text: &str) -> Option<[u32; 8]> {
    let mut digest = [0; 8];
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    if words.len() != digest.len() || !rest.is_empty() {
        return None;
    }
    for (word, digits) in digest.iter_mut().zip(words) {
        for digit in digits {
            *word = (*word << 4) | char::from(*digit).to_digit(16)?;
        }
    }
    Some(digest)
}

/// Milliseconds of Unix time, as the ledger counts.
pub(crate) fn ms_of(time: Instant) -> i64 {
    i64::try_from(time.ms()).unwrap_or(i64::MAX)
}
