//! What `no_std` leaves out of the prelude.

pub(crate) use alloc::string::{String, ToString};
pub(crate) use alloc::vec::Vec;

/// `concat` and `join` for text, in one small function instead of std's, which are made for long lists.
pub(crate) trait Joined {
    fn joined(&self) -> String {
        self.joined_by("")
    }

    fn joined_by(&self, between: &str) -> String;
}

impl Joined for [&str] {
    fn joined_by(&self, between: &str) -> String {
        let room = self.iter().map(|part| part.len().saturating_add(between.len())).sum();
        let mut out = String::with_capacity(room);
        for (at, part) in self.iter().enumerate() {
            out.push_str(if at > 0 { between } else { "" });
            out.push_str(part);
        }
        out
    }
}
