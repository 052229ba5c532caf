//! billonce's own edge, by the product's own rules: what js/edge/vault.ts does with rows in a database, done with maps.
//!
//! Reserve before forwarding; a second request with a key waits for the first; what nobody knows the outcome of is held, and asked for
//! again with the same key.

use super::audit::Audit;
use super::pins::Pins;
use super::rows::{Counted, KeyRow};
use super::translate::{answer_of, blocked, forward, is_judged, message_of, refusal, replayed, shown_start};
use super::{Deed, has_vault_key};
use crate::edge::{Arriving, Incoming, Reply, Seen, Step, VaultPolicy, decide};
use crate::endpoint::Endpoint;
use crate::lab::http::{Answer, Message};
use crate::lab::report::Did;
use crate::lab::table::Table;
use crate::ledger::{State, Totals, day_of};
use crate::money::Digits;
use crate::prelude::*;
use crate::time::Instant;
use crate::value::Value;

const DAY_MS: i64 = 86_400_000;
/// How long answers are kept.
const KEEP_MS: i64 = 90 * DAY_MS;
/// How long a call waits for the one before it with the same key.
const WAIT_MS: u64 = 30_000;
/// A call that Stripe says is still in flight is asked for again this often.
const IN_FLIGHT_TRIES: u32 = 6;

#[derive(Debug)]
pub(crate) struct Edge {
    pub(super) policy: VaultPolicy<'static>,
    pub(super) days: Table<i64, Totals>,
    pub(super) keys: Table<String, KeyRow>,
    pub(super) objects: Table<String, Counted>,
    pins: Pins,
    /// The keys that are being waited for, and who waits.
    pub(super) under_way: Table<String, Vec<Waiter>>,
    pub(super) errands: Table<u64, Errand>,
    errands_so_far: u64,
    pub(crate) audit: Audit,
}

/// A request that waits for another with its key.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) ticket: u64,
    /// What ends its patience.
    pub(super) over: u64,
    pub(super) at: i64,
    pub(super) endpoint: String,
}

/// What the edge went for.
#[derive(Debug)]
pub(super) enum Errand {
    /// Stripe's answer to a key's request; `ticket` is that of the sender who waits for it.
    Exchange { key: String, row: usize, ticket: Option<u64>, tries: u32 },
    /// An answer that moves no money.
    Read { ticket: u64, row: usize },
    /// The object that a call is about.
    LookUp { ticket: u64, message: Message, arrived: i64 },
    /// The time after which a waiting request is told to ask again.
    WaitOver { key: String },
    /// The time at which somebody looks after a key of unknown outcome.
    LookAfter { key: String },
}

impl Edge {
    pub(crate) fn new(policy: VaultPolicy<'static>) -> Edge {
        Edge {
            policy,
            days: Table::default(),
            keys: Table::default(),
            objects: Table::default(),
            pins: Pins::default(),
            under_way: Table::default(),
            errands: Table::default(),
            errands_so_far: 0,
            audit: Audit::default(),
        }
    }

    pub(crate) fn cap_cents(&self) -> u64 {
        self.policy.policy.daily_usd_cap_cents
    }

    pub(crate) fn arrive(&mut self, ticket: u64, message: Message, now: i64) -> Vec<Deed> {
        if !has_vault_key(&message) {
            let answer = refusal(401, "unauthorized", "Send a vault key as Authorization: Bearer …");
            self.audit.add(now, shown_start(&message), "unauthorized", 401);
            return Vec::from([blocked(ticket, answer)]);
        }
        match message.path.strip_prefix("/event-keys/") {
            Some(event) => {
                let answer = self.pins.answer(&message, event);
                Vec::from([Deed::Reply { ticket, answer, did: Some(Did::Other) }])
            }
            None => self.call(ticket, message, now, false),
        }
    }

    /// A call to Stripe, at the time of its arrival.
    fn call(&mut self, ticket: u64, message: Message, arrived: i64, looked_up: bool) -> Vec<Deed> {
        let Some((step, seen)) = self.decide(&message, arrived, looked_up) else {
            let answer = refusal(500, "internal_error", "The world is at a time that no clock has.");
            return Vec::from([blocked(ticket, answer)]);
        };
        let note =
            |audit: &mut Audit, status| audit.add(arrived, seen.attempted.clone(), seen.reason, status);
        let key = seen.key.clone().unwrap_or_default();
        match step {
            Step::LookUp(path) => {
                let ask = Message { method: "GET".to_string(), path, ..Message::default() };
                let errand = self.errand(Errand::LookUp { ticket, message, arrived });
                Vec::from([Deed::Forward(forward(errand, ticket, ask, day_of(arrived), false))])
            }
            Step::Read(outgoing) => {
                let row = note(&mut self.audit, 0);
                let errand = self.errand(Errand::Read { ticket, row });
                Vec::from([Deed::Forward(forward(
                    errand,
                    ticket,
                    message_of(outgoing),
                    day_of(arrived),
                    true,
                ))])
            }
            Step::Send { outgoing, entry, totals, .. } => {
                let row = note(&mut self.audit, 0);
                self.days.insert(entry.day, totals);
                let message = message_of(outgoing);
                let endpoint = Endpoint::parse(&seen.attempted);
                self.keys.fill(key.clone(), KeyRow::new(entry, ticket, row, endpoint, message));
                let Some(known) = self.keys.get_mut(&key) else { return Vec::new() };
                known.entry = entry;
                let look = known.look.take().map(Deed::Cancel);
                let sent = self.exchange(key, row, Some(ticket), 0);
                look.into_iter().chain(sent).collect()
            }
            Step::Wait => {
                let over = self.errand(Errand::WaitOver { key: key.clone() });
                let waiter = Waiter { ticket, over, at: arrived, endpoint: seen.attempted };
                if let Some(waiters) = self.under_way.get_mut(&key) {
                    waiters.push(waiter);
                }
                Vec::from([Deed::Wake { errand: over, ticket, ms: WAIT_MS }])
            }
            Step::Replay => {
                let answer = self.keys.get(&key).and_then(|row| row.answer.clone());
                let answer = answer
                    .map_or_else(|| refusal(409, "answer_not_kept", "This key was executed."), replayed);
                note(&mut self.audit, answer.status);
                Vec::from([Deed::Reply { ticket, answer, did: Some(Did::Replayed) }])
            }
            Step::Answer(reply) => {
                note(&mut self.audit, reply.status);
                Vec::from([blocked(ticket, answer_of(reply))])
            }
            // Its row was handed in.
            Step::NeedObject(_) => Vec::new(),
        }
    }

    /// Asks the rules what to do. `None` at a time before all bills.
    fn decide(&mut self, message: &Message, arrived: i64, looked_up: bool) -> Option<(Step, Seen)> {
        let key = message.header("idempotency-key").unwrap_or("");
        // A key whose answer is kept no longer is forgotten, and would be executed as a new one.
        let kept = |row: &KeyRow| {
            row.entry.state != State::Settled || arrived < row.entry.sent_ms.saturating_add(KEEP_MS)
        };
        if self.keys.get(key).is_some_and(|row| !kept(row)) {
            self.keys.remove(key);
        }
        let headers: Vec<(&str, Value<'_>)> = message
            .headers
            .iter()
            .filter(|(name, _)| is_judged(name))
            .map(|(name, value)| (name.as_str(), Value::Text(value)))
            .collect();
        let incoming = Incoming::of(&message.method, &message.path, &headers, &message.body);
        let today = self.totals(day_of(arrived));
        let entry = self.keys.get(key).map(|row| row.entry);
        self.errands_so_far = self.errands_so_far.saturating_add(1);
        let own_key = ["billonce-edge-", &Digits::of(self.errands_so_far)].joined();
        let mut arriving = Arriving {
            incoming: &incoming,
            policy: &self.policy,
            revoked: false,
            now: Instant::from_ms(arrived)?,
            today,
            entry,
            entry_day: entry.map_or(today, |entry| self.totals(entry.day)),
            object: None,
            looked_up,
            under_way: self.under_way.get(key).is_some(),
            own_key: &own_key,
        };
        let decided = decide(&arriving);
        let (Step::NeedObject(id), _) = &decided else { return Some(decided) };
        arriving.object = Some(self.objects.get(id).map(|row| row.shown(id)));
        Some(decide(&arriving))
    }

    /// Sends a key's request, whose money is reserved or held. Whoever comes with the same key waits for it.
    pub(super) fn exchange(&mut self, key: String, row: usize, ticket: Option<u64>, tries: u32) -> Vec<Deed> {
        let Some(known) = self.keys.get(&key) else { return Vec::new() };
        let (message, day, first) = (known.outgoing.clone(), known.entry.day, known.ticket);
        self.under_way.fill(key.clone(), Vec::new());
        let errand = self.errand(Errand::Exchange { key, row, ticket, tries });
        Vec::from([Deed::Forward(forward(errand, ticket.unwrap_or(first), message, day, ticket.is_some()))])
    }

    pub(crate) fn answered(&mut self, errand: u64, answer: Option<Answer>) -> Vec<Deed> {
        match self.errands.remove(&errand) {
            Some(Errand::Exchange { key, row, ticket, tries }) => {
                let in_flight = answer.as_ref().is_some_and(|answer| answer.status == 409);
                let first = self.keys.get(&key).map_or(0, |known| known.ticket);
                if in_flight && tries < IN_FLIGHT_TRIES {
                    let errand =
                        self.errand(Errand::Exchange { key, row, ticket, tries: tries.saturating_add(1) });
                    let ms = 250_u64.checked_shl(tries).unwrap_or(4000).min(4000);
                    return Vec::from([Deed::Wake { errand, ticket: ticket.unwrap_or(first), ms }]);
                }
                self.settled(&key, row, ticket, answer)
            }
            Some(Errand::Read { ticket, row }) => {
                let answer = match answer {
                    None => refusal(502, "no_answer", "No answer from Stripe: read again."),
                    Some(answer) => answer,
                };
                self.audit.end(row, answer.status);
                Vec::from([Deed::Reply { ticket, answer, did: None }])
            }
            Some(Errand::LookUp { ticket, message, arrived }) => {
                self.learn(answer.as_ref(), day_of(arrived));
                self.call(ticket, message, arrived, true)
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn woken(&mut self, errand: u64, now: i64) -> Vec<Deed> {
        match self.errands.remove(&errand) {
            Some(Errand::Exchange { key, row, ticket, tries }) => self.exchange(key, row, ticket, tries),
            Some(Errand::WaitOver { key }) => {
                let Some(waiters) = self.under_way.get_mut(&key) else { return Vec::new() };
                let Some(at) = waiters.iter().position(|waiter| waiter.over == errand) else {
                    return Vec::new();
                };
                let waiter = waiters.swap_remove(at);
                self.audit.add(waiter.at, waiter.endpoint, "idempotency_key_in_use", 409);
                Vec::from([blocked(waiter.ticket, answer_of(Reply::key_in_use()))])
            }
            Some(Errand::LookAfter { key }) => self.look_after(key, now),
            _ => Vec::new(),
        }
    }

    pub(super) fn totals(&self, day: i64) -> Totals {
        self.days.get(&day).copied().unwrap_or_default()
    }

    pub(super) fn errand(&mut self, errand: Errand) -> u64 {
        self.errands_so_far = self.errands_so_far.saturating_add(1);
        self.errands.insert(self.errands_so_far, errand);
        self.errands_so_far
    }
}
