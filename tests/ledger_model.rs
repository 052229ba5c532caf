//! The ledger in a world that goes wrong: every order of concurrent callers, crashes, lost answers, midnights and keys
//! that Stripe has forgotten, explored by stateright.
//!
//! The world is larger than the ledger's own view of it: what Stripe really did is compared with what the rows say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::collections::BTreeSet;

use billonce::ledger::{Arrival, Call, Entry, Evidence, State, Totals, day_of};
use stateright::{Checker, Model, Property};

const DAY_MS: i64 = 86_400_000;
/// A second before a midnight.
const START_MS: i64 = 20_000 * DAY_MS - 1000;
const CAP: u64 = 4;

/// What one key is used for: how much it asks for, and on which calls it may be used again.
const ASKS: [u64; 3] = [3, 2, 2];

/// A request on its way to Stripe, or its answer on the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Try {
    key: usize,
    answer: Option<Answer>,
    /// Whether the edge that sent it still waits; nobody does after a crash.
    awaited: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Answer {
    Charged(u64),
    Declined,
    TooManyRequests,
    ServerError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Action {
    /// A caller uses a key, for the first time or again.
    Arrive(usize),
    /// A caller uses a key with other parameters.
    Misuse(usize),
    /// Stripe executes a request, or answers from memory.
    Execute(Try, Answer),
    /// An answer arrives.
    Answered(Try),
    /// A request or its answer is lost, and the edge gives up waiting.
    Lost(Try),
    /// The edge is killed and started again.
    Crash,
    /// The edge asks again about a key that nobody waits for.
    Resolve(usize),
    /// Midnight passes.
    Midnight,
    /// More than a day passes, and Stripe forgets its keys.
    NextDay,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    now_ms: i64,
    entries: Vec<Option<Entry>>,
    /// Of the first day, the second and the third.
    days: [Totals; 3],
    tries: BTreeSet<Try>,
    /// What Stripe remembers of a key.
    remembered: Vec<Option<Answer>>,
    /// Every charge that Stripe ever made, by key: amounts.
    charges: Vec<Vec<u64>>,
    /// The day on which each key was first let through.
    admitted_on: Vec<Option<usize>>,
    arrivals_left: [u8; ASKS.len()],
    crashes_left: u8,
    faults_left: u8,
    /// Set when a call with other parameters was let through.
    misused: bool,
}

impl World {
    fn day(&self) -> usize {
        usize::try_from(day_of(self.now_ms) - day_of(START_MS)).unwrap()
    }

    fn under_way(&self, key: usize) -> bool {
        self.tries.iter().any(|t| t.key == key && t.awaited)
    }

    fn day_of_entry(entry: &Entry) -> usize {
        usize::try_from(entry.day - day_of(START_MS)).unwrap()
    }

    fn send(&mut self, key: usize) {
        self.tries.insert(Try { key, answer: None, awaited: true });
    }
}

/// The rules under test, so that broken ones can show that the model would notice.
#[derive(Clone, Copy)]
struct Rules {
    settle: fn(&Entry, &Totals, Evidence) -> (Option<Entry>, Totals),
    send_again: fn(&Entry, &Totals, i64) -> Option<(Entry, Totals)>,
    arrive: fn(Option<&Entry>, &Totals, &Totals, &Call) -> Arrival,
}

const LEDGER: Rules = Rules { settle: Entry::settle, send_again: Entry::send_again, arrive: Entry::arrive };

struct Flows {
    rules: Rules,
    keys: usize,
}

impl Flows {
    fn call(world: &World, key: usize, fingerprint: u32) -> Call {
        Call {
            fingerprint: [fingerprint; 8],
            cents: ASKS[key],
            cap: CAP,
            now_ms: world.now_ms,
            under_way: world.under_way(key),
        }
    }

    fn arrive(&self, world: &mut World, key: usize, fingerprint: u32) -> bool {
        let today = world.days[world.day()];
        let entry = world.entries[key];
        let entry_day = entry.map_or(today, |entry| world.days[World::day_of_entry(&entry)]);
        let call = Flows::call(world, key, fingerprint);
        match (self.rules.arrive)(entry.as_ref(), &today, &entry_day, &call) {
            Arrival::Send(entry, totals) => {
                let day = world.day();
                world.days[day] = totals;
                world.entries[key] = Some(entry);
                world.admitted_on[key] = Some(day);
                world.send(key);
                true
            }
            Arrival::SendAgain(entry, totals) => {
                world.days[World::day_of_entry(&entry)] = totals;
                world.entries[key] = Some(entry);
                world.send(key);
                true
            }
            _ => false,
        }
    }

    fn settle(&self, world: &mut World, key: usize, evidence: Evidence) {
        let Some(entry) = world.entries[key] else { return };
        let day = World::day_of_entry(&entry);
        let (entry, totals) = (self.rules.settle)(&entry, &world.days[day], evidence);
        world.entries[key] = entry;
        world.days[day] = totals;
    }
}

impl Model for Flows {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            now_ms: START_MS,
            entries: vec![None; self.keys],
            days: [Totals::default(); 3],
            tries: BTreeSet::new(),
            remembered: vec![None; self.keys],
            charges: vec![Vec::new(); self.keys],
            admitted_on: vec![None; self.keys],
            arrivals_left: [2; ASKS.len()],
            crashes_left: 1,
            faults_left: 2,
            misused: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for key in 0..self.keys {
            if world.arrivals_left[key] > 0 {
                actions.push(Action::Arrive(key));
            }
            if world.entries[key].is_some_and(|entry| entry.state != State::Settled) && !world.under_way(key)
            {
                actions.push(Action::Resolve(key));
            }
        }
        if world.entries[0].is_some() && !world.misused {
            actions.push(Action::Misuse(0));
        }
        for t in &world.tries {
            match t.answer {
                None => match world.remembered[t.key] {
                    Some(answer) => actions.push(Action::Execute(*t, answer)),
                    None => {
                        let asked = ASKS[t.key];
                        for answer in [Answer::Charged(asked), Answer::Charged(asked - 1), Answer::Declined] {
                            actions.push(Action::Execute(*t, answer));
                        }
                        actions.push(Action::Execute(*t, Answer::ServerError));
                    }
                },
                Some(_) => actions.push(Action::Answered(*t)),
            }
            if t.answer.is_none() && world.faults_left > 0 {
                // Before Stripe looks at the key.
                actions.push(Action::Execute(*t, Answer::TooManyRequests));
            }
            if world.faults_left > 0 {
                actions.push(Action::Lost(*t));
            }
        }
        if world.crashes_left > 0 {
            actions.push(Action::Crash);
        }
        actions.push(match world.day() {
            0 => Action::Midnight,
            _ => Action::NextDay,
        });
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::Arrive(key) => {
                next.arrivals_left[key] -= 1;
                self.arrive(&mut next, key, 1);
            }
            Action::Misuse(key) => next.misused = self.arrive(&mut next, key, 2),
            Action::Execute(t, answer) => {
                if answer == Answer::TooManyRequests {
                    next.faults_left -= 1;
                } else if world.remembered[t.key].is_none() {
                    next.remembered[t.key] = Some(answer);
                    match answer {
                        Answer::Charged(cents) => next.charges[t.key].push(cents),
                        // The worst that an error on Stripe's side can mean.
                        Answer::ServerError => next.charges[t.key].push(ASKS[t.key]),
                        Answer::Declined | Answer::TooManyRequests => {}
                    }
                }
                next.tries.remove(&t);
                if t.awaited {
                    next.tries.insert(Try { answer: Some(answer), ..t });
                }
            }
            Action::Answered(t) => {
                next.tries.remove(&t);
                let evidence = match t.answer? {
                    Answer::Charged(cents) => Evidence::Charged(cents),
                    Answer::Declined => Evidence::Refused,
                    Answer::TooManyRequests => Evidence::NotExecuted,
                    Answer::ServerError => Evidence::None,
                };
                self.settle(&mut next, t.key, evidence);
            }
            Action::Lost(t) => {
                next.faults_left -= 1;
                next.tries.remove(&t);
                if t.awaited {
                    self.settle(&mut next, t.key, Evidence::None);
                    // The edge gives up on it, but Stripe may yet get it.
                    if t.answer.is_none() {
                        next.tries.insert(Try { awaited: false, ..t });
                    }
                }
            }
            Action::Crash => {
                next.crashes_left -= 1;
                next.tries = world
                    .tries
                    .iter()
                    .filter(|t| t.answer.is_none())
                    .map(|t| Try { awaited: false, ..*t })
                    .collect();
            }
            Action::Resolve(key) => {
                let entry = world.entries[key]?;
                let day = World::day_of_entry(&entry);
                let (entry, totals) = (self.rules.send_again)(&entry, &world.days[day], world.now_ms)?;
                next.entries[key] = Some(entry);
                next.days[day] = totals;
                next.send(key);
            }
            Action::Midnight => next.now_ms += 2000,
            Action::NextDay => {
                if world.day() == 2 {
                    return None;
                }
                next.now_ms += DAY_MS;
                next.remembered = vec![None; self.keys];
                // No request is a day on its way: who waits gives up.
                for t in &world.tries {
                    if t.awaited {
                        self.settle(&mut next, t.key, Evidence::None);
                    }
                }
                next.tries.clear();
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one key, at most one charge", |_, world: &World| {
                world.charges.iter().all(|charges| charges.len() <= 1)
            }),
            Property::always("no day's count is above the cap", |_, world: &World| {
                world.days.iter().all(|day| day.counted() <= CAP)
            }),
            Property::always("nothing that Stripe charged is missing from its day", |_, world: &World| {
                (0..3).all(|day| charged_on(world, day) <= world.days[day].counted())
            }),
            Property::always("totals are those of the entries", |_, world: &World| {
                (0..3).all(|day| totals_of_entries(world, day) == world.days[day])
            }),
            Property::always("once all is settled, spent is what Stripe charged", |_, world: &World| {
                let open = world.entries.iter().flatten().any(|entry| entry.state != State::Settled);
                let on_the_way = !world.tries.is_empty();
                open || on_the_way || (0..3).all(|day| charged_on(world, day) == world.days[day].spent)
            }),
            Property::always("a key is for one request", |_, world: &World| !world.misused),
            Property::sometimes("every key is settled in the end", |_, world: &World| {
                let settled = |entry: &Option<Entry>| entry.is_some_and(|e| e.state == State::Settled);
                world.entries.iter().take(2).all(settled) && world.crashes_left == 0
            }),
            Property::sometimes(
                "a call across midnight counts on the day of its arrival",
                |_, world: &World| {
                    world.day() == 1 && world.days[0].spent > 0 && world.days[1] == Totals::default()
                },
            ),
            Property::sometimes("an outcome can stay unknown", |_, world: &World| {
                world.day() == 2 && world.entries.iter().flatten().any(|entry| entry.state == State::Held)
            }),
        ]
    }
}

/// What Stripe charged for the keys that were let through on a day.
fn charged_on(world: &World, day: usize) -> u64 {
    let admitted = |key: &usize| world.admitted_on[*key] == Some(day);
    (0..world.charges.len()).filter(admitted).flat_map(|key| &world.charges[key]).sum()
}

fn totals_of_entries(world: &World, day: usize) -> Totals {
    let mut totals = Totals::default();
    for entry in world.entries.iter().flatten().filter(|entry| World::day_of_entry(entry) == day) {
        match entry.state {
            State::Reserved => totals.reserved += entry.cents,
            State::Held => totals.held += entry.cents,
            State::Settled => totals.spent += entry.cents,
        }
    }
    totals
}

fn explore(rules: Rules, keys: usize) -> impl Checker<Flows> {
    Flows { rules, keys }.checker().threads(2).spawn_dfs().join()
}

#[test]
fn every_order_of_two_keys_keeps_every_promise() {
    let checker = explore(LEDGER, 2);
    checker.assert_properties();
    // Fewer would mean that the world has become too tame to prove anything.
    assert!(checker.unique_state_count() > 100_000, "{} states", checker.unique_state_count());
}

/// What goes wrong if one rule is broken, to show that the model would notice.
fn broken(rules: Rules) -> Vec<&'static str> {
    explore(rules, 2)
        .discoveries()
        .into_keys()
        .filter(|name| {
            !name.starts_with("a call") && !name.starts_with("every") && !name.starts_with("an outcome")
        })
        .collect()
}

#[test]
fn freeing_a_held_key_because_a_later_try_was_not_executed_is_noticed() {
    fn settle(entry: &Entry, day: &Totals, evidence: Evidence) -> (Option<Entry>, Totals) {
        match (entry.state, evidence) {
            (State::Held, Evidence::NotExecuted) => (None, Totals { held: day.held - entry.cents, ..*day }),
            _ => entry.settle(day, evidence),
        }
    }
    assert!(!broken(Rules { settle, ..LEDGER }).is_empty());
}

#[test]
fn sending_again_after_stripe_forgot_is_noticed() {
    fn send_again(entry: &Entry, day: &Totals, _: i64) -> Option<(Entry, Totals)> {
        entry.send_again(day, entry.sent_ms)
    }
    assert!(broken(Rules { send_again, ..LEDGER }).contains(&"one key, at most one charge"));
}

#[test]
fn freeing_what_is_unknown_is_noticed() {
    fn settle(entry: &Entry, day: &Totals, evidence: Evidence) -> (Option<Entry>, Totals) {
        let evidence = if evidence == Evidence::None { Evidence::NotExecuted } else { evidence };
        entry.settle(day, evidence)
    }
    assert!(!broken(Rules { settle, ..LEDGER }).is_empty());
}

#[test]
fn counting_only_what_is_spent_is_noticed() {
    fn arrive(entry: Option<&Entry>, today: &Totals, entry_day: &Totals, call: &Call) -> Arrival {
        let blind = Totals { reserved: 0, held: 0, ..*today };
        match Entry::arrive(entry, &blind, entry_day, call) {
            Arrival::Send(entry, totals) => Arrival::Send(
                entry,
                Totals { reserved: today.reserved + totals.reserved, held: today.held, ..totals },
            ),
            other => other,
        }
    }
    assert!(broken(Rules { arrive, ..LEDGER }).contains(&"no day's count is above the cap"));
}

#[test]
fn waiting_is_for_the_answer_not_for_the_money() {
    fn arrive(entry: Option<&Entry>, today: &Totals, entry_day: &Totals, call: &Call) -> Arrival {
        Entry::arrive(entry, today, entry_day, &Call { under_way: false, ..*call })
    }
    // Stripe's own memory of the key keeps a second request harmless.
    assert_eq!(broken(Rules { arrive, ..LEDGER }), Vec::<&str>::new());
}
