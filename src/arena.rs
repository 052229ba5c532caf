//! The memory of the npm package's wasm files: an arena that each call fills from its start, and that is wiped when the
//! call is over.
//!
//! Nothing of one billing event is left for the next, memory does not grow with their number, taking a block costs an
//! addition, and giving one back costs nothing: not even the code that would do it is compiled. A general allocator would cost
//! 7 KB of wasm at every cold start and a third of the time of a call, and the code that gives back another 5 KB.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

const PAGE: usize = 65_536;

struct Arena {
    /// The end of the blocks in use; 0 before the first.
    top: Cell<usize>,
}

// SAFETY: a wasm instance without shared memory has one thread.
unsafe impl Sync for Arena {}

#[global_allocator]
static ARENA: Arena = Arena { top: Cell::new(0) };

/// Where the linker's own data ends and the arena begins.
fn base() -> usize {
    unsafe extern "C" {
        static __heap_base: u8;
    }
    (&raw const __heap_base).addr()
}

/// Makes memory reach to `end`, unless the host has no more.
fn reach(end: usize) -> bool {
    let have = wasm32::memory_size::<0>().saturating_mul(PAGE);
    end <= have || wasm32::memory_grow::<0>(end.saturating_sub(have).div_ceil(PAGE)) != usize::MAX
}

// SAFETY: blocks lie between the arena's base and `top`, apart from each other, aligned, and inside the memory.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.top.get().max(base()).checked_next_multiple_of(layout.align());
        let Some((start, end)) = start.and_then(|start| Some((start, start.checked_add(layout.size())?)))
        else {
            return ptr::null_mut();
        };
        if !reach(end) {
            return ptr::null_mut();
        }
        self.top.set(end);
        ptr::with_exposed_provenance_mut(start)
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let end = block.addr().saturating_add(size);
        if block.addr().saturating_add(layout.size()) == self.top.get() && reach(end) {
            // The topmost block grows where it stands.
            self.top.set(end);
            return block;
        }
        // SAFETY: the caller's layout is valid, and the new block lies apart from the old one.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
            }
            moved
        }
    }
}

/// Where a call's input begins: at the arena's start, so that it is wiped with the rest.
#[cfg(feature = "calls")]
pub(crate) fn input_pointer() -> *const u8 {
    ptr::with_exposed_provenance(base())
}

/// Reads the first `length` bytes of the arena, which the shim wrote; everything else that `read` takes lies behind them.
#[cfg(feature = "calls")]
pub(crate) fn with_input<T>(length: usize, read: impl FnOnce(&[u8]) -> T) -> T {
    let end = base().saturating_add(length);
    let length = if reach(end) { length } else { 0 };
    ARENA.top.set(end);
    // SAFETY: the memory reaches to `end`, no block lies below it, and nothing writes there before `wipe`.
    read(unsafe { core::slice::from_raw_parts(input_pointer(), length) })
}

/// Ends a call: overwrites the arena and the part of the stack that the calls before this one used (the hash, for one,
/// leaves the preimage there). No block may be in use any more.
pub(crate) fn wipe() {
    let used = ARENA.top.get().saturating_sub(base());
    // SAFETY: no block is in use, and memory reaches as far as `top`.
    unsafe { ptr::with_exposed_provenance_mut::<u8>(base()).write_bytes(0, used) };
    ARENA.top.set(0);
    wipe_stack();
}

/// The most of the stack that a call uses: keys take 1.9 KB of it, for four at once.
const STACK_USED: usize = if cfg!(feature = "keys") { 2048 } else { 4096 };

#[inline(never)]
fn wipe_stack() {
    core::hint::black_box([0_u8; STACK_USED]);
}

/// Nothing panics on input; what does all the same ends the instance, which the shim then replaces.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
