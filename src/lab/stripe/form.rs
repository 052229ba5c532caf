//! Form parameters as Stripe's server nests them: the last of two equal names wins, `a[]` appends, `a[b]` nests.

use super::refusal::{Refusal, Result};
use crate::form;
use crate::lab::object::{Json, Members};
use crate::prelude::*;
use crate::text;

/// Deeper than this is an attack, not a form.
const MAX_DEPTH: usize = 32;

/// Reads a form.
pub(crate) fn read(encoded: &str) -> Result<Members> {
    let mut root = Members::default();
    let unreadable = "Invalid request: the parameters hold invalid %-encoding or invalid UTF-8.";
    // One after the other: of two faults, the first is told.
    for pair in encoded.split('&') {
        let decoded = form::decode(pair).ok_or_else(|| Refusal::invalid(unreadable))?;
        let Some((name, value)) = decoded.into_iter().next() else { continue };
        if name.is_empty() {
            continue;
        }
        let path = path_of(&name)?;
        match path.split_first() {
            Some((first, rest)) => put(&mut root, first, rest, value, &name)?,
            None => root.set(name, value),
        }
    }
    Ok(root)
}

/// `a[b][]` is `a`, `b` and an empty step; a name with brackets that do not pair is itself.
fn path_of(name: &str) -> Result<Vec<&str>> {
    let whole = || Ok(Vec::from([name]));
    let Some((top, rest)) = text::split_once(name, "[") else { return whole() };
    let Some(inner) = rest.strip_suffix(']') else { return whole() };
    if top.is_empty() || top.contains(']') {
        return whole();
    }
    let mut path = Vec::from([top]);
    path.extend(inner.split("]["));
    if path.iter().any(|step| step.contains(['[', ']'])) {
        return whole();
    }
    if path.len() > MAX_DEPTH {
        return Err(Refusal::invalid("Invalid request: the parameters are nested too deeply."));
    }
    Ok(path)
}

fn put(into: &mut Members, step: &str, rest: &[&str], value: String, name: &str) -> Result<()> {
    let Some((next, after)) = rest.split_first() else {
        into.set(step.to_string(), value);
        return Ok(());
    };
    if !into.has(step) {
        let opened = if next.is_empty() { Json::List(Vec::new()) } else { Json::Map(Members::default()) };
        into.set(step.to_string(), opened);
    }
    match into.get_mut(step) {
        Some(Json::List(items)) if next.is_empty() => append(items, after, value, name),
        Some(Json::Map(members)) if !next.is_empty() => put(members, next, after, value, name),
        _ => Err(Refusal::invalid(
            ["Invalid request: ", name, " is used both as a value and as a container."].joined(),
        )),
    }
}

/// `a[][b]=1&a[][c]=2` is one element, `a[][b]=1&a[][b]=2` two.
fn append(items: &mut Vec<Json>, steps: &[&str], value: String, name: &str) -> Result<()> {
    let Some((step, rest)) = steps.split_first() else {
        items.push(value.into());
        return Ok(());
    };
    if !matches!(items.last(), Some(Json::Map(last)) if !last.has(step)) {
        items.push(Json::Map(Members::default()));
    }
    match items.last_mut() {
        Some(Json::Map(last)) => put(last, step, rest, value, name),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_text(form: &str) -> String {
        match read(form) {
            Ok(members) => Json::Map(members).to_text(),
            Err(refusal) => refusal.error.text("message").unwrap_or("").to_string(),
        }
    }

    #[test]
    fn names_with_brackets() {
        for (form, json) in [
            ("amount=1&amount=2&currency=usd", r#"{"amount":"2","currency":"usd"}"#),
            ("metadata[a]=1&metadata[b]=x+y", r#"{"metadata":{"a":"1","b":"x y"}}"#),
            ("e[]=1&e[]=2", r#"{"e":["1","2"]}"#),
            ("a[][b]=1&a[][c]=2&a[][b]=3", r#"{"a":[{"b":"1","c":"2"},{"b":"3"}]}"#),
            ("a[0][b]=1", r#"{"a":{"0":{"b":"1"}}}"#),
            ("a[b=1&a]b=2&[c]=3&=4&d", r#"{"a[b":"1","a]b":"2","[c]":"3","d":""}"#),
            ("a=1&a[b]=2", "Invalid request: a[b] is used both as a value and as a container."),
            ("a[b]=1&a[]=2", "Invalid request: a[] is used both as a value and as a container."),
            ("a=%zz", "Invalid request: the parameters hold invalid %-encoding or invalid UTF-8."),
        ] {
            assert_eq!(read_text(form), json, "{form}");
        }
        let deep = ["a", &"[b]".repeat(32), "=1"].concat();
        assert_eq!(read_text(&deep), "Invalid request: the parameters are nested too deeply.");
    }

    proptest! {
        #[test]
        fn nothing_panics(form in "[a-c\\[\\]=&%0-9+]{0,40}|\\PC{0,20}") {
            let _ = read(&form);
        }
    }
}
