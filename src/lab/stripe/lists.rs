//! Lists of objects, and single ones, as they are read.

use super::books::Context;
use super::refusal::{Refusal, Result};
use crate::lab::object::{Json, Members};
use crate::prelude::*;

/// Parameters that keep the objects whose field has that value.
const FILTERS: [&str; 3] = ["customer", "charge", "payment_intent"];
pub(crate) const PARAMS: [&str; 7] =
    ["customer", "charge", "payment_intent", "created", "limit", "starting_after", "expand"];

pub(crate) fn list(context: &mut Context<'_>, collection: &str, object: &str) -> Result<Members> {
    let params = &context.params;
    let fits = |made: &&Members| {
        FILTERS.iter().all(|name| params.get(name).is_none_or(|wanted| made.get(name) == Some(wanted)))
            && is_within(params.get("created"), made.number("created").unwrap_or(0))
    };
    let mut newest_first = context.books.list(object).iter().rev().filter(fits);
    if let Some(Json::Text(id)) = params.get("starting_after")
        && !newest_first.by_ref().any(|made| made.text("id") == Some(id))
    {
        return Err(Refusal::no_such(object, id, "starting_after"));
    }
    let data = page(&mut newest_first, params);
    Ok(Members::of([
        ("object", "list".into()),
        ("url", ["/v1/", collection].joined().into()),
        ("has_more", newest_first.next().is_some().into()),
        ("data", data.into()),
    ]))
}

/// As many as were asked for.
pub(crate) fn page(found: &mut dyn Iterator<Item = &Members>, params: &Members) -> Vec<Json> {
    let limit = params.number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
    found.take(limit).map(|made| Json::Map(made.clone())).collect()
}

pub(crate) fn retrieve(context: &mut Context<'_>, object: &str) -> Result<Members> {
    let param = if object == "payment_intent" { "intent" } else { "id" };
    context.books.get(object, context.id, param).map(|made| made.clone())
}

fn is_within(range: Option<&Json>, created: i64) -> bool {
    match range {
        Some(Json::Number(at)) => created == *at,
        Some(Json::Map(bounds)) => bounds.iter().all(|(bound, at)| {
            let Json::Number(at) = at else { return true };
            match bound {
                "gt" => created > *at,
                "gte" => created >= *at,
                "lt" => created < *at,
                _ => created <= *at,
            }
        }),
        _ => true,
    }
}
