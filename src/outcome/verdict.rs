//! What can be said of an answer: its kind, the two things that matter, and the sentence about them.

use super::{Charged, Kind, Retry};

#[derive(Clone, Copy)]
pub(super) struct Verdict {
    pub(super) kind: Kind,
    pub(super) charged: Charged,
    pub(super) retry: Retry,
    pub(super) message: &'static str,
}

const fn verdict(kind: Kind, charged: Charged, retry: Retry, message: &'static str) -> Verdict {
    Verdict { kind, charged, retry, message }
}

// Where nothing can be said.

pub(super) const NO_ANSWER: Verdict = verdict(
    Kind::NetworkError,
    Charged::Unknown,
    Retry::SameKey,
    "No answer arrived: the charge may have been made. Send the same request with the same key.",
);

/// The message is completed with the status.
const UNREADABLE: Verdict =
    verdict(Kind::Unreadable, Charged::Unknown, Retry::SameKey, "Send the same request with the same key.");
const FOREIGN: Verdict = verdict(
    Kind::Unreadable,
    Charged::Unknown,
    Retry::Review,
    "Look at what answered before sending it again.",
);

pub(super) const fn unreadable(status: u16) -> &'static Verdict {
    if matches!(status, 200..300 | 408 | 409 | 424 | 425 | 429 | 499..600) { &UNREADABLE } else { &FOREIGN }
}

// What an object that Stripe answers with says.

pub(super) const CHARGED: Verdict = verdict(Kind::Succeeded, Charged::Yes, Retry::Never, "Charged.");
pub(super) const MOVES_NOTHING: Verdict =
    verdict(Kind::Succeeded, Charged::No, Retry::Never, "Done; this call moves no money.");
pub(super) const UNTOLD: Verdict = verdict(
    Kind::Succeeded,
    Charged::Unknown,
    Retry::Never,
    "Done; whether it moved money is not told by this object.",
);
pub(super) const PENDING: Verdict = verdict(
    Kind::Pending,
    Charged::Unknown,
    Retry::Never,
    "Accepted; the money has not moved yet: follow the object's status.",
);
pub(super) const REQUIRES_ACTION: Verdict = verdict(
    Kind::RequiresAction,
    Charged::No,
    Retry::Never,
    "The payment waits for a step of the customer or of yours.",
);
pub(super) const CANCELED: Verdict =
    verdict(Kind::Canceled, Charged::No, Retry::Never, "The payment was canceled.");
pub(super) const FAILED: Verdict = verdict(
    Kind::Declined,
    Charged::No,
    Retry::NewKey,
    "The payment failed, and this key will only repeat that: a new attempt needs a key of its own.",
);

// Stripe's errors.

pub(super) const DECLINED: Verdict = verdict(
    Kind::Declined,
    Charged::No,
    Retry::NewKey,
    "The payment was declined, and this key will only repeat that: a new attempt needs a key of its own.",
);
pub(super) const IN_FLIGHT: Verdict = verdict(
    Kind::InFlight,
    Charged::Unknown,
    Retry::SameKey,
    "A request with this key has not finished: ask again with the same key for its answer.",
);
pub(super) const LOCKED: Verdict = verdict(
    Kind::LockTimeout,
    Charged::No,
    Retry::SameKey,
    "The object is locked by another request: wait, then send the same again.",
);
/// A conflict that Stripe does not document: whether something was executed is not known.
pub(super) const CONFLICT: Verdict = Verdict { charged: Charged::Unknown, ..LOCKED };
pub(super) const RATE_LIMITED: Verdict = verdict(
    Kind::RateLimited,
    Charged::No,
    Retry::SameKey,
    "Too many requests: wait, then send the same request again.",
);
pub(super) const KEY_REUSED: Verdict = verdict(
    Kind::KeyReused,
    Charged::No,
    Retry::Review,
    "This key was used before with other parameters or at another endpoint: look for that request first.",
);
pub(super) const INVALID: Verdict = verdict(
    Kind::InvalidRequest,
    Charged::No,
    Retry::Never,
    "Stripe refused the parameters: nothing was charged. Mend the request.",
);
pub(super) const UNAUTHORIZED: Verdict =
    verdict(Kind::Unauthorized, Charged::No, Retry::Never, "Stripe does not accept the key for this call.");
pub(super) const STRIPE_FAILED: Verdict = verdict(
    Kind::StripeError,
    Charged::Unknown,
    Retry::SameKey,
    "An error at Stripe or on the way: the charge may have been made. Send the same request with the same key.",
);
pub(super) const STRIPE_FAILED_FOR_GOOD: Verdict = verdict(
    Kind::StripeError,
    Charged::Unknown,
    Retry::Review,
    "An error at Stripe that this key will only repeat: look whether the charge was made.",
);

// The proxy's errors.

pub(super) const CAP_EXCEEDED: Verdict = verdict(
    Kind::CapExceeded,
    Charged::No,
    Retry::Never,
    "The vault key's daily cap is reached: nothing was charged. Raise the cap, or wait for the next UTC day.",
);
pub(super) const REVOKED: Verdict = verdict(
    Kind::VaultKeyRevoked,
    Charged::No,
    Retry::Never,
    "The vault key is revoked, expired or unknown: issue a new one.",
);
pub(super) const NOT_ALLOWED: Verdict = verdict(
    Kind::EndpointNotAllowed,
    Charged::No,
    Retry::Never,
    "The vault key's policy does not allow this endpoint or account.",
);
pub(super) const OVER_MAX_CHARGE: Verdict = verdict(
    Kind::MaxChargeUsdExceeded,
    Charged::No,
    Retry::Never,
    "The vault key may not spend as much in one call: nothing was charged.",
);
pub(super) const MALFORMED: Verdict = verdict(
    Kind::InvalidRequest,
    Charged::No,
    Retry::Never,
    "The proxy refused the request: nothing was charged. Mend the request.",
);
/// A proxy that forwards nothing under a key whose first answer it never got, and which Stripe may have forgotten.
pub(super) const NEVER_ANSWERED: Verdict = verdict(
    Kind::InFlight,
    Charged::Unknown,
    Retry::Review,
    "An earlier request with this key was never answered: look whether the charge was made.",
);
/// A proxy that knows the key and has no answer to play again.
pub(super) const NOT_KEPT: Verdict = verdict(
    Kind::Replayed,
    Charged::Unknown,
    Retry::Review,
    "An earlier request with this key was executed: look whether the charge was made.",
);

// What goes before the word of an answer.

pub(super) const CHARGED_BEFORE: &str = "Charged before with this key: this is that charge's answer.";
pub(super) const ADVISED: &str = "Stripe asks for the same request again, with the same key.";
pub(super) const ADVISED_AGAINST: &str =
    "Stripe asks not to send this again: look whether the charge was made.";
pub(super) const NO_PROOF: &str =
    "This answer is no proof that nothing was charged: look for the charge first.";

impl Verdict {
    /// Whether Stripe's advice to do so can be followed: not under a key that has another meaning, nor with one that
    /// is not accepted.
    pub(super) fn may_be_sent_again(self) -> bool {
        matches!(self.kind, Kind::InvalidRequest | Kind::Declined | Kind::StripeError)
    }
}
