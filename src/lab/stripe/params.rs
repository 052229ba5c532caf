//! What Stripe refuses of a request's parameters before anything is executed: no key remembers it.

use super::refusal::{Refusal, Result, shown};
use crate::endpoint::Endpoint;
use crate::lab::object::{Json, Members};
use crate::money::Currency;
use crate::prelude::*;

/// Stripe's limit of twelve digits.
pub(crate) const MOST: i64 = 999_999_999_999;

/// Which parameters a call takes.
pub(crate) struct Spec {
    pub(crate) allowed: Allowed,
    pub(crate) requires: Vec<&'static str>,
    /// One of these has to be there, or Stripe says this.
    pub(crate) one_of: Option<(&'static [&'static str], &'static str)>,
    /// The least that `amount` may be.
    pub(crate) least_amount: i64,
}

pub(crate) enum Allowed {
    /// Those of an endpoint, and those that it had in older versions of the API.
    Of(Endpoint, &'static [&'static str]),
    These(&'static [&'static str]),
}

impl Spec {
    pub(crate) fn of(endpoint: Endpoint) -> Spec {
        let allowed = Allowed::Of(endpoint, &[]);
        Spec { allowed, requires: Vec::new(), one_of: None, least_amount: 1 }
    }

    pub(crate) fn of_list(names: &'static [&'static str]) -> Spec {
        Spec { allowed: Allowed::These(names), requires: Vec::new(), one_of: None, least_amount: 1 }
    }

    pub(crate) fn requires(mut self, names: &[&'static str]) -> Spec {
        self.requires.extend_from_slice(names);
        self
    }

    fn allows(&self, name: &str) -> bool {
        match &self.allowed {
            Allowed::Of(endpoint, also) => endpoint.entry().has_parameter(name) || also.contains(&name),
            Allowed::These(names) => names.contains(&name),
        }
    }

    /// Checks parameters and converts them to what they stand for.
    pub(crate) fn check(&self, params: Members) -> Result<Members> {
        let unknown: Vec<&str> =
            params.iter().map(|(name, _)| name).filter(|name| !self.allows(name)).collect();
        if let Some(first) = unknown.first() {
            let noun = if unknown.len() > 1 { "parameters: " } else { "parameter: " };
            let names = unknown.joined_by(", ");
            let message = ["Received unknown ", noun, shown(&names)].joined();
            return Err(Refusal::invalid(message).code("parameter_unknown").param(shown(first)));
        }
        if let Some(name) = self.requires.iter().find(|name| !params.has(name)) {
            let message = ["Missing required param: ", name, "."].joined();
            return Err(Refusal::invalid(message).code("parameter_missing").param(name));
        }
        if let Some((names, message)) = self.one_of
            && !names.iter().any(|name| params.has(name))
        {
            return Err(Refusal::invalid(message).code("parameter_missing"));
        }
        let mut checked = Members::default();
        for (name, value) in params.into_entries() {
            let value = self.convert(&name, value)?;
            checked.set(name, value);
        }
        Ok(checked)
    }

    /// What a name means, wherever it stands.
    fn convert(&self, name: &str, value: Json) -> Result<Json> {
        match name {
            "amount" => integer(&value, name, self.least_amount, MOST),
            "amount_to_capture" => integer(&value, name, 1, MOST),
            "limit" => integer(&value, name, 1, 100),
            "capture" | "confirm" | "error_on_requires_action" => boolean(&value, name),
            "charge" | "customer" | "destination" | "payment_intent" | "payment_method" => id(value, name),
            "source" if matches!(value, Json::Text(_)) => id(value, name),
            "capture_method" => one_of(value, name, &["automatic", "automatic_async", "manual"]),
            "created" => range(value, name),
            "currency" => currency(value, name),
            "description" | "page" | "query" => text(value, name),
            "metadata" => metadata(value, name),
            _ => Ok(value),
        }
    }
}

fn integer(value: &Json, name: &str, least: i64, most: i64) -> Result<Json> {
    let refuse =
        |message: String| Err(Refusal::invalid(message).code("parameter_invalid_integer").param(name));
    let text = match value {
        Json::Text(text) if text.is_empty() => return Err(empty(name)),
        Json::Text(text) if is_integer(text) => text,
        other => return refuse(["Invalid integer: ", shown(&plain(other))].joined()),
    };
    // What does not fit is beyond every limit.
    let number = text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX });
    let mut bound = String::new();
    if number < least {
        Json::Number(least).write(&mut bound);
        return refuse(["This value must be greater than or equal to ", &bound, "."].joined());
    }
    if number > most {
        Json::Number(most).write(&mut bound);
        return refuse(["This value must be less than or equal to ", &bound, "."].joined());
    }
    Ok(Json::Number(number))
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Stripe gives this error no code.
fn currency(value: Json, name: &str) -> Result<Json> {
    let given = id(value, name)?;
    let Json::Text(given) = given else { return Ok(given) };
    let code = given.to_ascii_lowercase();
    if Currency::parse(&code).is_none() {
        let message = ["Invalid currency: ", shown(&code), "."].joined();
        return Err(Refusal::invalid(message).param(name));
    }
    Ok(code.into())
}

/// A moment, or bounds of moments, in Unix seconds.
fn range(value: Json, name: &str) -> Result<Json> {
    let bounds = match value {
        Json::Map(bounds) => bounds,
        // A list has no bounds in it.
        Json::List(items) if items.is_empty() => return Ok(Json::Map(Members::default())),
        other => return integer(&other, name, 0, MOST),
    };
    let mut checked = Members::default();
    for (bound, at) in bounds.into_entries() {
        let field = [name, "[", shown(&bound), "]"].joined();
        if !["gt", "gte", "lt", "lte"].contains(&&*bound) {
            let message = ["Received unknown parameter: ", &field].joined();
            return Err(Refusal::invalid(message).code("parameter_unknown").param(&field));
        }
        checked.set(bound, integer(&at, &field, 0, MOST)?);
    }
    Ok(checked.into())
}

fn boolean(value: &Json, name: &str) -> Result<Json> {
    match value {
        Json::Text(text) if text == "true" => Ok(Json::Bool(true)),
        Json::Text(text) if text == "false" => Ok(Json::Bool(false)),
        other => {
            let message = ["Invalid boolean: ", shown(&plain(other))].joined();
            Err(Refusal::invalid(message).param(name))
        }
    }
}

fn text(value: Json, name: &str) -> Result<Json> {
    if matches!(value, Json::Text(_)) {
        return Ok(value);
    }
    Err(Refusal::invalid(["Invalid string: ", shown(&plain(&value))].joined()).param(name))
}

/// An id that is empty would charge nobody, so it must not pass for one.
fn id(value: Json, name: &str) -> Result<Json> {
    if matches!(&value, Json::Text(text) if text.is_empty()) { Err(empty(name)) } else { text(value, name) }
}

fn one_of(value: Json, name: &str, values: &[&str]) -> Result<Json> {
    if matches!(&value, Json::Text(text) if values.contains(&&**text)) {
        return Ok(value);
    }
    let (last, others) = values.split_last().unwrap_or((&"", &[]));
    let message = ["Invalid ", name, ": must be one of ", &others.joined_by(", "), " or ", last].joined();
    Err(Refusal::invalid(message).param(name))
}

/// An empty value unsets; otherwise a flat hash.
fn metadata(value: Json, name: &str) -> Result<Json> {
    match value {
        Json::Text(text) if text.is_empty() => Ok(Members::default().into()),
        Json::Map(members) => {
            for (key, inner) in members.iter() {
                text(inner.clone(), &[name, "[", key, "]"].joined())?;
            }
            Ok(members.into())
        }
        _ => Err(Refusal::invalid("Invalid object").param(name)),
    }
}

fn empty(name: &str) -> Refusal {
    let message = [
        "You passed an empty string for '",
        name,
        "'. We assume empty values are an attempt to unset a parameter; however '",
        name,
        "' cannot be unset. You should remove '",
        name,
        "' from your request or supply a non-empty value.",
    ];
    Refusal::invalid(message.joined()).code("parameter_invalid_empty").param(name)
}

/// A value as it was given, or as JSON.
fn plain(value: &Json) -> String {
    if let Json::Text(text) = value { text.to_string() } else { value.to_text() }
}
