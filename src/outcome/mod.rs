//! What an answer means: whether money moved, and whether to ask again, with which key.
//!
//! Sources: Stripe, "Advanced error handling", "Idempotent requests" and the objects' status fields; the proxy's own
//! answers, of which two descriptions exist. Where an answer leaves doubt, `charged` is unknown: never a comforting guess.

mod answer;
mod errors;
mod evidence;
mod objects;
mod verdict;

use crate::error::{Code, Error, Result};
use crate::json;
use crate::money::{Digits, canonical_integer};
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Fields, Value};
use answer::Answer;
use verdict::Verdict;

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The text that programs branch on.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

texts! {
    /// What kind of answer it was.
    Kind {
        /// The call succeeded.
        Succeeded = "succeeded",
        /// The answer to an earlier request with the same key, played again.
        Replayed = "replayed",
        /// Accepted; the money is on its way, or waits for a capture.
        Pending = "pending",
        /// The customer has to do something first.
        RequiresAction = "requires_action",
        /// The payment was canceled.
        Canceled = "canceled",
        /// The card or account was declined.
        Declined = "declined",
        /// Another request with the same key has not finished.
        InFlight = "in_flight",
        /// The key was used before, with other parameters or at another endpoint.
        KeyReused = "key_reused",
        /// The proxy's daily cap is reached.
        CapExceeded = "cap_exceeded",
        /// The proxy's policy does not allow the endpoint, or the account.
        EndpointNotAllowed = "endpoint_not_allowed",
        /// More than the proxy lets one call spend.
        MaxChargeUsdExceeded = "max_charge_usd_exceeded",
        /// The proxy's key is revoked, expired or unknown.
        VaultKeyRevoked = "vault_key_revoked",
        /// Too many requests.
        RateLimited = "rate_limited",
        /// The object is held by another request.
        LockTimeout = "lock_timeout",
        /// Stripe refused the parameters.
        InvalidRequest = "invalid_request",
        /// Stripe refused the key.
        Unauthorized = "unauthorized",
        /// An error on Stripe's side.
        StripeError = "stripe_error",
        /// No answer arrived.
        NetworkError = "network_error",
        /// An answer that is not Stripe's nor the proxy's: HTML, empty, cut short.
        Unreadable = "unreadable",
    }
}

texts! {
    /// Whether this request moved money.
    Charged {
        /// It did (or its first execution did, where the answer is a replay).
        Yes = "yes",
        /// It did not.
        No = "no",
        /// It cannot be told from the answer.
        Unknown = "unknown",
    }
}

texts! {
    /// Whether to send the request again.
    Retry {
        /// Yes, unchanged and with the same key, within 24 hours of the first attempt.
        SameKey = "same_key",
        /// The same key would only replay this answer: what is tried anew is a new billing event.
        NewKey = "new_key",
        /// No.
        Never = "never",
        /// Not before somebody has looked.
        Review = "review",
    }
}

/// An answer, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What kind of answer it was.
    pub kind: Kind,
    /// Whether money moved.
    pub charged: Charged,
    /// Whether to send the request again.
    pub retry: Retry,
    /// How long the server asked to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The same for people.
    pub message: String,
    /// The HTTP status; 0 where no answer arrived.
    pub http_status: u16,
    /// Whether the answer is a replay.
    pub replayed: bool,
    /// The id of the object that was made.
    pub id: Option<String>,
    /// Whether that object is of live mode; in test mode no money is real.
    pub livemode: Option<bool>,
    /// Stripe's error code.
    pub stripe_code: Option<String>,
    /// The issuer's reason for a decline.
    pub decline_code: Option<String>,
    /// Stripe's request id, for its support.
    pub request_id: Option<String>,
}

impl Outcome {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(512);
        json::object(&mut out, |o| {
            o.text("kind", self.kind.as_str());
            o.text("charged", self.charged.as_str());
            o.text("retry", self.retry.as_str());
            o.number("retry_after_ms", self.retry_after_ms);
            o.text("message", &self.message);
            o.number("http_status", Some(self.http_status.into()));
            o.bool("replayed", Some(self.replayed));
            o.optional_text("id", self.id.as_deref());
            o.bool("livemode", self.livemode);
            o.optional_text("stripe_code", self.stripe_code.as_deref());
            o.optional_text("decline_code", self.decline_code.as_deref());
            o.optional_text("request_id", self.request_id.as_deref());
        });
        out
    }
}

/// Classifies `{ status, headers?, body?, now?, may_have_charged? }`. A status of 0 or null means that no answer
/// arrived; `body` is the parsed JSON, or anything else where it was none. `now` is for a `Retry-After` that is a date, where the
/// answer has no `Date`. `may_have_charged` says that an earlier request with this key may have: then the refusal of
/// this one is no proof that nothing was charged.
///
/// # Errors
/// For a status that is no HTTP status, and for the last two. Bodies and headers are never refused.
pub fn classify(response: &Value) -> Result<Outcome> {
    let known = ["status", "headers", "body", "now", "may_have_charged"];
    let fields = Fields::open(response, "response", "", &known)?;
    let status = status(fields.required("status", "the HTTP status, or 0 where no answer arrived")?)?;
    let now = fields.get("now").map(|now| Instant::from_value(now, "now")).transpose()?;
    let may_have_charged = fields.bool("may_have_charged")? == Some(true);
    let answer = Answer::new(status, fields.get("headers"), fields.get("body"));

    let verdict = judge(&answer, may_have_charged);
    let owned = |text: Option<&str>| text.map(ToString::to_string);
    let made = (200..300).contains(&status) && verdict.kind != Kind::Unreadable;
    Ok(Outcome {
        kind: verdict.kind,
        charged: verdict.charged,
        retry: verdict.retry,
        retry_after_ms: answer.retry_after_ms(now),
        message: message(&verdict, status),
        http_status: status,
        replayed: answer.replayed(),
        id: owned(answer.text("id").filter(|_| made)),
        livemode: answer.bool("livemode").filter(|_| made),
        stripe_code: owned(answer.error_text("code")),
        decline_code: owned(answer.error_text("decline_code")),
        request_id: owned(answer.header("request-id")),
    })
}

fn status(value: &Value) -> Result<u16> {
    if *value == Value::Null {
        return Ok(0);
    }
    let Value::Number(text) = value else { return Err(value.wrong("status", "a number")) };
    let status = canonical_integer(text).and_then(|status| u16::try_from(status).ok());
    status.filter(|status| *status == 0 || (100..600).contains(status)).ok_or_else(|| {
        Error::new(
            Code::WrongType,
            "status",
            "is not an HTTP status: give 100 to 599, or 0 where no answer arrived",
        )
    })
}

/// What the answer says, and then what speaks against taking it at its word.
fn judge(answer: &Answer<'_>, may_have_charged: bool) -> Verdict {
    let mut said = *read(answer);
    if said.kind == Kind::Succeeded && answer.replayed() {
        said.kind = Kind::Replayed;
        if said.charged == Charged::Yes {
            said.message = verdict::CHARGED_BEFORE;
        }
    }
    if answer.status >= 400 {
        if said.retry == Retry::SameKey {
            if answer.should_retry("false") {
                said.retry = Retry::Review;
                said.message = verdict::ADVISED_AGAINST;
            }
        } else if said.may_be_sent_again() && !answer.replayed() && answer.should_retry("true") {
            said.retry = Retry::SameKey;
            said.message = verdict::ADVISED;
        }
    }
    if said.charged == Charged::No {
        let contradicted = evidence::of_money(answer);
        if contradicted || (may_have_charged && !is_about_the_key(answer, said.kind)) {
            said.charged = Charged::Unknown;
            if contradicted || said.retry != Retry::SameKey {
                said.retry = Retry::Review;
                said.message = verdict::NO_PROOF;
            }
        }
    }
    said
}

fn read(answer: &Answer<'_>) -> &'static Verdict {
    match answer.error() {
        _ if answer.status == 0 => &verdict::NO_ANSWER,
        Some(Value::Map(_)) => errors::at_stripe(answer),
        Some(Value::Text(error)) => errors::at_proxy(answer, error),
        None if (200..300).contains(&answer.status) => objects::read(answer),
        _ => verdict::unreadable(answer.status),
    }
}

/// Whether an answer tells what became of the key, earlier requests with it included: what Stripe executed under
/// a key is what it replays. Caps, limits and locks refuse a request before its key is looked up, or may.
fn is_about_the_key(answer: &Answer<'_>, kind: Kind) -> bool {
    let executed = (200..300).contains(&answer.status) || kind == Kind::Declined;
    executed || (kind == Kind::InvalidRequest && answer.is_stripe_error())
}

fn message(verdict: &Verdict, status: u16) -> String {
    let status = Digits::of(status.into());
    let unread = ["The answer (status ", &status, ") is not Stripe's nor the proxy's. "];
    let before: &[&str] = if verdict.kind == Kind::Unreadable { &unread } else { &[] };
    [&before.joined(), verdict.message].joined()
}
