//! The names of fields, as refusals tell them.

use crate::money::Digits;
use crate::prelude::*;
use crate::text::has;

/// `parent.name`, or `parent[3]`, or the name alone at the top.
pub(crate) fn join(parent: &str, name: &str) -> String {
    let dot = if parent.is_empty() || name.is_empty() || name.starts_with('[') { "" } else { "." };
    [parent, dot, name].joined()
}

/// `list[3]`, or `[3]` for a list that has no name yet.
pub(crate) fn element(list: &str, at: usize) -> String {
    [list, "[", &Digits::of_size(at), "]"].joined()
}

/// A name from outside, fit for an error text: secrets and control sequences have ended up in keys before.
pub(crate) fn printable_name(name: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']');
    let secret = ["sk_", "rk_", "vault_key_", "pk_", "whsec_"];
    if !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(plain)
        && !secret.iter().any(|start| has(name, start) && name.len() > start.len().saturating_add(4))
    {
        name
    } else {
        "(a name not shown)"
    }
}
