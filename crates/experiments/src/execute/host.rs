//! What a process offers the work that it does.

use manyhands::{Error, Event};
use std::time::Duration;
use workloads::Host;

/// A process: nobody interrupts it, and it blocks while it waits.
pub(crate) struct Blocking {
    /// Never set.
    never: Event,
}

impl Blocking {
    pub(crate) fn new() -> Blocking {
        Blocking {
            never: must(Event::new()),
        }
    }
}

impl Host for Blocking {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, time: Duration) {
        must(self.never.wait_timeout(time));
    }
}

/// What a process of an experiment needs to go on: where it is not to be had,
/// the process ends, and the run fails with these words.
pub(crate) fn must<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
