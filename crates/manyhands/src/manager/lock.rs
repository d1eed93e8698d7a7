//! `LockProxy` and `RLockProxy`.

use super::{
    desk::{Caller, Desk},
    link::Ask,
    message::{Answer, Fault, Method, Name},
    ownership::Ownership,
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a lock can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum LockCall {
    Acquire,
    Release,
    Locked,
    Recover,
}

/// A lock in the server.
pub(super) struct Latch {
    /// May its owner take it again, and alone release it?
    again: bool,
    lock: Ownership,
}

impl Latch {
    pub(super) fn new(again: bool) -> Latch {
        Latch {
            again,
            lock: Ownership::default(),
        }
    }

    fn may_release(&self, pid: u32) -> Result<(), Fault> {
        if self.again && !self.lock.is_owned_by(pid) {
            let text = "attempt to release recursive lock not owned by thread";
            return Err(Fault::Assertion(text.into()));
        }
        if self.lock.owner().is_none() {
            let text = "semaphore or lock released too many times";
            return Err(Fault::Value(text.into()));
        }
        Ok(())
    }
}

impl Object for Latch {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        match method {
            Method::Lock(LockCall::Acquire) => self.lock.acquire(caller, self.again, desk),
            Method::Lock(LockCall::Release) => match self.may_release(caller.pid) {
                Ok(()) => {
                    desk.answer(&caller, Answer::Done);
                    self.lock.release(caller.object, desk);
                }
                Err(fault) => {
                    desk.answer(&caller, fault.into());
                }
            },
            Method::Lock(LockCall::Locked) => {
                desk.answer(&caller, Answer::Flag(self.lock.owner().is_some()));
            }
            Method::Lock(LockCall::Recover) => self.lock.recover(caller, desk),
            _ => no_such_method(&caller, desk),
        }
    }

    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some(caller) = self.lock.leave(client, number, desk) {
            desk.answer(&caller, Answer::Flag(false));
        }
    }

    fn owner(&self) -> Option<u32> {
        self.lock.owner()
    }

    fn owner_died(&mut self, pid: u32, desk: &mut Desk) {
        self.lock.owner_died(pid, desk);
    }
}

fn acquire(timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Lock(LockCall::Acquire),
        timeout,
    })
}

macro_rules! lock {
    ($(#[$doc:meta])* $proxy:ident, $name:literal, $guard:ident, $error:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $proxy {
            pub(super) remote: Remote,
        }

        /// Releases the lock when it is dropped.
        #[must_use = "the lock is released when this is dropped"]
        #[derive(Debug)]
        pub struct $guard<'a>(&'a $proxy);

        impl Drop for $guard<'_> {
            fn drop(&mut self) {
                // On the page, which may not wait for the answer, and in a
                // process, which need not.
                self.0.remote.tell(Method::Lock(LockCall::Release));
            }
        }

        impl $proxy {
            /// Takes the lock (Python's `with lock:`).
            ///
            /// # Errors
            /// As its `acquire`.
            pub fn lock(&self) -> Result<$guard<'_>, Error> {
                self.acquire()?;
                Ok($guard(self))
            }

            /// Its `lock` for the page.
            pub async fn lock_async(&self) -> Result<$guard<'_>, Error> {
                self.acquire_async().await?;
                Ok($guard(self))
            }

            faces! { $name:
                /// Takes the lock; waits while somebody has it.
                ///
                /// # Errors
                /// [`Error::OwnerDied`] when the process that has it died,
                /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
                acquire / acquire_async (self) -> () {
                    acquire(None) => |answer| answer.flag().map(drop)
                }
                /// Takes the lock; `false` if it could not be had within
                /// `timeout`.
                ///
                /// # Errors
                /// As its `acquire`.
                acquire_timeout / acquire_timeout_async (self, timeout: Duration) -> bool {
                    acquire(Some(timeout)) => Answer::flag
                }
                /// Takes the lock if it can be had now; did it?
                ///
                /// # Errors
                /// As its `acquire`.
                try_acquire / try_acquire_async (self) -> bool {
                    acquire(Some(Duration::ZERO)) => Answer::flag
                }
                /// Gives the lock back.
                ///
                /// # Errors
                #[doc = $error]
                /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
                release / release_async (self) -> () {
                    ask(Method::Lock(LockCall::Release)) => Answer::done
                }
                /// Does somebody have it?
                ///
                /// # Errors
                /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
                locked / locked_async (self) -> bool {
                    ask(Method::Lock(LockCall::Locked)) => Answer::flag
                }
                /// Takes over a lock whose owner died, after which what it
                /// protects is this process's to put right; `false` if its
                /// owner did not die.
                ///
                /// # Errors
                /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
                recover / recover_async (self) -> bool {
                    ask(Method::Lock(LockCall::Recover)) => Answer::flag
                }
            }
        }
    };
}

lock! {
    /// A lock in a manager's server (Python's `Manager().Lock()`, a
    /// `threading.Lock`). Any process may release it.
    ///
    /// Differences from Python, on purpose: when the process that took it dies,
    /// whoever waits gets [`Error::OwnerDied`] instead of waiting for ever;
    /// releasing it too often is the same [`Error::ValueError`] as
    /// [`crate::Lock`]'s, where Python's is `RuntimeError: release unlocked
    /// lock`.
    LockProxy, "LockProxy", LockProxyGuard, "[`Error::ValueError`] when nobody has it,"
}

lock! {
    /// A lock in a manager's server that its owner can take again (Python's
    /// `Manager().RLock()`), and that only its owner can release, as often as it
    /// was taken. A process is one owner.
    ///
    /// Differences from Python, on purpose: as of [`LockProxy`]; releasing what
    /// is another's is the same [`Error::AssertionError`] as [`crate::RLock`]'s,
    /// where Python's is `RuntimeError: cannot release un-acquired lock`.
    RLockProxy, "RLockProxy", RLockProxyGuard,
    "[`Error::AssertionError`] when this process has not taken it,"
}
