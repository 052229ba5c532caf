//! Memory that JavaScript and Rust both see.

use core::cell::UnsafeCell;

/// Bytes that JavaScript and Rust both see.
pub(crate) struct Shared<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: a wasm instance without shared memory has one thread.
#[allow(unsafe_code)]
unsafe impl<const SIZE: usize> Sync for Shared<SIZE> {}

impl<const SIZE: usize> Shared<SIZE> {
    pub(crate) const fn new() -> Self {
        Shared(UnsafeCell::new([0; SIZE]))
    }

    pub(crate) fn pointer(&self) -> *const u8 {
        self.0.get().cast_const().cast()
    }

    /// The bytes of a buffer that JavaScript fills once, before the first call.
    #[cfg(feature = "handed-in")]
    pub(crate) fn bytes(&'static self) -> &'static [u8] {
        // SAFETY: nothing writes to it once the first call has begun, and no use of such a buffer calls `with`.
        #[allow(unsafe_code)]
        unsafe {
            &*self.0.get()
        }
    }

    /// The bytes, for the length of `use_bytes`.
    #[cfg(feature = "keys")]
    pub(crate) fn with<T>(&self, use_bytes: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
        // SAFETY: one thread, and no closure given here calls `with` on the same buffer or back to JavaScript.
        #[allow(unsafe_code)]
        use_bytes(unsafe { &mut *self.0.get() })
    }
}
