//! One billing event through the whole house: key, request, decision. What a guard does with each charge.

use crate::prelude::*;

use crate::endpoint::Endpoint;
use crate::error::{Code, Error, Result};
use crate::event::{self, Event};
use crate::json;
use crate::money::{Currency, Digits};
use crate::precheck::{Circumstances, Decision, Spend, spend_of_params};
use crate::request::{Destination, Request, check_bound, param};
use crate::value::{Fields, Value};

/// The outcome of preparing a charge. It holds no secret.
#[derive(Clone, Debug)]
pub struct Step {
    /// The key of the billing event.
    pub idempotency_key: String,
    /// The request to send; `None` where the decision forbids it.
    pub request: Option<Request>,
    /// The judgement; `None` where there is no policy to judge by.
    pub decision: Option<Decision>,
}

impl Step {
    pub(crate) fn decided(request: Request, decision: Option<Decision>) -> Step {
        let denied = decision.as_ref().is_some_and(|decision| !decision.allowed());
        let idempotency_key = request.idempotency_key.clone();
        Step { idempotency_key, request: if denied { None } else { Some(request) }, decision }
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(1024);
        json::object(&mut out, |o| {
            o.text("idempotency_key", &self.idempotency_key);
            match &self.request {
                Some(request) => o.member("request", |out| request.write_json(out)),
                None => o.optional_text("request", None),
            }
            match &self.decision {
                Some(decision) => o.member("decision", |out| decision.write_json(out)),
                None => o.optional_text("decision", None),
            }
        });
        out
    }
}

/// The configuration of a guard: where to send, and by which policy to judge.
pub struct GuardConfig {
    destination: Destination,
    circumstances: Option<Circumstances>,
}

impl GuardConfig {
    /// Reads `{ policy?, spent_usd_cents?, now, usd_rates?, base_url?, stripe_account?, stripe_version?, on_deny? }`.
    ///
    /// # Errors
    /// For any field that is unknown or malformed.
    pub fn from_value(value: &Value) -> Result<GuardConfig> {
        let own = ["vault_key", "allow_raw_key", "on_deny"];
        let known = [&Circumstances::FIELDS[..], &Destination::FIELDS, &own].concat();
        let fields = Fields::open(value, "config", "", &known)?;
        fields.text("vault_key")?;
        fields.bool("allow_raw_key")?;
        if !matches!(fields.text("on_deny")?, None | Some("throw" | "return")) {
            return Err(Error::new(Code::WrongType, "on_deny", "must be \"throw\" or \"return\""));
        }
        if fields.get("policy").is_none()
            && let Some(name) =
                ["spent_usd_cents", "usd_rates"].iter().find(|name| fields.get(name).is_some())
        {
            let problem = ["is missing: ", name, " has no meaning without it"];
            return Err(Error::of_parts(Code::MissingField, "policy", &problem));
        }
        Ok(GuardConfig {
            destination: Destination::read(&fields)?,
            circumstances: fields.get("policy").map(|_| Circumstances::read(&fields)).transpose()?,
        })
    }

    /// The base URL of its requests, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.destination.base_url()
    }

    /// Prepares a charge of `event`. Amount and customer come from the event; `params` may add to them and
    /// repeat them, not contradict them.
    ///
    /// # Errors
    /// For an event or parameters that are refused. A decision that forbids the charge is no error here.
    pub fn charge(&self, event: &Value, params: &Value) -> Result<Step> {
        let event = event::from_value(event, "")?;
        let amount = Digits::of(event.fields.amount_cents);
        let description = ["Renewal for ", event.fields.billing_period].joined();
        let params = charge_params(&event, &amount, &description, params)?;
        let endpoint = Endpoint::CHARGES;
        check_bound(&event, endpoint, &params)?;
        let key = event.key().as_str().to_string();
        let request = Request::new(endpoint, "/v1/charges", &params, key, &self.destination)?;
        let spend = spend_of_params(endpoint, &params)?;
        Ok(Step::decided(request, self.judge(&spend)?))
    }

    /// The judgement of what a call would spend; `None` where there is no policy.
    pub(crate) fn judge(&self, spend: &Spend) -> Result<Option<Decision>> {
        self.circumstances.as_ref().map(|circumstances| circumstances.judge(spend)).transpose()
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.destination
    }
}

/// Stripe's parameters for a charge of the event: its own, and those given.
fn charge_params<'p>(
    event: &'p Event<'_>,
    amount: &'p str,
    description: &'p str,
    given: &Value<'p>,
) -> Result<Value<'p>> {
    let Value::Map(entries) = given else { return Err(given.wrong("params", "an object")) };
    let customer = event.fields.customer_id;
    for (name, own) in [("amount", amount), ("customer", customer)] {
        let same = match param(given, name) {
            None => true,
            Some(Value::Number(text)) => name == "amount" && *text == own,
            Some(Value::Text(text)) => *text == own,
            Some(other) => return Err(other.wrong(&["params.", name].joined(), "what the event has")),
        };
        if !same {
            let problem = "is not what the event has, and the key is made from the event: change the event, or leave this out";
            return Err(Error::new(Code::EventMismatch, &["params.", name].joined(), problem));
        }
    }
    let mut params = Vec::with_capacity(entries.len().saturating_add(4));
    params.push(("amount", Value::Number(amount)));
    params.push(("currency", Value::Text(event.currency.as_ref().map_or("usd", Currency::code))));
    params.push(("customer", Value::Text(customer)));
    params.push(("description", Value::Text(description)));
    for (name, value) in entries {
        match params.iter_mut().find(|(own, _)| own == name) {
            Some(_) if *value == Value::Undefined => {}
            Some((_, own)) => *own = value.clone(),
            None => params.push((*name, value.clone())),
        }
    }
    Ok(Value::Map(params))
}
