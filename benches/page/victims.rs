//! Targets that end only when they are killed.

use js_sys::{Atomics, Int32Array, SharedArrayBuffer};
use manyhands::{Sentinel, active_children};
use std::time::Duration;

/// Asleep where no kernel hears of it.
pub fn deaf() {
    let words = Int32Array::new(&SharedArrayBuffer::new(4));
    loop {
        // It cannot fail in a worker, and nobody wakes it.
        let _ = Atomics::wait(&words, 0, 0);
    }
}

/// Waits for another process, as idle as a process can be.
pub fn blocked(other: Sentinel) {
    // The other one does not end, so that neither outcome is ever seen.
    let _ = other.wait();
}

/// Looks at another process again and again.
pub fn polling(other: Sentinel) {
    while let Ok(false) = other.wait_timeout(Duration::ZERO) {}
}

/// Busy, and in touch with the kernel.
pub fn calling() {
    loop {
        active_children();
    }
}

/// Busy, and never looks up.
pub fn looping() {
    loop {
        std::hint::black_box(());
    }
}
