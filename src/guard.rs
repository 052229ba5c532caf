//! One billing event through the whole house: key, request, decision. What a guard does with each call.

use crate::endpoint::{self, Endpoint};
use crate::error::{Code, Error, Result};
use crate::event;
use crate::fill::Known;
use crate::json;
use crate::money::canonical_integer;
use crate::params;
use crate::precheck::{Circumstances, Decision};
use crate::prelude::*;
use crate::request::{Request, Settings};
use crate::spend::Spend;
use crate::value::{Fields, Value};

/// The outcome of preparing a call. It holds no secret.
#[derive(Clone, Debug)]
pub struct Step {
    /// The key of this call of the billing event.
    pub idempotency_key: String,
    /// The request to send; `None` where the decision forbids it.
    pub request: Option<Request>,
    /// The judgement; `None` where there is no policy to judge by.
    pub decision: Option<Decision>,
}

impl Step {
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
pub struct GuardConfig<'c> {
    settings: Settings<'c>,
    circumstances: Option<Circumstances>,
}

impl<'c> GuardConfig<'c> {
    /// Reads `{ policy?, spent_usd_cents?, now, usd_rates?, base_url?, stripe_account?, stripe_version?, allow_unknown_params?,
    /// metadata_key?, on_deny? }`.
    ///
    /// # Errors
    /// For any field that is unknown or malformed.
    pub fn from_value(value: &'c Value<'c>) -> Result<GuardConfig<'c>> {
        let own = ["vault_key", "allow_raw_key", "on_deny"];
        let known: [&[&str]; 3] = [&Circumstances::FIELDS, &Settings::FIELDS, &own];
        let fields = Fields::open_any(value, "config", "", &known)?;
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
            settings: Settings::read(&fields)?,
            circumstances: fields.get("policy").map(|_| Circumstances::read(&fields)).transpose()?,
        })
    }

    /// The base URL of its requests, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &'c str {
        self.settings.base_url()
    }

    /// Prepares a call of `event`: an operation, by any of its names. What the event knows is filled in; `params` may add to it and
    /// repeat it, not contradict it. `options` is `{ path?, amount?, currency? }`: the path's parameters, and what was fetched
    /// where the request does not say what it moves. `earlier` has what the guard's calls before this one spend, by their keys.
    ///
    /// # Errors
    /// For an event, parameters or options that are refused. A decision that forbids the call is no error here.
    pub fn prepare(
        &self,
        operation: &Value,
        event: &Value,
        params: Value<'_>,
        options: &Value,
        earlier: &Value,
    ) -> Result<Step> {
        let name = operation.as_text("operation")?;
        let endpoint = Endpoint::named(name, "operation")?;
        let event = event::from_value(event, "")?.for_call(endpoint);
        let options = Fields::open(options, "options", "options", &["path", "amount", "currency"])?;
        let path = endpoint::fill_path(endpoint, name, options.get("path"))?;
        let known = Known::of(&event);
        let params = known.fill(endpoint, params)?;
        let body = self.settings.encode(endpoint, &params)?;
        let (request, mut spend) = Request::of_event(endpoint, &path, &params, body, &event, &self.settings)?;

        known.check_amount(options.get("amount"), "options.amount")?;
        let currency =
            options.get("currency").map(|code| params::currency(code, "options.currency")).transpose()?;
        let said = spend.currency.or(event.currency);
        if said.zip(currency).is_some_and(|(said, fetched)| said != fetched) {
            let problem = "is not the currency that the request or the event has";
            return Err(Error::new(Code::EventMismatch, "options.currency", problem));
        }
        spend.currency = said.or(currency);
        if options.get("amount").is_some() {
            spend.amount = spend.amount.or(Some(event.fields.amount_cents));
        }
        self.decide(request, &spend, earlier)
    }

    /// The step of a request, judged by the policy where there is one.
    pub(crate) fn decide(&self, request: Request, spend: &Spend, earlier: &Value) -> Result<Step> {
        let idempotency_key = request.idempotency_key.clone();
        let decision = match &self.circumstances {
            Some(circumstances) => {
                Some(circumstances.judge(spend, spent_by_others(earlier, &idempotency_key))?)
            }
            None => None,
        };
        let denied = decision.as_ref().is_some_and(|decision| !decision.allowed());
        Ok(Step { idempotency_key, request: if denied { None } else { Some(request) }, decision })
    }

    pub(crate) fn settings(&self) -> &Settings<'c> {
        &self.settings
    }
}

/// What calls of other keys spend; a call that is prepared again spends once.
fn spent_by_others(earlier: &Value, key: &str) -> u64 {
    let Value::Map(calls) = earlier else { return 0 };
    let mut spent: u64 = 0;
    for (other, cents) in calls {
        if let Value::Number(text) = cents
            && *other != key
        {
            spent = spent.saturating_add(canonical_integer(text).unwrap_or(0));
        }
    }
    spent
}
