//! `EventProxy`.

use super::{
    desk::{Caller, Desk, Waiting},
    link::Ask,
    message::{Answer, Method, Name},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What an event can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum EventCall {
    IsSet,
    Set,
    Clear,
    Wait,
}

/// An event in the server.
#[derive(Default)]
pub(super) struct Flag {
    set: bool,
    waiting: Waiting<()>,
}

impl Object for Flag {
    fn call(&mut self, mut caller: Caller, method: Method, desk: &mut Desk) {
        match method {
            Method::Event(EventCall::IsSet) => {
                desk.answer(&caller, Answer::Flag(self.set));
            }
            Method::Event(EventCall::Set) => {
                self.set = true;
                desk.answer(&caller, Answer::Done);
                for (caller, ()) in self.waiting.take_all() {
                    desk.answer(&caller, Answer::Flag(true));
                }
            }
            Method::Event(EventCall::Clear) => {
                self.set = false;
                desk.answer(&caller, Answer::Done);
            }
            Method::Event(EventCall::Wait) => {
                if self.set || !desk.may_wait(&mut caller) {
                    desk.answer(&caller, Answer::Flag(self.set));
                } else {
                    self.waiting.push(caller, ());
                }
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

fn wait(timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Event(EventCall::Wait),
        timeout,
    })
}

/// A flag in a manager's server that can be waited for (Python's
/// `Manager().Event()`, `managers.py`, `EventProxy`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventProxy {
    pub(super) remote: Remote,
}

impl EventProxy {
    faces! { "EventProxy":
        /// Sets it and wakes all that wait.
        ///
        /// # Errors
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`]; so for all below.
        set / set_async (self) -> () {
            ask(Method::Event(EventCall::Set)) => Answer::done
        }
        /// Takes it back.
        clear / clear_async (self) -> () {
            ask(Method::Event(EventCall::Clear)) => Answer::done
        }
        /// Is it set?
        is_set / is_set_async (self) -> bool {
            ask(Method::Event(EventCall::IsSet)) => Answer::flag
        }
        /// Waits until it is set.
        wait / wait_async (self) -> () {
            wait(None) => |answer| answer.flag().map(drop)
        }
        /// Waits until it is set, at most so long; was it?
        wait_timeout / wait_timeout_async (self, timeout: Duration) -> bool {
            wait(Some(timeout)) => Answer::flag
        }
    }
}
