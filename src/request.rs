//! The HTTP request that bills: where, with which headers, with which body.

use crate::base_url::{self, DEFAULT_BASE_URL};
use crate::endpoint::{self, AmountSource, Endpoint};
use crate::error::{Code, Error, Result};
use crate::event::{self, Event};
use crate::field::join;
use crate::form;
use crate::json;
use crate::line_items::PRICE;
use crate::params::{self, amount_size, param};
use crate::prelude::*;
use crate::spend::Spend;
use crate::text;
use crate::value::{Fields, Value};

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

/// What a spec and a guard's configuration say alike: where requests go, and what is done with their parameters.
#[derive(Clone, Debug)]
pub(crate) struct Settings<'s> {
    base_url: &'s str,
    account: Option<&'s str>,
    version: Option<&'s str>,
    /// Whether parameters may be of another API version than the table's.
    allow_unknown_params: bool,
    /// Whether an event's key goes into the metadata as well, where it can be found when Stripe has forgotten it.
    metadata_key: bool,
}

impl<'s> Settings<'s> {
    pub(crate) const FIELDS: [&'static str; 5] =
        ["base_url", "stripe_account", "stripe_version", "allow_unknown_params", "metadata_key"];

    pub(crate) fn read(fields: &Fields<'s>) -> Result<Settings<'s>> {
        let base_url = match fields.text("base_url")? {
            None => DEFAULT_BASE_URL,
            Some(url) => base_url::check(url, "base_url")?,
        };
        let account = fields.text("stripe_account")?;
        if let Some(account) = account {
            check_account(account, "stripe_account")?;
        }
        let version = fields.text("stripe_version")?;
        if let Some(version) = version {
            check_version(version, "stripe_version")?;
        }
        Ok(Settings {
            base_url,
            account,
            version,
            allow_unknown_params: fields.bool("allow_unknown_params")?.unwrap_or(false),
            metadata_key: fields.bool("metadata_key")?.unwrap_or(true),
        })
    }

    pub(crate) fn base_url(&self) -> &'s str {
        self.base_url
    }

    /// The body of parameters that the endpoint takes.
    pub(crate) fn encode(&self, endpoint: Endpoint, params: &Value) -> Result<String> {
        params::check(endpoint, params, self.allow_unknown_params)?;
        form::encode(params)
    }

    fn headers(&self, idempotency_key: &str) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(4);
        for (name, value) in [
            ("Content-Type", Some("application/x-www-form-urlencoded")),
            ("Idempotency-Key", Some(idempotency_key)),
            ("Stripe-Account", self.account),
            ("Stripe-Version", self.version),
        ] {
            if let Some(value) = value {
                headers.push((name, value.to_string()));
            }
        }
        headers
    }
}

impl Request {
    /// Of parameters that are checked, and encoded in `body`.
    pub(crate) fn of_body(
        path: &str,
        body: String,
        idempotency_key: String,
        settings: &Settings<'_>,
    ) -> Request {
        let url = [settings.base_url(), path].joined();
        Request { url, headers: settings.headers(&idempotency_key), body, idempotency_key }
    }

    /// The request that bills an event, with the event's key, and what it would spend. The parameters are checked, and encoded
    /// in `body`.
    pub(crate) fn of_event(
        endpoint: Endpoint,
        path: &str,
        params: &Value,
        body: String,
        event: &Event<'_>,
        settings: &Settings<'_>,
    ) -> Result<(Request, Spend)> {
        let key = event.key().as_str().to_string();
        let spend = Spend::of_params(endpoint, params, &body)?;
        check_event(event, endpoint, params, &spend)?;
        let mut request = Request::of_body(path, body, key, settings);
        if settings.metadata_key && endpoint.entry().holds_key() {
            request.add_key_to_metadata(params)?;
        }
        Ok((request, spend))
    }

    /// Adds the key to the metadata, behind all else. Metadata that is no object (an empty text takes all of it away) stays as it is.
    fn add_key_to_metadata(&mut self, params: &Value) -> Result<()> {
        let own = match param(params, "metadata") {
            None => None,
            Some(metadata @ Value::Map(_)) => param(metadata, "billonce_key"),
            Some(_) => return Ok(()),
        };
        let name = "metadata[billonce_key]";
        match own.or(param(params, name)) {
            None => {
                let and = if self.body.is_empty() { "" } else { "&" };
                self.body = [self.body.as_str(), and, name, "=", &self.idempotency_key].joined();
                Ok(())
            }
            Some(Value::Text(given)) if *given == self.idempotency_key => Ok(()),
            Some(_) => Err(event::mismatch("params.metadata.billonce_key")),
        }
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
            o.member("headers", |out| json::named_texts(out, &self.headers));
            o.text("body", &self.body);
            o.text("idempotency_key", &self.idempotency_key);
        });
    }
}

/// Builds a request of a spec: `{ endpoint, params, path?, event? | idempotency_key?, base_url?, stripe_account?,
/// stripe_version?, allow_unknown_params?, metadata_key? }`. The vault key is no part of it: the host adds it to what is sent.
///
/// # Errors
/// The first field that is missing, malformed or contradicts the event.
pub fn build(spec: &Value) -> Result<Request> {
    let own = ["endpoint", "params", "path", "event", "idempotency_key", "vault_key", "allow_raw_key"];
    let fields = Fields::open_any(spec, "spec", "", &[&own, &Settings::FIELDS])?;
    fields.text("vault_key")?;
    fields.bool("allow_raw_key")?;
    let name = fields.required("endpoint", "one such as \"POST /v1/charges\"")?.as_text("endpoint")?;
    let endpoint = Endpoint::named(name, "endpoint")?;
    let path = endpoint::fill_path(endpoint, name, fields.get("path"))?;
    let no_params = Value::Map(Vec::new());
    let params = fields.get("params").unwrap_or(&no_params);
    let settings = Settings::read(&fields)?;
    match KeyOf::read(&fields)? {
        KeyOf::Event(event) => {
            let body = settings.encode(endpoint, params)?;
            Ok(Request::of_event(endpoint, &path, params, body, &event, &settings)?.0)
        }
        KeyOf::Caller(key) => {
            Ok(Request::of_body(&path, settings.encode(endpoint, params)?, key.to_string(), &settings))
        }
    }
}

/// Whose key a request has.
pub(crate) enum KeyOf<'a> {
    Event(Event<'a>),
    Caller(&'a str),
}

impl<'a> KeyOf<'a> {
    /// Of `{ event | idempotency_key }`.
    pub(crate) fn read(fields: &Fields<'a>) -> Result<KeyOf<'a>> {
        match (fields.get("event"), fields.get("idempotency_key")) {
            (Some(_), Some(_)) => {
                let problem = "and event exclude each other: the event's key would not be this one";
                Err(Error::new(Code::ConflictingFields, "idempotency_key", problem))
            }
            (Some(event), None) => Ok(KeyOf::Event(event::from_value(event, "event")?)),
            (None, Some(key)) => Ok(KeyOf::Caller(check_key(key.as_text("idempotency_key")?)?)),
            (None, None) => {
                let problem = "is required: give event (a key is made from it) or idempotency_key, or a retry would bill again";
                Err(Error::new(Code::IdempotencyKeyRequired, "event", problem))
            }
        }
    }
}

/// A request bills what its event says: the amount, and what a v2 key binds.
fn check_event(event: &Event<'_>, endpoint: Endpoint, params: &Value, spend: &Spend) -> Result<()> {
    let bound = "is not what the request has, and the key binds it";
    if event.endpoint.is_some_and(|own| own != endpoint) {
        return Err(Error::new(Code::EventMismatch, "event.endpoint", bound));
    }
    if event.currency.zip(spend.currency).is_some_and(|(own, given)| own != given) {
        return Err(Error::new(Code::EventMismatch, "event.currency", bound));
    }
    let (name, amount) = match endpoint.amount_source() {
        AmountSource::LineItems(list) => (list, spend.amount),
        source => match source.parameter().and_then(|name| Some((name, param(params, name)?))) {
            Some((name, value)) => (name, Some(amount_size(value, endpoint, name)?)),
            None => (PRICE, spend.amount),
        },
    };
    match amount {
        Some(amount) if amount != event.fields.amount_cents => Err(event::mismatch(&join("params", name))),
        _ => Ok(()),
    }
}

/// Refuses what is no connected account's id.
pub(crate) fn check_account(account: &str, field: &str) -> Result<()> {
    let id = account.strip_prefix("acct_").unwrap_or("");
    if id.is_empty() || !text::is_made_of(id, "_") {
        let problem = "is not a connected account's id: give one such as \"acct_1AbC\"";
        return Err(Error::new(Code::InvalidHeader, field, problem));
    }
    Ok(())
}

/// Refuses what is no API version.
pub(crate) fn check_version(version: &str, field: &str) -> Result<()> {
    if !version.starts_with("20") || version.ends_with(' ') || !text::is_made_of(version, "-._=; ") {
        let problem = "is not an API version: give one such as \"2026-10-28.endive\"";
        return Err(Error::new(Code::InvalidHeader, field, problem));
    }
    Ok(())
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
