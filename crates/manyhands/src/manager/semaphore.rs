//! `SemaphoreProxy` and `BoundedSemaphoreProxy`.

use super::{
    desk::{Caller, Desk, Waiting},
    link::Ask,
    message::{Answer, Fault, Method, Name},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a semaphore can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum SemaphoreCall {
    Acquire,
    Release(u32),
    GetValue,
}

/// A semaphore in the server.
pub(super) struct Permits {
    value: u32,
    bound: u32,
    waiting: Waiting<()>,
}

impl Permits {
    pub(super) fn new(value: u32, bound: u32) -> Permits {
        Permits {
            value,
            bound,
            waiting: Waiting::default(),
        }
    }

    fn release(&mut self, count: u32) -> Result<(), Fault> {
        if count == 0 {
            return Err(Fault::Value("n must be one or more".into()));
        }
        let value = self.value.checked_add(count);
        self.value = value
            .filter(|value| *value <= self.bound)
            .ok_or_else(|| Fault::Value("Semaphore released too many times".into()))?;
        Ok(())
    }

    /// Hands permits to those who wait; a dead one takes none.
    fn hand_out(&mut self, desk: &mut Desk) {
        while self.value > 0
            && let Some((caller, ())) = self.waiting.pop()
        {
            if desk.answer(&caller, Answer::Flag(true)) {
                self.value -= 1;
            }
        }
    }
}

impl Object for Permits {
    fn call(&mut self, mut caller: Caller, method: Method, desk: &mut Desk) {
        match method {
            Method::Semaphore(SemaphoreCall::Acquire) => {
                if self.value == 0 && !desk.may_wait(&mut caller) {
                    desk.answer(&caller, Answer::Flag(false));
                    return;
                }
                self.waiting.push(caller, ());
                self.hand_out(desk);
            }
            Method::Semaphore(SemaphoreCall::Release(count)) => {
                let released = self.release(count);
                desk.answer(
                    &caller,
                    released.map_or_else(Answer::from, |()| Answer::Done),
                );
                self.hand_out(desk);
            }
            Method::Semaphore(SemaphoreCall::GetValue) => {
                desk.answer(&caller, Answer::Number(self.value.into()));
            }
            _ => no_such_method(&caller, desk),
        }
    }

    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some((caller, ())) = self.waiting.remove(client, number) {
            desk.answer(&caller, Answer::Flag(false));
        }
    }
}

fn acquire(timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Semaphore(SemaphoreCall::Acquire),
        timeout,
    })
}

fn release(count: u32) -> Result<Ask, Error> {
    ask(Method::Semaphore(SemaphoreCall::Release(count)))
}

/// A count of permits in a manager's server (Python's `Manager().Semaphore(n)`,
/// a `threading.Semaphore`). Permits have no owner: those that a dead process
/// had taken are not given back, as in Python.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SemaphoreProxy {
    pub(super) remote: Remote,
}

impl SemaphoreProxy {
    faces! { "SemaphoreProxy":
        /// Takes a permit; waits for one.
        ///
        /// # Errors
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`]; so for all below.
        acquire / acquire_async (self) -> () {
            acquire(None) => |answer| answer.flag().map(drop)
        }
        /// Takes a permit; `false` if none came within `timeout`.
        acquire_timeout / acquire_timeout_async (self, timeout: Duration) -> bool {
            acquire(Some(timeout)) => Answer::flag
        }
        /// Takes a permit if there is one now; did it?
        try_acquire / try_acquire_async (self) -> bool {
            acquire(Some(Duration::ZERO)) => Answer::flag
        }
        /// Gives a permit.
        ///
        /// # Errors
        /// [`Error::ValueError`] when a [`BoundedSemaphoreProxy`] has all of its
        /// own.
        release / release_async (self) -> () {
            release(1) => Answer::done
        }
        /// Gives several permits at once (Python's `release(n)`).
        ///
        /// # Errors
        /// [`Error::ValueError`] for 0; as [`SemaphoreProxy::release`].
        release_many / release_many_async (self, count: u32) -> () {
            release(count) => Answer::done
        }
        /// How many permits there are at this moment. (Python's proxy does not
        /// say it.)
        get_value / get_value_async (self) -> u32 {
            ask(Method::Semaphore(SemaphoreCall::GetValue)) => Answer::count
        }
    }
}

/// A [`SemaphoreProxy`] that never has more permits than at first (Python's
/// `Manager().BoundedSemaphore(n)`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoundedSemaphoreProxy(pub(super) SemaphoreProxy);

impl std::ops::Deref for BoundedSemaphoreProxy {
    type Target = SemaphoreProxy;

    fn deref(&self) -> &SemaphoreProxy {
        &self.0
    }
}
