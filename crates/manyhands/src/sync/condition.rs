//! `Condition`.
//!
//! This module must not import any other primitive than `RLock`.

use super::{RLock, RLockGuard, rlock::Ownership};
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
use wasm_bindgen_futures::spawn_local;

/// The condition's words:
/// - `PERMITS`: how many notified waiters may still wake up;
/// - `WAITING`: how many processes wait and have not been notified;
/// - `NEXT_WAITER`: the number that the next waiter gets; it wraps;
/// - `NOTIFIED_BELOW`: waiters with a smaller number may take a permit;
/// - `NOTIFICATIONS`: how often permits were added. Waiters sleep on this word, since
///   `PERMITS` can come back to a value that it had before.
///
/// All but `PERMITS` are written only with the lock held.
const PERMITS: u32 = 0;
const WAITING: u32 = 4;
const NEXT_WAITER: u32 = 8;
const NOTIFIED_BELOW: u32 = 12;
const NOTIFICATIONS: u32 = 16;

/// A condition variable (Python's `multiprocessing.Condition`) with an [`RLock`].
/// Processes wait with it until the data that the lock protects has changed.
///
/// A process that died while it waited still counts as waiting: one notification may be
/// lost on it, or may wake a process that began to wait later. So wait with
/// [`Condition::wait_for`], which checks the predicate again after each wake-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "=")]
pub struct Condition {
    lock: RLock,
    words: ObjectOf<{ Kind::Condition.bit() }>,
}

/// If `predicate` is false and the deadline has not passed: the time for which to wait,
/// in µs. Otherwise, as the `Err`, the result of [`Condition::wait_for`].
fn next_wait(
    predicate: &mut impl FnMut() -> bool,
    deadline: Option<f64>,
) -> Result<Option<f64>, bool> {
    if predicate() {
        return Err(true);
    }
    let left = deadline.map(|deadline| deadline - current::now_us());
    match left {
        Some(left) if left <= 0.0 => Err(false),
        left => Ok(left),
    }
}

/// A wait in an `async` function. If it is dropped before it is finished, it waits for
/// the lock in the background, and then no longer counts as waiting. If it had been
/// notified, it notifies another waiter.
struct AsyncWait<'a> {
    condition: &'a Condition,
    waiter: u32,
    notified: bool,
    finished: bool,
}

impl Drop for AsyncWait<'_> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let (condition, waiter, notified) = (self.condition.clone(), self.waiter, self.notified);
        spawn_local(async move {
            let Ok(_lock) = condition.lock_async().await else {
                return;
            };
            if condition.stop_waiting(waiter, notified) {
                // This cannot fail, because this task holds the lock.
                let _ = condition.notify(1);
            }
        });
    }
}

impl Condition {
    /// A condition with a lock of its own.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new() -> Result<Condition, Error> {
        Condition::with_lock(RLock::new()?)
    }

    /// A condition that uses an existing lock.
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

    /// Acquires the lock until the guard is dropped (Python's `with condition:`).
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

    /// Acquires the lock.
    ///
    /// # Errors
    /// As [`RLock::acquire`].
    pub fn acquire(&self) -> Result<(), Error> {
        self.lock.acquire()
    }

    /// [`Condition::acquire`] for the page.
    ///
    /// # Errors
    /// As [`RLock::acquire_async`].
    pub async fn acquire_async(&self) -> Result<(), Error> {
        self.lock.acquire_async().await
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// As [`RLock::release`].
    pub fn release(&self) -> Result<(), Error> {
        self.lock.release()
    }

    /// Takes over the lock if its owner died, as [`crate::Lock::recover`] does. This
    /// wakes no waiting process; notify them if necessary.
    pub fn recover(&self) -> bool {
        self.lock.recover()
    }

    fn check_owned(&self, message: &str) -> Result<(), Error> {
        if self.lock.is_mine() {
            return Ok(());
        }
        Err(Error::AssertionError(message.into()))
    }

    /// Registers this process as a waiter and releases the lock. Returns the waiter's
    /// number and the ownership of the lock, which is restored after the wait.
    fn start_waiting(&self) -> Result<(u32, Ownership), Error> {
        self.check_owned("must acquire() condition before using wait()")?;
        let waiter = self.get(NEXT_WAITER);
        self.set(NEXT_WAITER, waiter.wrapping_add(1));
        self.set(WAITING, self.get(WAITING) + 1);
        Ok((waiter, self.lock.release_all()?))
    }

    /// One step of waiting: ready when this waiter was notified and got a permit.
    fn step(&self, waiter: u32) -> Step<()> {
        let at = self.words.at(NOTIFICATIONS);
        let seen = Arena.load(at);
        let notified = (waiter.wrapping_sub(self.get(NOTIFIED_BELOW)) as i32) < 0;
        let one_less = |permits: u32| permits.checked_sub(1);
        if notified && change(&Arena, self.words.at(PERMITS), 0, one_less).is_ok() {
            return Step::Ready(());
        }
        let arm = Arm::Nothing;
        Step::Wait { at, seen, arm }
    }

    /// Ends a wait. The lock has been acquired again. Returns whether this waiter was
    /// notified, which may also have happened at the last moment.
    fn finish_waiting(&self, waiter: u32, ownership: Ownership, notified: bool) -> bool {
        self.lock.set_ownership(ownership);
        self.stop_waiting(waiter, notified)
    }

    fn stop_waiting(&self, waiter: u32, notified: bool) -> bool {
        let notified = notified || matches!(self.step(waiter), Step::Ready(()));
        if !notified {
            self.set(WAITING, self.get(WAITING).saturating_sub(1));
        }
        notified
    }

    fn wait_within(
        &self,
        call: &'static str,
        instead: &'static str,
        timeout: Option<f64>,
    ) -> Result<bool, Error> {
        let (waiter, ownership) = self.start_waiting()?;
        let notified = blocking::wait(call, instead, timeout, || self.step(waiter));
        // The lock is acquired again in every case, also after an error. The page may not
        // wait for it.
        if current::owner().1 {
            blocking::interruptible(false, || self.lock.acquire())?;
        } else if !self.lock.try_acquire()? {
            return notified.map(|notified| notified.is_some());
        }
        let notified = notified.map(|notified| notified.is_some());
        let in_time = self.finish_waiting(waiter, ownership, matches!(notified, Ok(true)));
        notified.map(|_| in_time)
    }

    /// Releases the lock, waits for a notification and acquires the lock again.
    ///
    /// # Errors
    /// [`Error::AssertionError`] when this process does not hold the lock,
    /// [`Error::OwnerDied`], [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<(), Error> {
        self.wait_within("Condition::wait", "Condition::wait_async", None)?;
        Ok(())
    }

    /// Like [`Condition::wait`], but waits at most for `timeout`. Returns whether there
    /// was a notification.
    ///
    /// # Errors
    /// As [`Condition::wait`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let (call, instead) = ("Condition::wait_timeout", "Condition::wait_timeout_async");
        self.wait_within(call, instead, Some(microseconds(timeout)))
    }

    /// [`Condition::wait`] for the page. If the future is dropped before it is ready, the
    /// lock stays released, and a notification that this wait had received goes to
    /// another waiter.
    ///
    /// # Errors
    /// [`Error::AssertionError`], [`Error::OwnerDied`].
    pub async fn wait_async(&self) -> Result<(), Error> {
        self.wait_within_async(None).await.map(drop)
    }

    /// [`Condition::wait_timeout`] for the page.
    ///
    /// # Errors
    /// As [`Condition::wait_async`].
    pub async fn wait_timeout_async(&self, timeout: Duration) -> Result<bool, Error> {
        self.wait_within_async(Some(microseconds(timeout))).await
    }

    async fn wait_within_async(&self, timeout: Option<f64>) -> Result<bool, Error> {
        let (waiter, ownership) = self.start_waiting()?;
        let mut wait = AsyncWait {
            condition: self,
            waiter,
            notified: false,
            finished: false,
        };
        wait.notified = host::wait_async(timeout, || self.step(waiter))
            .await
            .is_some();
        self.lock.acquire_async().await?;
        wait.finished = true;
        Ok(self.finish_waiting(waiter, ownership, wait.notified))
    }

    /// Waits until `predicate` returns true, but at most for `timeout`. Returns its last
    /// result. The predicate is called with the lock held.
    ///
    /// # Errors
    /// As [`Condition::wait`]; none if the predicate is true at once.
    pub fn wait_for(
        &self,
        mut predicate: impl FnMut() -> bool,
        timeout: Option<Duration>,
    ) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        loop {
            match next_wait(&mut predicate, deadline) {
                Err(result) => return Ok(result),
                Ok(left) => {
                    self.wait_within("Condition::wait_for", "Condition::wait_for_async", left)?
                }
            };
        }
    }

    /// [`Condition::wait_for`] for the page.
    ///
    /// # Errors
    /// As [`Condition::wait_async`]; none if the predicate is true at once.
    pub async fn wait_for_async(
        &self,
        mut predicate: impl FnMut() -> bool,
        timeout: Option<Duration>,
    ) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        loop {
            match next_wait(&mut predicate, deadline) {
                Err(result) => return Ok(result),
                Ok(left) => self.wait_within_async(left).await?,
            };
        }
    }

    /// Wakes at most `count` of the waiting processes.
    ///
    /// # Errors
    /// [`Error::AssertionError`] when this process does not hold the lock.
    pub fn notify(&self, count: u32) -> Result<(), Error> {
        self.check_owned("lock is not owned")?;
        let waiting = self.get(WAITING);
        let woken = count.min(waiting);
        if woken > 0 {
            self.set(NOTIFIED_BELOW, self.get(NEXT_WAITER));
            Arena.add(self.words.at(PERMITS), woken);
            Arena.add(self.words.at(NOTIFICATIONS), 1);
            wake(&Arena, self.words.at(NOTIFICATIONS));
            // Written last. If the process is killed before this, waiters that were
            // notified are still counted, which does no harm. In the other order, waiters
            // would be left out of the count and never be notified.
            self.set(WAITING, waiting - woken);
            record::trace_op(Op::Notify, self.words.at(NOTIFICATIONS), 0);
        }
        Ok(())
    }

    /// Wakes all waiting processes.
    ///
    /// # Errors
    /// [`Error::AssertionError`] when this process does not hold the lock.
    pub fn notify_all(&self) -> Result<(), Error> {
        self.notify(u32::MAX)
    }
}
