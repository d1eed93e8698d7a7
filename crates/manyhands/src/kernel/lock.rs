//! The kernel's own lock, for short critical sections over structures of the arena.
//!
//! The word holds its owner's number, so that a lock whose owner was killed can be
//! recognised and released.
//!
//! This module must not import `wait`: a process that sleeps there may end when it gets
//! a signal, and no process may end itself while it holds this lock.

use super::arena::Memory;

/// Set while some process may be asleep on the lock.
const WAITERS: u32 = 1 << 31;

/// How often to try before sleeping.
const LOOKS: u32 = if cfg!(feature = "model") { 0 } else { 300 };

/// A lock in the arena, by the address of its word.
#[derive(Clone, Copy)]
pub struct Lock(pub u32);

impl Lock {
    /// Takes the lock as `owner` (not 0) if it is free now or within a few µs.
    pub fn try_acquire(self, memory: &impl Memory, owner: u32) -> bool {
        if memory.compare_exchange(self.0, 0, owner) == 0 {
            return true;
        }
        // The lock is held for some hundred ns. To sleep and be woken takes a hundred
        // times as long.
        (0..LOOKS)
            .any(|_| memory.load(self.0) == 0 && memory.compare_exchange(self.0, 0, owner) == 0)
    }

    /// Takes the lock as `owner` (not 0). A caller that may not sleep (the page) spins.
    /// The wait is short: a critical section has a few hundred instructions, and the
    /// lock of an owner that died in one is released by the dispatcher. The dispatcher
    /// runs in a thread of its own and never waits for a lock; it only tries
    /// ([`Lock::try_acquire`]).
    pub fn acquire(self, memory: &impl Memory, owner: u32, may_sleep: bool) {
        if self.try_acquire(memory, owner) {
            return;
        }
        // From now on this caller sets the bit for sleepers when it takes the lock,
        // because there may be other sleepers that it does not know of.
        let mine = if may_sleep { owner | WAITERS } else { owner };
        loop {
            let old = memory.compare_exchange(self.0, 0, mine);
            if old == 0 {
                return;
            }
            if !may_sleep {
                memory.relax();
            } else if old & WAITERS != 0
                || memory.compare_exchange(self.0, old, old | WAITERS) == old
            {
                memory.wait(self.0, old | WAITERS, None);
            }
        }
    }

    /// Releases the lock.
    pub fn release(self, memory: &impl Memory) {
        if memory.exchange(self.0, 0) & WAITERS != 0 {
            memory.notify(self.0, 1);
        }
    }

    /// The number of the owner; 0 if the lock is free.
    pub fn holder(self, memory: &impl Memory) -> u32 {
        memory.load(self.0) & !WAITERS
    }

    /// Is `owner` the holder?
    pub fn is_held_by(self, memory: &impl Memory, owner: u32) -> bool {
        self.holder(memory) == owner
    }

    /// Wakes every sleeper, because a sleeper that was killed may have received a
    /// wake-up that another one needed.
    pub fn wake_all(self, memory: &impl Memory) {
        memory.notify(self.0, u32::MAX);
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;
    use crate::kernel::arena::native::{Native, bounded};
    use loom::{cell::UnsafeCell, sync::Arc, thread};

    /// No wake-up is lost, and never do two owners hold the lock at once.
    fn exclusive_and_live(owners: u32) {
        let shared = Arc::new((Native::new(64, 64), UnsafeCell::new(0)));
        let section = |shared: &(Native, UnsafeCell<u32>), owner| {
            let lock = Lock(0);
            lock.acquire(&shared.0, owner, true);
            shared.1.with_mut(|count| unsafe { *count += 1 });
            assert!(lock.is_held_by(&shared.0, owner));
            lock.release(&shared.0);
        };
        let others: Vec<_> = (2..=owners)
            .map(|owner| {
                let shared = shared.clone();
                thread::spawn(move || section(&shared, owner))
            })
            .collect();
        section(&shared, 1);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(shared.1.with(|count| unsafe { *count }), owners);
        assert_eq!(shared.0.load(0), 0);
    }

    #[test]
    fn two_owners_in_every_interleaving() {
        loom::model(|| exclusive_and_live(2));
    }

    #[test]
    fn three_owners_with_two_preemptions() {
        bounded(2, || exclusive_and_live(3));
    }
}
