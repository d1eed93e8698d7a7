//! What happens when the memory of this process is nearly used.
//!
//! Where an allocation fails, Rust ends the process. A program is to get Python's
//! MemoryError instead, which it may handle, or which says at which line it happened. So a
//! process that has got large keeps a reserve. The first allocation for which there is no
//! room gets it from the reserve, and the interpreter, which looks between instructions and
//! at each step of an iterator (`patches/interpreter.limits`), raises the MemoryError. A
//! block raises it as well if one of three times its size would not fit any more: blocks are so
//! large because something grows, and the next failure would end the process.

use rustpython_vm::signal::memory_is_short;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    ptr,
    sync::atomic::{
        AtomicPtr,
        Ordering::{AcqRel, Acquire},
    },
};

/// How much memory a process may have in bytes, as `script/python-image` says.
const MOST: usize = 2 << 30;

/// How large the reserve is.
const RESERVE: Layout = Layout::new::<[u8; 32 << 20]>();

/// From which size of the memory on there is a reserve.
const RESERVED_FROM: usize = 256 << 20;

/// A block of this size or more is large.
const LARGE: usize = 16 << 20;

/// The reserve, or null.
static KEPT: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());

struct Memory;

#[global_allocator]
static MEMORY: Memory = Memory;

// SAFETY: every call is `System`'s. A block that it could not give is asked for again once
// the reserve is free, which only this file knows of.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the rules of this trait.
        given(layout.size(), || unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        given(layout.size(), || unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        given(size, || unsafe { System.realloc(block, layout, size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// What `allocate` gives, if need be with the reserve.
#[inline]
fn given(size: usize, allocate: impl Fn() -> *mut u8) -> *mut u8 {
    let block = allocate();
    if !block.is_null() && size < LARGE {
        return block;
    }
    given_slowly(block, size, &allocate)
}

#[cold]
fn given_slowly(block: *mut u8, size: usize, allocate: &dyn Fn() -> *mut u8) -> *mut u8 {
    if block.is_null() {
        if size > RESERVE.size() / 2 || !release() {
            return block;
        }
        memory_is_short();
        return allocate();
    }
    // What grows, as a list or a dict, doubles its size each time.
    if MOST - used() < 3 * size {
        memory_is_short();
    }
    keep();
    block
}

/// How much of the memory is, or was, used.
fn used() -> usize {
    (core::arch::wasm32::memory_size(0) << 16).min(MOST)
}

/// Makes a reserve, if the process is large and has none. Called now and then.
pub fn keep() {
    if used() < RESERVED_FROM || !KEPT.load(Acquire).is_null() {
        return;
    }
    // SAFETY: the layout is not of size 0.
    let block = unsafe { System.alloc(RESERVE) };
    let kept = KEPT.compare_exchange(ptr::null_mut(), block, AcqRel, Acquire);
    if kept.is_err() && !block.is_null() {
        // SAFETY: it was allocated above, and nobody else knows of it.
        unsafe { System.dealloc(block, RESERVE) };
    }
}

/// Frees the reserve; whether there was one.
fn release() -> bool {
    let block = KEPT.swap(ptr::null_mut(), AcqRel);
    if block.is_null() {
        return false;
    }
    // SAFETY: `keep` allocated it with this layout, and it was taken out of its place, so
    // that nobody else frees it.
    unsafe { System.dealloc(block, RESERVE) };
    true
}
