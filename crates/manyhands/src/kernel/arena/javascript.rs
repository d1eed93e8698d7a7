//! The JavaScript port: `Atomics` on typed arrays.
//!
//! For engines without multi-memory (WebKit). The function table holds these functions
//! until [`super::two_memory`] overwrites its slots, so a thread that was not set up
//! for the faster port works as well.
//!
//! This module must not import the other port.

use js_sys::{Atomics, BigInt64Array, Int32Array, Uint8Array, WebAssembly};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // The binding of js-sys passes the index as a BigInt, which engines reject.
    #[wasm_bindgen(catch, js_namespace = Atomics, js_name = load)]
    fn load_bigint(words: &BigInt64Array, index: u32) -> Result<i64, JsValue>;
}

struct Views {
    memory: WebAssembly::Memory,
    words: Int32Array,
    wide: BigInt64Array,
    bytes: Uint8Array,
}

thread_local! {
    static VIEWS: RefCell<Option<Views>> = const { RefCell::new(None) };
}

impl Views {
    fn new(memory: WebAssembly::Memory) -> Views {
        let buffer = memory.buffer();
        Views {
            words: Int32Array::new(&buffer),
            wide: BigInt64Array::new(&buffer),
            bytes: Uint8Array::new(&buffer),
            memory,
        }
    }
}

/// Binds this thread to an arena.
pub(super) fn bind(memory: WebAssembly::Memory) {
    VIEWS.with_borrow_mut(|views| *views = Some(Views::new(memory)));
}

/// The arena this thread is bound to.
pub(super) fn memory() -> Option<WebAssembly::Memory> {
    VIEWS.with_borrow(|views| views.as_ref().map(|views| views.memory.clone()))
}

/// A view of the arena's words up to its present size.
pub(super) fn words() -> Int32Array {
    with_end(size(), |views| views.words.clone())
}

/// Calls `f` with views that reach to `end`. Views that were made before the memory
/// grew are too short.
fn with_end<R>(end: u32, f: impl FnOnce(&Views) -> R) -> R {
    VIEWS.with_borrow_mut(|views| {
        let views = views
            .as_mut()
            .expect("the arena is bound before it is used");
        if views.bytes.length() < end {
            *views = Views::new(views.memory.clone());
        }
        f(views)
    })
}

/// The arena's size in bytes.
pub(super) fn size() -> u32 {
    VIEWS.with_borrow(|views| match views {
        Some(views) => {
            let buffer: js_sys::SharedArrayBuffer = views.memory.buffer().unchecked_into();
            buffer.byte_length()
        }
        None => 0,
    })
}

fn word<R>(at: u32, f: impl FnOnce(&Int32Array, u32) -> Result<R, JsValue>) -> R {
    with_end(at + 4, |views| {
        f(&views.words, at / 4).unwrap_or_else(|error| wasm_bindgen::throw_val(error))
    })
}

pub(super) extern "C" fn load(at: u32) -> u32 {
    word(at, Atomics::load) as u32
}

pub(super) extern "C" fn store(at: u32, value: u32) {
    word(at, |words, index| {
        Atomics::store(words, index, value as i32)
    });
}

pub(super) extern "C" fn store_relaxed(at: u32, value: u32) {
    with_end(at + 4, |views| views.words.set_index(at / 4, value as i32));
}

pub(super) extern "C" fn add(at: u32, value: u32) -> u32 {
    word(at, |words, index| Atomics::add(words, index, value as i32)) as u32
}

pub(super) extern "C" fn exchange(at: u32, value: u32) -> u32 {
    word(at, |words, index| {
        Atomics::exchange(words, index, value as i32)
    }) as u32
}

pub(super) extern "C" fn compare_exchange(at: u32, expected: u32, new: u32) -> u32 {
    word(at, |words, index| {
        Atomics::compare_exchange(words, index, expected as i32, new as i32)
    }) as u32
}

fn wide(at: u32, f: impl FnOnce(&BigInt64Array, u32) -> Result<i64, JsValue>) -> u64 {
    with_end(at + 8, |views| {
        f(&views.wide, at / 8).unwrap_or_else(|error| wasm_bindgen::throw_val(error))
    }) as u64
}

pub(super) extern "C" fn load_wide(at: u32) -> u64 {
    wide(at, load_bigint)
}

pub(super) extern "C" fn store_wide(at: u32, value: u64) {
    wide(at, |words, index| {
        Atomics::store_bigint(words, index, value as i64)
    });
}

pub(super) extern "C" fn compare_exchange_wide(at: u32, expected: u64, new: u64) -> u64 {
    wide(at, |words, index| {
        Atomics::compare_exchange_bigint(words, index, expected as i64, new as i64)
    })
}

/// Returns the numbers of `memory.atomic.wait32`: 0 notified, 1 changed, 2 timed out.
/// `timeout` is in ns; negative means none.
pub(super) extern "C" fn wait(at: u32, expected: u32, timeout: i64) -> u32 {
    // Nothing may be borrowed during the wait, so it uses a view of its own.
    let words = with_end(at + 4, |views| views.words.clone());
    let milliseconds = if timeout < 0 {
        f64::INFINITY
    } else {
        timeout as f64 / 1e6
    };
    let ended = Atomics::wait_with_timeout(&words, at / 4, expected as i32, milliseconds)
        .unwrap_or_else(|error| wasm_bindgen::throw_val(error));
    if ended == "ok" {
        0
    } else if ended == "timed-out" {
        2
    } else {
        1
    }
}

pub(super) extern "C" fn notify(at: u32, count: u32) -> u32 {
    word(at, |words, index| {
        Atomics::notify_with_count(words, index, count)
    })
}

pub(super) extern "C" fn read(at: u32, into: *mut u8, length: usize) {
    with_end(at + length as u32, |views| {
        let from = views.bytes.subarray(at, at + length as u32);
        // SAFETY: the caller owns `length` writable bytes at `into`.
        unsafe { from.raw_copy_to_ptr(into) };
    });
}

pub(super) extern "C" fn write(at: u32, from: *const u8, length: usize) {
    with_end(at + length as u32, |views| {
        // SAFETY: the caller owns `length` readable bytes at `from`, and the slice is
        // not used after anything can allocate.
        let from = unsafe { std::slice::from_raw_parts(from, length) };
        views.bytes.subarray(at, at + length as u32).copy_from(from);
    });
}
