//! Paths with parameters: how a name or a URL is matched to one, and how one is filled.

use super::Endpoint;
use crate::error::{Code, Error, Result};
use crate::field::{join, printable_name};
use crate::form;
use crate::prelude::*;
use crate::text;
use crate::value::Value;

/// The path below `/v1/` of a name that is a path.
pub(super) fn of(name: &str) -> Option<&str> {
    name.strip_prefix("POST ").unwrap_or(name).strip_prefix("/v1/")
}

pub(super) fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}') && segment.len() > 2
}

/// Whether `path` is `template`, or it with its parameters renamed or filled in.
pub(crate) fn matches_template(template: &str, path: &str) -> bool {
    let mut given = text::parts(path, "/");
    text::parts(template, "/").all(|known| {
        given.next().is_some_and(|segment| known == segment || (is_parameter(known) && fills(segment)))
    }) && given.next().is_none()
}

/// Whether a segment can stand for a parameter: another parameter, or an id that needs no further escape.
fn fills(segment: &str) -> bool {
    is_parameter(segment) || (!segment.is_empty() && text::is_made_of(segment, "_-.~%") && !is_dots(segment))
}

/// `.` and `..`, which a URL parser takes out of a path, in any of their spellings.
fn is_dots(segment: &str) -> bool {
    let is = |dots: &&str| text::is_same(segment.as_bytes(), dots.as_bytes());
    [".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"].iter().any(is)
}

/// The request path of an endpoint: `name`'s own parameters, or the table's where it is an operation name,
/// filled from `values` and percent-encoded.
pub(crate) fn fill_path(endpoint: Endpoint, name: &str, values: Option<&Value>) -> Result<String> {
    let own;
    let template = match of(name) {
        Some(path) => path,
        None => {
            own = endpoint.path();
            &own
        }
    };
    let no_values = Vec::new();
    let values = match values {
        None => &no_values,
        Some(Value::Map(values)) => values,
        Some(other) => return Err(other.wrong("path", "an object such as { id: \"ch_1\" }")),
    };
    let mut path = String::from("/v1");
    let mut used = Vec::new();
    for segment in text::parts(template, "/") {
        path.push('/');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => {
                used.push(parameter);
                path.add(&fill_parameter(parameter, values)?);
            }
            None => path.add(segment),
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
    let value = values.iter().find(|(name, value)| *name == parameter && value.is_given());
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
