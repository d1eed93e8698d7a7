//! `Condition`.

use super::{RLock, RLockGuard};
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking, current,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        record,
        trace::Op,
        wait::{Arm, Step, change, wake},
    },
    timeout::{deadline, microseconds},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Words: permits to wake up, those who wait, the next one's number, the number
/// below which one may wake up, and how often there were new permits (permits
/// come and go: only this never comes back to what it was). All but the first
/// are only written under the lock.
const PERMITS: u32 = 0;
const WAITING: u32 = 4;
const NEXT: u32 = 8;
const LIMIT: u32 = 12;
const CALLS: u32 = 16;

/// A condition variable (Python's `multiprocessing.Condition`), with an
/// [`RLock`] of its own: wait for something to become true of what the lock
/// protects.
///
/// A process that died while it waited still counts as waiting: one
/// notification may go to it, and wake a later waiter in its place. Wait with
/// [`Condition::wait_for`], which looks again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    lock: RLock,
    words: ObjectOf<{ Kind::Condition.bit() }>,
}

impl Condition {
    /// A condition with a lock of its own.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new() -> Result<Condition, Error> {
        Condition::with_lock(RLock::new()?)
    }

    /// A condition for a lock that there is already.
    ///
    /// # Errors
    /// As [`Condition::new`].
    pub fn with_lock(lock: RLock) -> Result<Condition, Error> {
        let words = ObjectOf::new(ObjectRef::create(Kind::Condition, 20)?);
        Ok(Condition { lock, words })
    }

    fn get(&self, word: u32) -> u32 {
        Arena.load(self.words.at(word))
    }

    fn set(&self, word: u32, value: u32) {
        Arena.store(self.words.at(word), value);
    }

    /// Takes its lock (Python's `with condition:`).
    ///
    /// # Errors
    /// As [`RLock::acquire`].
    pub fn lock(&self) -> Result<RLockGuard<'_>, Error> {
        self.lock.lock()
    }

    /// [`Condition::lock`] for the page.
    pub async fn lock_async(&self) -> Result<RLockGuard<'_>, Error> {
        self.lock.lock_async().await
    }

    /// Takes its lock.
    ///
    /// # Errors
    /// As [`RLock::acquire`].
    pub fn acquire(&self) -> Result<(), Error> {
        self.lock.acquire()
    }

    /// Gives its lock back.
    ///
    /// # Errors
    /// As [`RLock::release`].
    pub fn release(&self) -> Result<(), Error> {
        self.lock.release()
    }

    /// Takes over its lock from a dead owner, as [`crate::Lock::recover`]. Who
    /// waits still waits: notify them.
    pub fn recover(&self) -> bool {
        self.lock.recover()
    }

    fn must_own(&self, otherwise: &str) -> Result<(), Error> {
        if self.lock.is_mine() {
            return Ok(());
        }
        Err(Error::AssertionError(otherwise.into()))
    }

    /// Lines up, and lets go of the lock: the number in line, and how often the
    /// lock was taken.
    fn line_up(&self) -> Result<(u32, u32), Error> {
        self.must_own("must acquire() condition before using wait()")?;
        let number = self.get(NEXT);
        self.set(NEXT, number.wrapping_add(1));
        self.set(WAITING, self.get(WAITING) + 1);
        Ok((number, self.lock.release_all()?))
    }

    fn step(&self, number: u32) -> Step<()> {
        let at = self.words.at(CALLS);
        let seen = Arena.load(at);
        let called = (number.wrapping_sub(self.get(LIMIT)) as i32) < 0;
        let one_less = |permits: u32| permits.checked_sub(1);
        if called && change(&Arena, self.words.at(PERMITS), 0, one_less).is_ok() {
            return Step::Ready(());
        }
        let arm = Arm::Nothing;
        Step::Wait { at, seen, arm }
    }

    /// With the lock again: was it called, if only at the last moment?
    fn step_out(&self, number: u32, depth: u32, called: bool) -> bool {
        self.lock.set_taken(depth);
        let called = called || matches!(self.step(number), Step::Ready(()));
        if !called {
            self.set(WAITING, self.get(WAITING).saturating_sub(1));
        }
        called
    }

    fn wait_within(&self, timeout: Option<f64>) -> Result<bool, Error> {
        let (number, depth) = self.line_up()?;
        let called = blocking::wait("Condition::wait", "Condition::wait_async", timeout, || {
            self.step(number)
        });
        // The lock comes back whatever happened.
        if current::owner().1 {
            self.lock.acquire()?;
        } else if !self.lock.try_acquire()? {
            return called.map(|called| called.is_some());
        }
        let called = called.map(|called| called.is_some());
        let in_time = self.step_out(number, depth, matches!(called, Ok(true)));
        called.map(|_| in_time)
    }

    /// Lets go of the lock, waits to be notified, takes the lock again.
    ///
    /// # Errors
    /// [`Error::AssertionError`] without the lock, [`Error::OwnerDied`],
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<(), Error> {
        self.wait_within(None)?;
        Ok(())
    }

    /// [`Condition::wait`] for at most so long; was it notified?
    ///
    /// # Errors
    /// As [`Condition::wait`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        self.wait_within(Some(microseconds(timeout)))
    }

    /// [`Condition::wait`] for the page.
    pub async fn wait_async(&self) -> Result<(), Error> {
        let (number, depth) = self.line_up()?;
        host::wait_async(None, || self.step(number)).await;
        self.lock.acquire_async().await?;
        self.step_out(number, depth, true);
        Ok(())
    }

    /// Waits until `predicate` holds, at most `timeout` long: its last answer.
    ///
    /// # Errors
    /// As [`Condition::wait`], unless it holds at once.
    pub fn wait_for(
        &self,
        mut predicate: impl FnMut() -> bool,
        timeout: Option<Duration>,
    ) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        loop {
            if predicate() {
                return Ok(true);
            }
            let left = deadline.map(|deadline| deadline - current::now_us());
            if left.is_some_and(|left| left <= 0.0) {
                return Ok(false);
            }
            self.wait_within(left)?;
        }
    }

    /// Wakes up to `count` of those who wait.
    ///
    /// # Errors
    /// [`Error::AssertionError`] without the lock.
    pub fn notify(&self, count: u32) -> Result<(), Error> {
        self.must_own("lock is not owned")?;
        let waiting = self.get(WAITING);
        let woken = count.min(waiting);
        if woken > 0 {
            self.set(LIMIT, self.get(NEXT));
            Arena.add(self.words.at(PERMITS), woken);
            Arena.add(self.words.at(CALLS), 1);
            wake(&Arena, self.words.at(CALLS));
            // Last: who is killed before it leaves some counted that were
            // called, and not some uncounted that nobody would ever call.
            self.set(WAITING, waiting - woken);
            record::trace_op(Op::Notify, self.words.at(CALLS), 0);
        }
        Ok(())
    }

    /// Wakes all who wait.
    ///
    /// # Errors
    /// [`Error::AssertionError`] without the lock.
    pub fn notify_all(&self) -> Result<(), Error> {
        self.notify(u32::MAX)
    }
}
