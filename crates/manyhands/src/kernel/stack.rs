//! Measures how much of the current thread's stack is left.
//!
//! In an instance with its own memory the stack is at the beginning of that memory and
//! grows downwards: rustc passes this option to the linker, so a stack overflow reaches
//! an address below 0 and traps. A thread's stack is elsewhere in the memory; `boot.js`
//! requests it.
//!
//! This module imports nothing.

use std::{cell::Cell, hint::black_box};

/// The size of a thread's stack in bytes, unless more is asked for; a process has a stack
/// of the same size.
pub(crate) const DEFAULT_STACK: u32 = 1 << 20;

thread_local! {
    /// The stack's lowest address.
    static LOWEST_ADDRESS: Cell<usize> = const { Cell::new(0) };
}

/// The address of a local variable, which is on the stack.
#[inline]
fn stack_address() -> usize {
    let local = 0u8;
    (&raw const *black_box(&local)).addr()
}

/// Notes that this instance is a thread with a stack of this many bytes. Must be called
/// while at most 64 KiB of it are in use.
pub(super) fn mark_as_thread(stack_size: usize) {
    LOWEST_ADDRESS.set((stack_address() + (64 << 10)).saturating_sub(stack_size));
}

/// Is less than this many bytes of the stack left? Always `false` on targets other than
/// WebAssembly, whose stacks are larger.
#[inline]
pub(super) fn has_less_than(bytes: usize) -> bool {
    cfg!(target_arch = "wasm32") && stack_address().saturating_sub(LOWEST_ADDRESS.get()) < bytes
}
