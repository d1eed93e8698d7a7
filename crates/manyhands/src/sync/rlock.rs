//! `RLock`.
//!
//! This module must not import any other primitive than `Lock`.

use super::Lock;
use crate::{
    Error,
    kernel::{
        attachment::ObjectOf,
        blocking, current,
        handle::{Handle, Kind},
        wait::owned,
    },
};
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    task::{Poll, Waker},
    time::Duration,
};

/// A recursive lock (Python's `multiprocessing.RLock`). Its owner can acquire it again,
/// and only its owner can release it, as often as it was acquired.
///
/// The owner is a process or a thread. On the page, which runs several tasks in turn, the
/// owner is the task (the future that was passed to `spawn_local`) that acquired the lock
/// with [`RLock::acquire_async`] or [`RLock::lock_async`]. Other tasks of the page wait,
/// as other processes do. Two rules follow:
/// - Futures that one task polls together (`join!`) are one owner and do not exclude each
///   other. Spawn them as tasks instead.
/// - A call without `_async` does not know its task. On the page it gets the lock only if
///   no task has it, and then the page as a whole is the owner. Do not hold such a guard
///   across an `.await`.
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
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// The task of the page that acquired it.
    task: Option<Waker>,
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        // If this task's wait for a condition was dropped, the lock stayed released, and
        // it may belong to another task now.
        if self.lock.belongs_to(self.task.as_ref()) {
            let _ = self.lock.release();
        }
    }
}

/// A flag in the process-local number of a lock: the owner is a task of the page. The
/// rest of the number is the depth: how often the lock was acquired and not yet released.
const OWNED_BY_TASK: u32 = 1 << 31;

thread_local! {
    /// The tasks of the page that own locks. A task is identified by its waker, which is
    /// kept here as long as the task owns the lock, so that no other task can get the
    /// same identity.
    static OWNERS: RefCell<HashMap<Handle, Waker>> = RefCell::default();
}

/// The ownership of a lock by this process: how often the lock was acquired, and by which
/// task.
pub(super) struct Ownership {
    depth: u32,
    task: Option<Waker>,
}

/// The current task; `None` if this process is not the page.
async fn current_task() -> Option<Waker> {
    if current::owner().1 {
        return None;
    }
    Some(poll_fn(|context| Poll::Ready(context.waker().clone())).await)
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
        self.0.process_local().get() & !OWNED_BY_TASK
    }

    /// Sets [`RLock::depth`], while this process holds the lock.
    fn set_depth(&self, depth: u32) {
        let process_local = self.0.process_local();
        process_local.set(process_local.get() & OWNED_BY_TASK | depth);
    }

    /// Stores the ownership of the lock. Must be called while this process holds the
    /// lock.
    pub(super) fn set_ownership(&self, ownership: Ownership) {
        let Ownership { depth, task } = ownership;
        let process_local = self.0.process_local();
        if task.is_none() && process_local.get() & OWNED_BY_TASK == 0 {
            return process_local.set(depth);
        }
        let owned_by_task = if task.is_some() { OWNED_BY_TASK } else { 0 };
        process_local.set(depth | owned_by_task);
        let before = OWNERS.with_borrow_mut(|owners| match task {
            Some(task) => owners.insert(self.0.handle(), task),
            None => owners.remove(&self.0.handle()),
        });
        // Dropped after the borrow has ended, because the waker may be the last reference
        // to a task, whose guards are dropped with it and borrow again.
        drop(before);
    }

    /// The ownership of the lock by this process.
    fn ownership(&self) -> Ownership {
        let owned_by_task = self.0.process_local().get() & OWNED_BY_TASK != 0;
        let owner = || OWNERS.with_borrow(|owners| owners.get(&self.0.handle()).cloned());
        Ownership {
            depth: self.depth(),
            task: owned_by_task.then(owner).flatten(),
        }
    }

    /// Notes that this task has acquired the lock once.
    fn set_acquired(&self, task: Option<Waker>) {
        self.set_ownership(Ownership { depth: 1, task });
    }

    /// Does the lock belong to this task? This process holds it.
    fn belongs_to(&self, task: Option<&Waker>) -> bool {
        self.0.process_local().get() & OWNED_BY_TASK == 0
            || OWNERS.with_borrow(|owners| match (owners.get(&self.0.handle()), task) {
                (Some(owner), Some(task)) => owner.will_wake(task),
                (owner, _) => owner.is_none(),
            })
    }

    /// Acquires the lock if it is free, or if this process and this task have it already.
    /// Returns whether it was acquired.
    fn try_take(&self, task: Option<&Waker>) -> bool {
        blocking::check_signal();
        let me = current::pid();
        match self.0.try_take(me) {
            0 => self.set_acquired(task.cloned()),
            // If the handle that acquired the lock was dropped, the depth is 0, but the
            // lock is still held once.
            word if word & owned::PID == me && self.belongs_to(task) => {
                self.set_depth(self.depth().max(1) + 1);
            }
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
        if !self.try_take(None) {
            self.0.wait()?;
            self.set_acquired(None);
        }
        Ok(())
    }

    /// Like [`RLock::acquire`], but returns `false` if the lock is not acquired within
    /// `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        if self.try_take(None) {
            return Ok(true);
        }
        let taken = self.0.acquire_timeout(timeout)?;
        if taken {
            self.set_acquired(None);
        }
        Ok(taken)
    }

    /// Acquires the lock if no other process holds it, without waiting. Returns whether
    /// it was acquired.
    ///
    /// # Errors
    /// As [`Lock::try_acquire`].
    pub fn try_acquire(&self) -> Result<bool, Error> {
        if self.try_take(None) {
            return Ok(true);
        }
        let taken = self.0.try_acquire()?;
        if taken {
            self.set_acquired(None);
        }
        Ok(taken)
    }

    /// [`RLock::acquire`] for the page. The owner is the task that awaits this.
    ///
    /// # Errors
    /// [`Error::OwnerDied`].
    pub async fn acquire_async(&self) -> Result<(), Error> {
        self.acquire_for(current_task().await).await
    }

    async fn acquire_for(&self, task: Option<Waker>) -> Result<(), Error> {
        if !self.try_take(task.as_ref()) {
            self.0.acquire_async().await?;
            self.set_acquired(task);
        }
        Ok(())
    }

    /// [`RLock::acquire_timeout`] for the page.
    ///
    /// # Errors
    /// [`Error::OwnerDied`].
    pub async fn acquire_timeout_async(&self, timeout: Duration) -> Result<bool, Error> {
        let task = current_task().await;
        if self.try_take(task.as_ref()) {
            return Ok(true);
        }
        let taken = self.0.acquire_timeout_async(timeout).await?;
        if taken {
            self.set_acquired(task);
        }
        Ok(taken)
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
                self.set_ownership(Ownership {
                    depth: 0,
                    task: None,
                });
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
        Ok(RLockGuard {
            lock: self,
            task: None,
        })
    }

    /// [`RLock::lock`] for the page.
    pub async fn lock_async(&self) -> Result<RLockGuard<'_>, Error> {
        let task = current_task().await;
        self.acquire_for(task.clone()).await?;
        Ok(RLockGuard { lock: self, task })
    }

    /// Whether any process holds the lock.
    pub fn locked(&self) -> bool {
        self.0.locked()
    }

    /// As [`Lock::recover`]. Afterwards the caller holds the lock once.
    pub fn recover(&self) -> bool {
        let recovered = self.0.recover();
        if recovered {
            self.set_acquired(None);
        }
        recovered
    }

    /// Releases the lock completely. Returns the ownership, so that it can be restored.
    pub(super) fn release_all(&self) -> Result<Ownership, Error> {
        let ownership = self.ownership();
        self.set_depth(self.depth().min(1));
        self.release()?;
        Ok(ownership)
    }
}
