//! "Did you mean …?": the closest known name to a misspelt one.

use crate::prelude::*;

/// The known name closest to a given one by Levenshtein distance, if it is close enough to be meant.
pub(crate) struct Nearest<'g> {
    given: &'g str,
    /// A distance that is too large: the smallest so far.
    beyond: usize,
    found: Option<String>,
}

impl<'g> Nearest<'g> {
    pub(crate) fn to(given: &'g str) -> Nearest<'g> {
        // A name of any length may come from outside; nothing longer than this is a typo of ours.
        let limit = if given.len() > 96 { 0 } else { given.len().div_ceil(3).max(2).saturating_add(1) };
        Nearest { given, beyond: limit, found: None }
    }

    pub(crate) fn consider(&mut self, name: &str) {
        if self.beyond > 0 {
            let distance = distance(self.given.as_bytes(), name.as_bytes());
            if distance < self.beyond {
                self.beyond = distance;
                self.found = Some(name.to_string());
            }
        }
    }

    pub(crate) fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }
}

/// Levenshtein distance of two byte strings, one row at a time.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row = Vec::with_capacity(b.len().saturating_add(1));
    for place in 0..=b.len() {
        row.push(place);
    }
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
        let nearest = |given: &str| {
            let mut nearest = Nearest::to(given);
            ["loop_index", "loop_item", "branch"].iter().for_each(|name| nearest.consider(name));
            nearest.found().map(ToString::to_string)
        };
        assert_eq!(nearest("loop_idx").as_deref(), Some("loop_index"));
        assert_eq!(nearest("brnch").as_deref(), Some("branch"));
        assert_eq!(nearest("branch").as_deref(), Some("branch"));
        assert_eq!(nearest("zebra"), None);
        assert_eq!(nearest(&"loop_index".repeat(100)), None);
    }
}
