//! Where each endpoint's request says how much money it moves. What moves money is never taken for 0.

/// Where the amount of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountSource {
    /// The call moves no money.
    None,
    /// In this parameter, with a `currency` beside it.
    Parameter(&'static str),
    /// In this parameter; where it is left out, Stripe takes all there is.
    OptionalParameter(&'static str),
    /// Not in the request: Stripe knows it from this object.
    Elsewhere(&'static str),
}

impl AmountSource {
    /// The parameter that says the amount, where there is one.
    #[must_use]
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            AmountSource::Parameter(name) | AmountSource::OptionalParameter(name) => Some(name),
            AmountSource::None | AmountSource::Elsewhere(_) => None,
        }
    }
}

/// By the path below `/v1/`. Source: the request parameters of Stripe's API reference.
pub(super) fn source(path: &str) -> AmountSource {
    use AmountSource::{Elsewhere, None, OptionalParameter, Parameter};
    match path {
        "charges"
        | "customers/{id}/balance_transactions"
        | "invoiceitems"
        | "payment_intents"
        | "payouts"
        | "topups"
        | "transfers"
        | "treasury/inbound_transfers"
        | "treasury/outbound_payments"
        | "treasury/outbound_transfers" => Parameter("amount"),

        "application_fees/{id}/refunds"
        | "charges/{id}/capture"
        | "climate/orders"
        | "credit_notes"
        | "invoiceitems/{id}"
        | "issuing/authorizations/{id}/approve"
        | "payment_intents/{id}"
        | "payment_intents/{id}/apply_customer_balance"
        | "payment_intents/{id}/increment_authorization"
        | "refunds"
        | "terminal/readers/{id}/refund_payment"
        | "transfers/{id}/reversals" => OptionalParameter("amount"),
        "payment_intents/{id}/capture" => OptionalParameter("amount_to_capture"),
        "payment_intents/{id}/confirm" => OptionalParameter("amount_to_confirm"),

        "billing/credit_grants" => Elsewhere("the grant's amount.monetary"),
        "billing/meter_event_adjustments" | "billing/meter_events" => Elsewhere("the meter's prices"),
        "checkout/sessions" | "payment_links" => Elsewhere("its line items' prices"),
        "forwarding/requests" => Elsewhere("the forwarded request"),
        "invoices"
        | "invoices/{id}"
        | "invoices/{id}/add_lines"
        | "invoices/{id}/attach_payment"
        | "invoices/{id}/finalize"
        | "invoices/{id}/pay"
        | "invoices/{id}/send"
        | "invoices/{id}/update_lines"
        | "invoices/{invoiceId}/lines/{id}" => Elsewhere("the invoice's amount_due"),
        "payouts/{id}/reverse" => Elsewhere("the payout's amount"),
        "quotes/{id}/accept" => Elsewhere("the quote's amount_total"),
        "subscription_items"
        | "subscription_items/{id}"
        | "subscription_schedules"
        | "subscription_schedules/{id}"
        | "subscriptions"
        | "subscriptions/{id}"
        | "subscriptions/{id}/migrate"
        | "subscriptions/{id}/resume" => {
            Elsewhere("the subscription's upcoming invoice (POST /v1/invoices/create_preview)")
        }
        "terminal/readers/{id}/collect_payment_method"
        | "terminal/readers/{id}/confirm_payment_intent"
        | "terminal/readers/{id}/process_payment_intent" => Elsewhere("the payment intent's amount"),
        "treasury/credit_reversals" => Elsewhere("the received credit's amount"),
        "treasury/debit_reversals" => Elsewhere("the received debit's amount"),
        _ => None,
    }
}

/// Where a negative amount is a credit to the customer.
pub(super) fn may_be_negative(path: &str) -> bool {
    matches!(path, "customers/{id}/balance_transactions" | "invoiceitems" | "invoiceitems/{id}")
}

#[cfg(test)]
mod tests {
    use crate::endpoint::table::TABLE;
    use crate::prelude::*;

    /// Cancelling a subscription's schedule or releasing it, and the like, moves nothing; what the list above
    /// names must exist, or a typo would let money pass unpriced.
    #[test]
    fn every_path_named_above_is_in_the_table() {
        let own_source = include_str!("amount.rs").split("#[cfg(test)]").next().unwrap();
        let paths: Vec<&str> = own_source
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|text| !text.contains(' ') && !text.contains('.') && !text.starts_with("amount"))
            .collect();
        assert!(paths.len() > 40);
        for path in paths {
            let known = |row: &str| row.split(' ').next() == Some(path);
            assert!(TABLE.lines().any(known), "{path}");
        }
    }
}
