//! What the world tells of what happened in it.

use super::http::Answer;
use crate::prelude::*;

/// A thing that was asked of the world and has come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The time of a [`super::World::sleep`] is over.
    Timer {
        /// What `sleep` gave.
        ticket: u64,
    },
    /// An answer is there.
    Answer {
        /// What `send` gave.
        ticket: u64,
        /// What the sender sees.
        answer: Answer,
        /// What the request did.
        effect: Effect,
    },
    /// The sender's patience is over.
    NoAnswer {
        /// What `send` gave.
        ticket: u64,
        /// What the request has done by now. What it does later, only the charges tell.
        effect: Effect,
    },
}

/// What a request did, whether or not its sender was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Such as `POST /v1/charges/{id}/capture`; none for what Stripe does not have.
    pub endpoint: Option<String>,
    /// The kind of it.
    pub did: Did,
    /// Where money moved.
    pub charge: Option<Charge>,
}

/// A kind of effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// Money moved.
    Charged,
    /// An answer that was kept for the key.
    Replayed,
    /// The proxy refused it.
    Blocked,
    /// Stripe refused it.
    Refused,
    /// Done, and no money moved.
    Other,
    /// Nothing is done.
    Nothing,
}

impl Did {
    /// As programs see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Did::Charged => "charged",
            Did::Replayed => "replayed",
            Did::Blocked => "blocked",
            Did::Refused => "refused",
            Did::Other => "other",
            Did::Nothing => "nothing",
        }
    }
}

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Of the charge, or of the payout, transfer or top-up.
    pub id: String,
    /// In the currency's minor unit.
    pub amount: u64,
    /// In lower case.
    pub currency: String,
    /// Whose money it was.
    pub customer: Option<String>,
    /// Of the request that moved it.
    pub idempotency_key: Option<String>,
    /// Unix time in milliseconds.
    pub at: i64,
    /// The ticket of the request that moved it.
    pub ticket: u64,
}

/// One row for each request that came by the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When it arrived, Unix time in milliseconds.
    pub at: i64,
    /// What was asked for.
    pub endpoint: Option<String>,
    /// `allowed`, or why not.
    pub verdict: &'static str,
    /// What was answered; 0 while nothing is.
    pub status: u16,
}
