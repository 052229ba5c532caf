//! Stripe's POST endpoints: by path, by operation name, or as the concrete path of a request.

use crate::prelude::*;
mod amount;
mod table;

pub use amount::AmountSource;
use table::TABLE;

use crate::error::{Code, Error, Result};
use crate::field::{join, printable_name};
use crate::form;
use crate::nearest::nearest;
use crate::text;
use crate::value::Value;

/// One of Stripe's v1 POST endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A line of the table.
    row: &'static str,
}

impl Endpoint {
    /// `POST /v1/charges`, which every guard uses.
    pub(crate) const CHARGES: Endpoint = Endpoint { row: "charges" };

    /// By `POST /v1/charges`, `/v1/charges`, or an operation name (`charges.create`, `paymentIntents.create`,
    /// `payment_intents.create`). The name of a path parameter does not matter.
    #[must_use]
    pub fn parse(name: &str) -> Option<Endpoint> {
        match path_of(name) {
            Some(path) => Endpoint::by_path(path),
            None => rows_like(name).find(|row| same_operation(&row.operation(), name)),
        }
    }

    /// By the path below `/v1/`, with or without its parameters filled in.
    pub(crate) fn by_path(path: &str) -> Option<Endpoint> {
        // Most paths have no parameter, and `invoices/create_preview` must not be read as `invoices/{id}`.
        by_exact_path(path).or_else(|| rows_like(path).find(|row| matches_template(row.path(), path)))
    }

    /// The path below `/v1/`, with `{id}` where it has a parameter.
    pub(crate) fn path(self) -> &'static str {
        self.row.split(' ').next().unwrap_or(self.row)
    }

    /// As [`Endpoint::parse`], with a refusal that names the nearest endpoint.
    pub(crate) fn named(name: &str, field: &str) -> Result<Endpoint> {
        Endpoint::parse(name).ok_or_else(|| {
            let hint = match path_of(name) {
                Some(path) => {
                    nearest(path, rows().map(Endpoint::path)).map(|path| ["POST /v1/", path].joined())
                }
                None => {
                    let names: Vec<String> = rows().map(Endpoint::operation).collect();
                    nearest(name, names.iter().map(String::as_str)).map(String::from)
                }
            };
            let problem = "is not one of Stripe's v1 POST endpoints";
            match hint {
                Some(near) => Error::of_parts(
                    Code::InvalidEndpoint,
                    field,
                    &[problem, "; did you mean \"", &near, "\"?"],
                ),
                None => Error::of_parts(
                    Code::InvalidEndpoint,
                    field,
                    &[problem, "; write it as \"POST /v1/charges\" or \"charges.create\""],
                ),
            }
        })
    }

    /// `POST /v1/charges`.
    #[must_use]
    pub fn label(self) -> String {
        ["POST /v1/", self.path()].joined()
    }

    /// `charges.create`: the path's resources, then what is done. Where Stripe names it otherwise, the table says so.
    #[must_use]
    pub fn operation(self) -> String {
        if let Some((_, operation)) = text::split_once(self.row, " ") {
            return operation.to_string();
        }
        let mut name = String::with_capacity(self.row.len().saturating_add(8));
        let mut resources = self.row.split('/').filter(|segment| !is_parameter(segment));
        let mut push = |segment: &str| {
            if !name.is_empty() {
                name.push('.');
            }
            for (at, word) in segment.split('_').enumerate() {
                let mut letters = word.chars();
                match letters.next() {
                    Some(first) if at > 0 => name.push(first.to_ascii_uppercase()),
                    Some(first) => name.push(first),
                    None => {}
                }
                name.push_str(letters.as_str());
            }
        };
        resources.by_ref().for_each(&mut push);
        if !self.row.contains('{') {
            push("create");
        } else if self.row.ends_with('}') {
            push("update");
        }
        name
    }

    /// Where a request to this endpoint says how much money it moves.
    #[must_use]
    pub fn amount_source(self) -> AmountSource {
        amount::source(self.path())
    }

    /// Whether a negative amount has a meaning here: a credit to the customer.
    #[must_use]
    pub fn takes_negative_amounts(self) -> bool {
        amount::may_be_negative(self.path())
    }
}

fn rows() -> impl Iterator<Item = Endpoint> {
    TABLE.lines().map(|row| Endpoint { row })
}

/// The rows that begin as `name` does: paths and operation names share their first letter.
fn rows_like(name: &str) -> impl Iterator<Item = Endpoint> {
    let first = name.as_bytes().first().map(u8::to_ascii_lowercase);
    rows().filter(move |endpoint| endpoint.row.as_bytes().first().copied() == first)
}

/// Binary search by path, in the text itself: an index would take more room than the paths.
fn by_exact_path(path: &str) -> Option<Endpoint> {
    let mut rest = TABLE;
    while !rest.is_empty() {
        let middle = rest.len() / 2;
        let start =
            rest.bytes().take(middle).rposition(|byte| byte == b'\n').map_or(0, |at| at.saturating_add(1));
        let (before, from) = rest.split_at_checked(start)?;
        let (row, after) = from.split_once('\n')?;
        let endpoint = Endpoint { row };
        match endpoint.path().cmp(path) {
            core::cmp::Ordering::Equal => return Some(endpoint),
            core::cmp::Ordering::Less => rest = after,
            core::cmp::Ordering::Greater => rest = before,
        }
    }
    None
}

/// The path below `/v1/` of a name that is a path.
fn path_of(name: &str) -> Option<&str> {
    name.strip_prefix("POST ").unwrap_or(name).strip_prefix("/v1/")
}

/// stripe-node writes `paymentIntents.create`, the API's own lists `payment_intents.create`.
fn same_operation(operation: &str, name: &str) -> bool {
    let folded = |text: &str| -> Vec<u8> {
        text.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase()).collect()
    };
    folded(operation) == folded(name)
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}') && segment.len() > 2
}

/// Whether `path` is `template`, or it with its parameters renamed or filled in.
pub(crate) fn matches_template(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    template.split('/').all(|known| {
        given.next().is_some_and(|segment| known == segment || (is_parameter(known) && fills(segment)))
    }) && given.next().is_none()
}

/// Whether a segment can stand for a parameter: another parameter, or an id that needs no further escape.
fn fills(segment: &str) -> bool {
    let id_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'%');
    is_parameter(segment) || (!segment.is_empty() && segment.bytes().all(id_byte) && !is_dots(segment))
}

/// `.` and `..`, which a URL parser takes out of a path, in any of their spellings.
fn is_dots(segment: &str) -> bool {
    let is = |dots: &str| segment.eq_ignore_ascii_case(dots);
    [".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"].into_iter().any(is)
}

/// The request path of an endpoint: `name`'s own parameters, or the table's where it is an operation name,
/// filled from `values` and percent-encoded.
pub(crate) fn fill_path(endpoint: Endpoint, name: &str, values: Option<&Value>) -> Result<String> {
    let template = path_of(name).unwrap_or(endpoint.path());
    let no_values = Vec::new();
    let values = match values {
        None => &no_values,
        Some(Value::Map(values)) => values,
        Some(other) => return Err(other.wrong("path", "an object such as { id: \"ch_1\" }")),
    };
    let mut path = String::from("/v1");
    let mut used = Vec::new();
    for segment in template.split('/') {
        path.push('/');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => {
                used.push(parameter);
                path.push_str(&fill_parameter(parameter, values)?);
            }
            None => path.push_str(segment),
        }
    }
    match values.iter().find(|(name, _)| !used.contains(name)) {
        Some((name, _)) => Err(Error::new(
            Code::UnknownField,
            &join("path", printable_name(name)),
            "is no parameter of this endpoint's path",
        )),
        None => Ok(path),
    }
}

fn fill_parameter(parameter: &str, values: &[(&str, Value<'_>)]) -> Result<String> {
    let field = join("path", printable_name(parameter));
    let value = values.iter().find(|(name, value)| *name == parameter && *value != Value::Undefined);
    let Some((_, value)) = value else {
        let problem = "is missing: the endpoint's path needs it, such as path: { id: \"ch_1\" }";
        return Err(Error::new(Code::MissingField, &field, problem));
    };
    let value = value.as_text(&field)?;
    text::check(&field, value)?;
    if is_dots(value) {
        return Err(Error::new(
            Code::InvalidPathParameter,
            &field,
            "would change the path: \".\" and \"..\" are no ids",
        ));
    }
    Ok(form::percent_encode_component(value))
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn the_table_is_sorted_for_binary_search() {
        assert!(rows().map(Endpoint::path).is_sorted_by(|a, b| a < b));
        assert_eq!(rows().count(), 281);
    }

    #[test]
    fn every_endpoint_is_found_by_each_of_its_names() {
        for row in rows() {
            assert_eq!(Endpoint::parse(&row.operation()), Some(row), "{}", row.operation());
            assert_eq!(Endpoint::parse(&row.label()), Some(row), "{}", row.label());
            let filled = row.path().replace("{id}", "xx_1");
            let found = Endpoint::by_path(&filled).unwrap();
            assert!(found == row || filled == found.path(), "{filled}");
        }
    }

    #[test]
    fn operations_are_those_of_stripe_node() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/stripe-post-endpoints.json")).unwrap();
        for endpoint in file["endpoints"].as_array().unwrap() {
            let (path, operation) =
                (endpoint["path"].as_str().unwrap(), endpoint["operation"].as_str().unwrap());
            let row = Endpoint::parse(&format!("POST {path}")).unwrap();
            assert_eq!(row.operation().to_lowercase(), operation.replace('/', ".").to_lowercase());
        }
    }

    #[test]
    fn other_spellings() {
        let label = |name: &str| Endpoint::parse(name).map(Endpoint::label);
        for name in ["payment_intents.create", "paymentIntents.create", "/v1/payment_intents"] {
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
