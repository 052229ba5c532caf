//! Errors: Stripe's, whose `error` is an object, and the proxy's, whose `error` is a text.

use super::Kind;
use super::answer::Answer;
use super::verdict::{self, Verdict};
use crate::text::has;

/// Statuses from and to, the error's `code` or `type` (empty: any), and what it means. The first that fits counts.
type Row = (u16, u16, &'static str, &'static Verdict);

/// Source: Stripe, "Error codes", "HTTP status code summary" and "Idempotent requests".
const AT_STRIPE: &[Row] = &[
    (400, 599, "idempotency_key_in_use", &verdict::IN_FLIGHT),
    (400, 499, "lock_timeout", &verdict::LOCKED),
    (409, 409, "idempotency_error", &verdict::IN_FLIGHT),
    (409, 409, "", &verdict::CONFLICT),
    (400, 422, "idempotency_error", &verdict::KEY_REUSED),
    (402, 402, "invoice_payment_intent_requires_action", &verdict::REQUIRES_ACTION),
    (402, 402, "subscription_payment_intent_requires_action", &verdict::REQUIRES_ACTION),
    (402, 402, "", &verdict::DECLINED),
    (401, 401, "", &verdict::UNAUTHORIZED),
    (403, 403, "", &verdict::UNAUTHORIZED),
    (429, 429, "", &verdict::RATE_LIMITED),
    // A time-out, and a failure beyond Stripe.
    (408, 408, "", &verdict::STRIPE_FAILED),
    (424, 425, "", &verdict::STRIPE_FAILED),
    (400, 499, "", &verdict::INVALID),
    (500, 599, "", &verdict::STRIPE_FAILED),
];

/// Of the proxy, and of the edge of this project, which says it in these words.
const AT_PROXY: &[Row] = &[
    (400, 499, "daily_usd_cap_exceeded", &verdict::CAP_EXCEEDED),
    (400, 499, "endpoint_not_allowed", &verdict::NOT_ALLOWED),
    (400, 499, "max_charge_usd_exceeded", &verdict::OVER_MAX_CHARGE),
    (400, 499, "policy_expired", &verdict::REVOKED),
    (400, 599, "outcome_unknown", &verdict::NEVER_ANSWERED),
    (409, 409, "answer_not_kept", &verdict::NOT_KEPT),
    // Stripe answered the edge with 401, which is no answer to its caller.
    (502, 502, "stripe_key_refused", &verdict::UNAUTHORIZED),
];

fn find(rows: &[Row], status: u16, words: [&str; 2]) -> Option<&'static Verdict> {
    rows.iter()
        .find(|(from, to, word, _)| {
            (*from..=*to).contains(&status) && (word.is_empty() || words.contains(word))
        })
        .map(|(.., verdict)| *verdict)
}

pub(super) fn at_stripe(answer: &Answer<'_>) -> &'static Verdict {
    let words = match ["code", "type"].map(|name| answer.error_text(name).unwrap_or("")) {
        // A conflict that says nothing else is that of keys.
        ["", _] if answer.status == 409 => ["idempotency_key_in_use", ""],
        words => words,
    };
    let known = find(AT_PROXY, answer.status, words).or_else(|| find(AT_STRIPE, answer.status, words));
    match known {
        Some(Verdict { kind: Kind::StripeError, .. })
            if answer.replayed() || answer.should_retry("false") =>
        {
            &verdict::STRIPE_FAILED_FOR_GOOD
        }
        Some(verdict) => verdict,
        None => verdict::unreadable(answer.status),
    }
}

/// The vendor's pages describe sentences where the published pattern has codes.
pub(super) fn at_proxy(answer: &Answer<'_>, error: &str) -> &'static Verdict {
    if let Some(verdict) = find(AT_PROXY, answer.status, [error, ""]) {
        return verdict;
    }
    let error = error.to_ascii_lowercase();
    let cap = has(&error, "cap") && !has(&error, "capac");
    match answer.status {
        401 => &verdict::REVOKED,
        403 if has(&error, "revoked") || has(&error, "expired") => &verdict::REVOKED,
        402 | 403 | 429 if cap || answer.body.iter().any(|(name, _)| name.starts_with("spent_today")) => {
            &verdict::CAP_EXCEEDED
        }
        403 => &verdict::NOT_ALLOWED,
        429 => &verdict::RATE_LIMITED,
        409 => &verdict::IN_FLIGHT,
        // Time-outs, told by whatever stands between: the request may have gone on.
        408 | 424 | 425 | 499 => verdict::unreadable(answer.status),
        400..500 => &verdict::MALFORMED,
        _ => verdict::unreadable(answer.status),
    }
}
