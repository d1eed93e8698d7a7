//! What Rust's standard library and the interpreter lack on this target: clocks, starting
//! a thread, and the bounds of the stack.
//!
//! The image is compiled with a copy of the standard library whose `Instant`, `SystemTime`
//! and `thread::spawn` call these functions (`patches/standard-library`), and with a copy
//! of the interpreter that asks for the stack's bounds (`patches/interpreter`).

use crate::waits;
use std::{cell::Cell, hint::black_box};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Microseconds on the clock of `performance.now()` of the page or worker that asks.
pub fn performance_us() -> f64 {
    now() * 1e3
}

/// Microseconds since 1970, on a clock that does not go back.
#[unsafe(no_mangle)]
extern "C" fn manyhands_now_us() -> f64 {
    (TIME_ORIGIN.with(|origin| *origin) + now()) * 1e3
}

/// The least size of a thread's stack in bytes: more than there is of the browser's, which
/// ends the process when it is full. Where the interpreter does not look at its bounds,
/// nothing else would keep a thread from writing over other memory.
const THREAD_STACK: usize = 4 << 20;

/// What a new thread calls its function with.
struct Argument(*mut u8);

// SAFETY: the standard library makes what this points to for the new thread alone.
unsafe impl Send for Argument {}

/// Starts a thread with a stack of at least so many bytes, which calls `run` with
/// `data`. Returns whether it could. Python joins the threads that must be joined, so the
/// process need not.
#[unsafe(no_mangle)]
extern "C" fn manyhands_start_thread(
    run: extern "C" fn(*mut u8),
    data: *mut u8,
    stack: usize,
) -> bool {
    let argument = Argument(data);
    let builder = manyhands::Thread::builder();
    // SAFETY: the interpreter has no closures, promises or timers.
    let builder = unsafe { builder.reuse_worker() };
    builder
        .daemon(true)
        // What it has locked stays locked, and nobody would be told of its end.
        .panic_ends_process(true)
        .stack_size(u32::try_from(stack.max(THREAD_STACK)).unwrap_or(u32::MAX))
        .run(move || {
            let Argument(data) = { argument };
            run(data);
            waits::end_of_thread();
        })
        .is_ok()
}

/// How many bytes of its stack a thread uses at most. The browser has a second stack for
/// each worker, which grows with this one and whose size cannot be asked for. In Chromium
/// it is full, which ends the process, when 450 to 550 KiB of this one are used.
const USABLE_STACK: usize = 256 << 10;

/// The address down to which this thread may use its stack. The interpreter asks for it
/// when it begins in a thread, at the top of the stack.
#[unsafe(no_mangle)]
extern "C" fn manyhands_stack_floor() -> usize {
    thread_local! {
        static FLOOR: Cell<Option<usize>> = const { Cell::new(None) };
    }
    let local = 0u8;
    let here = (&raw const *black_box(&local)).addr();
    let floor = FLOOR
        .get()
        .unwrap_or_else(|| here.saturating_sub(USABLE_STACK));
    FLOOR.set(Some(floor));
    floor
}

/// Which part of its usable stack this thread has left, from 0 to 1.
pub fn stack_left() -> f64 {
    let local = 0u8;
    let here = (&raw const *black_box(&local)).addr();
    let left = here.saturating_sub(manyhands_stack_floor());
    (left as f64 / USABLE_STACK as f64).min(1.0)
}
