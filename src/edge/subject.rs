//! The object of Stripe's that a call is about, where the money was counted, or has to be looked up.

use super::incoming::Incoming;
use super::params::Params;
use crate::prelude::*;
use crate::text;

/// The charge, payment intent or invoice whose amount a call takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) id: String,
    /// Where Stripe shows it.
    pub(crate) path: String,
    /// Whether what the object was counted for covers this call as well: a capture takes what was authorised, but a refund is
    /// money on its way again.
    pub(crate) covers: bool,
}

impl Subject {
    /// What a request is about; `None` for a call that makes something new.
    pub(crate) fn of(incoming: &Incoming<'_>, params: &Params) -> Option<Subject> {
        let endpoint = incoming.endpoint?.path();
        let (object, rest) = text::split_once(&endpoint, "/").unwrap_or((&endpoint, ""));
        if endpoint == "refunds" {
            return match params.get("charge") {
                Some(id) => Subject::named("charges", id, false),
                None => Subject::named("payment_intents", params.get("payment_intent")?, false),
            };
        }
        let covered = match object {
            "charges" => rest == "{id}/capture",
            "payment_intents" => rest.starts_with("{id}"),
            "invoices" => rest == "{id}/pay",
            _ => false,
        };
        let id = incoming.path.split('/').nth(1)?;
        Subject::named(object, id, true).filter(|_| covered)
    }

    fn named(object: &str, id: &str, covers: bool) -> Option<Subject> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if id.is_empty() || id.len() > 255 || !id.bytes().all(plain) {
            return None;
        }
        Some(Subject { id: id.to_string(), path: ["/v1/", object, "/", id].joined(), covers })
    }
}
