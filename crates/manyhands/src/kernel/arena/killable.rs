//! For tests: a memory whose user is killed before its n-th change, as a worker can be,
//! which may be ended between any two instructions.

use super::{Memory, Woken, native::Native};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// A memory whose user is killed after a given number of changes.
pub struct Killable<'a> {
    memory: &'a Native,
    changes_left: Cell<u32>,
    notified: RefCell<BTreeSet<u32>>,
}

struct Killed;

impl<'a> Killable<'a> {
    /// The memory, for a user that is killed after `changes_left` changes.
    pub fn new(memory: &'a Native, changes_left: u32) -> Self {
        Killable {
            memory,
            changes_left: Cell::new(changes_left),
            notified: RefCell::default(),
        }
    }

    /// Has the user notified this address?
    pub fn has_notified(&self, at: u32) -> bool {
        self.notified.borrow().contains(&at)
    }

    /// Runs `f` as the user; `None` if the user is killed on the way.
    pub fn run_until_killed<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        match catch_unwind(AssertUnwindSafe(f)) {
            Ok(result) => Some(result),
            Err(reason) if reason.is::<Killed>() => None,
            Err(reason) => resume_unwind(reason),
        }
    }

    fn step(&self) {
        if !self.is_alive() {
            resume_unwind(Box::new(Killed));
        }
    }

    fn is_alive(&self) -> bool {
        let left = self.changes_left.get();
        self.changes_left.set(left.saturating_sub(1));
        left > 0
    }
}

impl Memory for Killable<'_> {
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
        // A killed process does not notify, so others must not rely on it.
        self.step();
        self.notified.borrow_mut().insert(at);
        self.memory.notify(at, count)
    }
    fn read(&self, at: u32, into: &mut [u8]) {
        self.memory.read(at, into);
    }
    fn write(&self, at: u32, from: &[u8]) {
        if self.is_alive() {
            self.memory.write(at, from);
        } else {
            // Killed in the middle of a copy.
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
