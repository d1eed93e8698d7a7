//! `Event`.

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

/// The word: whether it is set, and how often it was.
const SET: u32 = 1;
const NEXT: u32 = 2;

/// A flag that can be waited for (Python's `multiprocessing.Event`).
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

    /// Sets it and wakes all that wait.
    pub fn set(&self) {
        let set = |word: u32| Some((word | SET).wrapping_add(NEXT));
        let _ = change(&Arena, self.0.at(0), 0, set);
        wake(&Arena, self.0.at(0));
        record::trace_op(Op::Notify, self.0.at(0), 0);
    }

    /// Takes it back.
    pub fn clear(&self) {
        let _ = change(&Arena, self.0.at(0), 0, |word| Some(word & !SET));
    }

    /// Is it set?
    pub fn is_set(&self) -> bool {
        blocking::check_signal();
        Arena.load(self.0.at(0)) & SET != 0
    }

    /// Done when it is set, or was set for a moment.
    fn step(&self) -> impl FnMut() -> Step<()> {
        let at = self.0.at(0);
        let first = Arena.load(at) / NEXT;
        move || match Arena.load(at) {
            seen if seen & SET == 0 && seen / NEXT == first => {
                let arm = Arm::Nothing;
                Step::Wait { at, seen, arm }
            }
            _ => Step::Ready(()),
        }
    }

    /// Waits until it is set; is it still?
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<bool, Error> {
        blocking::wait("Event::wait", "Event::wait_async", None, self.step())?;
        Ok(self.is_set())
    }

    /// Waits until it is set, at most so long; is it?
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let time = Some(microseconds(timeout));
        blocking::wait(
            "Event::wait_timeout",
            "Event::wait_async",
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
}
