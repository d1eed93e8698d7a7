//! The one wait.
//!
//! A primitive says only how to *try* and, when that fails, which word must
//! change first ([`Step`]). From this [`block`] makes the blocking and the
//! timed form; the host makes the `async` form from the same steps. No
//! primitive writes a loop of its own.
//!
//! This room must not know what is waited for.

use super::arena::Memory;

/// What one try came to.
pub enum Step<T> {
    /// It is done.
    Ready(T),
    /// Not yet: try again when the word at `at` is no longer `seen`.
    Wait {
        /// The word's address.
        at: u32,
        /// Its value when the try failed.
        seen: u32,
    },
}

/// Whoever sleeps: told before and after, so that a killer finds and wakes it.
pub trait Sleeper {
    /// Called before a sleep on `at`; may not return if the sleeper must die.
    fn lies_down(&self, at: u32);
    /// Called after it; may not return either.
    fn gets_up(&self);
    /// A clock in µs.
    fn now_us(&self) -> f64;
}

/// Tries until it is done, sleeping in between; `None` when the deadline (µs
/// on the sleeper's clock) is past. A try is always made, even with no time.
pub fn block<T>(
    memory: &impl Memory,
    sleeper: &impl Sleeper,
    deadline: Option<f64>,
    mut step: impl FnMut() -> Step<T>,
) -> Option<T> {
    loop {
        let (at, seen) = match step() {
            Step::Ready(value) => return Some(value),
            Step::Wait { at, seen } => (at, seen),
        };
        let left = deadline.map(|deadline| deadline - sleeper.now_us());
        if left.is_some_and(|left| left <= 0.0) {
            return None;
        }
        sleeper.lies_down(at);
        memory.wait(at, seen, left);
        sleeper.gets_up();
    }
}
