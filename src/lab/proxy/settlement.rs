//! What becomes of a key when Stripe has answered, or has not.

use super::Deed;
use super::edge::{Edge, Errand};
use super::rows::Counted;
use super::translate::{answer_of, object_in, readable, replayed};
use crate::edge::{Answered, learnt, settle};
use crate::endpoint::Endpoint;
use crate::lab::http::Answer;
use crate::lab::report::Did;
use crate::ledger::{Entry, State};
use crate::money::Digits;
use crate::prelude::*;

impl Edge {
    /// Settles a key by its answer, and passes that on to all who wait for it.
    pub(super) fn settled(
        &mut self,
        key: &str,
        row: usize,
        ticket: Option<u64>,
        answer: Option<Answer>,
    ) -> Vec<Deed> {
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
        let status = Digits::of(answer.map_or(0, |answer| answer.status).into());
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
    pub(super) fn learn(&mut self, answer: Option<&Answer>, day: i64) {
        let status = Digits::of(answer.map_or(0, |answer| answer.status).into());
        let value = readable(answer, &status);
        if let Ok(Some(object)) = learnt(&value, day) {
            self.objects.fill(object.id.to_string(), Counted::of(&object));
        }
    }

    /// Looks after a key that nobody waits for: sends it again, or gives it up.
    pub(super) fn look_after(&mut self, key: String, now: i64) -> Vec<Deed> {
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
}
