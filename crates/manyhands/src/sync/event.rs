//! `Event`.
//!
//! This module must not import the other primitives.

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        record,
        trace::Op,
        wait::{Arm, Step, change, wake},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The parts of the event's word: bit 0 is 1 while the event is set; the other bits count
/// how often it has been set, in steps of `ONE_SET`. The count wraps around.
const SET: u32 = 1;
const ONE_SET: u32 = 2;

/// A flag that processes can wait for (Python's `multiprocessing.Event`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event(ObjectOf<{ Kind::Event.bit() }>);

impl Event {
    /// An event that is not set.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new() -> Result<Event, Error> {
        Ok(Event(ObjectOf::new(ObjectRef::create(Kind::Event, 4)?)))
    }

    /// Sets the event and wakes all waiting processes.
    pub fn set(&self) {
        let set = |word: u32| Some((word | SET).wrapping_add(ONE_SET));
        let _ = change(&Arena, self.0.at(0), 0, set);
        wake(&Arena, self.0.at(0));
        record::trace_op(Op::Notify, self.0.at(0), 0);
    }

    /// Clears the event: later waits block until it is set again.
    pub fn clear(&self) {
        let _ = change(&Arena, self.0.at(0), 0, |word| Some(word & !SET));
    }

    /// Whether the event is set.
    pub fn is_set(&self) -> bool {
        blocking::check_signal();
        Arena.load(self.0.at(0)) & SET != 0
    }

    /// One step of waiting: ready if the event is set, or was set at any moment since
    /// this was called.
    fn step(&self) -> impl FnMut() -> Step<()> {
        let at = self.0.at(0);
        let sets_at_start = Arena.load(at) / ONE_SET;
        move || match Arena.load(at) {
            seen if seen & SET == 0 && seen / ONE_SET == sets_at_start => {
                let arm = Arm::Nothing;
                Step::Wait { at, seen, arm }
            }
            _ => Step::Ready(()),
        }
    }

    /// Waits until the event is set. Returns whether it is still set.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<bool, Error> {
        blocking::wait("Event::wait", "Event::wait_async", None, self.step())?;
        Ok(self.is_set())
    }

    /// Waits until the event is set, but at most for `timeout`. Returns whether it is
    /// set.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let time = Some(microseconds(timeout));
        blocking::wait(
            "Event::wait_timeout",
            "Event::wait_timeout_async",
            time,
            self.step(),
        )?;
        Ok(self.is_set())
    }

    /// [`Event::wait`] for the page.
    pub async fn wait_async(&self) -> bool {
        host::wait_async(None, self.step()).await;
        self.is_set()
    }

    /// [`Event::wait_timeout`] for the page.
    pub async fn wait_timeout_async(&self, timeout: Duration) -> bool {
        host::wait_async(Some(microseconds(timeout)), self.step()).await;
        self.is_set()
    }
}
