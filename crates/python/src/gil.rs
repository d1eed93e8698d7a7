//! The lock that lets one thread of this process run Python at a time, as CPython's usual
//! build has it. RustPython has none and needs none; a program chooses.
//!
//! The image is compiled with a copy of the interpreter (`patches/interpreter`) that calls
//! these functions: it takes the lock before a thread attaches to the interpreter, and
//! releases it after the thread has detached, which it does for every blocking call. So a
//! thread that waits for the lock counts as detached, and a collection of garbage need not
//! wait for it.
//!
//! The rules are CPython's (`Python/ceval_gil.c`): a thread that has waited for the switch
//! interval asks the holder to give the lock up; the holder does so between two
//! instructions and waits until another thread has it.

use crate::waits;
use rustpython_vm::signal::{drop_gil_request, request_gil};
use std::{
    cell::Cell,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

struct State {
    held: bool,
    /// How many threads wait for the lock.
    waiting: u32,
    /// How often the lock was taken.
    taken: u64,
    /// Whether a thread has asked the holder to give it up.
    requested: bool,
}

static ENABLED: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State {
    held: false,
    waiting: 0,
    taken: 0,
    requested: false,
});
/// The lock is free.
static FREE: Condvar = Condvar::new();
/// The lock was taken by a thread that had asked for it.
static TAKEN: Condvar = Condvar::new();

thread_local! {
    static IS_MINE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this process has the lock.
pub fn is_enabled() -> bool {
    ENABLED.load(Relaxed)
}

/// Decides whether this process has the lock. Called before a thread of it runs Python.
pub fn enable(enabled: bool) {
    ENABLED.store(enabled, Relaxed);
}

fn state() -> MutexGuard<'static, State> {
    STATE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Takes the lock, if this process has one and this thread does not hold it. `interval` is
/// how long a thread waits before it asks the holder to give it up, in seconds.
#[unsafe(no_mangle)]
extern "C" fn manyhands_gil_take(interval: f64) {
    if !is_enabled() || IS_MINE.get() {
        return;
    }
    let mut state = state();
    if state.held {
        let interval = Duration::try_from_secs_f64(interval.max(1e-6)).unwrap_or(Duration::MAX);
        state = waits::waiting_for_turn(|| wait(state, interval));
    }
    state.held = true;
    state.taken += 1;
    if state.requested {
        state.requested = false;
        drop_gil_request();
        TAKEN.notify_all();
    }
    IS_MINE.set(true);
}

/// Waits until the lock is free.
fn wait(mut state: MutexGuard<'static, State>, interval: Duration) -> MutexGuard<'static, State> {
    state.waiting += 1;
    while state.held {
        let before = state.taken;
        let waited = FREE.wait_timeout(state, interval);
        let (woken, timeout) = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
        state = woken;
        if timeout.timed_out() && state.held && state.taken == before {
            state.requested = true;
            request_gil();
        }
    }
    state.waiting -= 1;
    state
}

/// Releases the lock, if this thread holds it, and says whether it did. A thread that was
/// asked to give it up waits until another one has taken it.
#[unsafe(no_mangle)]
extern "C" fn manyhands_gil_release() -> bool {
    if !IS_MINE.replace(false) {
        return false;
    }
    let mut state = state();
    state.held = false;
    if !state.requested {
        let is_awaited = state.waiting > 0;
        // The thread that is woken needs this mutex.
        drop(state);
        if is_awaited {
            FREE.notify_one();
        }
        return true;
    }
    FREE.notify_one();
    // Whoever asked waits in `manyhands_gil_take` until it has the lock, so this ends.
    let taken = state.taken;
    while state.requested && state.taken == taken {
        state = TAKEN
            .wait(state)
            .unwrap_or_else(|poisoned| poisoned.into_inner());
    }
    true
}
