//! A memory whose user is killed before its n-th change, for tests: as a worker
//! is that is ended from outside, between any two instructions.

use super::{Memory, Woken, native::Native};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// A memory whose user has so many changes left to live.
pub struct Mortal<'a> {
    memory: &'a Native,
    changes_left: Cell<u32>,
    notified: RefCell<BTreeSet<u32>>,
}

struct Killed;

impl<'a> Mortal<'a> {
    /// The memory, for a user with so many changes left.
    pub fn new(memory: &'a Native, changes_left: u32) -> Self {
        Mortal {
            memory,
            changes_left: Cell::new(changes_left),
            notified: RefCell::default(),
        }
    }

    /// Has the user notified this address?
    pub fn has_notified(&self, at: u32) -> bool {
        self.notified.borrow().contains(&at)
    }

    /// What the user comes to; `None` when it is killed on the way.
    pub fn live<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        match catch_unwind(AssertUnwindSafe(f)) {
            Ok(result) => Some(result),
            Err(reason) if reason.is::<Killed>() => None,
            Err(reason) => resume_unwind(reason),
        }
    }

    fn step(&self) {
        if !self.lives_on() {
            resume_unwind(Box::new(Killed));
        }
    }

    fn lives_on(&self) -> bool {
        let left = self.changes_left.get();
        self.changes_left.set(left.saturating_sub(1));
        left > 0
    }
}

impl Memory for Mortal<'_> {
    fn load(&self, at: u32) -> u32 {
        self.memory.load(at)
    }
    fn store(&self, at: u32, value: u32) {
        self.step();
        self.memory.store(at, value);
    }
    fn add(&self, at: u32, value: u32) -> u32 {
        self.step();
        self.memory.add(at, value)
    }
    fn exchange(&self, at: u32, value: u32) -> u32 {
        self.step();
        self.memory.exchange(at, value)
    }
    fn compare_exchange(&self, at: u32, expected: u32, new: u32) -> u32 {
        self.step();
        self.memory.compare_exchange(at, expected, new)
    }
    fn wait(&self, at: u32, expected: u32, timeout: Option<f64>) -> Woken {
        self.memory.wait(at, expected, timeout)
    }
    fn notify(&self, at: u32, count: u32) -> u32 {
        // The killed do not notify: others must not count on it.
        self.step();
        self.notified.borrow_mut().insert(at);
        self.memory.notify(at, count)
    }
    fn read(&self, at: u32, into: &mut [u8]) {
        self.memory.read(at, into);
    }
    fn write(&self, at: u32, from: &[u8]) {
        if self.lives_on() {
            self.memory.write(at, from);
        } else {
            // In the middle of a copy.
            self.memory.write(at, &from[..from.len() / 2]);
            resume_unwind(Box::new(Killed));
        }
    }
    fn size(&self) -> u32 {
        self.memory.size()
    }
    fn grow(&self, size: u32) -> bool {
        self.memory.grow(size)
    }
}
