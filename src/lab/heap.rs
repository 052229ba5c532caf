//! The memory of the lab's wasm file: blocks of powers of two, and a list of free ones for each power.
//!
//! A world lives across calls, so the arena of the other files, which is wiped after each, is not for it. Taking a block or giving one
//! back is a handful of instructions, where a general allocator takes a third of a request's time and, with what std brings along, a
//! tenth of the file. Nothing is joined again: thousands of worlds like each other use the same blocks in turn.

#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

const PAGE: usize = 65_536;
/// The smallest block, which has room for the address of the next free one; and the alignment of all of them, the largest that
/// WebAssembly has.
const LEAST: usize = 16;
const SIZES: usize = 32;

struct Heap {
    /// The first free block of each size, which holds the address of the next; 0 where there is none.
    free: [Cell<usize>; SIZES],
    /// Where nobody has had a block yet; 0 before the first.
    top: Cell<usize>,
}

// SAFETY: a wasm instance without shared memory has one thread.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap { free: [const { Cell::new(0) }; SIZES], top: Cell::new(0) };

/// Where the linker's own data ends.
fn base() -> usize {
    unsafe extern "C" {
        static __heap_base: u8;
    }
    (&raw const __heap_base).addr()
}

/// Makes memory reach to `end`, unless the host has no more.
fn reach(end: usize) -> bool {
    let have = wasm32::memory_size::<0>().saturating_mul(PAGE);
    // By an eighth more, so that a growing world does not ask for each page.
    let more = end.saturating_sub(have).max(have / 8).div_ceil(PAGE);
    end <= have || wasm32::memory_grow::<0>(more) != usize::MAX
}

/// The size of the block that a layout gets.
fn size_of(layout: Layout) -> Option<usize> {
    layout.size().max(LEAST).checked_next_power_of_two()
}

impl Heap {
    fn list(&self, size: usize) -> Option<&Cell<usize>> {
        self.free.get(usize::try_from(size.trailing_zeros()).ok()?)
    }

    /// A block that nobody has had yet.
    fn fresh(&self, size: usize) -> Option<usize> {
        let start = self.top.get().max(base()).checked_next_multiple_of(LEAST)?;
        let end = start.checked_add(size).filter(|end| reach(*end))?;
        self.top.set(end);
        Some(start)
    }

    fn take(&self, layout: Layout) -> Option<usize> {
        let size = size_of(layout)?;
        let list = self.list(size)?;
        let block = list.get();
        if block == 0 {
            return self.fresh(size);
        }
        // SAFETY: a block in the list is free, and holds the address of the next.
        list.set(unsafe { ptr::with_exposed_provenance::<usize>(block).read() });
        Some(block)
    }
}

// SAFETY: blocks in use lie apart from each other, aligned, and inside the memory.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > LEAST {
            return ptr::null_mut();
        }
        self.take(layout).map_or(ptr::null_mut(), ptr::with_exposed_provenance_mut)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(list) = size_of(layout).and_then(|size| self.list(size)) {
            // SAFETY: the block is free from here on, large enough for an address, and aligned for one.
            unsafe { ptr::with_exposed_provenance_mut::<usize>(block.expose_provenance()).write(list.get()) };
            list.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's layout is valid, and so is one of its alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if size_of(wanted) == size_of(layout) {
            return block;
        }
        // SAFETY: the new block lies apart from the old one, which is given back once it is copied.
        unsafe {
            let moved = self.alloc(wanted);
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
