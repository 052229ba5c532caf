//! What really went through the vault key, whatever the proxy has counted.

use super::stripe::Moved;
use super::table::Table;
use crate::prelude::*;

/// US cents that really moved through the vault key.
#[derive(Debug, Default)]
pub(crate) struct ThroughProxy {
    by_day: Table<i64, u64>,
    /// On which day an object counts that may move money later.
    made_on: Table<String, i64>,
}

impl ThroughProxy {
    /// Money that moved because of a request that counts on a day.
    pub(crate) fn count(&mut self, moved: &Moved, day: i64) {
        if moved.currency == "usd" {
            let day = self.made_on.get(&moved.made_of).copied().unwrap_or(day);
            self.by_day.add(day, moved.amount);
        }
    }

    /// An object that a request made which counts on a day.
    pub(crate) fn made(&mut self, object: String, day: i64) {
        self.made_on.fill(object, day);
    }

    pub(crate) fn exceeds(&self, cap: u64) -> bool {
        self.by_day.values().any(|cents| *cents > cap)
    }
}
