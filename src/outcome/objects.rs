//! Objects that Stripe answers with: how far each has got, by its `status`.

use super::answer::Answer;
use super::verdict::{self, Verdict};
use crate::prelude::*;
use crate::text::has;
use crate::value::{Value, lookup};

/// Statuses, the objects that can have them, and what they say. Where the making of an object says all, it has none.
/// What is not here is not told.
///
/// Source: Stripe's API reference, the `status` of each object.
const BY_STATUS: &[(&str, &str, &Verdict)] = &[
    (" succeeded paid ", " charge payment_intent refund topup payout transfer invoice ", &verdict::CHARGED),
    ("  ", " transfer transfer_reversal fee_refund ", &verdict::CHARGED),
    (
        " pending in_transit processing requires_capture open incomplete past_due unpaid ",
        " charge payment_intent refund topup payout transfer invoice subscription ",
        &verdict::PENDING,
    ),
    (
        " requires_action requires_confirmation requires_payment_method ",
        " payment_intent setup_intent refund ",
        &verdict::REQUIRES_ACTION,
    ),
    (" open ", " checkout.session ", &verdict::REQUIRES_ACTION),
    (" failed ", " charge refund topup payout transfer ", &verdict::FAILED),
    (
        " canceled void uncollectible expired ",
        " payment_intent setup_intent refund topup payout transfer invoice checkout.session ",
        &verdict::CANCELED,
    ),
    (" draft ", " invoice ", &verdict::MOVES_NOTHING),
    (" draft open ", " quote ", &verdict::MOVES_NOTHING),
    (" succeeded processing ", " setup_intent ", &verdict::MOVES_NOTHING),
    (
        "  ",
        " account bank_account billing_portal.session card coupon customer customer_session ephemeral_key invoiceitem          payment_link payment_method plan price product promotion_code tax_id tax_rate token ",
        &verdict::MOVES_NOTHING,
    ),
];

/// Reads the body of a 2xx answer.
pub(super) fn read(answer: &Answer<'_>) -> &'static Verdict {
    let Some(object) = answer.text("object") else { return verdict::unreadable(answer.status) };
    let status = answer.text("status").unwrap_or("");
    let member = |name| lookup(answer.body, name);
    match (object, status) {
        // An authorisation, which a later call captures.
        ("charge", "succeeded") if member("captured") == Some(&Value::Bool(false)) => &verdict::PENDING,
        // What failed has a reason.
        ("charge", "failed") if member("failure_code") == Some(&Value::Null) => &verdict::UNTOLD,
        ("payment_intent", "requires_payment_method")
            if matches!(member("last_payment_error"), Some(Value::Map(_))) =>
        {
            &verdict::FAILED
        }
        ("invoice", "paid") if is_paid_without_money(answer) => &verdict::MOVES_NOTHING,
        _ => {
            let [object, status] = [object, status].map(|word| [" ", word, " "].joined());
            let row = BY_STATUS.iter().find(|row| has(row.0, &status) && has(row.1, &object));
            row.map_or(&verdict::UNTOLD, |(.., verdict)| verdict)
        }
    }
}

/// Outside of Stripe, or because there was nothing to pay.
fn is_paid_without_money(answer: &Answer<'_>) -> bool {
    let nothing_due = answer.is_zero("amount_due") && answer.is_zero("amount_paid");
    answer.text("charge").is_none() && (nothing_due || answer.is_true("paid_out_of_band"))
}
