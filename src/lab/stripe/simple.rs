//! Objects that only have to be made: each is its parameters, and what Stripe fills in.

use super::books::{Context, Moved};
use super::refusal::Result;
use crate::endpoint::Endpoint;
use crate::lab::object::{Json, Members};
use crate::prelude::*;

/// A kind of object with its fields, and their values where a request does not give them.
pub(crate) struct Kind {
    pub(crate) collection: &'static str,
    pub(crate) object: &'static str,
    prefix: &'static str,
    fields: &'static [(&'static str, Filling)],
    pub(crate) requires: &'static [&'static str],
    /// Whether making it moves money.
    moves: bool,
}

#[derive(Clone, Copy)]
enum Filling {
    Null,
    Zero,
    One,
    No,
    Is(&'static str),
}

use Filling::{Is, No, Null, One, Zero};

pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        collection: "customers",
        object: "customer",
        prefix: "cus",
        fields: &[("balance", Zero), ("description", Null), ("email", Null), ("name", Null), ("phone", Null)],
        requires: &[],
        moves: false,
    },
    Kind {
        collection: "transfers",
        object: "transfer",
        prefix: "tr",
        fields: &[
            ("amount", Null),
            ("amount_reversed", Zero),
            ("currency", Null),
            ("description", Null),
            ("destination", Null),
            ("reversed", No),
        ],
        requires: &["amount", "currency", "destination"],
        moves: true,
    },
    Kind {
        collection: "payouts",
        object: "payout",
        prefix: "po",
        fields: &[
            ("amount", Null),
            ("currency", Null),
            ("description", Null),
            ("destination", Null),
            ("method", Is("standard")),
            ("status", Is("pending")),
        ],
        requires: &["amount", "currency"],
        moves: true,
    },
    Kind {
        collection: "topups",
        object: "topup",
        prefix: "tu",
        fields: &[("amount", Null), ("currency", Null), ("description", Null), ("status", Is("pending"))],
        requires: &["amount", "currency"],
        moves: true,
    },
    Kind {
        collection: "invoiceitems",
        object: "invoiceitem",
        prefix: "ii",
        fields: &[
            ("amount", Null),
            ("currency", Null),
            ("customer", Null),
            ("description", Null),
            ("invoice", Null),
            ("quantity", One),
        ],
        requires: &["customer"],
        moves: false,
    },
];

pub(crate) fn create(context: &mut Context<'_>, kind: &Kind) -> Result<Members> {
    let mut fields = Members::default();
    for (name, filling) in kind.fields {
        let unset = match *filling {
            Null => Json::Null,
            Zero => Json::Number(0),
            One => Json::Number(1),
            No => Json::Bool(false),
            Is(text) => text.into(),
        };
        fields.set(*name, context.params.get(name).cloned().unwrap_or(unset));
    }
    fields.set("metadata", context.metadata());
    let made = context.add(kind.object, kind.prefix, fields);
    if kind.moves {
        context.moved = moved(&made);
    }
    Ok(made)
}

/// What nobody simulates in detail: an object of its kind that has the parameters for fields. It moves no money.
pub(crate) fn create_other(context: &mut Context<'_>, endpoint: Endpoint) -> Result<Members> {
    let (object, made_new) = kind_of(&endpoint.path());
    let given = context.params.clone();
    if made_new {
        let prefix: String = object.chars().filter(char::is_ascii_alphanumeric).take(4).collect();
        return Ok(context.add(object, &prefix, given));
    }
    if let Some(own) = context.books.find(&object, context.id) {
        own.extend(given);
        return Ok(own.clone());
    }
    // It may have been made before the world began.
    let mut made = Members::of([("id", context.id.to_string().into()), ("object", object.into())]);
    made.extend(given);
    Ok(made)
}

/// How Stripe calls what an endpoint answers with, and whether it makes one: `subscriptions/{id}/resume` is about a
/// subscription, `customers/{id}/sources` makes a source, `checkout/sessions` a checkout.session.
fn kind_of(path: &str) -> (String, bool) {
    let plain = |segment: &&str| !segment.starts_with('{');
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let made_new = !before.contains('{') && plain(&last) || before.ends_with('}') && last.ends_with('s');
    if made_new {
        let group = if before.contains('{') { None } else { before.split('/').next() };
        let group = group.filter(|group| !group.is_empty());
        return match group {
            Some(group) => ([group, ".", &singular(last)].joined(), true),
            None => (singular(last), true),
        };
    }
    let collection = path.split("/{").next().unwrap_or(path);
    match collection.split_once('/') {
        Some((group, last)) => ([group, ".", &singular(last)].joined(), false),
        None => (singular(collection), false),
    }
}

/// `tax_ids` as `tax_id`.
pub(crate) fn singular(collection: &str) -> String {
    match collection.strip_suffix("ies") {
        Some(stem) => [stem, "y"].joined(),
        None => collection.strip_suffix('s').unwrap_or(collection).to_string(),
    }
}

/// The money of an object that says its amount and currency itself.
fn moved(made: &Members) -> Option<Moved> {
    Some(Moved {
        id: made.text("id")?.to_string(),
        made_of: made.text("id")?.to_string(),
        amount: made.number("amount")?.unsigned_abs(),
        currency: made.text("currency")?.to_string(),
        customer: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (path, object, made_new) in [
            ("subscriptions", "subscription", true),
            ("subscriptions/{id}", "subscription", false),
            ("subscriptions/{id}/resume", "subscription", false),
            ("customers/{id}/sources", "source", true),
            ("checkout/sessions", "checkout.session", true),
            ("checkout/sessions/{id}/expire", "checkout.session", false),
        ] {
            assert_eq!(kind_of(path), (object.to_string(), made_new), "{path}");
        }
    }
}
