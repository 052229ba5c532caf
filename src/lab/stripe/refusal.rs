//! Refusals in Stripe's shapes (Stripe API reference, "Errors").

use crate::lab::http::Answer;
use crate::lab::object::{Json, Members};
use crate::prelude::*;

/// Whether a key keeps it depends on where it is said, not on what it is.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: Members,
    headers: &'static [(&'static str, &'static str)],
}

pub(crate) type Result<T> = core::result::Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, kind: &'static str, message: impl Into<Json>) -> Refusal {
        let error = Members::of([("type", kind.into()), ("message", message.into())]);
        Refusal { status, error, headers: &[] }
    }

    pub(crate) fn invalid(message: impl Into<Json>) -> Refusal {
        Refusal::new(400, "invalid_request_error", message)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Json>) -> Refusal {
        self.error.set(name, value);
        self
    }

    pub(crate) fn code(self, code: &'static str) -> Refusal {
        let url = ["https://stripe.com/docs/error-codes/", &code.replace('_', "-")].joined();
        self.with("code", code).with("doc_url", url)
    }

    pub(crate) fn param(self, name: &str) -> Refusal {
        self.with("param", name.to_string())
    }

    pub(crate) fn no_such(object: &str, id: &str, param: &str) -> Refusal {
        let message = ["No such ", object, ": '", shown(id), "'"].joined();
        let refusal = Refusal { status: 404, ..Refusal::invalid(message) };
        refusal.code("resource_missing").param(param)
    }

    pub(crate) fn unknown_url(method: &str, path: &str) -> Refusal {
        let message = [
            "Unrecognized request URL (",
            method,
            ": ",
            path,
            ").  Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        ];
        Refusal { status: 404, ..Refusal::invalid(message.joined()) }
    }

    pub(crate) fn no_permission(resource: &str) -> Refusal {
        let message = [
            "The provided key does not have the required permissions for this endpoint: it may not write ",
            resource,
            ".",
        ];
        let refusal = Refusal::new(403, "invalid_request_error", message.joined());
        refusal.code("more_permissions_required")
    }

    pub(crate) fn card_declined(code: &'static str, decline: &'static str, message: &'static str) -> Refusal {
        Refusal::new(402, "card_error", message).code(code).with("decline_code", decline)
    }

    pub(crate) fn key_reused(key: &str) -> Refusal {
        let message = [
            "Keys for idempotent requests can only be used with the same parameters they were first used with. ",
            "Try using a key other than '",
            key,
            "' if you meant to execute a different request.",
        ];
        Refusal::new(400, "idempotency_error", message.joined())
    }

    pub(crate) fn key_in_use(key: &str) -> Refusal {
        let message = [
            "There is currently another in-progress request using this Idempotent Key (that probably means you ",
            "submitted twice, and the other request is still going through): ",
            key,
            ". Please try again later.",
        ];
        let refusal = Refusal::new(409, "invalid_request_error", message.joined());
        let headers = &[("stripe-should-retry", "true")];
        Refusal { headers, ..refusal.code("idempotency_key_in_use") }
    }

    pub(crate) fn rate_limited() -> Refusal {
        let message = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
        let refusal = Refusal::new(429, "invalid_request_error", message);
        let headers = &[("stripe-rate-limited-reason", "global-rate")];
        Refusal { headers, ..refusal.code("rate_limit") }
    }

    /// An error on Stripe's side. After an execution Stripe advises against asking again: a key would bring it back.
    pub(crate) fn server_error(executed: bool) -> Refusal {
        let refusal = Refusal::new(500, "api_error", "An unknown error occurred");
        Refusal { headers: if executed { &[("stripe-should-retry", "false")] } else { &[] }, ..refusal }
    }

    pub(crate) fn into_answer(self) -> Answer {
        let mut body = String::with_capacity(256);
        Members::of([("error", self.error.into())]).write(&mut body);
        let mut answer = Answer::json(self.status, body);
        for (name, value) in self.headers {
            answer.add(name, value);
        }
        answer
    }
}

/// Cut short, so that a hostile value does not come back a megabyte long.
pub(crate) fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(80).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or("")
}
