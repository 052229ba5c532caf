//! The ledger of one vault key: what a day's cap has left, and what became of each idempotency key.
//!
//! It is arithmetic: no clock, no storage, no network. Whoever holds the rows hands in the two that a call touches (the key's
//! [`Entry`] and the [`Totals`] of a day) and writes back what comes out, both in one transaction. So a call costs
//! the same after a year as on the first day.
//!
//! ```text
//!                  reserve                    charged, refused by execution
//!   (no entry) ───────────────▶ Reserved ─────────────────────────────────▶ Settled
//!        ▲                      │  │                                             ▲
//!        └──────────────────────┘  │ no answer, or a crash                       │
//!          not executed            ▼                                             │
//!                                Held ───────────────────────────────────────────┘
//!                                 the same key sent again within Stripe's 24 hours
//! ```
//!
//! - **Reserved**: counted, and about to be sent or on its way. If that very request is certain not to have been executed, the
//!   money is free again.
//! - **Held**: an earlier try may have moved money. Only an answer that tells of the key's execution ends this; that a later try was not
//!   executed proves nothing about the earlier one.
//! - **Settled**: known. It never changes again.
//!
//! `tests/ledger_model.rs` explores every order of concurrent callers, crashes and lost answers.

mod entry;
mod totals;

pub use entry::{Arrival, Call, Entry, Evidence, SEND_AGAIN_FOR_MS, State, day_of};
pub use totals::Totals;
