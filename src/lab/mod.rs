//! The simulated world of the lab: a clock, chance that a seed decides, Stripe, and a proxy before it.
//!
//! Same settings, same calls: same world, to the byte. Requests take time to arrive, to be executed and to be answered, so that two of
//! them can overlap, and which of them is first depends on the seed. What parameters, currencies, endpoints and caps are is
//! said by the product's own rules.

mod chance;
mod clock;
mod exchange;
mod http;
mod object;
mod parse;
mod proxy;
mod report;
mod settings;
mod strike;
mod stripe;
mod table;
#[cfg(feature = "lab-wasm")]
mod tell;
mod through_proxy;
mod world;

#[cfg(feature = "lab-wasm")]
mod heap;
#[cfg(feature = "lab-wasm")]
mod wasm;

pub use http::{Answer, Message};
pub use report::{AuditRow, Charge, Did, Effect, Happened};
pub use settings::{ProxyKind, Settings};
pub use strike::Strike;
pub use world::{Request, World};
