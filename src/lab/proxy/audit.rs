//! The audit of a proxy, one row for each request.

use crate::lab::report::AuditRow;
use crate::prelude::*;

/// Rows in the order of their requests.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    rows: Vec<AuditRow>,
}

impl Audit {
    /// A request that has just arrived; answers with the place of its row. The status is 0 until it is answered.
    pub(crate) fn add(&mut self, at: i64, endpoint: String, verdict: &'static str, status: u16) -> usize {
        self.rows.push(AuditRow { at, endpoint: Some(endpoint), verdict, status });
        self.rows.len().saturating_sub(1)
    }

    /// What was answered. What was written first stays.
    pub(crate) fn end(&mut self, row: usize, status: u16) {
        if let Some(row) = self.rows.get_mut(row).filter(|row| row.status == 0) {
            row.status = status;
        }
    }

    pub(crate) fn rows(&self) -> &[AuditRow] {
        &self.rows
    }
}
