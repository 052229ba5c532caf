//! What Stripe remembers of idempotency keys (Stripe API reference, "Idempotent requests").

use super::refusal::{Refusal, Result};
use crate::lab::http::Answer;
use crate::lab::table::Table;
use crate::prelude::*;

/// "Keys can be removed from the system automatically after they're at least 24 hours old": they are, at once.
const REMEMBERED_MS: i64 = 86_400_000;

/// First whose a key is, later what the answer was.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    entries: Table<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// A key is not scoped to its endpoint, so the endpoint is part of this.
    fingerprint: String,
    claimed_at: i64,
    request_id: String,
    answer: Option<Answer>,
}

/// What a request finds.
pub(crate) enum Claim<'a> {
    /// The key is this request's now.
    Granted,
    /// This was answered before, to the request of this id.
    Replay(&'a Answer, &'a str),
}

impl Keys {
    /// A wrong fingerprint is told before a conflict: it stays wrong however long the caller waits.
    pub(crate) fn claim(
        &mut self,
        key: &str,
        fingerprint: String,
        request_id: &str,
        now: i64,
    ) -> Result<Claim<'_>> {
        // Only a finished request can be forgotten.
        let forgotten =
            |entry: &Entry| entry.answer.is_some() && now.saturating_sub(entry.claimed_at) >= REMEMBERED_MS;
        if self.entries.get(key).is_none_or(forgotten) {
            let request_id = request_id.to_string();
            let entry = Entry { fingerprint, claimed_at: now, request_id, answer: None };
            self.entries.insert(key.to_string(), entry);
            return Ok(Claim::Granted);
        }
        match self.entries.get(key) {
            Some(known) if known.fingerprint != fingerprint => Err(Refusal::key_reused(key)),
            Some(Entry { answer: Some(answer), request_id, .. }) => Ok(Claim::Replay(answer, request_id)),
            _ => Err(Refusal::key_in_use(key)),
        }
    }

    /// Keeps the result of an execution.
    pub(crate) fn save(&mut self, key: &str, answer: &Answer) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.answer = Some(answer.clone());
        }
    }

    /// Nothing was executed: the key is free again.
    pub(crate) fn release(&mut self, key: &str) {
        self.entries.remove(key);
    }
}
