//! billonce's own edge, by the product's own rules: what js/edge/vault.ts does with rows in a database, done with maps.
//!
//! Reserve before forwarding; a second request with a key waits for the first; what nobody knows the outcome of is held, and asked for
//! again with the same key.

use super::audit::Audit;
use super::rows::{Counted, KeyRow};
use super::{Deed, Forward, has_vault_key};
use crate::edge::{
    Answered, Arriving, Incoming, Outgoing, Reply, Seen, Step, VaultPolicy, check_pin, decide, learnt, settle,
};
use crate::endpoint::Endpoint;
use crate::json;
use crate::lab::http::{Answer, Message};
use crate::lab::parse::parse;
use crate::lab::report::Did;
use crate::lab::table::Table;
use crate::ledger::{Entry, State, Totals, day_of};
use crate::prelude::*;
use crate::time::Instant;
use crate::value::{Value, lookup};

const DAY_MS: i64 = 86_400_000;
/// How long answers are kept.
const KEEP_MS: i64 = 90 * DAY_MS;
/// How long a call waits for the one before it with the same key.
const WAIT_MS: u64 = 30_000;
/// How long an answer of Stripe's is waited for.
const PATIENCE_MS: u64 = 80_000;
/// A call that Stripe says is still in flight is asked for again this often.
const IN_FLIGHT_TRIES: u32 = 6;

#[derive(Debug)]
pub(crate) struct Edge {
    policy: VaultPolicy<'static>,
    days: Table<i64, Totals>,
    keys: Table<String, KeyRow>,
    objects: Table<String, Counted>,
    pins: Table<String, String>,
    /// The keys that are being waited for, and who waits.
    under_way: Table<String, Vec<Waiter>>,
    errands: Table<u64, Errand>,
    errands_so_far: u64,
    pub(crate) audit: Audit,
}

/// A request that waits for another with its key.
#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// What ends its patience.
    over: u64,
    at: i64,
    endpoint: String,
}

/// What the edge went for.
#[derive(Debug)]
enum Errand {
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
            pins: Table::default(),
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
                let answer = self.pin(&message, event);
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
        let own_key = ["billonce-edge-", &crate::money::Digits::of(self.errands_so_far)].joined();
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
    fn exchange(&mut self, key: String, row: usize, ticket: Option<u64>, tries: u32) -> Vec<Deed> {
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

    /// Settles a key by its answer, and passes that on to all who wait for it.
    fn settled(&mut self, key: &str, row: usize, ticket: Option<u64>, answer: Option<Answer>) -> Vec<Deed> {
        let waiters = self.under_way.remove(key).unwrap_or_default();
        let Some(known) = self.keys.get(key) else { return Vec::new() };
        let attempts = [row, known.row];
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let (settled, reply) = self.settle_rows(known.entry, known.endpoint, answer.as_ref());
        let reply = reply.or(answer).unwrap_or_else(Answer::bad_gateway);
        for row in attempts {
            self.audit.end(row, if status == 0 { reply.status } else { status });
        }
        let mut deeds = Vec::new();
        let is_settled = settled.is_some_and(|entry| entry.state == State::Settled);
        match (settled, self.keys.get_mut(key)) {
            (Some(entry), Some(row)) => {
                row.entry = entry;
                if is_settled {
                    row.answer = Some(reply.clone());
                } else {
                    let ms = 15_000_u64.checked_shl(row.tries).unwrap_or(3_600_000).min(3_600_000);
                    row.tries = row.tries.saturating_add(1);
                    let first = row.ticket;
                    let errand = self.errand(Errand::LookAfter { key: key.to_string() });
                    deeds.push(Deed::Wake { errand, ticket: first, ms });
                    if let Some(row) = self.keys.get_mut(key) {
                        row.look = Some(errand);
                    }
                }
            }
            _ => {
                self.keys.remove(key);
            }
        }
        if let Some(ticket) = ticket {
            deeds.push(Deed::Reply { ticket, answer: reply.clone(), did: None });
        }
        for waiter in waiters {
            self.errands.remove(&waiter.over);
            deeds.push(Deed::Cancel(waiter.over));
            // An answer that settles nothing is no replay: the same request may be sent again.
            let answer = if is_settled { replayed(reply.clone()) } else { reply.clone() };
            self.audit.add(waiter.at, waiter.endpoint, "waited", answer.status);
            let did = if is_settled { Did::Replayed } else { Did::Nothing };
            deeds.push(Deed::Reply { ticket: waiter.ticket, answer, did: Some(did) });
        }
        deeds
    }

    /// What an answer proves: the key's row as it is then, and what is answered in the place of Stripe's own words.
    fn settle_rows(
        &mut self,
        entry: Entry,
        endpoint: Option<Endpoint>,
        answer: Option<&Answer>,
    ) -> (Option<Entry>, Option<Answer>) {
        let Some(endpoint) = endpoint else { return (Some(entry), None) };
        let status = crate::money::Digits::of(answer.map_or(0, |answer| answer.status).into());
        let value = readable(answer, &status);
        let object = object_in(&value);
        let object = object.and_then(|id| self.objects.get(id).map(|row| row.shown(id)));
        let answered = Answered {
            entry,
            totals: self.totals(entry.day),
            endpoint,
            policy: &self.policy,
            answer: &value,
            object,
            object_totals: object
                .filter(|object| object.day != entry.day)
                .map(|object| self.totals(object.day)),
        };
        // A status that is none does not come from our own Stripe.
        let Ok(settlement) = settle(&answered) else { return (Some(entry), None) };
        self.days.insert(entry.day, settlement.totals);
        if let (Some(totals), Some(object)) = (settlement.object_totals, object) {
            self.days.insert(object.day, totals);
        }
        if let Some(object) = &settlement.object {
            self.objects.insert(object.id.to_string(), Counted::of(object));
        }
        (settlement.entry, settlement.reply.map(answer_of))
    }

    /// Keeps what a looked-up object says. Another call may have counted it meanwhile: what is there stays.
    fn learn(&mut self, answer: Option<&Answer>, day: i64) {
        let status = crate::money::Digits::of(answer.map_or(0, |answer| answer.status).into());
        let value = readable(answer, &status);
        if let Ok(Some(object)) = learnt(&value, day) {
            self.objects.fill(object.id.to_string(), Counted::of(&object));
        }
    }

    /// Looks after a key that nobody waits for: sends it again, or gives it up.
    fn look_after(&mut self, key: String, now: i64) -> Vec<Deed> {
        let Some(row) = self.keys.get(&key) else { return Vec::new() };
        if row.entry.state == State::Settled || self.under_way.get(&key).is_some() {
            return Vec::new();
        }
        let day = row.entry.day;
        let totals = self.totals(day);
        let again = row.entry.send_again(&totals, now);
        let first = row.row;
        let (entry, totals) = again.unwrap_or_else(|| row.entry.hold(&totals));
        self.days.insert(day, totals);
        if let Some(row) = self.keys.get_mut(&key) {
            row.entry = entry;
            row.look = None;
        }
        if again.is_some() { self.exchange(key, first, None, 0) } else { Vec::new() }
    }

    /// Pins a key to an event, unless one is pinned.
    fn pin(&mut self, message: &Message, event: &str) -> Answer {
        if message.method != "PUT" {
            return refusal(405, "method_not_allowed", "PUT /event-keys/{external_event_id}");
        }
        let event = crate::form::decode_component(event).unwrap_or_default();
        let body = parse(&message.body).unwrap_or(Value::Null);
        let key = match &body {
            Value::Map(members) => lookup(members, "idempotency_key").cloned().unwrap_or(Value::Undefined),
            _ => Value::Undefined,
        };
        let given = Value::Map(Vec::from([
            ("external_event_id", Value::Text(&event)),
            ("idempotency_key", key.clone()),
        ]));
        if let Err(error) = check_pin(&given) {
            let mut body = String::new();
            json::object(&mut body, |o| {
                o.text("error", error.code().as_str());
                o.text("field", error.field());
                o.text("message", &error.message());
            });
            return Answer::json(400, body);
        }
        let earlier = self.pins.get(&event).cloned();
        let status = if earlier.is_some() { 200 } else { 201 };
        let given = if let Value::Text(key) = key { key } else { "" };
        let pinned = earlier.unwrap_or_else(|| given.to_string());
        let mut body = String::new();
        json::object(&mut body, |o| {
            o.text("external_event_id", &event);
            o.text("idempotency_key", &pinned);
        });
        self.pins.fill(event, pinned);
        Answer::json(status, body)
    }

    fn totals(&self, day: i64) -> Totals {
        self.days.get(&day).copied().unwrap_or_default()
    }

    fn errand(&mut self, errand: Errand) -> u64 {
        self.errands_so_far = self.errands_so_far.saturating_add(1);
        self.errands.insert(self.errands_so_far, errand);
        self.errands_so_far
    }
}

fn forward(errand: u64, ticket: u64, mut message: Message, day: i64, own: bool) -> Forward {
    message.headers.push(("authorization".to_string(), "Bearer of_the_edge".to_string()));
    Forward { errand, ticket, message, day, own, patience_ms: Some(PATIENCE_MS) }
}

/// The headers that the rules look at; nothing else of a request is passed on.
fn is_judged(name: &str) -> bool {
    let judged = [
        "content-encoding",
        "content-type",
        "idempotency-key",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    ];
    judged.contains(&name) || name.starts_with("stripe-")
}

fn message_of(outgoing: Outgoing) -> Message {
    let Outgoing { method, path, headers, body } = outgoing;
    let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    Message { method, path, headers, body }
}

fn answer_of(reply: Reply) -> Answer {
    let mut answer = Answer::json(reply.status, reply.body);
    answer.add("stripe-should-retry", if reply.should_retry { "true" } else { "false" });
    answer
}

fn blocked(ticket: u64, answer: Answer) -> Deed {
    Deed::Reply { ticket, answer, did: Some(Did::Blocked) }
}

fn refusal(status: u16, error: &'static str, message: &str) -> Answer {
    answer_of(Reply::refusal(status, error, message))
}

fn replayed(mut answer: Answer) -> Answer {
    if answer.header("idempotent-replayed").is_none() {
        answer.add("idempotent-replayed", "true");
    }
    answer
}

/// No more than the first part: whoever has no credential has no say in what the audit shows.
fn shown_start(message: &Message) -> String {
    let first = message.path.split('/').nth(1).unwrap_or("");
    [&message.method, " /", first].joined().chars().take(40).collect()
}

/// An answer as the rules read it; its status is 0 where there is none.
fn readable<'a>(answer: Option<&'a Answer>, status: &'a str) -> Value<'a> {
    let headers = answer.into_iter().flat_map(|answer| &answer.headers);
    let headers = headers.map(|(name, value)| (&**name, Value::Text(value))).collect();
    Value::Map(Vec::from([
        ("status", Value::Number(status)),
        ("headers", Value::Map(headers)),
        ("body", answer.and_then(|answer| parse(&answer.body)).unwrap_or(Value::Null)),
    ]))
}

/// The id of the object that an answer is about, or that a decline brings along.
fn object_in<'a>(answer: &'a Value<'a>) -> Option<&'a str> {
    let body = member(answer, "body")?;
    let of_decline = || member(member(member(body, "error")?, "payment_intent")?, "id");
    let id = member(body, "id").or_else(of_decline)?;
    if let Value::Text(id) = id { Some(id) } else { None }
}

fn member<'a>(value: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    if let Value::Map(members) = value { lookup(members, name) } else { None }
}
