//! What `no_std` leaves out of the prelude.

pub(crate) use alloc::string::{String, ToString};
pub(crate) use alloc::vec::Vec;
