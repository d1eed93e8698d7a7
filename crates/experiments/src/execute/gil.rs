//! A global interpreter lock, as CPython has one (`Python/ceval_gil.c`).
//!
//! A thread must hold the lock while it computes. A thread that waits for it requests it
//! after the switch interval. The holder sees the request at its next checkpoint, releases
//! the lock, and does not acquire it again before another thread has had it. This module
//! must not know what the threads compute.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// CPython's `sys.getswitchinterval()`.
const SWITCH_INTERVAL: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct Gil {
    state: Mutex<State>,
    /// Notified when the lock was released.
    released: Condvar,
    /// Notified when a thread has acquired the lock.
    acquired: Condvar,
    /// Whether a thread requests that the holder releases the lock.
    release_requested: AtomicBool,
}

#[derive(Default)]
struct State {
    held: bool,
    /// How often the lock was acquired.
    acquisitions: u64,
}

impl Gil {
    fn state(&self) -> MutexGuard<'_, State> {
        // The mutex is never poisoned, because nothing panics while holding it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires the lock if it is free.
    pub(super) fn try_acquire(&self) -> bool {
        let mut state = self.state();
        let free = !state.held;
        if free {
            self.take(&mut state);
        }
        free
    }

    /// Acquires the lock, and waits while another thread holds it.
    pub(super) fn acquire(&self) {
        let mut state = self.state();
        while state.held {
            let seen = state.acquisitions;
            let waited = self.released.wait_timeout(state, SWITCH_INTERVAL);
            let (next, time) = waited.unwrap_or_else(PoisonError::into_inner);
            state = next;
            // Requests it only if the same thread has held it for the whole interval.
            if time.timed_out() && state.held && state.acquisitions == seen {
                self.release_requested.store(true, Ordering::Relaxed);
            }
        }
        self.take(&mut state);
    }

    fn take(&self, state: &mut State) {
        state.held = true;
        state.acquisitions += 1;
        self.release_requested.store(false, Ordering::Relaxed);
        self.acquired.notify_all();
    }

    /// Releases the lock, for example before I/O.
    pub(super) fn release(&self) {
        let mut state = self.state();
        state.held = false;
        drop(state);
        self.released.notify_one();
    }

    /// Whether a thread requests that the holder releases the lock.
    #[inline]
    pub(super) fn is_release_requested(&self) -> bool {
        self.release_requested.load(Ordering::Relaxed)
    }

    /// Releases the lock, waits until another thread has had it, and acquires it again, as
    /// CPython does with `FORCE_SWITCHING`.
    #[cold]
    pub(super) fn hand_over(&self) {
        let mine = self.state().acquisitions;
        self.release();
        let mut state = self.state();
        while state.acquisitions == mine {
            let waited = self.acquired.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.acquire();
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    /// Each thread computes until all have had the lock. A thread that never released it
    /// would starve the others, and the test would not end.
    #[test]
    fn one_computes_at_a_time_and_everybody_gets_a_turn() {
        const THREADS: u32 = 3;
        let (gil, inside, turns) = (Gil::default(), AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    gil.acquire();
                    turns.fetch_add(1, Ordering::SeqCst);
                    while turns.load(Ordering::SeqCst) < THREADS {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        if gil.is_release_requested() {
                            gil.hand_over();
                        }
                    }
                    gil.release();
                });
            }
        });
        assert_eq!(turns.into_inner(), THREADS);
    }
}
