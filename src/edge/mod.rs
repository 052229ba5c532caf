//! The rules of the edge: an HTTP request as Stripe would read it, what the ledger does with it, and what Stripe's answer proves.
//!
//! The edge stores rows, forwards requests and asks here what to do: values in, JSON out, like the rest of the crate. Nothing here
//! knows of storage, clocks or networks.

mod answered;
mod arrive;
mod check;
mod credential;
mod decide;
mod incoming;
mod moved;
mod params;
mod refusal;
mod rows;
mod settle;
mod subject;
mod vault;

#[cfg(feature = "edge")]
mod wasm;

pub use answered::{answered, learn, resolve};
pub use arrive::arrive;
pub use check::{check, check_pin, ended};
pub use credential::{Credential, carries_token, same_hash};

pub use vault::check_policy;
/// What the lab's simulated edge decides with.
#[cfg(feature = "lab")]
pub(crate) use {
    decide::{Arriving, Outgoing, Seen, Step, decide},
    incoming::Incoming,
    refusal::{Answer as Reply, refusal},
    rows::Object,
    settle::{Answered, learnt, settle},
    vault::VaultPolicy,
};
