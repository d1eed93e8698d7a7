//! `Lock`.

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
        wait::{Arm, Step, owned, wake},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A lock (Python's `multiprocessing.Lock`). It has no owner who alone may
/// release it: any process may, as in Python.
///
/// Difference from Python, on purpose: when the process that took it dies,
/// whoever waits gets [`Error::OwnerDied`] instead of waiting for ever, and can
/// [`Lock::recover`] it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "OfKind", into = "OfKind")]
pub struct Lock(pub(super) ObjectRef);

type OfKind = ObjectOf<{ Kind::Lock.bit() }>;

impl From<OfKind> for Lock {
    fn from(lock: OfKind) -> Lock {
        Lock(lock.into_object_ref())
    }
}

impl From<Lock> for OfKind {
    fn from(lock: Lock) -> OfKind {
        ObjectOf::new(lock.0)
    }
}

/// Releases the lock when it is dropped.
#[must_use = "the lock is released when this is dropped"]
#[derive(Debug)]
pub struct LockGuard<'a>(&'a Lock);

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        // Somebody else may have released it meanwhile, which is allowed.
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

    /// An unlocked lock that is used as this.
    pub(super) fn of_kind(kind: Kind) -> Result<Lock, Error> {
        Ok(Lock(ObjectRef::create(kind, 4)?))
    }

    /// Takes it if it is free; what the word was.
    pub(super) fn take(&self, me: u32) -> u32 {
        let at = self.0.at(0);
        let old = Arena.compare_exchange(at, 0, me);
        if old == 0 {
            record::trace_op(Op::Acquire, at, 0);
        }
        old
    }

    pub(super) fn step(&self, me: u32) -> Step<Result<(), Error>> {
        let at = self.0.at(0);
        match self.take(me) {
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

    /// Who took it, if it is locked.
    pub(super) fn owner(&self) -> Option<u32> {
        let word = Arena.load(self.0.at(0));
        (word != 0).then_some(word & owned::PID)
    }

    /// A number of this process's own beside it.
    pub(super) fn note(&self) -> &std::cell::Cell<u32> {
        self.0.note()
    }

    /// Takes the lock; waits while somebody has it.
    ///
    /// # Errors
    /// [`Error::OwnerDied`], [`Error::BlockingOnPage`].
    #[inline]
    pub fn acquire(&self) -> Result<(), Error> {
        blocking::check_signal();
        match self.take(current::pid()) {
            0 => Ok(()),
            _ => self.wait(),
        }
    }

    /// The rest of [`Lock::acquire`], when somebody else has it.
    #[cold]
    pub(super) fn wait(&self) -> Result<(), Error> {
        let me = current::pid();
        let taken = blocking::wait("Lock::acquire", "Lock::acquire_async", None, || {
            self.step(me)
        })?;
        taken.unwrap_or(Ok(()))
    }

    /// [`Lock::acquire`], but `false` if it could not be had within `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let me = current::pid();
        let time = Some(microseconds(timeout));
        let call = "Lock::acquire_timeout";
        let taken = blocking::wait(call, "Lock::acquire_async", time, || self.step(me))?;
        taken.map_or(Ok(false), |taken| taken.map(|()| true))
    }

    /// Takes the lock if it is free now; did it?
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
    pub async fn acquire_async(&self) -> Result<(), Error> {
        let me = current::pid();
        host::wait_async(None, || self.step(me))
            .await
            .unwrap_or(Ok(()))
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// [`Error::ValueError`] when nobody has it.
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

    /// Takes the lock (Python's `with lock:`).
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

    /// Does somebody have it?
    pub fn locked(&self) -> bool {
        self.owner().is_some()
    }

    /// Takes over a lock whose owner died, after which what it protects is this
    /// process's to put right; `false` if its owner did not die.
    pub fn recover(&self) -> bool {
        let at = self.0.at(0);
        let word = Arena.load(at);
        word & owned::DEAD != 0
            && Arena.compare_exchange(at, word, current::pid() | owned::SLEEPERS) == word
    }
}
