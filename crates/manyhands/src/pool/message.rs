//! What travels between a pool and its workers, and the state that they share.

use super::claims::Claims;
use crate::{
    Error, Lock, Queue, RawArray,
    process::{Call, CallResult},
};
use serde::{Deserialize, Serialize};

/// Identifies a chunk that was sent to the workers of a pool: counted from 1,
/// so that 0 can mean none.
pub(crate) type TaskId = u32;

/// What a pool sends to a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) enum Command {
    /// Run this chunk.
    Run(Task),
    /// End: nothing more will be sent.
    Stop,
}

/// A chunk to be run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    /// The first item's index in its job and the number of items, for the
    /// trace.
    pub(crate) items: (u32, u32),
    pub(crate) cancel: CancelToken,
    pub(crate) call: Call,
    /// The items are claimed one by one here; without it all are run in order.
    pub(crate) claims: Option<Claims>,
}

/// How many jobs of a pool can be cancelled at the same time, plus one: slot 0
/// stands for none, and jobs that find no free slot run to their end.
pub(crate) const CANCEL_SLOTS: usize = 256;

/// Where a worker sees that a job was cancelled: the job's number then stands in
/// this slot of [`SharedState::cancelled`].
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct CancelToken {
    /// 0 when the job has none, and so cannot be cancelled.
    pub(crate) slot: u32,
    /// The job's number in its pool, from 1.
    pub(crate) job: u32,
}

/// What became of a chunk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) enum Outcome {
    /// It was run: an encoded [`crate::process::ChunkResult`].
    Returned(CallResult),
    /// Arguments or results could not be encoded or decoded, or the results found no
    /// room in the arena.
    Failed(Error),
    /// Its job was cancelled before it began.
    Skipped,
}

/// What a worker sends back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Report {
    pub(crate) task: TaskId,
    pub(crate) outcome: Outcome,
    /// The items that it claimed, in the order of its results.
    pub(crate) claimed: Vec<u32>,
    /// Another report on the same task will follow.
    pub(crate) more: bool,
    /// How long it took, in µs.
    pub(crate) took: f32,
}

impl Report {
    /// A report on no task: it only wakes whoever waits for reports.
    pub(crate) fn wake_up() -> Report {
        Report {
            task: 0,
            outcome: Outcome::Skipped,
            claimed: Vec::new(),
            more: false,
            took: 0.0,
        }
    }
}

/// In [`SharedState::chunks_run`]: the worker has not finished its initializer.
const STARTING: u32 = u32::MAX;

/// The state that a pool shares with all its workers. The arrays that hold a
/// value per worker are indexed by worker slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SharedState {
    /// Commands that any worker may take. They and the reports leave room in the arena for
    /// each other, so that neither waits for room that only the other could make.
    pub(crate) commands: Queue<Command>,
    pub(crate) reports: Queue<Report>,
    /// A worker holds this lock from before it takes a command out of
    /// `commands` until the command's task stands in `current_task`. So whoever
    /// holds it sees the task of every command that was taken.
    pub(crate) take_lock: Lock,
    /// The task that a worker runs; 0 for none.
    pub(crate) current_task: RawArray<u32>,
    /// The item of its chunk that a worker runs, from 0.
    pub(crate) current_item: RawArray<u32>,
    /// When a worker began its chunk, in µs of the trace's clock.
    pub(crate) began: RawArray<f64>,
    /// How many chunks a worker has run.
    pub(crate) chunks_run: RawArray<u32>,
    /// By cancel slot: the number of the last job that was cancelled there.
    pub(crate) cancelled: RawArray<u32>,
}

impl SharedState {
    pub(crate) fn new(workers: usize) -> Result<SharedState, Error> {
        Ok(SharedState {
            commands: Queue::with_part_of_arena(8)?,
            reports: Queue::with_part_of_arena(4)?,
            take_lock: Lock::new()?,
            current_task: RawArray::new(workers)?,
            current_item: RawArray::new(workers)?,
            began: RawArray::new(workers)?,
            chunks_run: RawArray::new(workers)?,
            cancelled: RawArray::new(CANCEL_SLOTS)?,
        })
    }

    /// Prepares a slot for a worker that is about to be started.
    pub(crate) fn note_starting(&self, slot: usize) -> Result<(), Error> {
        self.current_task.set(slot, 0)?;
        self.chunks_run.set(slot, STARTING)?;
        Ok(())
    }

    /// The worker of this slot has finished its initializer.
    pub(crate) fn note_started(&self, slot: usize) {
        let _ = self.chunks_run.set(slot, 0);
    }

    /// Did the last worker of this slot finish its initializer?
    pub(crate) fn has_started(&self, slot: usize) -> bool {
        self.chunks_run.get(slot) != Ok(STARTING)
    }

    /// Acquires `take_lock`, in a worker. A dead owner is replaced at once: the
    /// lock protects a single store, so a dead owner leaves nothing to repair.
    pub(crate) fn lock(&self) -> Result<(), Error> {
        match self.take_lock.acquire() {
            Err(Error::OwnerDied { .. }) => {
                if self.take_lock.recover() {
                    return Ok(());
                }
                self.lock()
            }
            acquired => acquired,
        }
    }

    /// Acquires `take_lock`, in the process of the pool. The page, which may not wait, tries
    /// for a short time only: the lock is held for a few stores, but who holds it may be
    /// interrupted among them.
    pub(crate) fn lock_if_free(&self) -> bool {
        const TRIES: u32 = 1000;
        if crate::may_block() {
            return self.lock().is_ok();
        }
        (0..TRIES).any(|_| match self.take_lock.try_acquire() {
            Ok(acquired) => {
                std::hint::spin_loop();
                acquired
            }
            Err(_) => self.take_lock.recover(),
        })
    }
}
