//! Stripe's search as far as text fields and metadata go: clauses that are all joined by AND or all by OR.

use super::books::Context;
use super::lists;
use super::refusal::{Refusal, Result};
use crate::lab::object::{Json, Members};
use crate::money::Digits;
use crate::prelude::*;
use crate::text::split_once;

pub(crate) const PARAMS: [&str; 4] = ["query", "limit", "page", "expand"];

/// How long after it was made an object cannot be searched for; Stripe says "under normal conditions in less than a minute".
const LAG_S: i64 = 60;

pub(crate) fn search(context: &mut Context<'_>, collection: &str, object: &str) -> Result<Members> {
    let params = &context.params;
    let query = Query::read(params.text("query").unwrap_or(""))?;
    let indexed = context.now.saturating_sub(LAG_S);
    let fits = |made: &&Members| made.number("created").is_some_and(|at| at <= indexed) && query.fits(made);
    let start = match params.text("page") {
        Some(page) => start_of(page).ok_or_else(|| Refusal::invalid("Invalid page.").param("page"))?,
        None => 0,
    };
    let mut matching = context.books.list(object).iter().rev().filter(fits).skip(start);
    let data = lists::page(&mut matching, params);
    let more = matching.next().is_some();
    let next = ["page-", &Digits::of_size(start.saturating_add(data.len()))].joined();
    Ok(Members::of([
        ("object", "search_result".into()),
        ("url", ["/v1/", collection, "/search"].joined().into()),
        ("has_more", more.into()),
        ("data", data.into()),
        ("next_page", Some(next).filter(|_| more).into()),
    ]))
}

fn start_of(page: &str) -> Option<usize> {
    page.strip_prefix("page-")?.parse().ok()
}

struct Query<'q> {
    clauses: Vec<Clause<'q>>,
    any: bool,
}

/// `customer:'cus_1'` or `metadata['order']:'7'`, in either quotes.
struct Clause<'q> {
    field: &'q str,
    metadata: bool,
    value: &'q str,
}

impl<'q> Query<'q> {
    fn read(query: &'q str) -> Result<Query<'q>> {
        let unreadable = |message| Refusal::invalid(message).param("query");
        let any = query.contains(" OR ");
        if any && query.contains(" AND ") {
            return Err(unreadable("You cannot combine AND and OR in the same query."));
        }
        let clauses = query.split(if any { " OR " } else { " AND " }).map(|text| Clause::read(text.trim()));
        let clauses: Option<Vec<Clause<'q>>> = clauses.collect();
        let clauses = clauses.ok_or_else(|| unreadable("We were unable to parse your search query."))?;
        Ok(Query { clauses, any })
    }

    fn fits(&self, made: &Members) -> bool {
        let mut clauses = self.clauses.iter();
        let fits = |clause: &Clause<'_>| clause.fits(made);
        if self.any { clauses.any(fits) } else { clauses.all(fits) }
    }
}

impl<'q> Clause<'q> {
    fn read(text: &'q str) -> Option<Clause<'q>> {
        if let Some(rest) = text.strip_prefix("metadata[") {
            let (field, rest) = quoted(rest)?;
            let (value, rest) = quoted(rest.strip_prefix("]:")?)?;
            let plain = !field.is_empty() && !field.contains(['"', '\'']);
            return (plain && rest.is_empty()).then_some(Clause { field, metadata: true, value });
        }
        let (field, rest) = split_once(text, ":")?;
        let (value, rest) = quoted(rest)?;
        let known = ["customer", "status", "currency"].contains(&field);
        (known && rest.is_empty()).then_some(Clause { field, metadata: false, value })
    }

    fn fits(&self, made: &Members) -> bool {
        if !self.metadata {
            return made.text(self.field) == Some(self.value);
        }
        matches!(made.get("metadata"), Some(Json::Map(own)) if own.text(self.field) == Some(self.value))
    }
}

/// What stands between the quotes at the start of a text, and the rest. It holds neither kind of quote.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = if text.starts_with('"') { "\"" } else { "'" };
    let (value, rest) = split_once(text.strip_prefix(quote)?, quote)?;
    (!value.contains(['"', '\''])).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let made = Members::of([
            ("customer", "cus_1".into()),
            ("metadata", Members::of([("order", "7".into())]).into()),
        ]);
        for (query, fits) in [
            ("customer:'cus_1'", Some(true)),
            ("customer:\"cus_2\"", Some(false)),
            ("metadata['order']:'7' AND customer:'cus_1'", Some(true)),
            ("metadata[\"order\"]:'8' OR customer:'cus_1'", Some(true)),
            ("metadata['order']:'8' AND customer:'cus_1'", Some(false)),
            ("a:'1'", None),
            ("customer:'1' AND customer:'2' OR customer:'3'", None),
            ("customer:'a'b'", None),
            ("customer~'a'", None),
            ("", None),
        ] {
            assert_eq!(Query::read(query).ok().map(|query| query.fits(&made)), fits, "{query}");
        }
    }
}
