//! The progress of a call.

/// How far a call has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many items there are.
    pub total: usize,
    /// How many items have a value or an error.
    pub done: usize,
    /// The workers that run a chunk of the call.
    pub workers: Vec<AtWork>,
}

impl Progress {
    /// How many items run at this moment.
    pub fn running(&self) -> usize {
        self.workers.len()
    }

    /// How many items wait, or have run and are not reported yet.
    pub fn queued(&self) -> usize {
        self.total - self.done - self.running().min(self.total - self.done)
    }
}

/// A worker that runs a chunk of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// The worker's number in the pool, from 0.
    pub worker: u32,
    /// Its pid.
    pub pid: u32,
    /// The index of the item that it runs.
    pub item: usize,
}
