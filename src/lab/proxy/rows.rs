//! What the edge keeps of keys and of Stripe's objects.

use crate::edge::Object;
use crate::endpoint::Endpoint;
use crate::lab::http::{Answer, Message};
use crate::ledger::Entry;
use crate::money::Currency;

/// An idempotency key.
#[derive(Debug)]
pub(crate) struct KeyRow {
    pub(crate) entry: Entry,
    /// The request that used it first, and its row in the audit.
    pub(crate) ticket: u64,
    pub(crate) row: usize,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) outgoing: Message,
    /// How often its outcome stayed unknown.
    pub(crate) tries: u32,
    /// The errand that looks after it.
    pub(crate) look: Option<u64>,
    /// Once it is settled.
    pub(crate) answer: Option<Answer>,
}

impl KeyRow {
    pub(crate) fn new(
        entry: Entry,
        ticket: u64,
        row: usize,
        endpoint: Option<Endpoint>,
        outgoing: Message,
    ) -> KeyRow {
        KeyRow { entry, ticket, row, endpoint, outgoing, tries: 0, look: None, answer: None }
    }
}

/// What was counted for an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    amount: u64,
    currency: Currency,
    cents: u64,
    day: i64,
}

impl Counted {
    pub(crate) fn of(object: &Object<'_>) -> Counted {
        let Object { amount, currency, cents, day, .. } = *object;
        Counted { amount, currency, cents, day }
    }

    pub(crate) fn shown<'a>(&self, id: &'a str) -> Object<'a> {
        let Counted { amount, currency, cents, day } = *self;
        Object { id, amount, currency, cents, day }
    }
}
