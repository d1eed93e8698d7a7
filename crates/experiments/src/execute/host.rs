//! The host of a workload in a process.

use manyhands::{Error, Event};
use std::time::Duration;
use workloads::Host;

/// A host that is never interrupted and that blocks while it waits.
pub(crate) struct BlockingHost {
    /// Never set.
    never: Event,
}

impl BlockingHost {
    pub(crate) fn new() -> BlockingHost {
        BlockingHost {
            never: must(Event::new()),
        }
    }
}

impl Host for BlockingHost {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, time: Duration) {
        must(self.never.wait_timeout(time));
    }
}

/// Unwraps a result that a process needs in order to continue. On an error the process
/// panics, and the run fails with the text of the error.
pub(crate) fn must<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
