//! The slots of the function table through which the arena is accessed: one for each
//! operation.
//!
//! At first they hold the functions of [`super::javascript`]. [`super::two_memory`]
//! overwrites them if the engine supports its functions. The function pointers in Rust
//! never change; only the contents of the function table do. The pointers are read by a
//! volatile load, because the compiler would otherwise call the functions that it sees
//! in the slots at build time directly.
//!
//! This module must not import the two-memory port, which writes to the slots.

use super::javascript;

/// The name of an operation, as the two-memory port exports it, and a function pointer.
/// The function that it means may be replaced without the compiler's knowledge.
pub(super) struct Slot(&'static str, *const ());

// SAFETY: a name and a function pointer, which are never written.
unsafe impl Sync for Slot {}

impl Slot {
    pub(super) fn name(&self) -> &'static str {
        self.0
    }

    #[inline(always)]
    pub(super) fn get(&self) -> usize {
        // SAFETY: reads a valid, initialised static.
        unsafe { std::ptr::read_volatile(&self.1) as usize }
    }
}

pub(super) static SLOTS: [Slot; 13] = [
    Slot("load", javascript::load as *const ()),
    Slot("store", javascript::store as *const ()),
    Slot("add", javascript::add as *const ()),
    Slot("exchange", javascript::exchange as *const ()),
    Slot(
        "compare_exchange",
        javascript::compare_exchange as *const (),
    ),
    Slot("wait", javascript::wait as *const ()),
    Slot("notify", javascript::notify as *const ()),
    Slot("read", javascript::read as *const ()),
    Slot("write", javascript::write as *const ()),
    Slot("load_wide", javascript::load_wide as *const ()),
    Slot("store_wide", javascript::store_wide as *const ()),
    Slot(
        "compare_exchange_wide",
        javascript::compare_exchange_wide as *const (),
    ),
    Slot("store_relaxed", javascript::store_relaxed as *const ()),
];
