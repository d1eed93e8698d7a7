//! What Rust's standard library lacks on this target: clocks, and starting a thread.
//!
//! The image is compiled with a copy of the standard library whose `Instant`, `SystemTime`
//! and `thread::spawn` call these functions (`std/patch`). So the interpreter and its
//! locks, which know nothing of this crate, have them.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Microseconds since 1970, on a clock that does not go back.
#[unsafe(no_mangle)]
extern "C" fn manyhands_now_us() -> f64 {
    (TIME_ORIGIN.with(|origin| *origin) + now()) * 1e3
}

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
    manyhands::Thread::builder()
        .daemon(true)
        .stack_size(u32::try_from(stack).unwrap_or(u32::MAX))
        .run(move || {
            let Argument(data) = { argument };
            run(data);
        })
        .is_ok()
}
