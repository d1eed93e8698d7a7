//! A global interpreter lock, as CPython has one (`Python/ceval_gil.c`).
//!
//! Who computes holds it. Who waits for it asks for it after the switch
//! interval; the holder sees that at its next checkpoint, lets go, and does not
//! take it again before somebody else has had it. This room must not know what
//! the threads compute.

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
    let_go: Condvar,
    switched: Condvar,
    /// Somebody asks the holder to let go.
    asked: AtomicBool,
}

#[derive(Default)]
struct State {
    held: bool,
    /// How often it was taken.
    number: u64,
}

impl Gil {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics while it has the state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes it, unless another thread computes.
    pub(super) fn try_acquire(&self) -> bool {
        let mut state = self.state();
        let free = !state.held;
        if free {
            self.take(&mut state);
        }
        free
    }

    /// Takes it; waits while another thread computes.
    pub(super) fn acquire(&self) {
        let mut state = self.state();
        while state.held {
            let seen = state.number;
            let waited = self.let_go.wait_timeout(state, SWITCH_INTERVAL);
            let (next, time) = waited.unwrap_or_else(PoisonError::into_inner);
            state = next;
            // Only of one who has had it for all that time.
            if time.timed_out() && state.held && state.number == seen {
                self.asked.store(true, Ordering::Relaxed);
            }
        }
        self.take(&mut state);
    }

    fn take(&self, state: &mut State) {
        state.held = true;
        state.number += 1;
        self.asked.store(false, Ordering::Relaxed);
        self.switched.notify_all();
    }

    /// Lets go of it, as before I/O.
    pub(super) fn release(&self) {
        let mut state = self.state();
        state.held = false;
        drop(state);
        self.let_go.notify_one();
    }

    /// Does somebody ask the holder to let go?
    #[inline]
    pub(super) fn is_asked_for(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Lets another thread have it, and takes it again (`FORCE_SWITCHING`).
    #[cold]
    pub(super) fn hand_over(&self) {
        let mine = self.state().number;
        self.release();
        let mut state = self.state();
        while state.number == mine {
            let switched = self.switched.wait(state);
            state = switched.unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        self.acquire();
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    /// Each computes until all have had a turn: who never let go would keep the
    /// others from theirs for ever.
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
                        if gil.is_asked_for() {
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
