//! `ConditionProxy`.

use super::{
    desk::{Caller, Desk, Waiting},
    link::Ask,
    message::{Answer, Fault, Method, Name},
    ownership::{Ownership, Turn},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, timeout::deadline, trace::now_us};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a condition can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum ConditionCall {
    Acquire,
    Release,
    Wait,
    Notify(u32),
}

/// A condition in the server.
#[derive(Default)]
pub(super) struct Meeting {
    lock: Ownership,
    /// Those who wait to be notified, and how often each had taken the lock.
    waiting: Waiting<u32>,
}

impl Meeting {
    /// Whoever waited takes the lock again, and hears whether it was notified.
    fn wake(&mut self, caller: Caller, depth: u32, notified: bool, desk: &mut Desk) {
        // The time was for the notification, not for the lock.
        desk.stop_clock(&caller);
        let turn = Turn {
            depth,
            answer: Answer::Flag(notified),
            recovers: false,
        };
        self.lock.line_up(caller, turn, desk);
    }

    fn without_lock(&self, caller: &Caller, what: &str, desk: &mut Desk) -> bool {
        let mine = self.lock.is_owned_by(caller.pid);
        if !mine {
            let text = format!("must acquire() condition before {what}");
            desk.answer(caller, Fault::Assertion(text).into());
        }
        !mine
    }
}

impl Object for Meeting {
    fn call(&mut self, mut caller: Caller, method: Method, desk: &mut Desk) {
        let object = caller.object;
        match method {
            Method::Condition(ConditionCall::Acquire) => self.lock.acquire(caller, true, desk),
            Method::Condition(ConditionCall::Release) => {
                if !self.without_lock(&caller, "releasing it", desk) {
                    desk.answer(&caller, Answer::Done);
                    self.lock.release(object, desk);
                }
            }
            Method::Condition(ConditionCall::Wait) => {
                if self.without_lock(&caller, "using wait()", desk) {
                    return;
                }
                if desk.may_wait(&mut caller) {
                    let depth = self.lock.release_all(object, desk);
                    self.waiting.push(caller, depth);
                } else {
                    // As in Python, others get a turn even so.
                    let depth = self.lock.release_all(object, desk);
                    self.wake(caller, depth, false, desk);
                }
            }
            Method::Condition(ConditionCall::Notify(count)) => {
                if self.without_lock(&caller, "using notify()", desk) {
                    return;
                }
                desk.answer(&caller, Answer::Done);
                let mut left = count;
                while left > 0
                    && let Some((caller, depth)) = self.waiting.pop()
                {
                    // The dead are not called.
                    if !desk.is_dead(caller.pid) {
                        left -= 1;
                        self.wake(caller, depth, true, desk);
                    }
                }
            }
            _ => no_such_method(&caller, desk),
        }
    }

    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some((caller, depth)) = self.waiting.remove(client, number) {
            self.wake(caller, depth, false, desk);
        } else if let Some(caller) = self.lock.leave(client, number, desk) {
            desk.answer(&caller, Answer::Flag(false));
        }
    }

    fn give_up(&mut self, client: Name, number: u32, desk: &mut Desk) {
        let waited = self.waiting.remove(client, number);
        let left = waited.map(|(caller, _)| caller);
        if let Some(caller) = left.or_else(|| self.lock.leave(client, number, desk)) {
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

fn timed(call: ConditionCall, timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Condition(call),
        timeout,
    })
}

/// A condition variable in a manager's server (Python's
/// `Manager().Condition()`, `managers.py`, `ConditionProxy`), with an
/// [`crate::RLockProxy`]'s kind of lock of its own.
///
/// Difference from Python, on purpose: whoever waits for the lock of a dead
/// process gets [`Error::OwnerDied`]; and without the lock the error is
/// [`crate::Condition`]'s [`Error::AssertionError`], where Python's is
/// `RuntimeError: cannot wait on un-acquired lock`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConditionProxy {
    pub(super) remote: Remote,
}

/// Gives the condition's lock back when it is dropped.
#[must_use = "the lock is released when this is dropped"]
#[derive(Debug)]
pub struct ConditionProxyGuard<'a>(&'a ConditionProxy);

impl Drop for ConditionProxyGuard<'_> {
    fn drop(&mut self) {
        self.0
            .remote
            .tell(Method::Condition(ConditionCall::Release));
    }
}

impl ConditionProxy {
    /// Takes its lock (Python's `with condition:`).
    ///
    /// # Errors
    /// As [`ConditionProxy::acquire`].
    pub fn lock(&self) -> Result<ConditionProxyGuard<'_>, Error> {
        self.acquire()?;
        Ok(ConditionProxyGuard(self))
    }

    /// [`ConditionProxy::lock`] for the page.
    pub async fn lock_async(&self) -> Result<ConditionProxyGuard<'_>, Error> {
        self.acquire_async().await?;
        Ok(ConditionProxyGuard(self))
    }

    faces! { "ConditionProxy":
        /// Takes its lock.
        ///
        /// # Errors
        /// [`Error::OwnerDied`], [`Error::ManagerDied`],
        /// [`Error::BlockingOnPage`]; so for all below.
        acquire / acquire_async (self) -> () {
            timed(ConditionCall::Acquire, None) => |answer| answer.flag().map(drop)
        }
        /// Gives its lock back.
        ///
        /// # Errors
        /// [`Error::AssertionError`] when this process has not taken it.
        release / release_async (self) -> () {
            ask(Method::Condition(ConditionCall::Release)) => Answer::done
        }
        /// Lets go of the lock, waits to be notified, takes the lock again.
        ///
        /// # Errors
        /// [`Error::AssertionError`] without the lock.
        wait / wait_async (self) -> () {
            timed(ConditionCall::Wait, None) => |answer| answer.flag().map(drop)
        }
        /// [`ConditionProxy::wait`] for at most so long; was it notified?
        ///
        /// # Errors
        /// As [`ConditionProxy::wait`].
        wait_timeout / wait_timeout_async (self, timeout: Duration) -> bool {
            timed(ConditionCall::Wait, Some(timeout)) => Answer::flag
        }
        /// Wakes at most `count` of those who wait.
        ///
        /// # Errors
        /// [`Error::AssertionError`] without the lock.
        notify / notify_async (self, count: u32) -> () {
            ask(Method::Condition(ConditionCall::Notify(count))) => Answer::done
        }
        /// Wakes all who wait.
        ///
        /// # Errors
        /// As [`ConditionProxy::notify`].
        notify_all / notify_all_async (self) -> () {
            ask(Method::Condition(ConditionCall::Notify(u32::MAX))) => Answer::done
        }
    }

    /// Waits until `predicate` holds, at most `timeout` long: its last answer.
    /// It runs here, as in Python.
    ///
    /// # Errors
    /// As [`ConditionProxy::wait`].
    pub fn wait_for(
        &self,
        mut predicate: impl FnMut() -> bool,
        timeout: Option<Duration>,
    ) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        while !predicate() {
            match deadline.map(|deadline| deadline - now_us()) {
                Some(left) if left <= 0.0 => return Ok(false),
                Some(left) => drop(self.wait_timeout(Duration::from_micros(left as u64))?),
                None => self.wait()?,
            }
        }
        Ok(true)
    }
}
