//! The names of fields, as refusals tell them.

use crate::money::Digits;
use crate::prelude::*;
use crate::text;

/// `parent.name`, or `parent[3]`, or the name alone at the top.
#[inline(never)]
pub(crate) fn join(parent: &str, name: &str) -> String {
    let dot = if parent.is_empty() || name.is_empty() || name.starts_with('[') { "" } else { "." };
    [parent, dot, name].joined()
}

/// `list[3]`, or `[3]` for a list that has no name yet.
#[inline(never)]
pub(crate) fn element(list: &str, at: usize) -> String {
    [list, "[", &Digits::of_size(at), "]"].joined()
}

/// A name from outside, fit for an error text: secrets and control sequences have ended up in keys before.
pub(crate) fn printable_name(name: &str) -> &str {
    let secrets = ["sk_", "rk_", "vault_key_", "pk_", "whsec_"];
    if !name.is_empty()
        && name.len() <= 64
        && text::is_made_of(name, "_-.[]")
        && !secrets.iter().any(|start| has_word(name, start))
    {
        name
    } else {
        "(a name not shown)"
    }
}

/// Whether a word of a name begins so and goes on for more than a few characters: one of `my_sk_live_…` does, none of `network_data`.
fn has_word(name: &str, start: &str) -> bool {
    let mut in_word = false;
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if !in_word && rest.starts_with(start.as_bytes()) && rest.len() > start.len().saturating_add(4) {
            return true;
        }
        in_word = first.is_ascii_alphanumeric();
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_secrets_are_not_shown() {
        for name in ["network_data", "task_id", "metadata[order]", "a.b-c", "sk_", "pk_1234"] {
            assert_eq!(printable_name(name), name);
        }
        let long = "a".repeat(65);
        for name in
            ["", "sk_live_51H", "my_sk_live_51H", "x[rk_live_1]", "vault_key_4f9a1", "a b", "é", &long]
        {
            assert_eq!(printable_name(name), "(a name not shown)", "{name}");
        }
    }
}
