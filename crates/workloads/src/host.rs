//! What a workload asks of whoever runs it.

use std::time::Duration;

/// The place where a workload runs: it is told where the work may be
/// interrupted, and it does the waiting.
///
/// A workload knows no clock, no threads and no browser. A thread that shares a
/// lock with others (Python's GIL) looks at the time in `checkpoint` and hands
/// the lock over when its switch interval is up; in `sleep` it gives the lock
/// back while it waits. A process blocks; an event loop does not call `sleep`
/// at all but asks a [`Job`](super::Job) for an item's
/// [`waits`](super::Job::waits) and starts timers.
pub trait Host {
    /// Here the work may be interrupted. Called about every 100 µs of compute
    /// (a few times that at the largest sizes), so it may cost some
    /// nanoseconds.
    fn checkpoint(&mut self);

    /// Simulated I/O: let so much time pass.
    fn sleep(&mut self, time: Duration);
}

/// A host that never interrupts and in which waiting takes no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undisturbed;

impl Host for Undisturbed {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, _: Duration) {}
}

/// A host that counts instead of waiting: for tests and for predictions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counting {
    /// How often the work could have been interrupted.
    pub checkpoints: u64,
    /// How often it waited.
    pub sleeps: u64,
    /// How long it would have waited.
    pub slept: Duration,
}

impl Host for Counting {
    fn checkpoint(&mut self) {
        self.checkpoints += 1;
    }

    fn sleep(&mut self, time: Duration) {
        self.sleeps += 1;
        self.slept = self.slept.saturating_add(time);
    }
}
