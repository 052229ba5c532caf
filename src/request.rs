//! The HTTP request that bills: where, with which headers, with which body.

use crate::prelude::*;

use crate::base_url::{self, DEFAULT_BASE_URL};
use crate::endpoint::{self, Endpoint};
use crate::error::{Code, Error, Result};
use crate::event::{self, Event, currency_error};
use crate::field::{element, join, printable_name};
use crate::form;
use crate::json;
use crate::money::{self, Currency, Digits, MAX_AMOUNT};
use crate::text;
use crate::value::{Fields, Value, lookup};

/// Longest idempotency key that Stripe takes.
const MAX_KEY_LENGTH: usize = 255;

/// A request to Stripe or to a proxy in front of it, without its Authorization header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The absolute URL.
    pub url: String,
    /// Header names and values, in the order of their writing.
    pub headers: Vec<(&'static str, String)>,
    /// The form-encoded body.
    pub body: String,
    /// The idempotency key, which is also a header.
    pub idempotency_key: String,
}

/// Where a request goes, apart from its endpoint: checked, and ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    base_url: String,
    /// Those that were asked for.
    headers: Vec<(&'static str, String)>,
}

impl Destination {
    pub(crate) const FIELDS: [&'static str; 3] = ["base_url", "stripe_account", "stripe_version"];

    pub(crate) fn read(fields: &Fields<'_>) -> Result<Destination> {
        let base_url = match fields.text("base_url")? {
            None => DEFAULT_BASE_URL.to_string(),
            Some(url) => base_url::check(url, "base_url")?,
        };
        let mut headers = Vec::new();
        if let Some(account) = fields.text("stripe_account")? {
            headers.push(("Stripe-Account", check_account(account, "stripe_account")?.to_string()));
        }
        if let Some(version) = fields.text("stripe_version")? {
            headers.push(("Stripe-Version", check_version(version, "stripe_version")?.to_string()));
        }
        Ok(Destination { base_url, headers })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    fn headers(&self, idempotency_key: &str) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(4);
        headers.push(("Content-Type", "application/x-www-form-urlencoded".to_string()));
        headers.push(("Idempotency-Key", idempotency_key.to_string()));
        headers.extend_from_slice(&self.headers);
        headers
    }
}

impl Request {
    pub(crate) fn new(
        endpoint: Endpoint,
        path: &str,
        params: &Value,
        idempotency_key: String,
        destination: &Destination,
    ) -> Result<Request> {
        check_params(endpoint, params)?;
        Ok(Request {
            url: [destination.base_url(), path].joined(),
            headers: destination.headers(&idempotency_key),
            body: form::encode(params)?,
            idempotency_key,
        })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(512);
        self.write_json(&mut out);
        out
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.text("method", "POST");
            o.text("url", &self.url);
            o.member("headers", |out| {
                json::object(out, |o| {
                    for (name, value) in &self.headers {
                        o.text(name, value);
                    }
                });
            });
            o.text("body", &self.body);
            o.text("idempotency_key", &self.idempotency_key);
        });
    }
}

/// Builds a request of a spec: `{ endpoint, params, path?, event? | idempotency_key?, base_url?, stripe_account?,
/// stripe_version? }`. The vault key is no part of it: the host adds it to what is sent.
///
/// # Errors
/// The first field that is missing, malformed or contradicts the event.
pub fn build(spec: &Value) -> Result<Request> {
    let fields = Fields::open(
        spec,
        "spec",
        "",
        &[
            "endpoint",
            "params",
            "path",
            "event",
            "idempotency_key",
            "vault_key",
            "base_url",
            "stripe_account",
            "stripe_version",
            "allow_raw_key",
        ],
    )?;
    fields.text("vault_key")?;
    fields.bool("allow_raw_key")?;
    let name = fields.required("endpoint", "one such as \"POST /v1/charges\"")?.as_text("endpoint")?;
    let endpoint = Endpoint::named(name, "endpoint")?;
    let path = endpoint::fill_path(endpoint, name, fields.get("path"))?;
    let no_params = Value::Map(Vec::new());
    let params = fields.get("params").unwrap_or(&no_params);
    let key = match (fields.get("event"), fields.get("idempotency_key")) {
        (Some(_), Some(_)) => {
            let problem = "and event exclude each other: the event's key would not be this one";
            return Err(Error::new(Code::ConflictingFields, "idempotency_key", problem));
        }
        (Some(value), None) => {
            let event = event::from_value(value, "event")?;
            check_bound(&event, endpoint, params)?;
            event.key().as_str().to_string()
        }
        (None, Some(key)) => check_key(key.as_text("idempotency_key")?)?.to_string(),
        (None, None) => {
            let problem = "is required: give event (a key is made from it) or idempotency_key, or a retry would bill again";
            return Err(Error::new(Code::IdempotencyKeyRequired, "event", problem));
        }
    };
    Request::new(endpoint, &path, params, key, &Destination::read(&fields)?)
}

/// A v2 key binds endpoint and currency: the request must have the same.
pub(crate) fn check_bound(event: &Event<'_>, endpoint: Endpoint, params: &Value) -> Result<()> {
    let mismatch = |field| {
        Err(Error::new(Code::EventMismatch, field, "is not what the request has, and the key binds it"))
    };
    if event.endpoint.is_some_and(|bound| bound != endpoint) {
        return mismatch("event.endpoint");
    }
    match (event.currency, currency_of(params)?) {
        (Some(bound), Some(given)) if bound != given => mismatch("event.currency"),
        _ => Ok(()),
    }
}

/// Refuses what is no connected account's id.
pub(crate) fn check_account<'a>(account: &'a str, field: &str) -> Result<&'a str> {
    let id = account.strip_prefix("acct_").unwrap_or("");
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        let problem = "is not a connected account's id: give one such as \"acct_1AbC\"";
        return Err(Error::new(Code::InvalidHeader, field, problem));
    }
    Ok(account)
}

/// Refuses what is no API version.
pub(crate) fn check_version<'a>(version: &'a str, field: &str) -> Result<&'a str> {
    let version_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._=; ".contains(&byte);
    if !version.starts_with("20") || version.trim() != version || !version.bytes().all(version_byte) {
        let problem = "is not an API version: give one such as \"2026-10-28.endive\"";
        return Err(Error::new(Code::InvalidHeader, field, problem));
    }
    Ok(version)
}

/// Refuses what Stripe would not take as an idempotency key.
pub(crate) fn check_key(key: &str) -> Result<&str> {
    let field = "idempotency_key";
    if text::has_template(key) {
        text::check(field, key)?;
    }
    if key.is_empty() || key.len() > MAX_KEY_LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = "is not an idempotency key: give 1 to 255 visible ASCII characters";
        return Err(Error::new(Code::InvalidIdempotencyKey, field, problem));
    }
    Ok(key)
}

/// One parameter of a request, by name.
pub(crate) fn param<'a>(params: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    let Value::Map(entries) = params else { return None };
    lookup(entries, name).filter(|value| **value != Value::Undefined)
}

/// The request's currency. Stripe takes either case, so both are read.
pub(crate) fn currency_of(params: &Value) -> Result<Option<Currency>> {
    let Some(value) = param(params, "currency") else { return Ok(None) };
    let code = value.as_text("params.currency")?;
    Currency::parse(&code.to_ascii_lowercase()).map(Some).ok_or_else(|| currency_error("params.currency"))
}

/// Refuses what Stripe would refuse, and what would bill another amount than the one meant.
fn check_params(endpoint: Endpoint, params: &Value) -> Result<()> {
    check_references(params).map_err(|error| error.within("params"))?;
    let currency = currency_of(params)?;
    let Some(name) = endpoint.amount_source().parameter() else { return Ok(()) };
    let Some(value) = param(params, name) else { return Ok(()) };
    let field = join("params", name);
    if !matches!(value, Value::Number(_) | Value::Text(_) | Value::BigInt(_)) {
        return Err(value.wrong(&field, "an integer or its decimal text"));
    }
    let size = money::integer(value, endpoint.takes_negative_amounts()).map_or(0, i64::unsigned_abs);
    if !(1..=MAX_AMOUNT).contains(&size) {
        return Err(event::amount_error(&field));
    }
    let granularity = currency.map_or(1, Currency::granularity);
    if size.checked_rem(granularity) != Some(0) {
        let problem = ["must divide by ", &Digits::of(granularity), " in this currency"];
        return Err(Error::of_parts(Code::InvalidAmount, &field, &problem));
    }
    Ok(())
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
