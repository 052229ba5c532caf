//! What an answer means: whether money moved, and whether to ask again, with which key.
//!
//! Sources: Stripe, "Error handling", "Idempotent requests" and the objects' status fields; the proxy's own answers,
//! of which two descriptions exist. Where an answer leaves doubt, `charged` is unknown: never a comforting guess.

use crate::prelude::*;
use alloc::borrow::Cow;

use crate::error::{Code, Error, Result};
use crate::json;
use crate::money::{Digits, canonical_integer};
use crate::text::has;
use crate::value::{Fields, Value, lookup};

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
        /// The proxy's allowlist has no such endpoint.
        EndpointNotAllowed = "endpoint_not_allowed",
        /// The proxy's key is revoked, expired or unknown.
        VaultKeyRevoked = "vault_key_revoked",
        /// Too many requests.
        RateLimited = "rate_limited",
        /// The object is locked by another request.
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
            o.bool("replayed", self.replayed);
            o.optional_text("id", self.id.as_deref());
            o.optional_text("stripe_code", self.stripe_code.as_deref());
            o.optional_text("decline_code", self.decline_code.as_deref());
            o.optional_text("request_id", self.request_id.as_deref());
        });
        out
    }
}

/// An answer as it arrived, its headers looked up.
struct Answer<'a> {
    status: u16,
    headers: &'a [(&'a str, Value<'a>)],
    body: &'a [(&'a str, Value<'a>)],
    /// Whether the body was an object at all.
    readable: bool,
}

impl<'a> Answer<'a> {
    fn header(&self, name: &str) -> Option<&'a str> {
        let value =
            self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match value {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Number(text)) => Some(text),
            Some(Value::List(values)) => values.first().and_then(as_text),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        lookup(self.body, name).and_then(as_text)
    }

    fn is_true(&self, name: &str) -> bool {
        lookup(self.body, name) == Some(&Value::Bool(true))
    }

    fn replayed(&self) -> bool {
        self.header("idempotent-replayed").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

fn as_text<'v>(value: &Value<'v>) -> Option<&'v str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

/// The three things that matter, and the sentence about them.
type Reading = (Kind, Charged, Retry, Cow<'static, str>);

const EMPTY: &[(&str, Value<'static>)] = &[];

/// Classifies `{ status, headers?, body? }`. A status of 0 or null means that no answer arrived; `body` is the parsed
/// JSON, or anything else where it was none.
///
/// # Errors
/// For a status that is no HTTP status. Bodies and headers are never refused.
pub fn classify(response: &Value) -> Result<Outcome> {
    let fields = Fields::open(response, "response", "", &["status", "headers", "body"])?;
    let status = status(fields.required("status", "the HTTP status, or 0 where no answer arrived")?)?;
    let entries = |name| match fields.get(name) {
        Some(Value::Map(entries)) => Some(entries.as_slice()),
        _ => None,
    };
    let answer = Answer {
        status,
        headers: entries("headers").unwrap_or(EMPTY),
        body: entries("body").unwrap_or(EMPTY),
        readable: entries("body").is_some(),
    };
    let (kind, charged, retry, message) = read(&answer);
    let error = match lookup(answer.body, "error") {
        Some(Value::Map(error)) => error.as_slice(),
        _ => EMPTY,
    };
    let owned = |text: Option<&str>| text.map(ToString::to_string);
    let retry_after =
        answer.header("retry-after").and_then(canonical_integer).and_then(|s| s.checked_mul(1000));
    Ok(Outcome {
        kind,
        charged,
        retry,
        retry_after_ms: retry_after.filter(|ms| *ms <= 86_400_000),
        message: message.into_owned(),
        http_status: status,
        replayed: answer.replayed(),
        id: owned(if (200..300).contains(&status) { answer.text("id") } else { None }),
        stripe_code: owned(lookup(error, "code").and_then(as_text)),
        decline_code: owned(lookup(error, "decline_code").and_then(as_text)),
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

fn read(answer: &Answer<'_>) -> Reading {
    if answer.status == 0 {
        let message =
            "No answer arrived: the charge may have been made. Send the same request with the same key.";
        return (Kind::NetworkError, Charged::Unknown, Retry::SameKey, message.into());
    }
    match (answer.readable, lookup(answer.body, "error")) {
        (false, _) => unreadable(answer),
        (true, Some(Value::Text(error))) => refused_by_proxy(answer, error),
        (true, Some(Value::Map(error))) => failed_at_stripe(answer, error),
        (true, _) if (200..300).contains(&answer.status) => succeeded(answer),
        (true, _) => unreadable(answer),
    }
}

fn unreadable(answer: &Answer<'_>) -> Reading {
    let again = matches!(answer.status, 200..300 | 408 | 409 | 425 | 429 | 500..600);
    let (retry, advice) = if again {
        (Retry::SameKey, "Send the same request with the same key.")
    } else {
        (Retry::Review, "Look at what answered before sending it again.")
    };
    let message = [
        "The answer (status ",
        &Digits::of(answer.status.into()),
        ") is not Stripe's nor the proxy's. ",
        advice,
    ];
    (Kind::Unreadable, Charged::Unknown, retry, message.joined().into())
}

/// The proxy's errors carry a text where Stripe's carry an object.
fn refused_by_proxy(answer: &Answer<'_>, error: &str) -> Reading {
    let error = error.to_ascii_lowercase();
    let no = |kind, retry, message: &'static str| (kind, Charged::No, retry, message.into());
    match answer.status {
        401 => no(
            Kind::VaultKeyRevoked,
            Retry::Never,
            "The vault key is revoked, expired or unknown: issue a new one.",
        ),
        403 => {
            no(Kind::EndpointNotAllowed, Retry::Never, "The vault key's policy does not allow this endpoint.")
        }
        429 if has(&error, "cap") || answer.body.iter().any(|(name, _)| name.starts_with("spent_today")) => {
            no(
                Kind::CapExceeded,
                Retry::Never,
                "The vault key's daily cap is reached: nothing was charged. Raise the cap, or wait for the next UTC day.",
            )
        }
        429 => no(
            Kind::RateLimited,
            Retry::SameKey,
            "Too many requests: wait, then send the same request again.",
        ),
        409 => in_flight(),
        400..500 => no(Kind::InvalidRequest, Retry::Never, "The proxy refused the request as malformed."),
        _ => unreadable(answer),
    }
}

fn in_flight() -> Reading {
    let message = "A request with this key has not finished: ask again with the same key for its answer.";
    (Kind::InFlight, Charged::Unknown, Retry::SameKey, message.into())
}

fn failed_at_stripe(answer: &Answer<'_>, error: &[(&str, Value<'_>)]) -> Reading {
    let field = |name| lookup(error, name).and_then(as_text).unwrap_or("");
    let no = |kind, retry, message: &'static str| (kind, Charged::No, retry, message.into());
    match (answer.status, field("code"), field("type")) {
        (_, "idempotency_key_in_use", _) | (409, ..) => in_flight(),
        (429, "lock_timeout", _) => no(
            Kind::LockTimeout,
            Retry::SameKey,
            "The object is locked by another request: wait, then send the same again.",
        ),
        (429, ..) => no(
            Kind::RateLimited,
            Retry::SameKey,
            "Too many requests: wait, then send the same request again.",
        ),
        (400 | 422, _, "idempotency_error") => no(
            Kind::KeyReused,
            Retry::Review,
            "This key was used before with other parameters or at another endpoint: look for that request first.",
        ),
        (402, ..) => no(
            Kind::Declined,
            Retry::NewKey,
            "The payment was declined, and this key will only repeat that: a new attempt needs a key of its own.",
        ),
        (401 | 403, ..) => {
            no(Kind::Unauthorized, Retry::Never, "Stripe does not accept the key for this call.")
        }
        (400..500, ..) => no(
            Kind::InvalidRequest,
            Retry::Never,
            "Stripe refused the parameters: nothing was charged. Mend the request.",
        ),
        (500..600, ..) if answer.replayed() || says_no_retry(answer) => (
            Kind::StripeError,
            Charged::Unknown,
            Retry::Review,
            "An error at Stripe that this key will only repeat: look whether the charge was made.".into(),
        ),
        (500..600, ..) => (
            Kind::StripeError,
            Charged::Unknown,
            Retry::SameKey,
            "An error at Stripe: the charge may have been made. Send the same request with the same key."
                .into(),
        ),
        _ => unreadable(answer),
    }
}

fn says_no_retry(answer: &Answer<'_>) -> bool {
    answer.header("stripe-should-retry").is_some_and(|value| value.eq_ignore_ascii_case("false"))
}

/// How far an object of Stripe's has got.
enum Progress {
    Moved,
    Pending,
    RequiresAction,
    Declined,
    Canceled,
    /// Made, without moving money.
    Nothing,
    /// Not known to this program.
    Unclear,
}

fn progress(answer: &Answer<'_>) -> Progress {
    let status = answer.text("status").unwrap_or("");
    match answer.text("object").unwrap_or("") {
        "charge" => match status {
            "succeeded" if lookup(answer.body, "captured") == Some(&Value::Bool(false)) => Progress::Pending,
            "succeeded" => Progress::Moved,
            "pending" => Progress::Pending,
            "failed" => Progress::Declined,
            _ => Progress::Unclear,
        },
        "payment_intent" => match status {
            "succeeded" => Progress::Moved,
            "processing" | "requires_capture" => Progress::Pending,
            "requires_action" | "requires_confirmation" => Progress::RequiresAction,
            "requires_payment_method"
                if matches!(lookup(answer.body, "last_payment_error"), Some(Value::Map(_))) =>
            {
                Progress::Declined
            }
            "requires_payment_method" => Progress::RequiresAction,
            "canceled" => Progress::Canceled,
            _ => Progress::Unclear,
        },
        "refund" | "payout" | "topup" => match status {
            "succeeded" | "paid" => Progress::Moved,
            "pending" | "in_transit" => Progress::Pending,
            "requires_action" => Progress::RequiresAction,
            "failed" => Progress::Declined,
            "canceled" => Progress::Canceled,
            _ => Progress::Unclear,
        },
        "transfer" | "transfer_reversal" | "fee_refund" => Progress::Moved,
        "invoice" => match status {
            "paid" if answer.is_true("paid_out_of_band") => Progress::Nothing,
            "paid" => Progress::Moved,
            "draft" => Progress::Nothing,
            "open" => Progress::Pending,
            "void" | "uncollectible" => Progress::Canceled,
            _ => Progress::Unclear,
        },
        "customer" | "invoiceitem" | "price" | "product" | "coupon" | "payment_method" | "setup_intent" => {
            Progress::Nothing
        }
        _ => Progress::Unclear,
    }
}

fn succeeded(answer: &Answer<'_>) -> Reading {
    if answer.text("id").is_none() && answer.text("object").is_none() {
        return unreadable(answer);
    }
    let done = if answer.replayed() { Kind::Replayed } else { Kind::Succeeded };
    match progress(answer) {
        Progress::Moved if answer.replayed() => (
            done,
            Charged::Yes,
            Retry::Never,
            "Charged before with this key: this is that charge's answer.".into(),
        ),
        Progress::Moved => (done, Charged::Yes, Retry::Never, "Charged.".into()),
        Progress::Nothing => (done, Charged::No, Retry::Never, "Done; this call moves no money.".into()),
        Progress::Pending => (
            Kind::Pending,
            Charged::Unknown,
            Retry::Never,
            "Accepted; the money has not moved yet: follow the object's status.".into(),
        ),
        Progress::RequiresAction => (
            Kind::RequiresAction,
            Charged::No,
            Retry::Never,
            "The payment waits for a step of the customer or of yours.".into(),
        ),
        Progress::Canceled => (Kind::Canceled, Charged::No, Retry::Never, "The payment was canceled.".into()),
        Progress::Declined => (
            Kind::Declined,
            Charged::No,
            Retry::NewKey,
            "The payment failed, and this key will only repeat that: a new attempt needs a key of its own."
                .into(),
        ),
        Progress::Unclear => (
            done,
            Charged::Unknown,
            Retry::Never,
            "Done; whether it moved money is not told by this object.".into(),
        ),
    }
}
