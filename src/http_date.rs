//! Dates of HTTP headers: RFC 9110, 5.6.7.

use crate::prelude::*;
use crate::text::{has, split_once};
use crate::time::Instant;

const MONTHS: &str = "Jan01Feb02Mar03Apr04May05Jun06Jul07Aug08Sep09Oct10Nov11Dec12";

/// Where day, month, year and time stand in a text, and how far from its end.
type Format = (usize, [(usize, usize); 4]);
/// `Sun, 06 Nov 1994 08:49:37 GMT`
const IMF_FIXDATE: Format = (24, [(0, 2), (3, 6), (7, 11), (12, 20)]);
/// `Sunday, 06-Nov-94 08:49:37 GMT`
const RFC_850: Format = (22, [(0, 2), (3, 6), (7, 9), (10, 18)]);
/// `Sun Nov  6 08:49:37 1994`
const ASCTIME: Format = (24, [(8, 10), (4, 7), (20, 24), (11, 19)]);

/// Reads all three formats. A year of two digits is one of this century.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    let (from_end, [day, month, year, time]) = if !text.ends_with(" GMT") {
        ASCTIME
    } else if has(text, "-") {
        RFC_850
    } else {
        IMF_FIXDATE
    };
    let text = text.get(text.len().checked_sub(from_end)?..)?;
    let day = part(text, day)?;
    let (zero, day) = day.strip_prefix(' ').map_or(("", day), |digit| ("0", digit));
    let month = split_once(MONTHS, part(text, month)?)?.1.get(..2)?;
    let year = part(text, year)?;
    let century = if year.len() == 2 { "20" } else { "" };
    Instant::parse(&[century, year, "-", month, "-", zero, day, "T", part(text, time)?, "Z"].joined())
}

#[inline(never)]
fn part(text: &str, (from, to): (usize, usize)) -> Option<&str> {
    text.get(from..to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_format() {
        for (text, iso) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
            ("Monday, 01-Jun-26 09:00:00 GMT", "2026-06-01T09:00:00.000Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"),
            ("Mon Jun 15 08:49:37 2026", "2026-06-15T08:49:37.000Z"),
        ] {
            assert_eq!(parse(text).map(Instant::to_iso).as_deref(), Some(iso), "{text}");
        }
        for text in [
            "",
            "soon",
            "-5",
            "1.5",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 anF 1994 08:49:37 GMT",
            "Sun, 06  1994 08:49:37 GMT",
            "Sun, 06 Nov 194 08:49:37 GMT",
            "Sun, 06 Nov é94 08:49:37 GMT",
            "é, 06-Nov-94 08:49:37 GMT GMT",
            "Sun Nov 06 08:49:37 19é",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
