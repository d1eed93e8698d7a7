//! The messages between a pool and its workers, and the state that they share.

use super::claims::Claims;
use crate::{
    Error, Lock, Queue, RawArray,
    process::{Call, CallResult},
};
use serde::{Deserialize, Serialize};

/// Identifies a chunk that was sent to the workers of a pool. Counted from 1; 0 means
/// none.
pub(crate) type TaskId = u32;

/// A message from a pool to a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) enum Command {
    /// Run this chunk.
    Run(Task),
    /// End. Nothing more will be sent.
    Stop,
}

/// A chunk that is to be run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    /// The index of the first item in its job and the number of items. Used for the trace
    /// only.
    pub(crate) items: (u32, u32),
    pub(crate) cancel: CancelToken,
    pub(crate) call: Call,
    /// The workers claim the items one by one from these claims. If `None`, this worker
    /// runs all of them in order.
    pub(crate) claims: Option<Claims>,
}

/// The number of slots for jobs that can be cancelled. Slot 0 means none. A job that
/// finds no free slot cannot be cancelled and runs to its end.
pub(crate) const CANCEL_SLOTS: usize = 256;

/// Where a worker can see whether a job was cancelled: then this slot of
/// [`SharedState::cancelled`] contains the job's number.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct CancelToken {
    /// 0 if the job has no slot and cannot be cancelled.
    pub(crate) slot: u32,
    /// The number of the job in its pool, counted from 1.
    pub(crate) job: u32,
}

/// How a chunk ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) enum Outcome {
    /// The chunk was run. The content is an encoded [`crate::process::ChunkResult`].
    Returned(CallResult),
    /// Arguments or results could not be encoded or decoded, or there was no room for the
    /// results in the arena.
    Failed(Error),
    /// The job was cancelled before the chunk began.
    Skipped,
}

/// A message from a worker to the pool.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Report {
    pub(crate) task: TaskId,
    pub(crate) outcome: Outcome,
    /// The items that the worker has claimed, in the order of its results.
    pub(crate) claimed: Vec<u32>,
    /// Another report on the same task will follow.
    pub(crate) more: bool,
    /// How long it took, in µs.
    pub(crate) took_us: f32,
}

impl Report {
    /// A report that belongs to no task. It only wakes those who wait for reports.
    pub(crate) fn wake_up() -> Report {
        Report {
            task: 0,
            outcome: Outcome::Skipped,
            claimed: Vec::new(),
            more: false,
            took_us: 0.0,
        }
    }
}

/// A value of [`SharedState::chunks_run`]: the worker has not finished its initializer.
const STARTING: u32 = u32::MAX;

/// The state that a pool shares with all its workers. Arrays with a value per worker are
/// indexed by worker slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SharedState {
    /// Commands that any worker may take. The size of this queue and of `reports` is
    /// limited, so that both together never fill the arena. Otherwise a worker could wait
    /// for room that only the pool can make, while the pool waits for room that only the
    /// worker can make.
    pub(crate) commands: Queue<Command>,
    pub(crate) reports: Queue<Report>,
    /// A worker holds this lock while it takes a command out of `commands` and writes the
    /// command's task to `current_task`. So whoever holds the lock sees the task of every
    /// command that was taken.
    pub(crate) take_lock: Lock,
    /// The task that a worker is running; 0 for none.
    pub(crate) current_task: RawArray<u32>,
    /// Which item of its chunk a worker is running, counted from 0.
    pub(crate) current_item: RawArray<u32>,
    /// When a worker began its chunk, in µs of the trace's clock.
    pub(crate) began: RawArray<f64>,
    /// How many chunks a worker has run, or [`STARTING`].
    pub(crate) chunks_run: RawArray<u32>,
    /// Indexed by cancel slot: the number of the last job that was cancelled there.
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

    /// Prepares a slot for a worker that will now be started.
    pub(crate) fn note_starting(&self, slot: usize) -> Result<(), Error> {
        self.current_task.set(slot, 0)?;
        self.chunks_run.set(slot, STARTING)?;
        Ok(())
    }

    /// Notes that the worker of this slot has finished its initializer.
    pub(crate) fn note_started(&self, slot: usize) {
        let _ = self.chunks_run.set(slot, 0);
    }

    /// Has the last worker of this slot finished its initializer?
    pub(crate) fn has_started(&self, slot: usize) -> bool {
        self.chunks_run.get(slot) != Ok(STARTING)
    }

    /// Acquires `take_lock` in a worker. If the owner has died, takes the lock over at
    /// once: the lock protects a single store, so there is nothing to repair.
    pub(crate) fn acquire_take_lock(&self) -> Result<(), Error> {
        match self.take_lock.acquire() {
            Err(Error::OwnerDied { .. }) => {
                if self.take_lock.recover() {
                    return Ok(());
                }
                self.acquire_take_lock()
            }
            acquired => acquired,
        }
    }

    /// Acquires `take_lock` in the process of the pool. The page may not wait, so it
    /// tries for a short time only. The lock is held for a few stores, but its owner may
    /// be interrupted between them. Returns whether the lock was acquired.
    pub(crate) fn try_acquire_take_lock(&self) -> bool {
        const TRIES: u32 = 1000;
        if crate::may_block() {
            return self.acquire_take_lock().is_ok();
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
