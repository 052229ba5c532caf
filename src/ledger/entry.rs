//! One idempotency key, from its first arrival to its settlement.

use super::Totals;

/// How long after its first sending a key of unknown outcome may be sent again. Stripe may forget a key that is 24 hours old
/// (Stripe, "Idempotent requests") and would then execute it anew; ten minutes less allow for clocks and slow networks.
pub const SEND_AGAIN_FOR_MS: i64 = 86_400_000 - 600_000;

/// How far a key has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Sent at most once, and nothing is known of it.
    Reserved,
    /// Perhaps executed.
    Held,
    /// Known, for good.
    Settled,
}

/// What the ledger keeps of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// SHA-256 of the request that the key was first used for.
    pub fingerprint: [u32; 8],
    /// The day that it counts on, in days of Unix time.
    pub day: i64,
    /// When it was first sent, in milliseconds of Unix time.
    pub sent_ms: i64,
    /// How far it has got.
    pub state: State,
    /// What it counts, in US cents: reserved, held or spent.
    pub cents: u64,
}

/// A call that wants to move money.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// SHA-256 of the request.
    pub fingerprint: [u32; 8],
    /// The most that it could move, in US cents.
    pub cents: u64,
    /// The daily cap, in US cents.
    pub cap: u64,
    /// When it arrived, in milliseconds of Unix time.
    pub now_ms: i64,
    /// Whether a request with this key is being waited for at this moment.
    pub under_way: bool,
}

/// What is to be done with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Write both, then send. The totals are those of the day of arrival.
    Send(Entry, Totals),
    /// The same for a key that may have been sent before. The totals are those of the entry's day.
    SendAgain(Entry, Totals),
    /// Wait for the request that is under way, and answer as it is answered.
    Wait,
    /// Answer with what is kept.
    Replay,
    /// Refuse: the key belongs to another request.
    Conflict,
    /// Refuse: whether the key was executed is not known, and Stripe may have forgotten it.
    OutcomeUnknown,
    /// Refuse: more than what is left of the cap.
    OverCap,
}

/// What an answer proves about the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The key was executed and moved, or can still move, this much.
    Charged(u64),
    /// The key was executed and moved nothing, which Stripe remembers: a declined card.
    Refused,
    /// This request was not executed: malformed, unauthorized, too many requests.
    NotExecuted,
    /// Nothing: no answer, an error on Stripe's side, a request in flight.
    None,
}

impl Entry {
    /// Decides on a call. `entry` is that of the call's key; `today` the day of arrival; `entry_day` the day of the entry,
    /// which is often the same.
    #[must_use]
    pub fn arrive(entry: Option<&Entry>, today: &Totals, entry_day: &Totals, call: &Call) -> Arrival {
        let Some(entry) = entry else { return reserve(today, call) };
        if entry.fingerprint != call.fingerprint {
            return Arrival::Conflict;
        }
        if entry.state == State::Settled {
            return Arrival::Replay;
        }
        if call.under_way {
            return Arrival::Wait;
        }
        match entry.send_again(entry_day, call.now_ms) {
            Some((entry, totals)) => Arrival::SendAgain(entry, totals),
            None => Arrival::OutcomeUnknown,
        }
    }

    /// The entry for another try with the same key, which answers with the outcome of the first if there was one. `None` where
    /// there is nothing to ask, or Stripe may have forgotten the key and would execute it anew.
    #[must_use]
    pub fn send_again(&self, day: &Totals, now_ms: i64) -> Option<(Entry, Totals)> {
        let age = now_ms.saturating_sub(self.sent_ms);
        // A clock may have been set back a little; one that is further back says nothing about Stripe's.
        if self.state == State::Settled || !(-60_000..SEND_AGAIN_FOR_MS).contains(&age) {
            return None;
        }
        Some(self.hold(day))
    }

    /// The entry once nobody waits for its answer any more: after a crash, or when it has been unknown for too long.
    #[must_use]
    pub fn hold(&self, day: &Totals) -> (Entry, Totals) {
        match self.state {
            State::Reserved => self.moved_to(State::Held, self.cents, day),
            State::Held | State::Settled => (*self, *day),
        }
    }

    /// Takes in an answer. The entry is `None` where the key is free again.
    #[must_use]
    pub fn settle(&self, day: &Totals, evidence: Evidence) -> (Option<Entry>, Totals) {
        let (entry, totals) = match (self.state, evidence) {
            // What is known does not change, whatever arrives late.
            (State::Settled, _) => (*self, *day),
            (_, Evidence::Charged(cents)) => self.moved_to(State::Settled, cents, day),
            (_, Evidence::Refused) => self.moved_to(State::Settled, 0, day),
            (State::Reserved, Evidence::NotExecuted) => return (None, self.taken_out(day)),
            // An earlier try may have been executed all the same.
            (State::Held, Evidence::NotExecuted) => (*self, *day),
            (_, Evidence::None) => self.hold(day),
        };
        (Some(entry), totals)
    }

    fn moved_to(&self, state: State, cents: u64, day: &Totals) -> (Entry, Totals) {
        let mut totals = self.taken_out(day);
        let bucket = totals.bucket(state);
        *bucket = bucket.saturating_add(cents);
        (Entry { state, cents, ..*self }, totals)
    }

    fn taken_out(&self, day: &Totals) -> Totals {
        let mut totals = *day;
        let bucket = totals.bucket(self.state);
        *bucket = bucket.saturating_sub(self.cents);
        totals
    }
}

fn reserve(today: &Totals, call: &Call) -> Arrival {
    if call.cents > today.left_of(call.cap) {
        return Arrival::OverCap;
    }
    let entry = Entry {
        fingerprint: call.fingerprint,
        day: day_of(call.now_ms),
        sent_ms: call.now_ms,
        state: State::Reserved,
        cents: call.cents,
    };
    let totals = Totals { reserved: today.reserved.saturating_add(call.cents), ..*today };
    Arrival::Send(entry, totals)
}

/// The UTC day of a point in time, in days of Unix time.
#[must_use]
pub const fn day_of(ms: i64) -> i64 {
    ms.div_euclid(86_400_000)
}

impl Totals {
    fn bucket(&mut self, state: State) -> &mut u64 {
        match state {
            State::Reserved => &mut self.reserved,
            State::Held => &mut self.held,
            State::Settled => &mut self.spent,
        }
    }
}
