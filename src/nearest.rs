//! "Did you mean …?": the closest known name to a misspelt one.

/// The known name closest to `given` by Levenshtein distance, if it is close enough to be meant.
use crate::prelude::*;
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A name of any length may come from outside; nothing longer than this is a typo of ours.
    if given.len() > 96 {
        return None;
    }
    let limit = given.len().div_ceil(3).max(2);
    known
        .map(|name| (distance(given.as_bytes(), name.as_bytes()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein distance of two byte strings, one row at a time.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let substituted = diagonal.saturating_add(usize::from(x != y));
            diagonal = *cell;
            *cell = substituted.min(cell.saturating_add(1)).min(left.saturating_add(1));
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshtein() {
        for (a, b, expected) in
            [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_close_names_are_suggested() {
        let known = || ["loop_index", "loop_item", "branch"].into_iter();
        assert_eq!(nearest("loop_idx", known()), Some("loop_index"));
        assert_eq!(nearest("brnch", known()), Some("branch"));
        assert_eq!(nearest("zebra", known()), None);
        assert_eq!(nearest(&"loop_index".repeat(100), known()), None);
    }
}
