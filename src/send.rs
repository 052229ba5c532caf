//! How a prepared request may be sent: the bounds within which `send` tries. What sends, and waits, is the host.

use crate::error::{Code, Error, Result};
use crate::json;
use crate::money::{Digits, integer};
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Refused, Value};

/// The bounds of one `send`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How often it tries.
    pub max_attempts: u64,
    /// How long one attempt may take, its answer's body included.
    pub timeout_ms: u64,
    /// How long is waited between attempts, all in all.
    pub max_wait_ms: u64,
    /// When the request was first sent, where this is not the first time.
    pub first_sent_at: Option<Instant>,
}

const HOUR_MS: u64 = 3_600_000;

impl Bounds {
    /// Reads `{ max_attempts?, timeout_ms?, max_wait_ms?, first_sent_at?, sleep?, signal? }`, of which the last two are
    /// for the host to call.
    ///
    /// # Errors
    /// For any field that is unknown or malformed.
    pub fn from_value(options: &Value) -> Result<Bounds> {
        let known = ["max_attempts", "timeout_ms", "max_wait_ms", "first_sent_at", "sleep", "signal"];
        let fields = Fields::open(options, "options", "options", &known)?;
        host_part(&fields, "sleep", Refused::Function, "a function")?;
        host_part(&fields, "signal", Refused::Instance, "an AbortSignal")?;
        let at = "first_sent_at";
        Ok(Bounds {
            max_attempts: number(&fields, "max_attempts", 1, 100, 3)?,
            // As long as Stripe's own client gives a request.
            timeout_ms: number(&fields, "timeout_ms", 1, HOUR_MS, 80_000)?,
            max_wait_ms: number(&fields, "max_wait_ms", 0, HOUR_MS, 60_000)?,
            first_sent_at: match fields.get(at) {
                Some(time) => Some(Instant::from_value(time, &fields.at(at))?),
                None => None,
            },
        })
    }

    /// As JSON; the time in milliseconds of Unix time.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        json::object(&mut out, |o| {
            o.number("max_attempts", Some(self.max_attempts));
            o.number("timeout_ms", Some(self.timeout_ms));
            o.number("max_wait_ms", Some(self.max_wait_ms));
            o.number("first_sent_at", self.first_sent_at.map(Instant::ms));
        });
        out
    }
}

fn number(fields: &Fields<'_>, name: &str, least: u64, most: u64, default: u64) -> Result<u64> {
    let Some(given) = fields.get(name) else { return Ok(default) };
    let number = integer(given, false).and_then(|given| u64::try_from(given).ok());
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let problem = ["must be an integer from ", &Digits::of(least), " to ", &Digits::of(most)];
        Error::of_parts(Code::WrongType, &fields.at(name), &problem)
    })
}

/// What the host holds back from crossing is told by its kind alone.
fn host_part(fields: &Fields<'_>, name: &str, kind: Refused, wanted: &str) -> Result<()> {
    match fields.get(name) {
        Some(given) if *given != Value::Refused(kind) => Err(given.wrong(&fields.at(name), wanted)),
        _ => Ok(()),
    }
}
