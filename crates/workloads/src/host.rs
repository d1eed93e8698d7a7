//! `Host`: what a workload calls while it runs.

use std::time::Duration;

/// The environment of a running workload. The workload calls it at points where it may be
/// interrupted, and to wait. A workload has no other access to a clock, to threads or to
/// the browser.
///
/// A thread that shares a lock with others (Python's GIL) checks in `checkpoint` whether
/// its switch interval is over, and then hands the lock over; in `sleep` it releases the
/// lock while it waits. A process blocks in `sleep`. An event loop never calls `sleep`: it
/// asks a [`Job`](super::Job) for an item's [`waits`](super::Job::waits) and starts
/// timers.
pub trait Host {
    /// Called at a point where the work may be interrupted: about every 100 µs of compute
    /// (up to several times as long at the largest sizes). So it may cost a few
    /// nanoseconds.
    fn checkpoint(&mut self);

    /// Waits for this time (simulated I/O).
    fn sleep(&mut self, time: Duration);
}

/// A host that never interrupts the work and does not wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NullHost;

impl Host for NullHost {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, _: Duration) {}
}

/// A host that counts the waits instead of waiting, for tests and predictions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountingHost {
    /// The number of checkpoints.
    pub checkpoints: u64,
    /// The number of waits.
    pub sleeps: u64,
    /// The total time of the waits.
    pub slept: Duration,
}

impl Host for CountingHost {
    fn checkpoint(&mut self) {
        self.checkpoints += 1;
    }

    fn sleep(&mut self, time: Duration) {
        self.sleeps += 1;
        self.slept = self.slept.saturating_add(time);
    }
}
