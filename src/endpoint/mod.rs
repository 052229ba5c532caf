//! Stripe's POST endpoints: by path, by operation name, or as the concrete path of a request.

use crate::prelude::*;
mod amount;
mod path;
pub(crate) mod table;

pub use amount::AmountSource;
pub(crate) use path::{fill_path, matches_template};

use crate::error::{Code, Error, Result};
use crate::nearest::Nearest;
use crate::text;
use table::{Entry, Rows};

/// One of Stripe's v1 POST endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    entry: Entry,
}

impl Endpoint {
    /// By `POST /v1/charges`, `/v1/charges`, or an operation name (`charges.create`, `paymentIntents.create`,
    /// `payment_intents.create`). The name of a path parameter does not matter.
    #[must_use]
    pub fn parse(name: &str) -> Option<Endpoint> {
        match path::of(name) {
            Some(path) => Endpoint::by_path(path),
            None => {
                let letter = name.bytes().next()?.to_ascii_lowercase();
                first(letter, &mut |path, entry| is_operation(path, entry, name))
            }
        }
    }

    /// By the path below `/v1/`, with or without its parameters filled in.
    pub(crate) fn by_path(path: &str) -> Option<Endpoint> {
        // Most paths have no parameter, and `invoices/create_preview` must not be read as `invoices/{id}`.
        Rows::find(path)
            .map(|entry| Endpoint { entry })
            .or_else(|| first(path.bytes().next()?, &mut |template, _| matches_template(template, path)))
    }

    /// As [`Endpoint::parse`], with a refusal that names the nearest endpoint.
    pub(crate) fn named(name: &str, field: &str) -> Result<Endpoint> {
        Endpoint::parse(name).ok_or_else(|| {
            let given = path::of(name);
            let problem = "is not one of Stripe's v1 POST endpoints";
            let mut nearest = Nearest::to(given.unwrap_or(name));
            for endpoint in all() {
                nearest.consider(&if given.is_some() { endpoint.path() } else { endpoint.operation() });
            }
            match nearest.found() {
                Some(near) => {
                    let start = if given.is_some() { "POST /v1/" } else { "" };
                    let hint = [problem, "; did you mean \"", start, near, "\"?"];
                    Error::of_parts(Code::InvalidEndpoint, field, &hint)
                }
                None => Error::of_parts(
                    Code::InvalidEndpoint,
                    field,
                    &[problem, "; write it as \"POST /v1/charges\" or \"charges.create\""],
                ),
            }
        })
    }

    /// The path below `/v1/`.
    pub(crate) fn path(self) -> String {
        self.entry.path()
    }

    /// Whether this is the endpoint with that path.
    pub(crate) fn is(self, path: &str) -> bool {
        self.entry.path_bytes() == path.as_bytes()
    }

    /// `POST /v1/charges`.
    #[must_use]
    pub fn label(self) -> String {
        ["POST /v1/", &self.path()].joined()
    }

    /// `charges.create`: the path's resources, then what is done. Where Stripe names it otherwise, the table says so.
    #[must_use]
    pub fn operation(self) -> String {
        operation(&self.path(), self.entry)
    }

    /// What the table says about it.
    pub(crate) fn entry(self) -> Entry {
        self.entry
    }

    /// Where a request to this endpoint says how much money it moves.
    #[must_use]
    pub fn amount_source(self) -> AmountSource {
        self.entry().amount_source()
    }

    /// Whether a negative amount has a meaning here: a credit to the customer.
    #[must_use]
    pub fn takes_negative_amounts(self) -> bool {
        self.entry().takes_negative_amounts()
    }

    /// The names of its parameters.
    #[must_use]
    pub fn parameters(self) -> Vec<&'static str> {
        self.entry().parameters()
    }

    /// The names of the parameters that Stripe refuses to go without.
    #[must_use]
    pub fn required_parameters(self) -> Vec<&'static str> {
        self.entry().required_parameters()
    }
}

/// Every endpoint, in the order of the paths.
pub fn all() -> impl Iterator<Item = Endpoint> {
    let mut rows = Rows::from(&[]);
    core::iter::from_fn(move || rows.advance()).map(|entry| Endpoint { entry })
}

/// The first row that matches, of those whose paths begin with a letter: a path and its operation do with the same.
fn first(letter: u8, matches: &mut dyn FnMut(&str, Entry) -> bool) -> Option<Endpoint> {
    let mut rows = Rows::from(&[letter]);
    while let Some(entry) = rows.advance() {
        let path = rows.path();
        if matches(path, entry) {
            return Some(Endpoint { entry });
        }
        if path.as_bytes().first() > Some(&letter) {
            break;
        }
    }
    None
}

fn operation(path: &str, entry: Entry) -> String {
    let mut name = String::with_capacity(path.len().saturating_add(8));
    spell_operation(path, entry, &mut |letter| name.push(char::from(letter)));
    name
}

/// Whether the row's operation has this name. stripe-node writes `paymentIntents.create`, the API's own lists
/// `payment_intents.create`.
fn is_operation(path: &str, entry: Entry, name: &str) -> bool {
    let mut rest = name.bytes().filter(|letter| *letter != b'_');
    let mut same = true;
    spell_operation(path, entry, &mut |letter| {
        same = same && rest.next().is_some_and(|given| given.eq_ignore_ascii_case(&letter));
    });
    same && rest.next().is_none()
}

/// The name of a row's operation, letter by letter. All of the table is ASCII.
fn spell_operation(path: &str, entry: Entry, write: &mut dyn FnMut(u8)) {
    let named = entry.operation();
    if !named.is_empty() {
        return named.bytes().for_each(write);
    }
    let mut spell = |part: &str| {
        let mut capital = false;
        for letter in part.bytes() {
            if letter != b'_' {
                write(if capital { letter.to_ascii_uppercase() } else { letter });
            }
            capital = letter == b'_';
        }
    };
    for (place, resource) in text::parts(path, "/").filter(|part| !path::is_parameter(part)).enumerate() {
        spell(if place > 0 { "." } else { "" });
        spell(resource);
    }
    if !text::has(path, "{") {
        spell(".create");
    } else if path.ends_with('}') {
        spell(".update");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::format;

    use super::*;

    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../../tests/vectors/stripe-post-endpoints.json")).unwrap()
    }

    #[test]
    fn the_table_is_sorted_for_binary_search() {
        assert!(all().map(Endpoint::path).is_sorted_by(|a, b| a < b));
        assert_eq!(all().count(), 281);
    }

    #[test]
    fn every_endpoint_is_found_by_each_of_its_names() {
        for row in all() {
            assert_eq!(Endpoint::parse(&row.operation()), Some(row), "{}", row.operation());
            assert_eq!(Endpoint::parse(&row.label()), Some(row), "{}", row.label());
            let filled = row.path().replace("{id}", "xx_1");
            let found = Endpoint::by_path(&filled).unwrap();
            assert!(found == row || filled == found.path(), "{filled}");
        }
    }

    #[test]
    fn operations_and_parameters_are_those_of_stripe_node() {
        let mut uses = 0;
        for endpoint in vectors()["endpoints"].as_array().unwrap() {
            let (path, operation) =
                (endpoint["path"].as_str().unwrap(), endpoint["operation"].as_str().unwrap());
            let row = Endpoint::parse(&format!("POST {path}")).unwrap();
            assert_eq!(row.operation().to_lowercase(), operation.replace('/', ".").to_lowercase());

            let params: Vec<&str> =
                endpoint["params"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            let named: BTreeSet<&str> = params.iter().map(|name| name.trim_end_matches('?')).collect();
            assert_eq!(row.parameters().into_iter().collect::<BTreeSet<_>>(), named, "{path}");
            assert_eq!(row.parameters().len(), params.len(), "{path}");
            let required: BTreeSet<&str> =
                params.iter().copied().filter(|name| !name.ends_with('?')).collect();
            assert_eq!(row.required_parameters().into_iter().collect::<BTreeSet<_>>(), required, "{path}");
            uses += params.len();
        }
        assert_eq!(uses, 2014);
    }

    #[test]
    fn other_spellings() {
        let label = |name: &str| Endpoint::parse(name).map(Endpoint::label);
        for name in [
            "payment_intents.create",
            "paymentIntents.create",
            "PaymentIntents.create",
            "/v1/payment_intents",
        ] {
            assert_eq!(label(name).as_deref(), Some("POST /v1/payment_intents"), "{name}");
        }
        assert_eq!(
            label("POST /v1/charges/{charge}/capture").as_deref(),
            Some("POST /v1/charges/{id}/capture")
        );
        assert_eq!(label("POST /v1/charges/ch_1/capture").as_deref(), Some("POST /v1/charges/{id}/capture"));
        assert_eq!(
            label("POST /v1/invoices/create_preview").as_deref(),
            Some("POST /v1/invoices/create_preview")
        );
        for name in [
            "",
            "POST",
            "GET /v1/charges",
            "post /v1/charges",
            "POST /v1/charges/",
            "POST /V1/charges",
            "POST /v1/",
            "POST /v1//charges",
            "POST /v1/charges/../refunds",
            "POST /v1/charges/%2e%2E/capture",
            "POST  /v1/charges",
            "https://api.stripe.com/v1/charges",
            "POST /v1/charge",
            "charges",
            "charges.creat",
            "éharges.create",
            "charges.create.",
            "POST /v1/charges?x=1",
        ] {
            assert_eq!(label(name), None, "{name}");
        }
    }

    #[test]
    fn a_typo_is_answered_with_the_nearest_name() {
        let message = |name: &str| Endpoint::named(name, "endpoint").unwrap_err().message();
        assert_eq!(
            message("POST /v1/charge"),
            "endpoint is not one of Stripe's v1 POST endpoints; did you mean \"POST /v1/charges\"?"
        );
        assert_eq!(
            message("charge.create"),
            "endpoint is not one of Stripe's v1 POST endpoints; did you mean \"charges.create\"?"
        );
    }
}
