//! Bill once, whatever the flow does.
//!
//! A retry, a webhook delivered twice or a worker that died runs a billing step again. billonce makes a key from
//! the billing event itself, so that every run of the same event asks Stripe for the same charge, and judges
//! a spend cap before anything is sent. No clock, no network, no state: time is passed in, requests are handed out.
//!
//! ```
//! use billonce::{EventFields, Result};
//!
//! # fn main() -> Result<()> {
//! let event = EventFields {
//!     customer_id: "cus_A100",
//!     amount_cents: 4900,
//!     billing_period: "2026-06",
//!     ..EventFields::default()
//! }
//! .check()?;
//! assert_eq!(event.preimage(), "cus_A100:4900:2026-06:activepieces-billing");
//! assert_eq!(event.key().as_str(), "817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872");
//! # Ok(())
//! # }
//! ```
//!
//! What cannot be a billing event is refused with a stable code, never guessed at:
//!
//! ```
//! use billonce::{Code, EventFields};
//!
//! let refused = EventFields { customer_id: "{{trigger.customer}}", amount_cents: 4900, billing_period: "2026-06",
//!     ..EventFields::default() }.check();
//! assert_eq!(refused.unwrap_err().code(), Code::UnresolvedReference);
//! ```

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;
// The npm package's wasm does without: it brings an allocator and a panic handler of its own.
#[cfg(not(any(feature = "arena", feature = "lab-wasm")))]
extern crate std;

mod admit;
pub mod edge;
pub mod endpoint;
pub mod error;
pub mod event;
pub mod form;
pub mod guard;
pub mod key;
#[cfg(feature = "lab")]
pub mod lab;
pub mod ledger;
pub mod minor_units;
pub mod money;
pub mod outcome;
pub mod policy;
pub mod precheck;
pub mod request;
pub mod secret;
pub mod send;
pub mod time;
pub mod value;
pub mod wire;

#[cfg(feature = "arena")]
mod arena;
mod base_url;
#[cfg(feature = "calls")]
mod calls;
mod field;
mod fill;
mod http_date;
mod json;
#[cfg(feature = "keys")]
mod keys;
#[cfg(any(feature = "keys", test))]
mod lanes;
mod line_items;
mod nearest;
mod params;
mod prelude;
mod sha256;
#[cfg(any(feature = "keys", feature = "handed-in"))]
mod shared;
mod spend;
mod text;
#[cfg(feature = "npm")]
mod wasm;

pub use error::{Code, Error, Result};
pub use event::{Event, EventFields, Scheme};
pub use key::Key;

/// The README's Rust is tested with the rest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
