//! What the edge answers itself.

use crate::json;
use crate::precheck::{Circumstances, Decision, Verdict};
use crate::prelude::*;

/// An answer of the edge's own, and what the audit says of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// For programs: the audit's reason, and in most answers `error`.
    pub(crate) reason: &'static str,
    pub(crate) body: String,
    /// Whether an SDK of Stripe's should ask again; it does so by itself for a 409.
    pub(crate) should_retry: bool,
}

/// Why a call is refused, where that is nothing that a decision says. Its answer has the decision's figures all the same.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    reason: &'static str,
    message: String,
}

pub(crate) fn refusal(status: u16, reason: &'static str, message: &str) -> Refusal {
    Refusal { status, reason, message: message.to_string() }
}

impl Refusal {
    /// Its answer to a call through a vault key that is known.
    pub(crate) fn answer(&self, circumstances: &Circumstances, amount: Option<u64>) -> Answer {
        Answer::of_refusal(self, Some(&circumstances.decision(Verdict::Allowed, String::new(), amount, 0)))
    }
}

impl Answer {
    /// `{"error": reason, "message": …}`, with the figures of the day's decision where the vault key is known.
    pub(crate) fn of_refusal(refusal: &Refusal, figures: Option<&Decision>) -> Answer {
        let Refusal { status, reason, ref message } = *refusal;
        let mut body = String::new();
        json::object(&mut body, |o| {
            o.text("error", reason);
            o.text("message", message);
            if let Some(decision) = figures {
                decision.figures(o);
            }
        });
        Answer { status, reason, body, should_retry: false }
    }

    /// The refusal of a decision, with its figures.
    pub(crate) fn of_decision(decision: &Decision, allowed_endpoints: &[String], attempted: &str) -> Answer {
        let mut body = String::new();
        json::object(&mut body, |o| {
            o.text("error", decision.verdict.code());
            o.text("message", &decision.message);
            if decision.verdict == Verdict::EndpointNotAllowed {
                o.texts("allowed_endpoints", allowed_endpoints);
                o.text("attempted", attempted);
            }
            decision.figures(o);
        });
        Answer {
            status: decision.verdict.http_status(),
            reason: decision.verdict.code(),
            body,
            should_retry: false,
        }
    }

    /// An error in Stripe's own shape, which its SDKs understand.
    fn as_stripe(status: u16, reason: &'static str, kind: &str, code: Option<&str>, message: &str) -> Answer {
        let mut body = String::new();
        json::object(&mut body, |o| {
            o.member("error", |out| {
                json::object(out, |o| {
                    o.text("type", kind);
                    if let Some(code) = code {
                        o.text("code", code);
                    }
                    o.text("message", message);
                });
            });
        });
        Answer { status, reason, body, should_retry: status != 400 }
    }

    /// The key belongs to another request.
    pub(crate) fn key_reused(message: &str) -> Answer {
        Answer::as_stripe(400, "idempotency_error", "idempotency_error", None, message)
    }

    /// The first request with this key has not finished.
    pub(crate) fn key_in_use() -> Answer {
        let code = "idempotency_key_in_use";
        let message =
            "There is currently another in-progress request using this Idempotent Key: ask again later.";
        Answer::as_stripe(409, code, "invalid_request_error", Some(code), message)
    }

    /// Stripe did not answer.
    pub(crate) fn no_answer() -> Answer {
        let code = "no_answer";
        let message = "No answer from Stripe: the call may have been executed. Send the same request with the same key.";
        Answer::as_stripe(502, code, "api_error", Some(code), message)
    }

    /// Stripe refused the edge's own key, which is for its operator to mend.
    pub(crate) fn bad_credential() -> Answer {
        let code = "stripe_key_refused";
        let message = "Stripe does not accept the key that this edge holds: tell its operator.";
        let answer = Answer::as_stripe(502, code, "api_error", Some(code), message);
        Answer { should_retry: false, ..answer }
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        json::object(out, |o| {
            o.number("status", Some(self.status.into()));
            o.member("headers", |out| {
                json::object(out, |o| {
                    o.text("content-type", "application/json");
                    o.text("stripe-should-retry", if self.should_retry { "true" } else { "false" });
                });
            });
            o.text("body", &self.body);
        });
    }
}
