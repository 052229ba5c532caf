//! The rules of the edge: an HTTP request as Stripe would read it, what the ledger does with it, and what Stripe's answer proves.
//!
//! The edge stores rows, forwards requests and asks here what to do: values in, JSON out, like the rest of the crate. Nothing here
//! knows of storage, clocks or networks.

mod answered;
mod arrive;
mod check;
mod credential;
mod incoming;
mod moved;
mod params;
mod refusal;
mod rows;
mod subject;
mod vault;

#[cfg(feature = "edge")]
mod wasm;

pub use answered::{answered, learn, resolve};
pub use arrive::arrive;
pub use check::{check, check_pin};
pub use credential::{Credential, carries_token, same_hash};
#[cfg(feature = "lab")]
pub(crate) use vault::VaultPolicy;
pub use vault::check_policy;
