//! `RLock`.

use super::Lock;
use crate::{
    Error,
    kernel::{attachment::ObjectOf, blocking, current, handle::Kind, wait::owned},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A lock that its owner can take again (Python's `multiprocessing.RLock`), and
/// that only its owner can release, as often as it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "OfKind", into = "OfKind")]
pub struct RLock(Lock);

type OfKind = ObjectOf<{ Kind::RLock.bit() }>;

impl From<OfKind> for RLock {
    fn from(lock: OfKind) -> RLock {
        RLock(Lock(lock.into_object_ref()))
    }
}

impl From<RLock> for OfKind {
    fn from(lock: RLock) -> OfKind {
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

    /// How often this process has taken it and not given it back. Nobody else
    /// needs to know.
    fn depth(&self) -> u32 {
        self.0.note().get()
    }

    fn set_depth(&self, depth: u32) {
        self.0.note().set(depth);
    }

    /// Takes it if it is free or this process's already; did it?
    fn take(&self) -> bool {
        blocking::check_signal();
        let me = current::pid();
        match self.0.take(me) {
            0 => self.set_depth(1),
            // Taken by a handle that is gone, it is taken still.
            word if word & owned::PID == me => self.set_depth(self.depth().max(1) + 1),
            _ => return false,
        }
        true
    }

    /// Has this process taken it?
    pub fn is_mine(&self) -> bool {
        self.0.owner() == Some(current::pid())
    }

    /// Takes the lock; waits while another process has it.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    #[inline]
    pub fn acquire(&self) -> Result<(), Error> {
        if !self.take() {
            self.0.wait()?;
            self.set_depth(1);
        }
        Ok(())
    }

    /// [`RLock::acquire`], but `false` if it could not be had within `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        if self.take() {
            return Ok(true);
        }
        let taken = self.0.acquire_timeout(timeout)?;
        if taken {
            self.set_depth(1);
        }
        Ok(taken)
    }

    /// Takes the lock if it can be had now; did it?
    ///
    /// # Errors
    /// As [`Lock::try_acquire`].
    pub fn try_acquire(&self) -> Result<bool, Error> {
        if self.take() {
            return Ok(true);
        }
        let taken = self.0.try_acquire()?;
        if taken {
            self.set_depth(1);
        }
        Ok(taken)
    }

    /// [`RLock::acquire`] for the page. All of the page's code is one owner.
    pub async fn acquire_async(&self) -> Result<(), Error> {
        if !self.take() {
            self.0.acquire_async().await?;
            self.set_depth(1);
        }
        Ok(())
    }

    /// Gives the lock back, once.
    ///
    /// # Errors
    /// [`Error::AssertionError`] when this process has not taken it.
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

    /// Takes the lock (Python's `with lock:`).
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

    /// Does somebody have it?
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    /// As [`Lock::recover`]: then this process has it, once.
    pub fn recover(&self) -> bool {
        let recovered = self.0.recover();
        if recovered {
            self.set_depth(1);
        }
        recovered
    }

    /// Gives the lock back entirely; how often it was taken.
    pub(super) fn release_all(&self) -> Result<u32, Error> {
        let depth = self.depth();
        while self.depth() > 1 {
            self.release()?;
        }
        self.release()?;
        Ok(depth)
    }

    /// Takes the lock so often.
    pub(super) fn set_taken(&self, depth: u32) {
        self.set_depth(depth);
    }
}
