//! The slots of the function table through which the arena is reached: one per
//! operation.
//!
//! At first they hold the functions of [`super::javascript`];
//! [`super::two_memory`] overwrites them where the engine can do better. The
//! function pointers never change, only what the table holds at their places. They
//! are read through a volatile load, or the compiler would call the functions it
//! sees in the slots at build time.

use super::javascript;

pub(super) const OPERATIONS: usize = 13;

/// A function pointer whose target may be replaced behind the compiler's back.
pub(super) struct Slot(*const ());

// SAFETY: a function pointer, never written.
unsafe impl Sync for Slot {}

impl Slot {
    #[inline(always)]
    pub(super) fn get(&self) -> usize {
        // SAFETY: a valid, initialised static.
        unsafe { std::ptr::read_volatile(&self.0) as usize }
    }
}

pub(super) static SLOTS: [Slot; OPERATIONS] = [
    Slot(javascript::load as *const ()),
    Slot(javascript::store as *const ()),
    Slot(javascript::add as *const ()),
    Slot(javascript::exchange as *const ()),
    Slot(javascript::compare_exchange as *const ()),
    Slot(javascript::wait as *const ()),
    Slot(javascript::notify as *const ()),
    Slot(javascript::read as *const ()),
    Slot(javascript::write as *const ()),
    Slot(javascript::load_wide as *const ()),
    Slot(javascript::store_wide as *const ()),
    Slot(javascript::compare_exchange_wide as *const ()),
    Slot(javascript::store_relaxed as *const ()),
];
