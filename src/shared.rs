//! Memory that JavaScript and Rust both see, and the wiping of what a call leaves behind.

use core::cell::UnsafeCell;

/// Bytes that JavaScript and Rust both see.
#[cfg_attr(not(any(feature = "npm", feature = "keys")), allow(dead_code))]
pub(crate) struct Shared<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: a wasm instance without shared memory has one thread.
#[allow(unsafe_code)]
unsafe impl<const SIZE: usize> Sync for Shared<SIZE> {}

#[cfg_attr(not(any(feature = "npm", feature = "keys")), allow(dead_code))]
impl<const SIZE: usize> Shared<SIZE> {
    pub(crate) const fn new() -> Self {
        Shared(UnsafeCell::new([0; SIZE]))
    }

    pub(crate) fn pointer(&self) -> *const u8 {
        self.0.get().cast_const().cast()
    }

    /// The bytes, for the length of `use_bytes`.
    pub(crate) fn with<T>(&self, use_bytes: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
        // SAFETY: one thread, and no closure given here calls `with` on the same buffer or back to JavaScript.
        #[allow(unsafe_code)]
        use_bytes(unsafe { &mut *self.0.get() })
    }
}

/// Wipes the part of the stack that the calls before this one used: the hash, for one, leaves the preimage there.
/// Called after the work and from where the work was called, so that its frame lies over theirs.
#[inline(never)]
pub(crate) fn wipe_stack() {
    core::hint::black_box([0_u8; 4096]);
}
