//! Points in time, as milliseconds of Unix time, in UTC: read, and written as JavaScript's `toISOString` does.

use core::ops::RangeInclusive;

use crate::error::{Code, Error, Result};
use crate::money::{Digits, canonical_integer};
use crate::prelude::*;
use crate::value::Value;

const DAY_MS: i64 = 86_400_000;
/// The year 1973, before which no billing event lies.
const LEAST_MS: i64 = 100_000_000_000;
/// Counts of seconds from 2001 to 5138, none of which would be a likely count of milliseconds.
const SECONDS: core::ops::Range<i64> = 1_000_000_000..LEAST_MS;
/// The year 9999, the last that RFC 3339 can write.
const MOST_MS: i64 = 253_402_300_799_999;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    ms: i64,
}

impl Instant {
    /// From milliseconds of Unix time (`Date.now()`), from the year 1973 on.
    #[must_use]
    pub fn from_ms(ms: i64) -> Option<Instant> {
        (LEAST_MS..=MOST_MS).contains(&ms).then_some(Instant { ms })
    }

    /// From RFC 3339 (`2026-06-01T09:00:00Z`, `…+02:00`, with or without fractions), or a date alone, which
    /// is its midnight in UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Instant> {
        let mut text = Reader { rest: text.as_bytes() };
        let year = text.number(4, 0..=9999)?;
        text.one_of(b"-")?;
        let month = text.number(2, 1..=12)?;
        text.one_of(b"-")?;
        let day = text.number(2, 1..=days_in(year, month))?;
        let midnight = days_since_epoch(year, month, day).wrapping_mul(DAY_MS);
        let time = if text.rest.is_empty() {
            0
        } else {
            text.one_of(b"Tt")?;
            text.time_of_day()?
        };
        Instant::from_ms(midnight.wrapping_add(time)).filter(|_| text.rest.is_empty())
    }

    /// Whole seconds of Unix time, as Stripe counts.
    #[must_use]
    pub fn seconds(self) -> u64 {
        u64::try_from(self.ms / 1000).unwrap_or(0)
    }

    /// Milliseconds of Unix time.
    #[must_use]
    pub fn ms(self) -> u64 {
        self.ms.unsigned_abs()
    }

    /// Milliseconds from another point in time to this one.
    #[must_use]
    pub fn ms_since(self, earlier: Instant) -> i64 {
        self.ms.saturating_sub(earlier.ms)
    }

    /// The next midnight in UTC, when a day's cap starts anew.
    #[must_use]
    pub fn next_utc_midnight(self) -> Instant {
        Instant { ms: (self.ms / DAY_MS).wrapping_add(1).wrapping_mul(DAY_MS) }
    }

    /// `2026-06-01T09:00:00.000Z`.
    #[must_use]
    pub fn to_iso(self) -> String {
        let (year, month, day) = civil_from_days(self.ms / DAY_MS);
        let in_day = self.ms % DAY_MS;
        let mut iso = String::with_capacity(24);
        iso.add(&Digits::of(year.unsigned_abs()));
        // With a 1 before it, a number keeps its zeros.
        for (before, padded) in [
            ("-", month.wrapping_add(100)),
            ("-", day.wrapping_add(100)),
            ("T", (in_day / 3_600_000).wrapping_add(100)),
            (":", (in_day / 60_000 % 60).wrapping_add(100)),
            (":", (in_day / 1000 % 60).wrapping_add(100)),
            (".", (in_day % 1000).wrapping_add(1000)),
        ] {
            iso.add(before);
            iso.add(Digits::of(padded.unsigned_abs()).get(1..).unwrap_or(""));
        }
        iso.add("Z");
        iso
    }

    /// From a count of seconds (as Stripe counts) or of milliseconds (as JavaScript does). No moment of this century
    /// or the next can be meant both ways; what could be is refused.
    #[must_use]
    pub fn from_count(count: i64) -> Option<Instant> {
        if SECONDS.contains(&count) {
            Instant::from_ms(count.checked_mul(1000)?)
        } else {
            Instant::from_ms(count)
        }
    }

    /// Reads a field that is a point in time: text as [`Instant::parse`] takes it, a count as
    /// [`Instant::from_count`] does, or a Date.
    pub(crate) fn from_value(value: &Value, field: &str) -> Result<Instant> {
        let instant = match value {
            Value::Text(text) => Instant::parse(text),
            Value::Number(text) | Value::Date(text) => {
                canonical_integer(text).and_then(|count| Instant::from_count(i64::try_from(count).ok()?))
            }
            other => return Err(other.wrong(field, "a time (ISO 8601 text, a Date, or Unix time)")),
        };
        instant.ok_or_else(|| {
            Error::new(
                Code::InvalidTime,
                field,
                "is not a time: give ISO 8601 text with a zone (\"2026-06-01T09:00:00Z\"), a Date, or Unix time",
            )
        })
    }
}

/// What is left of a text that is read from its start.
struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    /// Exactly `width` digits, of a number in `range`.
    #[inline(never)]
    fn number(&mut self, width: usize, range: RangeInclusive<i64>) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(width)?;
        self.rest = rest;
        let mut number: i64 = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit & 15));
        }
        range.contains(&number).then_some(number)
    }

    /// One of these characters.
    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        wanted.iter().any(|byte| byte == first).then_some(*first)
    }

    /// `09:00:00Z`, `09:00:00.5+02:00`: milliseconds after midnight in UTC.
    fn time_of_day(&mut self) -> Option<i64> {
        let minutes = self.minutes()?;
        self.one_of(b":")?;
        let second = self.number(2, 0..=59)?;
        let mut zone = self.one_of(b".+-Zz")?;
        let mut ms = 0_i64;
        if zone == b'.' {
            // Of a fraction three digits count, and one has to be there.
            let mut place = 100_i64;
            ms = self.number(1, 0..=9)?.wrapping_mul(place);
            loop {
                zone = self.one_of(b"0123456789+-Zz")?;
                if !zone.is_ascii_digit() {
                    break;
                }
                place /= 10;
                ms = ms.wrapping_add(i64::from(zone & 15).wrapping_mul(place));
            }
        }
        let offset = match zone {
            b'+' => self.minutes()?,
            b'-' => self.minutes()?.wrapping_neg(),
            _ => 0,
        };
        let seconds = minutes.wrapping_sub(offset).wrapping_mul(60).wrapping_add(second);
        Some(seconds.wrapping_mul(1000).wrapping_add(ms))
    }

    /// `09:00`, in minutes.
    fn minutes(&mut self) -> Option<i64> {
        let hours = self.number(2, 0..=23)?;
        self.one_of(b":")?;
        Some(hours.wrapping_mul(60).wrapping_add(self.number(2, 0..=59)?))
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Of the Gregorian calendar, by years that start in March, so that the leap day is a year's last. All is within the years 0 to
// 10000, where nothing overflows, and begins 400 years earlier, so that nothing is below 0.

/// Days from the start of that count to 1970-01-01.
const EPOCH: i64 = 719_468 + DAYS_OF_400_YEARS;
const DAYS_OF_400_YEARS: i64 = 146_097;

/// Days from 1970-01-01 to a day.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let early = month <= 2;
    let year = year.wrapping_add(if early { 399 } else { 400 });
    let month = month.wrapping_add(if early { 9 } else { -3 });
    days_before(year).wrapping_add(days_before_month(month)).wrapping_add(day).wrapping_sub(1 + EPOCH)
}

/// The day that is so many days after 1970-01-01: year, month and day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.wrapping_add(EPOCH);
    // Never too late, and too early by a year at most: a year has fewer days than the mean of leap years and others for a while.
    let mut year = days.wrapping_mul(400) / DAYS_OF_400_YEARS;
    if days_before(year.wrapping_add(1)) <= days {
        year = year.wrapping_add(1);
    }
    if days_before(year) > days {
        year = year.wrapping_sub(1);
    }
    let in_year = days.wrapping_sub(days_before(year));
    let month = in_year.wrapping_mul(5).wrapping_add(2) / 153;
    let day = in_year.wrapping_sub(days_before_month(month)).wrapping_add(1);
    let early = month >= 10;
    (year.wrapping_sub(if early { 399 } else { 400 }), month.wrapping_add(if early { -9 } else { 3 }), day)
}

/// Days before a year.
fn days_before(year: i64) -> i64 {
    year.wrapping_mul(365).wrapping_add(year / 4).wrapping_sub(year / 100).wrapping_add(year / 400)
}

/// Days of a year before its month, of which March is the 0th.
fn days_before_month(month: i64) -> i64 {
    month.wrapping_mul(153).wrapping_add(2) / 5
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_rfc_3339() {
        for (text, iso) in [
            ("2026-06-01T09:00:00Z", "2026-06-01T09:00:00.000Z"),
            ("2026-06-01T09:00:00.5Z", "2026-06-01T09:00:00.500Z"),
            ("2026-06-01T09:00:00.123456789+02:00", "2026-06-01T07:00:00.123Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
            ("2028-02-29", "2028-02-29T00:00:00.000Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(Instant::parse(text).map(Instant::to_iso).as_deref(), Some(iso), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-06",
            "2026-13-01",
            "2026-02-29",
            "2026-06-00",
            "2026-6-1",
            "June 1 2026",
            "2026-06-01T09:00:00",
            "2026-06-01T24:00:00Z",
            "2026-06-01T09:60:00Z",
            "2026-06-01T09:00Z",
            "2026-06-01T09:00:00.Z",
            "2026-06-01T09:00:00+0200",
            "2026-06-01 09:00:00Z",
            "2026-06-01T09:00:00Zx",
            "1970-01-01T00:00:00Z",
            "2026-06-01-01",
            "2026-06-01T",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_ends_at_utc_midnight() {
        let next = |text: &str| Instant::parse(text).unwrap().next_utc_midnight().to_iso();
        assert_eq!(next("2026-12-31T23:59:59.999Z"), "2027-01-01T00:00:00.000Z");
        assert_eq!(next("2026-06-01T00:00:00Z"), "2026-06-02T00:00:00.000Z");
    }

    #[test]
    fn seconds_are_told_from_milliseconds() {
        assert_eq!(Instant::from_count(1_780_000_000), Instant::parse("2026-05-28T20:26:40Z"));
        assert_eq!(Instant::from_count(1_780_000_000_000), Instant::parse("2026-05-28T20:26:40Z"));
        for neither in [0, 1, 4900, 999_999_999, i64::MAX, -1] {
            assert_eq!(Instant::from_count(neither), None, "{neither}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before_it() {
        let mut today = (1970, 1, 1);
        for days in 0..=2_932_896 {
            assert_eq!(civil_from_days(days), today);
            let (year, month, day) = today;
            assert_eq!(days_since_epoch(year, month, day), days);
            today = if day < days_in(year, month) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
        assert_eq!(today, (10_000, 1, 1));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(ms in LEAST_MS..=MOST_MS) {
            let instant = Instant::from_ms(ms).unwrap();
            prop_assert_eq!(Instant::parse(&instant.to_iso()), Some(instant));
        }
    }
}
