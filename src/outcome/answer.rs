//! An answer as it arrived: what its headers and its body say, by name.

use crate::http_date;
use crate::money::canonical_integer;
use crate::time::Instant;
use crate::value::{Value, lookup};

type Members<'a> = &'a [(&'a str, Value<'a>)];

/// The largest integer that every host can hold exactly.
const LONGEST_WAIT_MS: u64 = 9_007_199_254_740_991;

pub(super) struct Answer<'a> {
    pub(super) status: u16,
    headers: Members<'a>,
    pub(super) body: Members<'a>,
}

impl<'a> Answer<'a> {
    /// What is no object holds nothing.
    pub(super) fn new(
        status: u16,
        headers: Option<&'a Value<'a>>,
        body: Option<&'a Value<'a>>,
    ) -> Answer<'a> {
        Answer { status, headers: members(headers), body: members(body) }
    }

    /// A header's value, its name in any case.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let value =
            self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match value {
            Some(Value::Text(text) | Value::Number(text)) => Some(text),
            Some(Value::List(values)) => values.first().and_then(as_text),
            _ => None,
        }
    }

    fn says(&self, name: &str, wanted: &str) -> bool {
        self.header(name).is_some_and(|value| value.eq_ignore_ascii_case(wanted))
    }

    pub(super) fn replayed(&self) -> bool {
        self.says("idempotent-replayed", "true")
    }

    /// Whether Stripe advises so, in so many words.
    pub(super) fn should_retry(&self, advice: &str) -> bool {
        self.says("stripe-should-retry", advice)
    }

    /// The body's error, whatever it is. One that is null is none.
    pub(super) fn error(&self) -> Option<&'a Value<'a>> {
        lookup(self.body, "error").filter(|error| !matches!(error, Value::Null | Value::Undefined))
    }

    /// Whether the error is an object, as Stripe's are, and comes with the status of one.
    pub(super) fn is_stripe_error(&self) -> bool {
        self.status >= 400 && matches!(self.error(), Some(Value::Map(_)))
    }

    /// A text of Stripe's error object.
    pub(super) fn error_text(&self, name: &str) -> Option<&'a str> {
        lookup(members(self.error()), name).and_then(as_text)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        lookup(self.body, name).and_then(as_text)
    }

    pub(super) fn bool(&self, name: &str) -> Option<bool> {
        if let Some(Value::Bool(yes)) = lookup(self.body, name) { Some(*yes) } else { None }
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.bool(name) == Some(true)
    }

    pub(super) fn is_zero(&self, name: &str) -> bool {
        lookup(self.body, name) == Some(&Value::Number("0"))
    }

    /// RFC 9110, 10.2.3: seconds, or a date, which is counted from the answer's own `Date` if it has one: the two clocks
    /// are then one.
    pub(super) fn retry_after_ms(&self, now: Option<Instant>) -> Option<u64> {
        let wanted = self.header("retry-after")?;
        if !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = wanted.trim_start_matches('0');
            let seconds = canonical_integer(if seconds.is_empty() { "0" } else { seconds });
            let ms = seconds.and_then(|seconds| seconds.checked_mul(1000));
            return Some(ms.unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS));
        }
        let since = self.header("date").and_then(http_date::parse).or(now)?;
        let until = http_date::parse(wanted)?;
        Some(u64::try_from(until.ms_since(since)).unwrap_or(0))
    }
}

fn members<'a>(value: Option<&'a Value<'a>>) -> Members<'a> {
    if let Some(Value::Map(members)) = value { members } else { &[] }
}

pub(super) fn as_text<'v>(value: &Value<'v>) -> Option<&'v str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}
