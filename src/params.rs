//! The parameters of a request: those that the endpoint has, all that it needs, and amounts that are amounts.

use crate::endpoint::Endpoint;
use crate::error::{Code, Error, Result};
use crate::event::{amount_error, currency_error};
use crate::field::{element, printable_name};
use crate::money::{self, Currency, Digits, MAX_AMOUNT};
use crate::nearest::Nearest;
use crate::prelude::*;
use crate::text;
use crate::value::{Value, lookup};

/// One parameter, by name.
pub(crate) fn param<'a>(params: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    let Value::Map(entries) = params else { return None };
    lookup(entries, name).filter(|value| value.is_given())
}

/// Parameters of the pairs of a body.
pub(crate) fn of_pairs(pairs: &[(String, String)]) -> Vec<(&str, Value<'_>)> {
    let mut params = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        params.push((name.as_str(), Value::Text(value)));
    }
    params
}

/// `metadata` of `metadata[order]`.
pub(crate) fn base_name(name: &str) -> &str {
    name.bytes().position(|byte| byte == b'[').and_then(|at| name.get(..at)).unwrap_or(name)
}

/// Refuses what Stripe would refuse, and what would bill another amount than the one meant.
pub(crate) fn check(endpoint: Endpoint, params: &Value, allow_unknown: bool) -> Result<()> {
    let Value::Map(entries) = params else { return Err(params.wrong("params", "an object")) };
    check_entries(endpoint, entries, allow_unknown).map_err(|error| error.within("params"))
}

fn check_entries(endpoint: Endpoint, entries: &[(&str, Value<'_>)], allow_unknown: bool) -> Result<()> {
    if !allow_unknown {
        check_names(endpoint, entries)?;
    }
    check_required(endpoint, entries)?;
    check_contents(endpoint, entries)
}

/// The same for what another program built: which names there are is between it and Stripe.
pub(crate) fn check_values(endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
    check_contents(endpoint, entries).map_err(|error| error.within("params"))
}

fn check_contents(endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
    for (name, value) in entries {
        check_references(value).map_err(|error| error.within(printable_name(name)))?;
    }
    let currency = match only(entries, "currency")? {
        Some(value) => Some(currency(value, "currency")?),
        None => None,
    };
    check_amount(endpoint, entries, currency)
}

fn check_names(endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
    let entry = endpoint.entry();
    let unknown =
        entries.iter().find(|(name, value)| value.is_given() && !entry.has_parameter(base_name(name)));
    let Some((name, _)) = unknown else { return Ok(()) };
    let label = endpoint.label();
    let permitted = " (allow_unknown_params: true permits one of another API version)";
    let mut nearest = Nearest::to(base_name(name));
    entry.parameters().iter().for_each(|known| nearest.consider(known));
    let problem = match nearest.found() {
        Some(near) => &["is not a parameter of ", &label, "; did you mean \"", near, "\"?", permitted][..],
        None => &["is not a parameter of ", &label, permitted],
    };
    Err(Error::of_parts(Code::UnknownParameter, printable_name(base_name(name)), problem))
}

fn check_required(endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
    for name in endpoint.entry().required_parameters() {
        if !entries.iter().any(|(given, value)| base_name(given) == name && is_sent(value)) {
            let problem = ["is missing: ", &endpoint.label(), " requires it"];
            return Err(Error::of_parts(Code::MissingParameter, name, &problem));
        }
    }
    Ok(())
}

/// Whether anything of a value gets into the body.
fn is_sent(value: &Value) -> bool {
    match value {
        Value::Undefined => false,
        Value::List(items) => items.iter().any(is_sent),
        Value::Map(entries) => entries.iter().any(|(_, item)| is_sent(item)),
        _ => true,
    }
}

/// What parameters have under a name.
pub(crate) struct Given<'a> {
    /// As one value.
    value: Option<&'a Value<'a>>,
    /// Whether there is more: a second one, or brackets behind the name.
    more: bool,
}

impl<'a> Given<'a> {
    /// Of a name without brackets.
    pub(crate) fn of(entries: &'a [(&'a str, Value<'a>)], name: &str) -> Given<'a> {
        let mut found = Given { value: None, more: false };
        for (given, value) in entries {
            match given.strip_prefix(name) {
                Some("") if value.is_given() && found.value.is_none() => found.value = Some(value),
                Some(rest) if value.is_given() && (rest.is_empty() || rest.starts_with('[')) => {
                    found.more = true;
                }
                _ => {}
            }
        }
        found
    }

    pub(crate) fn is_any(&self) -> bool {
        self.more || self.value.is_some()
    }

    /// The one value. Nobody should rely on which of several is meant.
    pub(crate) fn once(&self) -> Option<&'a Value<'a>> {
        self.value.filter(|_| !self.more)
    }
}

/// A parameter that takes one value.
pub(crate) fn only<'a>(entries: &'a [(&'a str, Value<'a>)], name: &str) -> Result<Option<&'a Value<'a>>> {
    let given = Given::of(entries, name);
    if given.more {
        return Err(Error::new(Code::WrongType, name, "must be one value, without brackets"));
    }
    Ok(given.value)
}

/// A currency. Stripe takes either case, so both are read.
pub(crate) fn currency(value: &Value, field: &str) -> Result<Currency> {
    let code = value.as_text(field)?;
    Currency::parse_any_case(code).ok_or_else(|| currency_error(field))
}

fn check_amount(endpoint: Endpoint, entries: &[(&str, Value<'_>)], currency: Option<Currency>) -> Result<()> {
    let Some(name) = endpoint.amount_source().parameter() else { return Ok(()) };
    let Some(value) = only(entries, name)? else { return Ok(()) };
    let size = amount_size(value, endpoint, name)?;
    let granularity = match currency {
        Some(currency) if endpoint.is("payouts") => currency.payout_granularity(),
        Some(currency) => currency.granularity(),
        None => 1,
    };
    if size.checked_rem(granularity) != Some(0) {
        let problem = ["must divide by ", &Digits::of(granularity), " in this currency"];
        return Err(Error::of_parts(Code::InvalidAmount, name, &problem));
    }
    Ok(())
}

/// The size of an amount. A credit to a customer is money too: it counts by its size, never below 0.
pub(crate) fn amount_size(value: &Value, endpoint: Endpoint, field: &str) -> Result<u64> {
    if !matches!(value, Value::Number(_) | Value::Text(_) | Value::BigInt(_)) {
        return Err(value.wrong(field, "an integer or its decimal text"));
    }
    money::integer(value, endpoint.takes_negative_amounts())
        .map(i64::unsigned_abs)
        .filter(|size| (1..=MAX_AMOUNT).contains(size))
        .ok_or_else(|| amount_error(field))
}

/// Refuses text in which a template reference was left. The path to it is made on the way back.
fn check_references(value: &Value) -> Result<()> {
    match value {
        Value::Text(text) if text::has_reference(text) => Err(text::unresolved("")),
        Value::List(items) => items.iter().enumerate().try_for_each(|(at, item)| {
            let index = |error: Error| error.within(&element("", at));
            check_references(item).map_err(index)
        }),
        Value::Map(entries) => entries.iter().try_for_each(|(name, item)| {
            check_references(item).map_err(|error| error.within(printable_name(name)))
        }),
        _ => Ok(()),
    }
}
