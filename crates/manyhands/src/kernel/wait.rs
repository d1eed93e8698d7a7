//! How a process waits: one mechanism for all primitives.
//!
//! A primitive defines only one attempt, and, if that fails, which word must change
//! before the next attempt ([`Step`]). From this, [`block`] makes the blocking and the
//! timed form, and the host makes the `async` form. No primitive has a waiting loop of
//! its own.
//!
//! This module must not know what is waited for.

use super::{
    arena::{Memory, Woken},
    layout::ANY,
    spin,
};

/// The result of one attempt.
pub enum Step<T> {
    /// The operation is complete.
    Ready(T),
    /// Not yet: try again when the word at `at` no longer has the value `seen`.
    Wait {
        /// The word's address.
        at: u32,
        /// The value of the word when the attempt failed.
        seen: u32,
        /// How a waker learns that somebody sleeps on the word.
        arm: Arm,
    },
}

impl<T> Step<T> {
    /// Replaces the result.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Step::Ready(value) => Step::Ready(f(value)),
            Step::Wait { at, seen, arm } => Step::Wait { at, seen, arm },
        }
    }
}

/// What a waiter sets before it sleeps, so that a waker notifies only if there are
/// sleepers.
///
/// A waker clears it in the same step that changes the word ([`change`]), and notifies
/// *all* sleepers, because one that was killed must not consume the wake-up of another.
/// A flag in a separate word would not work: a waker that clears it late could clear a
/// flag that was set for the *next* change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// Nothing is set: the waker always notifies, and the word never returns to an
    /// earlier value.
    Nothing,
    /// This bit of the word that is waited for.
    Bit(u32),
    /// The bit for sleepers in a word that holds its owner's pid ([`owned`]).
    Owned,
}

impl Arm {
    /// Sets it. Returns the word's value afterwards, or `None` if the word has changed
    /// meanwhile.
    pub fn set(self, memory: &impl Memory, at: u32, seen: u32) -> Option<u32> {
        let bit = match self {
            Arm::Nothing => return Some(seen),
            Arm::Bit(bit) => bit,
            Arm::Owned => owned::SLEEPERS,
        };
        let armed = seen | bit;
        let free = seen == armed || memory.compare_exchange(at, seen, armed) == seen;
        free.then_some(armed)
    }
}

/// The word of an object that has an owner: 0, or the owner's pid and these bits.
pub mod owned {
    /// Some process may be asleep until the word changes.
    pub const SLEEPERS: u32 = 1 << 31;
    /// The owner died.
    pub const DEAD: u32 = 1 << 30;
    /// The pid in it.
    pub const PID: u32 = DEAD - 1;
}

/// The waker's part of [`Arm::Bit`]: changes the word to what `f` returns for it,
/// clears the bit (which `f` does not see) and wakes the sleepers. Returns the new
/// value, or `Err` with the old value if `f` returned `None`.
pub fn change(
    memory: &impl Memory,
    at: u32,
    bit: u32,
    f: impl Fn(u32) -> Option<u32>,
) -> Result<u32, u32> {
    let mut old = memory.load(at);
    let new = loop {
        let new = f(old & !bit).ok_or(old & !bit)?;
        match memory.compare_exchange(at, old, new) {
            seen if seen == old => break new,
            seen => old = seen,
        }
    };
    if old & bit != 0 {
        wake(memory, at);
    }
    Ok(new)
}

/// Wakes all who sleep until this word changes, or until any one of several words does.
pub fn wake(memory: &impl Memory, at: u32) {
    memory.notify(at, u32::MAX);
    let mut seen = memory.load(ANY);
    while seen & ANY_SLEEPERS != 0 {
        let next = (seen & !ANY_SLEEPERS).wrapping_add(ANY_ONE);
        match memory.compare_exchange(ANY, seen, next) {
            old if old == seen => {
                memory.notify(ANY, u32::MAX);
                return;
            }
            old => seen = old,
        }
    }
}

/// The parts of the word at [`ANY`]: a bit that says that some process may be asleep on
/// it, and the value of one change.
const ANY_SLEEPERS: u32 = 1;
const ANY_ONE: u32 = 2;

/// Something that can be waited for together with others.
pub trait Look {
    /// Is it ready, and if not, which word must change first? Takes nothing.
    fn look(&self) -> Step<()>;
}

/// Looks for a short time whether any of them is ready, if looking tends to succeed. It
/// sets no bit for wakers meanwhile, so whoever makes one of them ready need not wake
/// anybody.
pub fn any_soon(all: &[&dyn Look]) -> bool {
    let is_ready = |one: &&dyn Look| matches!(one.look(), Step::Ready(()));
    spin::look_until(ANY, spin::LOOKS_AT_MANY, || all.iter().any(is_ready))
}

/// Finds which of several are ready.
pub fn look_at_any(memory: &impl Memory, all: &[&dyn Look]) -> Step<Vec<usize>> {
    loop {
        let seen = memory.load(ANY);
        let arm = Arm::Bit(ANY_SLEEPERS);
        // Before the words are looked at, so that whoever changes one later sees the
        // bit.
        let Some(seen) = arm.set(memory, ANY, seen) else {
            continue;
        };
        let mut ready = Vec::new();
        let mut changed = false;
        for (index, one) in all.iter().enumerate() {
            match one.look() {
                Step::Ready(()) => ready.push(index),
                Step::Wait { at, seen, arm } => changed |= arm.set(memory, at, seen).is_none(),
            }
        }
        if !ready.is_empty() {
            return Step::Ready(ready);
        }
        if !changed {
            return Step::Wait { at: ANY, seen, arm };
        }
    }
}

/// A process that sleeps. It is told before and after each sleep, so that whoever
/// signals it can find and wake it.
pub trait Sleeper {
    /// Called before a sleep on `at`. Returns whether to sleep; if not, the wait is over.
    /// It does not return if the process must end.
    fn before_sleep(&self, at: u32) -> bool;
    /// Called after a sleep. It does not return if the process must end.
    fn after_wake(&self);
    /// The time in µs.
    fn now_us(&self) -> f64;
}

/// Tries until the operation is complete, and sleeps in between; `None` after the
/// deadline (in µs on the sleeper's clock), and when the sleeper does not want to sleep.
/// At least one attempt is made, even if the deadline has passed.
pub fn block<T>(
    memory: &impl Memory,
    sleeper: &impl Sleeper,
    deadline: Option<f64>,
    mut step: impl FnMut() -> Step<T>,
) -> Option<T> {
    let first = step();
    block_after(memory, sleeper, deadline, false, first, step)
}

/// [`block`] after a first attempt. `looked` says that the caller has looked already,
/// so that this does not look again before the first sleep.
pub fn block_after<T>(
    memory: &impl Memory,
    sleeper: &impl Sleeper,
    deadline: Option<f64>,
    mut looked: bool,
    mut tried: Step<T>,
    mut step: impl FnMut() -> Step<T>,
) -> Option<T> {
    loop {
        let (at, seen, arm) = match tried {
            Step::Ready(value) => return Some(value),
            Step::Wait { at, seen, arm } => (at, seen, arm),
        };
        if std::mem::take(&mut looked) || !changes_soon(memory, at, seen, arm) {
            let left = deadline.map(|deadline| deadline - sleeper.now_us());
            if left.is_some_and(|left| left <= 0.0) {
                return None;
            }
            let mut slept = false;
            if let Some(seen) = arm.set(memory, at, seen) {
                let sleeps = sleeper.before_sleep(at);
                slept = sleeps && memory.wait(at, seen, left) != Woken::Changed;
                sleeper.after_wake();
                if !sleeps {
                    return None;
                }
            }
            if !slept {
                spin::changed_before_sleep(at);
            }
        }
        tried = step();
    }
}

fn changes_soon(memory: &impl Memory, at: u32, seen: u32, arm: Arm) -> bool {
    match arm {
        // [`any_soon`] has looked at all of them before.
        _ if at == ANY => false,
        // A lock is held for a short time, and its owner's core needs the word as well.
        Arm::Owned => spin::look_until(at, spin::LOOKS_AT_LOCK, || {
            spin::pass_time();
            memory.load(at) != seen
        }),
        _ => spin::look_until(at, spin::LOOKS, || memory.load(at) != seen),
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;
    use crate::kernel::arena::native::{Native, bounded};
    use loom::{sync::Arc, thread};

    struct Nobody;

    impl Sleeper for Nobody {
        fn before_sleep(&self, _: u32) -> bool {
            true
        }
        fn after_wake(&self) {}
        fn now_us(&self) -> f64 {
            0.0
        }
    }

    /// Takes one of the units that are counted at address 0.
    fn take(memory: &Native) -> Step<u32> {
        let seen = memory.load(0);
        if seen == 0 {
            Step::Wait {
                at: 0,
                seen,
                arm: Arm::Nothing,
            }
        } else if memory.compare_exchange(0, seen, seen - 1) == seen {
            Step::Ready(seen)
        } else {
            take(memory)
        }
    }

    /// In every interleaving of waker and waiters, all waiters wake.
    fn no_wake_up_is_lost(waiters: u32) {
        let memory = Arc::new(Native::new(64, 64));
        let waiting: Vec<_> = (0..waiters)
            .map(|_| {
                let memory = memory.clone();
                thread::spawn(move || block(&*memory, &Nobody, None, || take(&memory)))
            })
            .collect();
        for _ in 0..waiters {
            memory.add(0, 1);
            memory.notify(0, 1);
        }
        for waiter in waiting {
            assert!(waiter.join().unwrap().is_some());
        }
        assert_eq!(memory.load(0), 0);
    }

    #[test]
    fn one_waiter_in_every_interleaving() {
        loom::model(|| no_wake_up_is_lost(1));
    }

    #[test]
    fn two_waiters_with_two_preemptions() {
        bounded(2, || no_wake_up_is_lost(2));
    }

    /// The most significant bit of a count, as in a semaphore.
    const SLEEPERS: u32 = 1 << 31;

    /// Takes one unit, and sets the bit before it sleeps.
    fn take_armed(memory: &Native) -> Step<()> {
        let seen = memory.load(0);
        if seen & !SLEEPERS == 0 {
            let arm = Arm::Bit(SLEEPERS);
            return Step::Wait { at: 0, seen, arm };
        }
        match memory.compare_exchange(0, seen, seen - 1) {
            old if old == seen => Step::Ready(()),
            _ => take_armed(memory),
        }
    }

    fn give(memory: &Native) {
        change(memory, 0, SLEEPERS, |count| Some(count + 1)).unwrap();
    }

    /// All waiters wake, although a waker notifies only if the bit says that somebody
    /// sleeps.
    fn armed(waiters: u32, wakers: u32) {
        let memory = Arc::new(Native::new(64, 64));
        let start = |f: fn(&Native)| {
            let memory = memory.clone();
            thread::spawn(move || f(&memory))
        };
        let wait: fn(&Native) = |memory| {
            block(memory, &Nobody, None, || take_armed(memory));
        };
        let mut all: Vec<_> = (0..waiters).map(|_| start(wait)).collect();
        all.extend((1..wakers).map(|_| start(give)));
        give(&memory);
        for one in all {
            one.join().unwrap();
        }
        assert_eq!(memory.load(0) & !SLEEPERS, wakers - waiters);
    }

    #[test]
    fn one_armed_waiter_in_every_interleaving() {
        loom::model(|| armed(1, 1));
    }

    #[test]
    fn two_armed_waiters_and_two_wakers_with_two_preemptions() {
        bounded(2, || armed(2, 2));
    }

    /// Even if no time is left, one attempt is made.
    #[test]
    fn a_deadline_in_the_past_tries_once() {
        loom::model(|| {
            let memory = Native::new(64, 64);
            assert_eq!(block(&memory, &Nobody, Some(0.0), || take(&memory)), None);
            memory.store(0, 1);
            assert_eq!(
                block(&memory, &Nobody, Some(0.0), || take(&memory)),
                Some(1)
            );
        });
    }
}
