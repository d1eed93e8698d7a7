//! Targets that do not end until they are killed, each in another state.

use js_sys::{Atomics, Int32Array, SharedArrayBuffer};
use manyhands::{Sentinel, active_children};
use std::time::Duration;

/// Sleeps in a wait that the kernel cannot wake.
pub fn asleep_outside_kernel() {
    let words = Int32Array::new(&SharedArrayBuffer::new(4));
    loop {
        // Waiting cannot fail in a worker, and nothing wakes it.
        let _ = Atomics::wait(&words, 0, 0);
    }
}

/// Waits for another process in the kernel's wait.
pub fn blocked(other: Sentinel) {
    // The other process does not end, so the call never returns.
    let _ = other.wait();
}

/// Polls another process.
pub fn polling(other: Sentinel) {
    while let Ok(false) = other.wait_timeout(Duration::ZERO) {}
}

/// Loops with calls of the library.
pub fn calling() {
    loop {
        active_children();
    }
}

/// Loops without any call of the library.
pub fn looping() {
    loop {
        std::hint::black_box(());
    }
}
