//! `RLock`.
//!
//! This module must not import any other primitive than `Lock`.

use super::Lock;
use crate::{
    Error,
    kernel::{attachment::ObjectOf, blocking, current, handle::Kind, wait::owned},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A recursive lock (Python's `multiprocessing.RLock`). Its owner can acquire it again,
/// and only its owner can release it, as often as it was acquired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "RLockObject", into = "RLockObject")]
pub struct RLock(Lock);

type RLockObject = ObjectOf<{ Kind::RLock.bit() }>;

impl From<RLockObject> for RLock {
    fn from(lock: RLockObject) -> RLock {
        RLock(Lock(lock.into_object_ref()))
    }
}

impl From<RLock> for RLockObject {
    fn from(lock: RLock) -> RLockObject {
        ObjectOf::new(lock.0.0)
    }
}

/// Releases the lock when it is dropped.
#[must_use = "the lock is released when this is dropped"]
#[derive(Debug)]
pub struct RLockGuard<'a>(&'a RLock);

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        let _ = self.0.release();
    }
}

impl RLock {
    /// An unlocked lock.
    ///
    /// # Errors
    /// As [`Lock::new`].
    pub fn new() -> Result<RLock, Error> {
        Ok(RLock(Lock::of_kind(Kind::RLock)?))
    }

    /// How often this process has acquired the lock without releasing it. The number is
    /// kept in this process's own memory.
    fn depth(&self) -> u32 {
        self.0.local_count().get()
    }

    /// Sets [`RLock::depth`], while this process holds the lock.
    pub(super) fn set_depth(&self, depth: u32) {
        self.0.local_count().set(depth);
    }

    /// Acquires the lock if it is free or this process has it already; returns whether
    /// it did.
    fn try_take(&self) -> bool {
        blocking::check_signal();
        let me = current::pid();
        match self.0.try_take(me) {
            0 => self.set_depth(1),
            // The depth is 0 if the handle that acquired the lock was dropped: the lock
            // is still held then, once.
            word if word & owned::PID == me => self.set_depth(self.depth().max(1) + 1),
            _ => return false,
        }
        true
    }

    /// Whether this process holds the lock.
    pub fn is_mine(&self) -> bool {
        self.0.owner() == Some(current::pid())
    }

    /// Acquires the lock. Waits while another process holds it.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    #[inline]
    pub fn acquire(&self) -> Result<(), Error> {
        if !self.try_take() {
            self.0.wait()?;
            self.set_depth(1);
        }
        Ok(())
    }

    /// Like [`RLock::acquire`], but returns `false` if another process holds the lock
    /// during the whole of `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        if self.try_take() {
            return Ok(true);
        }
        let taken = self.0.acquire_timeout(timeout)?;
        if taken {
            self.set_depth(1);
        }
        Ok(taken)
    }

    /// Acquires the lock if no other process holds it, without waiting; returns whether
    /// it did.
    ///
    /// # Errors
    /// As [`Lock::try_acquire`].
    pub fn try_acquire(&self) -> Result<bool, Error> {
        if self.try_take() {
            return Ok(true);
        }
        let taken = self.0.try_acquire()?;
        if taken {
            self.set_depth(1);
        }
        Ok(taken)
    }

    /// [`RLock::acquire`] for the page. All tasks of the page are one owner, so they do
    /// not exclude each other.
    pub async fn acquire_async(&self) -> Result<(), Error> {
        if !self.try_take() {
            self.0.acquire_async().await?;
            self.set_depth(1);
        }
        Ok(())
    }

    /// Releases the lock once.
    ///
    /// # Errors
    /// [`Error::AssertionError`] when this process does not hold it.
    pub fn release(&self) -> Result<(), Error> {
        match self.depth() {
            0 if !self.is_mine() => Err(Error::AssertionError(
                "attempt to release recursive lock not owned by thread".into(),
            )),
            0 | 1 => {
                self.set_depth(0);
                self.0.release()
            }
            depth => {
                self.set_depth(depth - 1);
                Ok(())
            }
        }
    }

    /// Acquires the lock until the guard is dropped (Python's `with lock:`).
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub fn lock(&self) -> Result<RLockGuard<'_>, Error> {
        self.acquire()?;
        Ok(RLockGuard(self))
    }

    /// [`RLock::lock`] for the page.
    pub async fn lock_async(&self) -> Result<RLockGuard<'_>, Error> {
        self.acquire_async().await?;
        Ok(RLockGuard(self))
    }

    /// Whether any process holds the lock.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    /// As [`Lock::recover`]; the caller then holds the lock once.
    pub fn recover(&self) -> bool {
        let recovered = self.0.recover();
        if recovered {
            self.set_depth(1);
        }
        recovered
    }

    /// Releases the lock completely; returns how often it was acquired.
    pub(super) fn release_all(&self) -> Result<u32, Error> {
        let depth = self.depth();
        while self.depth() > 1 {
            self.release()?;
        }
        self.release()?;
        Ok(depth)
    }
}
