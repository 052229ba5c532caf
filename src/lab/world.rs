//! The world: what was asked of it, in the order in which it comes about.

use alloc::boxed::Box;

use super::chance::Chance;
use super::clock::{Clock, Moment};
use super::exchange::{Event, Exchange, Stage, Waiting};
use super::http::{Answer, Message};
use super::proxy::{Deed, Forward, Proxy};
use super::report::{AuditRow, Charge, Did, Effect, Happened};
use super::settings::Settings;
use super::strike::Strike;
use super::stripe::{Arrived, Moved, Route, Stripe, Turned};
use super::table::Table;
use super::through_proxy::ThroughProxy;
use crate::prelude::*;

/// A clock, chance, Stripe, and a proxy before it. Same settings, same calls: same world.
#[derive(Debug)]
pub struct World {
    clock: Clock<Event>,
    latency: Chance,
    dice: Chance,
    stripe: Stripe,
    proxy: Proxy,
    may_write: Option<Vec<String>>,
    tickets: u64,
    /// How many have not rung.
    timers: u32,
    /// The requests whose senders wait.
    waiting: Table<u64, Waiting>,
    /// The requests on their way to Stripe and back.
    exchanges: Table<u64, Exchange>,
    exchanges_so_far: u64,
    /// When the proxy is woken for its errands.
    wakes: Table<u64, Moment>,
    charges: Vec<Charge>,
    through_proxy: ThroughProxy,
}

/// How far the clock goes on for what the proxy alone has to do.
const BY_ITSELF_MS: i64 = 600_000;

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// To the proxy, or to Stripe itself.
    pub to_proxy: bool,
    /// What is sent.
    pub message: Message,
    /// What strikes it on its way to Stripe. A request that the proxy answers by itself is not struck.
    pub strike: Option<Strike>,
    /// When the sender stops waiting.
    pub timeout_ms: u64,
}

impl World {
    /// A new world.
    #[must_use]
    pub fn new(mut settings: Settings) -> World {
        let seed = settings.seed;
        World {
            clock: Clock::new(settings.now),
            latency: Chance::new(seed, 1),
            dice: Chance::new(seed, 2),
            stripe: Stripe::new(Chance::new(seed, 3), settings.cards_on_file),
            may_write: settings.may_write.take(),
            proxy: Proxy::new(settings),
            tickets: 0,
            timers: 0,
            waiting: Table::default(),
            exchanges: Table::default(),
            exchanges_so_far: 0,
            wakes: Table::default(),
            charges: Vec::new(),
            through_proxy: ThroughProxy::default(),
        }
    }

    /// Unix time in milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// An integer from 0, below the limit.
    pub fn random(&mut self, below: u32) -> u32 {
        self.dice.below(below)
    }

    /// Asks for a [`Happened::Timer`].
    pub fn sleep(&mut self, ms: u64) -> u64 {
        let ticket = self.ticket();
        self.timers = self.timers.saturating_add(1);
        self.clock.after(ms, ticket, Event::Timer(ticket));
        ticket
    }

    /// Sends a request, which [`World::next`] tells the end of.
    pub fn send(&mut self, request: Request) -> u64 {
        let ticket = self.ticket();
        let Request { to_proxy, message, strike, timeout_ms } = request;
        let path = message.path.split('?').next().unwrap_or("");
        let endpoint = Route::find(&message.method, path).map(|route| route.endpoint);
        let patience = self.clock.after(timeout_ms, ticket, Event::PatienceOver(ticket));
        let effect = Effect { endpoint, did: Did::Nothing, charge: None };
        self.waiting.insert(ticket, Waiting { effect, patience, strike });
        if to_proxy {
            let ms = self.way();
            self.clock.after(ms, ticket, Event::AtProxy(ticket, Box::new(message)));
        } else {
            self.forward(ticket, message, true, None);
        }
        ticket
    }

    /// Moves the clock to the next thing that was asked for and has come about. `None` where nothing is left that was, and nothing that
    /// the proxy does by itself in the next ten minutes: what it does later waits until the clock is moved that far.
    #[allow(clippy::should_implement_trait)] // It is no iterator: what is asked in between is told as well.
    pub fn next(&mut self) -> Option<Happened> {
        loop {
            let (ahead, event) = self.clock.ahead()?;
            let by_itself = matches!(event, Event::ProxyWakes(_));
            if by_itself && ahead > BY_ITSELF_MS && self.timers == 0 && self.waiting.is_empty() {
                return None;
            }
            let event = self.clock.advance()?;
            if let Some(happened) = self.happen(event) {
                return Some(happened);
            }
        }
    }

    /// Everything that moved money, in its order.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// Whether on any day more went through the vault key than its cap. Dollars alone are counted, on the day on which their request
    /// arrived, or the request for the payment intent or the authorisation that it is of.
    #[must_use]
    pub fn cap_exceeded(&self) -> bool {
        self.through_proxy.exceeds(self.proxy.cap_cents())
    }

    /// One row for each request that came by the proxy.
    #[must_use]
    pub fn audit(&self) -> &[AuditRow] {
        self.proxy.audit()
    }

    fn ticket(&mut self) -> u64 {
        self.tickets = self.tickets.saturating_add(1);
        self.tickets
    }

    /// How long a message takes from one place to another.
    fn way(&mut self) -> u64 {
        self.latency.between(5, 60)
    }

    fn happen(&mut self, event: Event) -> Option<Happened> {
        match event {
            Event::Timer(ticket) => {
                self.timers = self.timers.saturating_sub(1);
                return Some(Happened::Timer { ticket });
            }
            Event::PatienceOver(ticket) => {
                let Waiting { effect, .. } = self.waiting.remove(&ticket)?;
                return Some(Happened::NoAnswer { ticket, effect });
            }
            Event::AtSender(ticket, answer) => {
                let Waiting { effect, patience, .. } = self.waiting.remove(&ticket)?;
                self.clock.cancel(patience);
                return Some(Happened::Answer { ticket, answer: *answer, effect });
            }
            Event::AtProxy(ticket, message) => {
                let deeds = self.proxy.arrive(ticket, *message, self.clock.now());
                self.do_all(deeds);
            }
            Event::AtStripe(number) => self.at_stripe(number)?,
            Event::Executed(number) => self.executed(number)?,
            Event::Back(number, answer) => self.back(number, Some(*answer))?,
            Event::ProxyPatienceOver(number) => self.back(number, None)?,
            Event::ProxyWakes(errand) => {
                self.wakes.remove(&errand);
                let deeds = self.proxy.woken(errand, self.clock.now());
                self.do_all(deeds);
            }
        }
        None
    }

    fn do_all(&mut self, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Forward(forward) => {
                    let Forward { errand, ticket, message, day, own, patience_ms } = forward;
                    self.forward(ticket, message, own, Some((errand, day, patience_ms)));
                }
                Deed::Wake { errand, ticket, ms } => {
                    let moment = self.clock.after(ms, ticket, Event::ProxyWakes(errand));
                    self.wakes.insert(errand, moment);
                }
                Deed::Cancel(errand) => {
                    if let Some(moment) = self.wakes.remove(&errand) {
                        self.clock.cancel(moment);
                    }
                }
                Deed::Reply { ticket, answer, did } => {
                    if let Some(did) = did {
                        self.tell(ticket, did, None);
                    }
                    let ms = self.way();
                    self.clock.after(ms, ticket, Event::AtSender(ticket, Box::new(answer)));
                }
            }
        }
    }

    fn forward(
        &mut self,
        ticket: u64,
        message: Message,
        own: bool,
        by_proxy: Option<(u64, i64, Option<u64>)>,
    ) {
        self.exchanges_so_far = self.exchanges_so_far.saturating_add(1);
        let number = self.exchanges_so_far;
        let strike = self.waiting.get_mut(&ticket).filter(|_| own).and_then(|waiting| waiting.strike.take());
        let by_proxy = by_proxy.map(|(errand, day, patience_ms)| {
            let over = |ms| self.clock.after(ms, ticket, Event::ProxyPatienceOver(number));
            (errand, day, patience_ms.map(over))
        });
        let key = message.header("idempotency-key").map(ToString::to_string);
        let stage = Stage::OnItsWay(message);
        self.exchanges.insert(number, Exchange { ticket, strike, stage, key, by_proxy });
        let ms = self.way();
        if strike != Some(Strike::StripeTimeoutBefore) {
            self.clock.after(ms, ticket, Event::AtStripe(number));
        }
    }

    fn at_stripe(&mut self, number: u64) -> Option<()> {
        let exchange = self.exchanges.get_mut(&number)?;
        let Stage::OnItsWay(message) = core::mem::replace(&mut exchange.stage, Stage::Done) else {
            return None;
        };
        let turned = match exchange.strike {
            Some(Strike::Stripe409) => Some(Turned::KeyInUse),
            Some(Strike::Stripe429) => Some(Turned::RateLimited),
            Some(Strike::Stripe500Before) => Some(Turned::ServerError),
            _ => None,
        };
        let ticket = exchange.ticket;
        if let Some(turned) = turned {
            let answer = self.stripe.turn_away(&message, turned);
            let did = if turned == Turned::ServerError { Did::Nothing } else { Did::Refused };
            self.tell(ticket, did, None);
            return self.send_back(number, answer);
        }
        // The proxy's own key may do everything.
        let may_write = self.may_write.as_deref().filter(|_| exchange.by_proxy.is_none());
        match self.stripe.arrive(&message, self.clock.now(), may_write) {
            Arrived::Answered(answer, replayed) => {
                self.tell(ticket, if replayed { Did::Replayed } else { Did::Refused }, None);
                self.send_back(number, answer)
            }
            Arrived::Accepted(accepted) => {
                let ms = if message.method == "POST" {
                    self.latency.between(120, 900)
                } else {
                    self.latency.between(20, 120)
                };
                exchange.stage = Stage::BeingExecuted(accepted);
                self.clock.after(ms, ticket, Event::Executed(number));
                Some(())
            }
        }
    }

    fn executed(&mut self, number: u64) -> Option<()> {
        let exchange = self.exchanges.get_mut(&number)?;
        let Stage::BeingExecuted(accepted) = core::mem::replace(&mut exchange.stage, Stage::Done) else {
            return None;
        };
        let broken = exchange.strike == Some(Strike::Stripe500);
        let executed = self.stripe.execute(accepted, self.clock.now(), broken);
        let day = exchange.by_proxy.map(|(_, day, _)| day);
        if let (Some(day), Some(made)) = (day, executed.object) {
            self.through_proxy.made(made, day);
        }
        let (ticket, key) = (exchange.ticket, exchange.key.clone());
        let charge = executed.moved.map(|moved| {
            if let Some(day) = day {
                self.through_proxy.count(&moved, day);
            }
            let Moved { id, amount, currency, customer, .. } = moved;
            Charge { id, amount, currency, customer, idempotency_key: key, at: self.clock.now(), ticket }
        });
        self.charges.extend(charge.clone());
        let did = match (&charge, executed.refused) {
            (Some(_), _) => Did::Charged,
            (None, true) => Did::Refused,
            (None, false) => Did::Other,
        };
        self.tell(ticket, did, charge);
        self.send_back(number, executed.answer)
    }

    /// An answer on its way back, unless it is lost.
    fn send_back(&mut self, number: u64, answer: Answer) -> Option<()> {
        let exchange = self.exchanges.get(&number)?;
        let answer = match exchange.strike {
            Some(Strike::StripeTimeout) => return None,
            Some(Strike::Gateway502) => Answer::bad_gateway(),
            _ => answer,
        };
        let (ticket, by_proxy) = (exchange.ticket, exchange.by_proxy.is_some());
        let ms = self.way();
        if by_proxy {
            self.clock.after(ms, ticket, Event::Back(number, Box::new(answer)));
        } else {
            self.exchanges.remove(&number);
            self.clock.after(ms, ticket, Event::AtSender(ticket, Box::new(answer)));
        }
        Some(())
    }

    /// An answer has come back to the proxy, or it waits no longer.
    fn back(&mut self, number: u64, answer: Option<Answer>) -> Option<()> {
        let (errand, _, patience) = self.exchanges.get_mut(&number)?.by_proxy.take()?;
        if answer.is_some() {
            self.exchanges.remove(&number);
        }
        if let Some(patience) = patience {
            self.clock.cancel(patience);
        }
        let deeds = self.proxy.answered(errand, answer, self.clock.now());
        self.do_all(deeds);
        Some(())
    }

    /// What a request did. That it moved money stands above all that it does later.
    fn tell(&mut self, ticket: u64, did: Did, charge: Option<Charge>) {
        if let Some(Waiting { effect, .. }) = self.waiting.get_mut(&ticket)
            && effect.did != Did::Charged
        {
            effect.did = did;
            effect.charge = charge;
        }
    }
}
