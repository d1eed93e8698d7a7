//! `Lock`.
//!
//! This module must not import the other primitives; `RLock` is built from it.

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking, current,
        handle::{Handle, Kind},
        host,
        object_ref::ObjectRef,
        record,
        trace::Op,
        wait::{Arm, Step, owned, wake},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A lock (Python's `multiprocessing.Lock`). As in Python, any process may release it,
/// not only the one that acquired it.
///
/// Difference from Python, on purpose: if the process that acquired the lock dies, the
/// others get [`Error::OwnerDied`] instead of waiting for ever, and can call
/// [`Lock::recover`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "LockObject", into = "LockObject")]
pub struct Lock(pub(super) ObjectRef);

type LockObject = ObjectOf<{ Kind::Lock.bit() }>;

impl From<LockObject> for Lock {
    fn from(lock: LockObject) -> Lock {
        Lock(lock.into_object_ref())
    }
}

impl From<Lock> for LockObject {
    fn from(lock: Lock) -> LockObject {
        ObjectOf::new(lock.0)
    }
}

/// Releases the lock when it is dropped.
#[must_use = "the lock is released when this is dropped"]
#[derive(Debug)]
pub struct LockGuard<'a>(&'a Lock);

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        // An error means that another process has released the lock, which is allowed.
        let _ = self.0.release();
    }
}

impl Lock {
    /// An unlocked lock.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new() -> Result<Lock, Error> {
        Lock::of_kind(Kind::Lock)
    }

    /// An unlocked lock whose object is of this kind.
    pub(super) fn of_kind(kind: Kind) -> Result<Lock, Error> {
        Ok(Lock(ObjectRef::create(kind, 4)?))
    }

    /// Acquires the lock for the process `me` if it is free. Returns the previous value
    /// of the word: 0 if the lock was free.
    pub(super) fn try_take(&self, me: u32) -> u32 {
        let at = self.0.at(0);
        let old = Arena.compare_exchange(at, 0, me);
        if old == 0 {
            record::trace_op(Op::Acquire, at, 0);
        }
        old
    }

    /// One step of acquiring the lock for the process `me`: ready when the lock has been
    /// acquired, or with an error when its owner has died.
    pub(super) fn step(&self, me: u32) -> Step<Result<(), Error>> {
        let at = self.0.at(0);
        match self.try_take(me) {
            0 => Step::Ready(Ok(())),
            seen if seen & owned::DEAD != 0 => Step::Ready(Err(Error::OwnerDied {
                pid: seen & owned::PID,
            })),
            seen => Step::Wait {
                at,
                seen,
                arm: Arm::Owned,
            },
        }
    }

    /// The pid of the process that acquired the lock, if it is locked.
    pub(super) fn owner(&self) -> Option<u32> {
        let word = Arena.load(self.0.at(0));
        (word != 0).then_some(word & owned::PID)
    }

    /// A number that this process keeps in its own memory for the lock.
    pub(super) fn process_local(&self) -> &std::cell::Cell<u32> {
        self.0.process_local()
    }

    /// Identifies the lock in this process.
    pub(super) fn handle(&self) -> Handle {
        self.0.handle()
    }

    /// Acquires the lock. Waits while it is locked.
    ///
    /// # Errors
    /// [`Error::OwnerDied`], [`Error::BlockingOnPage`].
    #[inline]
    pub fn acquire(&self) -> Result<(), Error> {
        blocking::check_signal();
        match self.try_take(current::pid()) {
            0 => Ok(()),
            _ => self.wait(),
        }
    }

    /// The slow path of [`Lock::acquire`], for a lock that is not free.
    #[cold]
    pub(super) fn wait(&self) -> Result<(), Error> {
        let me = current::pid();
        let taken = blocking::wait("Lock::acquire", "Lock::acquire_async", None, || {
            self.step(me)
        })?;
        taken.unwrap_or(Ok(()))
    }

    /// Like [`Lock::acquire`], but returns `false` if the lock is not acquired within
    /// `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let me = current::pid();
        let time = Some(microseconds(timeout));
        let call = "Lock::acquire_timeout";
        let taken = blocking::wait(call, "Lock::acquire_timeout_async", time, || self.step(me))?;
        taken.map_or(Ok(false), |taken| taken.map(|()| true))
    }

    /// Acquires the lock if it is free, without waiting. Returns whether it was acquired.
    ///
    /// # Errors
    /// [`Error::OwnerDied`].
    pub fn try_acquire(&self) -> Result<bool, Error> {
        blocking::check_signal();
        match self.step(current::pid()) {
            Step::Ready(taken) => taken.map(|()| true),
            Step::Wait { .. } => Ok(false),
        }
    }

    /// [`Lock::acquire`] for the page.
    ///
    /// # Errors
    /// [`Error::OwnerDied`].
    pub async fn acquire_async(&self) -> Result<(), Error> {
        self.acquire_within_async(None).await.map(drop)
    }

    /// [`Lock::acquire_timeout`] for the page.
    ///
    /// # Errors
    /// [`Error::OwnerDied`].
    pub async fn acquire_timeout_async(&self, timeout: Duration) -> Result<bool, Error> {
        self.acquire_within_async(Some(microseconds(timeout))).await
    }

    async fn acquire_within_async(&self, timeout: Option<f64>) -> Result<bool, Error> {
        let me = current::pid();
        let taken = host::wait_async(timeout, || self.step(me)).await;
        taken.map_or(Ok(false), |taken| taken.map(|()| true))
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// [`Error::ValueError`] when it is not locked.
    #[inline]
    pub fn release(&self) -> Result<(), Error> {
        let at = self.0.at(0);
        let old = Arena.exchange(at, 0);
        if old == 0 {
            return Err(Error::ValueError(
                "semaphore or lock released too many times".into(),
            ));
        }
        if old & owned::SLEEPERS != 0 {
            wake(&Arena, at);
        }
        record::trace_op(Op::Release, at, 0);
        Ok(())
    }

    /// Acquires the lock until the guard is dropped (Python's `with lock:`).
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn lock(&self) -> Result<LockGuard<'_>, Error> {
        self.acquire()?;
        Ok(LockGuard(self))
    }

    /// [`Lock::lock`] for the page.
    pub async fn lock_async(&self) -> Result<LockGuard<'_>, Error> {
        self.acquire_async().await?;
        Ok(LockGuard(self))
    }

    /// Whether the lock is locked.
    pub fn locked(&self) -> bool {
        self.owner().is_some()
    }

    /// Takes over a lock whose owner died. Returns `false` if the owner did not die.
    /// Afterwards the caller holds the lock, and should repair the data that the lock
    /// protects before it releases it. Python has no such method.
    pub fn recover(&self) -> bool {
        let at = self.0.at(0);
        let word = Arena.load(at);
        word & owned::DEAD != 0
            && Arena.compare_exchange(at, word, current::pid() | owned::SLEEPERS) == word
    }
}
