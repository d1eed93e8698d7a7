//! The progress of a call.

/// How far a call has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many items there are.
    pub total: usize,
    /// How many items have a value or an error.
    pub done: usize,
    /// The workers that are running a chunk of the call.
    pub workers: Vec<AtWork>,
}

impl Progress {
    /// How many items are running at this moment.
    pub fn running(&self) -> usize {
        self.workers.len()
    }

    /// How many items are waiting, or have been run but not yet reported.
    pub fn queued(&self) -> usize {
        self.total - self.done - self.running().min(self.total - self.done)
    }
}

/// A worker that is running a chunk of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// The slot of the worker in the pool, counted from 0.
    pub worker: u32,
    /// The pid of the worker.
    pub pid: u32,
    /// The index of the item that the worker is running.
    pub item: usize,
}
