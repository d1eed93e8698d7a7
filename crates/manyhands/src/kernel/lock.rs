//! The kernel's own lock: short critical sections over arena structures.
//!
//! The word holds its owner's number, so that a lock whose owner was killed
//! can be told from one that is merely held, and be taken over.
//!
//! This room must not import `wait`, whose sleepers look for a signal: nobody may end
//! itself while it holds this lock.

use super::arena::Memory;

/// Set while somebody may be asleep on the lock.
const WAITERS: u32 = 1 << 31;

/// Looks before a sleep.
const LOOKS: u32 = if cfg!(feature = "model") { 0 } else { 300 };

/// A lock in the arena; the word's address.
#[derive(Clone, Copy)]
pub struct Lock(pub u32);

impl Lock {
    /// Takes the lock as `owner` (not 0) if it is free now or within a few µs.
    pub fn try_acquire(self, memory: &impl Memory, owner: u32) -> bool {
        if memory.compare_exchange(self.0, 0, owner) == 0 {
            return true;
        }
        // It is held for some hundred ns; to sleep and be woken costs a hundred
        // times as much.
        (0..LOOKS)
            .any(|_| memory.load(self.0) == 0 && memory.compare_exchange(self.0, 0, owner) == 0)
    }

    /// Takes the lock as `owner` (not 0). Who may not sleep (the page) spins: a
    /// section is a few hundred instructions long, and the lock of an owner who
    /// died in one is given back by the dispatcher, in a thread of its own, which
    /// itself only tries ([`Lock::try_acquire`]) and waits for no lock.
    pub fn acquire(self, memory: &impl Memory, owner: u32, may_sleep: bool) {
        if self.try_acquire(memory, owner) {
            return;
        }
        // From here on the word says that there may be sleepers: this one may
        // have company it knows nothing of.
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

    /// Gives the lock back.
    pub fn release(self, memory: &impl Memory) {
        if memory.exchange(self.0, 0) & WAITERS != 0 {
            memory.notify(self.0, 1);
        }
    }

    /// Who holds it; 0 for nobody.
    pub fn holder(self, memory: &impl Memory) -> u32 {
        memory.load(self.0) & !WAITERS
    }

    /// Is `owner` the holder?
    pub fn is_held_by(self, memory: &impl Memory, owner: u32) -> bool {
        self.holder(memory) == owner
    }

    /// Wakes every sleeper: a killed one may have taken a wake-up with it.
    pub fn wake_all(self, memory: &impl Memory) {
        memory.notify(self.0, u32::MAX);
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;
    use crate::kernel::arena::native::{Native, bounded};
    use loom::{cell::UnsafeCell, sync::Arc, thread};

    /// A sleeper's wake-up is never lost and two never hold the lock at once.
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
