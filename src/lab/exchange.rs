//! Requests on their way.

use alloc::boxed::Box;

use super::clock::Moment;
use super::http::{Answer, Message};
use super::report::Effect;
use super::strike::Strike;
use super::stripe::Accepted;
use crate::prelude::*;

/// What is still to happen.
#[derive(Debug)]
pub(crate) enum Event {
    Timer(u64),
    /// A request arrives at the proxy.
    AtProxy(u64, Box<Message>),
    /// The sender of a ticket stops waiting.
    PatienceOver(u64),
    /// An answer arrives at the sender.
    AtSender(u64, Box<Answer>),
    /// A request arrives at Stripe.
    AtStripe(u64),
    /// Stripe has executed it.
    Executed(u64),
    /// Stripe's answer arrives at whoever asked.
    Back(u64, Box<Answer>),
    /// The proxy stops waiting.
    ProxyPatienceOver(u64),
    /// The time of a proxy's errand.
    ProxyWakes(u64),
}

/// A sender who waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) effect: Effect,
    pub(crate) patience: Moment,
    /// Until the request is on its way to Stripe.
    pub(crate) strike: Option<Strike>,
}

/// A request on its way to Stripe and back.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) ticket: u64,
    pub(crate) strike: Option<Strike>,
    pub(crate) stage: Stage,
    pub(crate) key: Option<String>,
    /// Where the proxy asks: its errand, the day on which the money counts, and when its patience is over.
    pub(crate) by_proxy: Option<(u64, i64, Option<Moment>)>,
}

/// How far it has got.
#[derive(Debug)]
pub(crate) enum Stage {
    OnItsWay(Message),
    BeingExecuted(Accepted),
    Done,
}
