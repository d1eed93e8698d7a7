//! `BarrierProxy`.

use super::{
    desk::{Caller, Desk, Waiting},
    link::Ask,
    message::{Answer, Fault, Method, Name},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, process::Function};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a barrier can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum BarrierCall {
    Wait,
    Reset,
    Abort,
    Parties,
    Waiting,
    Broken,
}

/// A barrier in the server.
pub(super) struct Gate {
    parties: u32,
    action: Option<Function>,
    timeout: Option<u64>,
    broken: bool,
    waiting: Waiting<u32>,
}

impl Gate {
    pub(super) fn new(parties: u32, action: Option<Function>, timeout: Option<Duration>) -> Gate {
        Gate {
            parties,
            action,
            timeout: timeout.map(|time| time.as_micros() as u64),
            broken: false,
            waiting: Waiting::default(),
        }
    }

    fn come(&mut self, mut caller: Caller, desk: &mut Desk) {
        caller.timeout = caller.timeout.or(self.timeout);
        let number = self.waiting.len() as u32;
        if self.broken {
            desk.answer(&caller, Fault::BrokenBarrier.into());
        } else if number + 1 == self.parties {
            if let Some(action) = self.action {
                action.call();
            }
            for (caller, number) in self.waiting.take_all() {
                desk.answer(&caller, Answer::Number(number.into()));
            }
            desk.answer(&caller, Answer::Number(number.into()));
        } else if desk.may_wait(&mut caller) {
            self.waiting.push(caller, number);
        } else {
            desk.answer(&caller, Fault::BrokenBarrier.into());
            self.abort(desk);
        }
    }

    fn send_away(&mut self, desk: &mut Desk) {
        for (caller, _) in self.waiting.take_all() {
            desk.answer(&caller, Fault::BrokenBarrier.into());
        }
    }

    fn abort(&mut self, desk: &mut Desk) {
        self.broken = true;
        self.send_away(desk);
    }
}

impl Object for Gate {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let answer = match method {
            Method::Barrier(BarrierCall::Wait) => return self.come(caller, desk),
            Method::Barrier(BarrierCall::Reset) => {
                self.broken = false;
                self.send_away(desk);
                Answer::Done
            }
            Method::Barrier(BarrierCall::Abort) => {
                self.abort(desk);
                Answer::Done
            }
            Method::Barrier(BarrierCall::Parties) => Answer::Number(self.parties.into()),
            Method::Barrier(BarrierCall::Waiting) => Answer::Number(self.waiting.len() as u64),
            Method::Barrier(BarrierCall::Broken) => Answer::Flag(self.broken),
            _ => return no_such_method(&caller, desk),
        };
        desk.answer(&caller, answer);
    }

    /// One who waits no longer breaks it, for all.
    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some((caller, _)) = self.waiting.remove(client, number) {
            desk.answer(&caller, Fault::BrokenBarrier.into());
            self.abort(desk);
        }
    }
}

fn wait(timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Barrier(BarrierCall::Wait),
        timeout,
    })
}

/// A meeting point in a manager's server (Python's `Manager().Barrier(parties)`,
/// `managers.py`, `BarrierProxy`).
///
/// A process that died while it waited has come, as in Python: its thread in
/// the server still waits there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarrierProxy {
    pub(super) remote: Remote,
}

impl BarrierProxy {
    faces! { "BarrierProxy":
        /// Waits for the others; the number of this one, from 0, in the order in
        /// which they came.
        ///
        /// # Errors
        /// [`Error::BrokenBarrierError`] when it is broken or breaks;
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`], so for all below.
        wait / wait_async (self) -> u32 {
            wait(None) => Answer::count
        }
        /// [`BarrierProxy::wait`] for at most so long: then it breaks, for all.
        ///
        /// # Errors
        /// As [`BarrierProxy::wait`].
        wait_timeout / wait_timeout_async (self, timeout: Duration) -> u32 {
            wait(Some(timeout)) => Answer::count
        }
        /// Makes it new; who waits gets [`Error::BrokenBarrierError`].
        reset / reset_async (self) -> () {
            ask(Method::Barrier(BarrierCall::Reset)) => Answer::done
        }
        /// Breaks it, for all who wait and will wait.
        abort / abort_async (self) -> () {
            ask(Method::Barrier(BarrierCall::Abort)) => Answer::done
        }
        /// How many it is for.
        parties / parties_async (self) -> u32 {
            ask(Method::Barrier(BarrierCall::Parties)) => Answer::count
        }
        /// How many wait at this moment.
        n_waiting / n_waiting_async (self) -> u32 {
            ask(Method::Barrier(BarrierCall::Waiting)) => Answer::count
        }
        /// Is it broken?
        broken / broken_async (self) -> bool {
            ask(Method::Barrier(BarrierCall::Broken)) => Answer::flag
        }
    }
}
