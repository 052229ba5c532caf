//! The memory of the npm package's wasm: an arena that is wiped and begun anew when its last block is freed.
//!
//! Every call of the shim frees all that it took, so the arena is empty between calls: nothing of one billing event is left for
//! the next, memory does not grow with their number, and taking a block costs an addition. A general allocator would cost 7 KB
//! of wasm at every cold start and a third of the time of a call.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

const PAGE: usize = 65_536;

struct Arena {
    /// The end of the blocks in use; 0 before the first.
    top: Cell<usize>,
    /// The furthest that `top` has been since the arena was empty.
    highest: Cell<usize>,
    /// How many blocks are in use.
    blocks: Cell<usize>,
}

// SAFETY: a wasm instance without shared memory has one thread.
unsafe impl Sync for Arena {}

#[global_allocator]
static ARENA: Arena = Arena { top: Cell::new(0), highest: Cell::new(0), blocks: Cell::new(0) };

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

impl Arena {
    fn set_top(&self, top: usize) {
        self.top.set(top);
        self.highest.set(self.highest.get().max(top));
    }
}

// SAFETY: blocks lie between the heap's base and `top`, apart from each other, aligned, and inside the memory.
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
        self.set_top(end);
        self.blocks.set(self.blocks.get().saturating_add(1));
        ptr::with_exposed_provenance_mut(start)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.blocks.set(self.blocks.get().saturating_sub(1));
        if self.blocks.get() == 0 {
            let used = self.highest.get().saturating_sub(base());
            // SAFETY: no block is in use, and memory reaches as far as `highest`.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(base()).write_bytes(0, used) };
            self.top.set(0);
            self.highest.set(0);
        } else if block.addr().saturating_add(layout.size()) == self.top.get() {
            self.top.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let end = block.addr().saturating_add(size);
        if block.addr().saturating_add(layout.size()) == self.top.get() && reach(end) {
            // The topmost block grows or shrinks where it stands.
            self.set_top(end);
            return block;
        }
        // SAFETY: the caller's layout is valid, and the new block lies apart from the old one.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// Nothing panics on input; what does all the same ends the instance, which the shim then replaces.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
