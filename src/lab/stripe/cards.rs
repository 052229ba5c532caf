//! Stripe's cards for tests (Stripe, "Testing"), and customers whose id says what their card will do.

use super::refusal::Refusal;

/// The card of who is charged without one being named.
pub(crate) const ON_FILE: &str = "pm_card_visa";

pub(crate) const DECLINED: &str = "Your card was declined.";

pub(crate) fn is_declined(card: Option<&str>, customer: Option<&str>) -> bool {
    matches!(card, Some("tok_chargeDeclined" | "pm_card_chargeDeclined"))
        || customer.is_some_and(|customer| customer.contains("declined"))
}

pub(crate) fn needs_authentication(payment_method: &str) -> bool {
    payment_method == "pm_card_authenticationRequired"
}

pub(crate) fn declined() -> Refusal {
    Refusal::card_declined("card_declined", "generic_decline", DECLINED)
}

pub(crate) fn unauthenticated() -> Refusal {
    let code = "authentication_required";
    Refusal::card_declined(code, code, "Your card was declined. This transaction requires authentication.")
}
