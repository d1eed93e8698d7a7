//! How far a job has come.

/// How far a job has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many items there are.
    pub total: usize,
    /// Of how many it is known what they came to.
    pub done: usize,
    /// The workers that are at a chunk of it.
    pub workers: Vec<AtWork>,
}

impl Progress {
    /// How many items run at this moment.
    pub fn running(&self) -> usize {
        self.workers.len()
    }

    /// How many items wait, or were run and have not been reported.
    pub fn queued(&self) -> usize {
        self.total - self.done - self.running().min(self.total - self.done)
    }
}

/// A worker that is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// Which worker of the pool, from 0.
    pub worker: u32,
    /// Its pid.
    pub pid: u32,
    /// The item it is at.
    pub item: usize,
}
