//! A request that another program built, such as the official package: whether it is the event's, its key, and whether it
//! may be sent.

use crate::prelude::*;

use crate::charge::{GuardConfig, Step};
use crate::endpoint::{Endpoint, fill_path};
use crate::error::{Code, Error, Result};
use crate::event::{self, Event};
use crate::form::Form;
use crate::money::Digits;
use crate::precheck::{read_form, spend_of_form};
use crate::request::{Request, check_bound, check_key, check_params};
use crate::value::{Fields, Value};

/// The endpoints that make what `findEarlier` looks for.
const PAYMENTS: [Endpoint; 2] = [Endpoint::CHARGES, Endpoint::PAYMENT_INTENTS];

/// The metadata in which these carry their key, for the time when Stripe has forgotten it.
const KEY_IN_METADATA: &str = "metadata[billonce_key]";

impl GuardConfig {
    /// Admits a request of `{ endpoint, body, event? | idempotency_key?, key_in_metadata? }`, where `endpoint` is its concrete path
    /// and `body` is form-encoded. With an event, the body's amount, customer and currency must be the event's.
    ///
    /// # Errors
    /// For a request that cannot be judged or contradicts its event, and for one without a key. A decision that forbids it
    /// is no error here.
    pub fn admit(&self, spec: &Value) -> Result<Step> {
        let known = ["endpoint", "body", "event", "idempotency_key", "key_in_metadata"];
        let fields = Fields::open(spec, "spec", "", &known)?;
        let name = fields.required("endpoint", "one such as \"POST /v1/charges\"")?.as_text("endpoint")?;
        let endpoint = Endpoint::named(name, "endpoint")?;
        let path = fill_path(endpoint, name, None)?;
        let body = fields.required("body", "the form-encoded parameters, or \"\"")?.as_text("body")?;
        let form = read_form(body, "body")?;
        let params = form.params();
        check_params(endpoint, &params)?;
        let in_metadata = fields.bool("key_in_metadata")?.unwrap_or(true);
        let mut body = body.to_string();
        let key = match (fields.get("event"), fields.get("idempotency_key")) {
            (Some(_), Some(_)) => {
                let problem = "and event exclude each other: the event's key would not be this one";
                return Err(Error::new(Code::ConflictingFields, "idempotency_key", problem));
            }
            (Some(value), None) => {
                let event = event::from_value(value, "event")?;
                check_bound(&event, endpoint, &params)?;
                check_agreement(&event, endpoint, &form)?;
                let key = event.key_at(endpoint).as_str().to_string();
                if in_metadata && PAYMENTS.contains(&endpoint) {
                    carry_key(&mut body, &form, &key)?;
                }
                key
            }
            (None, Some(key)) => check_key(key.as_text("idempotency_key")?)?.to_string(),
            (None, None) => {
                let problem = "is required: give event (a key is made from it) or idempotency_key, or a retry would bill again";
                return Err(Error::new(Code::IdempotencyKeyRequired, "event", problem));
            }
        };
        let decision = self.judge(&spend_of_form(endpoint, &form)?)?;
        let request = Request::of_body(&path, body, key, self.destination());
        Ok(Step::decided(request, decision))
    }
}

/// What the key is made from the request must say as well, or another run could send something else with the same key.
fn check_agreement(event: &Event<'_>, endpoint: Endpoint, form: &Form) -> Result<()> {
    let amount = &*Digits::of(event.fields.amount_cents);
    let customer = event.fields.customer_id;
    for (name, own) in [(endpoint.amount_source().parameter(), amount), (Some("customer"), customer)] {
        if let Some(name) = name.filter(|name| form.has(name))
            && form.once(name).map(|text| unsigned(text, endpoint)) != Some(own)
        {
            let problem = "is not what the event has, and the key is made from the event: give both the same";
            return Err(Error::new(Code::EventMismatch, &["params.", name].joined(), problem));
        }
    }
    // Any other id may be one of the caller's own, for a guest who is no customer at Stripe.
    if PAYMENTS.contains(&endpoint) && customer.starts_with("cus_") && !form.has("customer") {
        let problem = "is missing, and the key is made for the event's customer: give it";
        return Err(Error::new(Code::EventMismatch, "params.customer", problem));
    }
    Ok(())
}

/// An amount without the sign of a credit, where one may stand.
fn unsigned(text: &str, endpoint: Endpoint) -> &str {
    if endpoint.takes_negative_amounts() { text.strip_prefix('-').unwrap_or(text) } else { text }
}

/// Adds the key to the metadata, unless the caller did or unsets it.
fn carry_key(body: &mut String, form: &Form, key: &str) -> Result<()> {
    match form.exact(KEY_IN_METADATA) {
        Some(given) if given == key => {}
        Some(_) => {
            let problem = "is not this request's key: leave it out";
            return Err(Error::new(Code::EventMismatch, "params.metadata[billonce_key]", problem));
        }
        None if form.exact("metadata").is_some() => {}
        None => {
            let separator = if body.is_empty() { "" } else { "&" };
            body.push_str(&[separator, KEY_IN_METADATA, "=", key].joined());
        }
    }
    Ok(())
}
