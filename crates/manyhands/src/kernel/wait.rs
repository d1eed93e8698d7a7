//! The one wait.
//!
//! A primitive says only how to *try* and, when that fails, which word must
//! change first ([`Step`]). From this [`block`] makes the blocking and the
//! timed form; the host makes the `async` form from the same steps. No
//! primitive writes a loop of its own.
//!
//! This room must not know what is waited for.

use super::{
    arena::{Memory, Woken},
    layout::ANY,
    spin,
};

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
        /// What tells a waker that there are sleepers.
        arm: Arm,
    },
}

impl<T> Step<T> {
    /// Something else when it is done.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Step::Ready(value) => Step::Ready(f(value)),
            Step::Wait { at, seen, arm } => Step::Wait { at, seen, arm },
        }
    }
}

/// What is set before a sleep, so that a waker need not notify in vain.
///
/// A waker clears it in the very step that changes the word ([`change`]), and
/// notifies *all* sleepers: one that was killed must not take the others'
/// wake-up with it. A flag in a word of its own would not do: a waker that
/// clears it late takes it from who has just set it for the *next* change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// Nothing: the waker always notifies, and the word never comes back to
    /// what it was.
    Nothing,
    /// This bit of the very word that is waited for.
    Bit(u32),
    /// The sleepers' bit of a word that says who owns it ([`owned`]).
    Owned,
}

impl Arm {
    /// Arms; what the word is then, or `None` if it has changed meanwhile.
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

/// The word of an object that has an owner: 0, or a pid and these bits.
pub mod owned {
    /// Somebody may sleep until it changes.
    pub const SLEEPERS: u32 = 1 << 31;
    /// The owner died.
    pub const DEAD: u32 = 1 << 30;
    /// The pid in it.
    pub const PID: u32 = DEAD - 1;
}

/// The waker's half of [`Arm::Bit`]: makes of the word what `f` says, clears
/// the bit (which `f` does not see) and wakes who sleeps. The new value;
/// `Err` with the value that `f` said `None` to.
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

/// Wakes all who sleep until this word changes, or any of several.
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

/// In [`ANY`]: somebody may sleep on it; one change.
const ANY_SLEEPERS: u32 = 1;
const ANY_ONE: u32 = 2;

/// What can be waited for together with others.
pub trait Look {
    /// Is it ready, or which word must change first? Nothing is taken.
    fn look(&self) -> Step<()>;
}

/// Looks for a short while whether any is ready, if that tends to pay. Nothing
/// is armed meanwhile: what makes it ready need not wake anybody.
pub fn any_soon(all: &[&dyn Look]) -> bool {
    let is_ready = |one: &&dyn Look| matches!(one.look(), Step::Ready(()));
    spin::until(ANY, spin::LOOKS_AT_MANY, || all.iter().any(is_ready))
}

/// Looks at several at once: which of them are ready.
pub fn look_at_any(memory: &impl Memory, all: &[&dyn Look]) -> Step<Vec<usize>> {
    loop {
        let seen = memory.load(ANY);
        let arm = Arm::Bit(ANY_SLEEPERS);
        // Before the words are looked at: what changes them later sees it.
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

/// Whoever sleeps: told before and after, so that a killer finds and wakes it.
pub trait Sleeper {
    /// Called before a sleep on `at`; may not return if the sleeper must die.
    fn before_sleep(&self, at: u32);
    /// Called after it; may not return either.
    fn after_wake(&self);
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
    let first = step();
    block_after(memory, sleeper, deadline, false, first, step)
}

/// [`block`] after a first try, for which was `looked` already: it is in vain
/// to look once more before the first sleep.
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
            let slept = arm.set(memory, at, seen).is_some_and(|seen| {
                sleeper.before_sleep(at);
                let woken = memory.wait(at, seen, left);
                sleeper.after_wake();
                woken != Woken::Changed
            });
            if !slept {
                spin::missed(at);
            }
        }
        tried = step();
    }
}

fn changes_soon(memory: &impl Memory, at: u32, seen: u32, arm: Arm) -> bool {
    match arm {
        // Several at once were looked at before ([`any_soon`]).
        _ if at == ANY => false,
        // A lock is had for a moment: its owner's core needs the word as much.
        Arm::Owned => spin::until(at, spin::LOOKS_AT_LOCK, || {
            spin::rest();
            memory.load(at) != seen
        }),
        _ => spin::until(at, spin::LOOKS, || memory.load(at) != seen),
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;
    use crate::kernel::arena::native::{Native, bounded};
    use loom::{sync::Arc, thread};

    struct Nobody;

    impl Sleeper for Nobody {
        fn before_sleep(&self, _: u32) {}
        fn after_wake(&self) {}
        fn now_us(&self) -> f64 {
            0.0
        }
    }

    /// Takes one of what is counted at address 0.
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

    /// However waker and waiters interleave, nobody sleeps through.
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

    /// The most significant bit of a count, as a semaphore has it.
    const SLEEPERS: u32 = 1 << 31;

    /// Takes one of what is counted, and says so when it is about to sleep.
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

    /// Nobody sleeps through, though a waker notifies only where the bit says
    /// that somebody sleeps.
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

    /// With no time at all a try is still made.
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
