//! What stands between the flow and Stripe.
//!
//! A proxy is told what happens (a request arrives, Stripe answers, a time is over) and says what is to be done. It has no clock and sends
//! nothing itself.

mod audit;
mod edge;
mod pins;
mod rows;
mod settlement;
mod spend_cap;
mod translate;

use self::edge::Edge;
use self::spend_cap::SpendCap;
use super::http::{Answer, Message};
use super::report::{AuditRow, Did};
use super::settings::{ProxyKind, Settings};
use crate::prelude::*;

/// Something that a proxy wants done.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Send this to Stripe. What comes of it is told by the errand.
    Forward(Forward),
    /// Answer the request of this ticket.
    Reply { ticket: u64, answer: Answer, did: Option<Did> },
    /// Come back to this errand later.
    Wake { errand: u64, ticket: u64, ms: u64 },
    /// Do not.
    Cancel(u64),
}

#[derive(Debug)]
pub(crate) struct Forward {
    pub(crate) errand: u64,
    /// Of the request because of which it is sent.
    pub(crate) ticket: u64,
    pub(crate) message: Message,
    /// The UTC day on which its money counts.
    pub(crate) day: i64,
    /// Whether it is the sender's own request, which may be struck.
    pub(crate) own: bool,
    /// How long the proxy waits.
    pub(crate) patience_ms: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum Proxy {
    SpendCap(SpendCap),
    Edge(Edge),
}

impl Proxy {
    pub(crate) fn new(settings: Settings) -> Proxy {
        match settings.kind {
            ProxyKind::SpendCap => Proxy::SpendCap(SpendCap::new(settings.policy)),
            ProxyKind::BillonceEdge => Proxy::Edge(Edge::new(settings.policy)),
        }
    }

    /// A request arrives.
    pub(crate) fn arrive(&mut self, ticket: u64, message: Message, now: i64) -> Vec<Deed> {
        match self {
            Proxy::SpendCap(proxy) => proxy.arrive(ticket, message, now),
            Proxy::Edge(proxy) => proxy.arrive(ticket, message, now),
        }
    }

    /// Stripe answers what was forwarded on an errand.
    pub(crate) fn answered(&mut self, errand: u64, answer: Option<Answer>, now: i64) -> Vec<Deed> {
        match self {
            Proxy::SpendCap(proxy) => proxy.answered(errand, answer, now),
            Proxy::Edge(proxy) => proxy.answered(errand, answer),
        }
    }

    /// The time of an errand has come.
    pub(crate) fn woken(&mut self, errand: u64, now: i64) -> Vec<Deed> {
        match self {
            Proxy::SpendCap(_) => Vec::new(),
            Proxy::Edge(proxy) => proxy.woken(errand, now),
        }
    }

    pub(crate) fn audit(&self) -> &[AuditRow] {
        match self {
            Proxy::SpendCap(proxy) => proxy.audit.rows(),
            Proxy::Edge(proxy) => proxy.audit.rows(),
        }
    }

    pub(crate) fn cap_cents(&self) -> u64 {
        match self {
            Proxy::SpendCap(proxy) => proxy.cap_cents(),
            Proxy::Edge(proxy) => proxy.cap_cents(),
        }
    }
}

/// Whether a request carries the vault key: any credential that begins like one is the one of the policy.
pub(crate) fn has_vault_key(message: &Message) -> bool {
    let given = message.header("authorization").unwrap_or("");
    let (scheme, token) = given.split_once(' ').unwrap_or(("", ""));
    scheme.eq_ignore_ascii_case("bearer") && token.trim_start().starts_with("vault_key")
}
