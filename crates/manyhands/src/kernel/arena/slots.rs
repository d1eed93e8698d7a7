//! The slots of the function table through which the arena is reached: one per
//! operation.
//!
//! At first they hold the functions of [`super::javascript`];
//! [`super::two_memory`] overwrites them where the engine can do better. The
//! function pointers never change, only what the table holds at their places. They
//! are read through a volatile load, or the compiler would call the functions it
//! sees in the slots at build time.
//!
//! This room must not import the other port: that one writes into the slots.

use super::javascript;

/// An operation's name, as the other port exports it, and a function pointer whose
/// target may be replaced behind the compiler's back.
pub(super) struct Slot(&'static str, *const ());

// SAFETY: a name and a function pointer, never written.
unsafe impl Sync for Slot {}

impl Slot {
    pub(super) fn name(&self) -> &'static str {
        self.0
    }

    #[inline(always)]
    pub(super) fn get(&self) -> usize {
        // SAFETY: a valid, initialised static.
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
