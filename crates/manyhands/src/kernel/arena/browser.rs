//! The arena in the browser: every operation is a call through [`SLOTS`].
//!
//! This module must not know what the words mean.

use super::{Memory, Woken, javascript, slots::SLOTS, two_memory};
use js_sys::{Int32Array, WebAssembly};
use serde::{Deserialize, Serialize};

/// Which port accesses the arena in this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Port {
    /// WebAssembly multi-memory: one call per operation.
    TwoMemory,
    /// `Atomics` on typed arrays, through JavaScript.
    #[serde(rename = "javascript")]
    JavaScript,
}

/// The function in a slot, with its type.
macro_rules! operation {
    ($index:literal, fn($($parameter:ty),*) $(-> $result:ty)?) => {
        // SAFETY: the slot holds a function of exactly this type: the one named in
        // `SLOTS`, or its counterpart from the two-memory module, whose type the engine
        // checks at every call.
        unsafe {
            std::mem::transmute::<usize, extern "C" fn($($parameter),*) $(-> $result)?>(
                SLOTS[$index].get(),
            )
        }
    };
}

/// The arena that this thread is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arena;

impl Arena {
    /// Binds this thread to an arena and chooses the port: the two-memory port if the
    /// engine supports it and the arena's word at `forced` is 0.
    pub(crate) fn bind(memory: WebAssembly::Memory, forced: u32) -> Port {
        javascript::bind(memory.clone());
        if javascript::load(forced) != 0 || two_memory::install(&memory).is_err() {
            Port::JavaScript
        } else {
            Port::TwoMemory
        }
    }

    /// Reads 64 bits at an address divisible by 8.
    #[inline]
    pub(crate) fn load_wide(&self, at: u32) -> u64 {
        operation!(9, fn(u32) -> u64)(at)
    }

    /// Writes 64 bits.
    #[inline]
    pub(crate) fn store_wide(&self, at: u32, value: u64) {
        operation!(10, fn(u32, u64))(at, value)
    }

    /// Writes `new` if the 64 bits are `expected`; returns them as they were.
    #[inline]
    pub(crate) fn compare_exchange_wide(&self, at: u32, expected: u64, new: u64) -> u64 {
        operation!(11, fn(u32, u64, u64) -> u64)(at, expected, new)
    }

    /// The arena's words for JavaScript.
    pub(crate) fn words() -> Int32Array {
        javascript::words()
    }
}

impl Memory for Arena {
    #[inline]
    fn load(&self, at: u32) -> u32 {
        operation!(0, fn(u32) -> u32)(at)
    }

    #[inline]
    fn store(&self, at: u32, value: u32) {
        operation!(1, fn(u32, u32))(at, value)
    }

    #[inline]
    fn add(&self, at: u32, value: u32) -> u32 {
        operation!(2, fn(u32, u32) -> u32)(at, value)
    }

    #[inline]
    fn exchange(&self, at: u32, value: u32) -> u32 {
        operation!(3, fn(u32, u32) -> u32)(at, value)
    }

    #[inline]
    fn compare_exchange(&self, at: u32, expected: u32, new: u32) -> u32 {
        operation!(4, fn(u32, u32, u32) -> u32)(at, expected, new)
    }

    fn wait(&self, at: u32, expected: u32, timeout: Option<f64>) -> Woken {
        let nanoseconds = timeout.map_or(-1, |microseconds| (microseconds.max(0.0) * 1e3) as i64);
        match operation!(5, fn(u32, u32, i64) -> u32)(at, expected, nanoseconds) {
            0 => Woken::Notified,
            1 => Woken::Changed,
            _ => Woken::TimedOut,
        }
    }

    #[inline]
    fn notify(&self, at: u32, count: u32) -> u32 {
        operation!(6, fn(u32, u32) -> u32)(at, count)
    }

    #[inline]
    fn store_relaxed(&self, at: u32, value: u32) {
        operation!(12, fn(u32, u32))(at, value)
    }

    #[inline]
    fn read(&self, at: u32, into: &mut [u8]) {
        operation!(7, fn(u32, *mut u8, usize))(at, into.as_mut_ptr(), into.len())
    }

    #[inline]
    fn write(&self, at: u32, from: &[u8]) {
        operation!(8, fn(u32, *const u8, usize))(at, from.as_ptr(), from.len())
    }

    fn size(&self) -> u32 {
        javascript::size()
    }

    fn grow(&self, size: u32) -> bool {
        const PAGE: u32 = 65536;
        let Some(memory) = javascript::memory() else {
            return false;
        };
        let now = self.size();
        if now >= size {
            return true;
        }
        // `Memory::grow` is not used, because its binding throws if the maximum is
        // exceeded.
        let pages = (size - now).div_ceil(PAGE);
        js_sys::Reflect::get(&memory, &"grow".into())
            .ok()
            .map(wasm_bindgen::JsCast::unchecked_into::<js_sys::Function>)
            .is_some_and(|grow| grow.call1(&memory, &pages.into()).is_ok())
    }
}
