//! How much of this thread's stack is left.
//!
//! The stack of an instance with a memory of its own is at the beginning of that memory:
//! rustc tells the linker so, and a write below the address 0 is a trap. A thread has a
//! stack elsewhere, which `boot.js` asks for.
//!
//! This room imports nothing.

use std::{cell::Cell, hint::black_box};

/// The size of a thread's stack in bytes, unless more is asked for; a process has a stack
/// of the same size.
pub(crate) const DEFAULT_STACK: u32 = 1 << 20;

thread_local! {
    /// The stack's lowest address.
    static FLOOR: Cell<usize> = const { Cell::new(0) };
}

/// An address in the caller's part of the stack.
#[inline]
fn here() -> usize {
    let local = 0u8;
    (&raw const *black_box(&local)).addr()
}

/// Says that this is a thread with a stack of this many bytes, of which it has used at
/// most 64 KiB so far.
pub(super) fn set_thread(size: usize) {
    FLOOR.set((here() + (64 << 10)).saturating_sub(size));
}

/// Is there less than this many bytes? Never on other targets than WebAssembly, whose
/// stacks are larger.
#[inline]
pub(super) fn is_below(bytes: usize) -> bool {
    cfg!(target_arch = "wasm32") && here().saturating_sub(FLOOR.get()) < bytes
}
