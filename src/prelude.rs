//! What `no_std` leaves out of the prelude.

pub(crate) use alloc::string::{String, ToString};
pub(crate) use alloc::vec::Vec;

/// `String::push_str`, as one function: it would become part of each of its many callers.
pub(crate) trait Add {
    fn add(&mut self, text: &str);
}

impl Add for String {
    #[inline(never)]
    fn add(&mut self, text: &str) {
        self.push_str(text);
    }
}

/// `concat` for text, in one small function instead of std's, which is made for long lists.
pub(crate) trait Joined {
    fn joined(&self) -> String;

    /// With commas between them.
    fn listed(&self) -> String;
}

impl Joined for [&str] {
    fn joined(&self) -> String {
        let mut room: usize = 0;
        for part in self {
            room = room.saturating_add(part.len());
        }
        let mut out = String::with_capacity(room);
        for part in self {
            out.add(part);
        }
        out
    }

    fn listed(&self) -> String {
        let mut out = String::new();
        for part in self {
            out.add(if out.is_empty() { "" } else { ", " });
            out.add(part);
        }
        out
    }
}
