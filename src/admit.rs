//! A request that another program built, such as the official package: whether it is the event's, its key, and whether it
//! may be sent.

use crate::endpoint::{Endpoint, fill_path};
use crate::error::{Code, Error, Result};
use crate::event::Event;
use crate::fill::check_customer;
use crate::form;
use crate::guard::{GuardConfig, Step};
use crate::params::{Given, check_values, of_pairs};
use crate::prelude::*;
use crate::request::{KeyOf, Request};
use crate::spend::Spend;
use crate::value::{Fields, Value};

impl GuardConfig<'_> {
    /// Admits a request of `{ endpoint, body, event? | idempotency_key? }`, where `endpoint` is its concrete path and `body` is
    /// form-encoded. With an event, the body's amount, customer and currency must be the event's. `earlier` is as for
    /// [`GuardConfig::prepare`].
    ///
    /// # Errors
    /// For a request that cannot be judged or contradicts its event, and for one without a key. A decision that forbids it
    /// is no error here.
    pub fn admit(&self, spec: &Value, earlier: &Value) -> Result<Step> {
        let fields = Fields::open(spec, "spec", "", &["endpoint", "body", "event", "idempotency_key"])?;
        let name = fields.required("endpoint", "one such as \"POST /v1/charges\"")?.as_text("endpoint")?;
        let endpoint = Endpoint::named(name, "endpoint")?;
        let path = fill_path(endpoint, name, None)?;
        let body = fields.required("body", "the form-encoded parameters, or \"\"")?.as_text("body")?;
        let pairs = form::decode(body).ok_or_else(|| {
            let problem = "is not form-encoded: give the body as buildRequest made it";
            Error::new(Code::UnreadableInput, "body", problem)
        })?;
        let entries = of_pairs(&pairs);
        check_values(endpoint, &entries)?;
        let (request, spend) = match KeyOf::read(&fields)? {
            KeyOf::Event(event) => {
                let event = event.for_call(endpoint);
                check_payer(&event, endpoint, &entries).map_err(|error| error.within("params"))?;
                let params = Value::Map(entries);
                Request::of_event(endpoint, &path, &params, body.to_string(), &event, self.settings())?
            }
            KeyOf::Caller(key) => {
                let spend = Spend::of_params(endpoint, &Value::Map(entries), body)?;
                (Request::of_body(&path, body.to_string(), key.to_string(), self.settings()), spend)
            }
        };
        self.decide(request, &spend, earlier)
    }
}

/// The key is made for the event's customer, so a payment has to name it. An id that is none of Stripe's may be one of the
/// caller's own, for a guest who is no customer there.
fn check_payer(event: &Event<'_>, endpoint: Endpoint, entries: &[(&str, Value<'_>)]) -> Result<()> {
    check_customer(event, entries)?;
    let makes_payment = endpoint.is("charges") || endpoint.is("payment_intents");
    let named = ["customer", "customer_account"].iter().any(|name| Given::of(entries, name).is_any());
    if makes_payment && event.fields.customer_id.starts_with("cus_") && !named {
        let problem = "is missing, and the key is made for the event's customer: give it";
        return Err(Error::new(Code::EventMismatch, "customer", problem));
    }
    Ok(())
}
