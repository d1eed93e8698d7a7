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
/// The owner is a process or a thread. On the page, which runs several tasks in turn, it
/// is the task (what is given to `spawn_local`) that acquired the lock with
/// [`RLock::acquire_async`] or [`RLock::lock_async`]: its other tasks wait, as other
/// processes do. Two rules follow:
/// - Futures that one task polls together (`join!`) are one owner, and do not exclude each
///   other. Spawn them instead.
/// - A call without `_async` does not know its task. On the page it gets the lock only
///   when no task has it, and what it acquires belongs to the page as a whole: do not hold
///   such a guard over an `.await`.
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
    /// The page's task that acquired it.
    task: Option<Waker>,
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        // It is another task's when this one's wait for a condition was given up.
        if self.lock.belongs_to(self.task.as_ref()) {
            let _ = self.lock.release();
        }
    }
}

/// In the note of a lock: one of the page's tasks owns it. The rest of the note is how
/// often the lock was acquired and not released.
const BY_TASK: u32 = 1 << 31;

thread_local! {
    /// The tasks of the page that own locks. A task is identified by its waker, which is
    /// kept here as long as the task owns the lock, so that no other task can get the
    /// same identity.
    static OWNERS: RefCell<HashMap<Handle, Waker>> = RefCell::default();
}

/// What a process has of a lock: how often it acquired it, and for which task.
pub(super) struct Held {
    depth: u32,
    task: Option<Waker>,
}

/// The task that runs; `None` where a process runs one program.
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
        self.0.note().get() & !BY_TASK
    }

    /// Sets [`RLock::depth`], while this process holds the lock.
    fn set_depth(&self, depth: u32) {
        let note = self.0.note();
        note.set(note.get() & BY_TASK | depth);
    }

    /// Notes what this process has of the lock, while it holds it or before it releases
    /// it.
    pub(super) fn set_held(&self, held: Held) {
        let Held { depth, task } = held;
        let note = self.0.note();
        if task.is_none() && note.get() & BY_TASK == 0 {
            return note.set(depth);
        }
        let by_task = if task.is_some() { BY_TASK } else { 0 };
        note.set(depth | by_task);
        let before = OWNERS.with_borrow_mut(|owners| match task {
            Some(task) => owners.insert(self.0.handle(), task),
            None => owners.remove(&self.0.handle()),
        });
        // After the borrow: a waker may be the last to keep a task, and with it guards.
        drop(before);
    }

    /// What this process has of the lock.
    fn held(&self) -> Held {
        let by_task = self.0.note().get() & BY_TASK != 0;
        let owner = || OWNERS.with_borrow(|owners| owners.get(&self.0.handle()).cloned());
        Held {
            depth: self.depth(),
            task: by_task.then(owner).flatten(),
        }
    }

    /// Notes that the lock was acquired once, for this task.
    fn set_acquired(&self, task: Option<Waker>) {
        self.set_held(Held { depth: 1, task });
    }

    /// Whether the lock, which this process holds, is this task's.
    fn belongs_to(&self, task: Option<&Waker>) -> bool {
        self.0.note().get() & BY_TASK == 0
            || OWNERS.with_borrow(|owners| match (owners.get(&self.0.handle()), task) {
                (Some(owner), Some(task)) => owner.will_wake(task),
                (owner, _) => owner.is_none(),
            })
    }

    /// Acquires the lock if it is free or this process, and this task, has it already;
    /// returns whether it did.
    fn try_take(&self, task: Option<&Waker>) -> bool {
        blocking::check_signal();
        let me = current::pid();
        match self.0.try_take(me) {
            0 => self.set_acquired(task.cloned()),
            // The depth is 0 if the handle that acquired the lock was dropped: the lock
            // is still held then, once.
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

    /// Like [`RLock::acquire`], but returns `false` if another process holds the lock
    /// during the whole of `timeout`.
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

    /// Acquires the lock if no other process holds it, without waiting; returns whether
    /// it did.
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

    /// [`RLock::acquire`] for the page: for the task that awaits it.
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
                self.set_held(Held {
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

    /// As [`Lock::recover`]; the caller then holds the lock once.
    pub fn recover(&self) -> bool {
        let recovered = self.0.recover();
        if recovered {
            self.set_acquired(None);
        }
        recovered
    }

    /// Releases the lock completely; returns what this process had of it.
    pub(super) fn release_all(&self) -> Result<Held, Error> {
        let held = self.held();
        self.set_depth(self.depth().min(1));
        self.release()?;
        Ok(held)
    }
}
