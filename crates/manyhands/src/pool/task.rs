//! What travels between a pool and its workers, and what they share.

use crate::{
    Error, Lock, Queue, RawArray,
    process::{Call, Returned},
};
use serde::{Deserialize, Serialize};

/// A chunk to be run, or the end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Run this.
    Run(Task),
    /// No more will come.
    Stop,
}

/// A chunk to be run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    /// Its number in the pool, from 1.
    pub(crate) ticket: u32,
    /// The first item and how many there are, for the trace.
    pub(crate) items: (u32, u32),
    /// Where its job says that it was cancelled, and what it then says.
    pub(crate) cancel: (u32, u32),
    /// The call.
    pub(crate) call: Call,
    /// Where its items are claimed, one by one; else all are run in order.
    pub(crate) claims: Option<Claims>,
}

/// Where the items of a job are claimed: for every worker the range of those
/// that are its own, the end in the high half.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) ranges: RawArray<u64>,
    /// After so many items a worker reports.
    pub(crate) burst: u32,
}

impl Claims {
    fn unpack(range: u64) -> (u32, u32) {
        (range as u32, (range >> 32) as u32)
    }

    /// A range as it stands in the array.
    pub(crate) fn pack(start: usize, end: usize) -> u64 {
        start as u64 | (end as u64) << 32
    }

    /// The next item for this worker: from the front of its own range, or, when
    /// that is empty, from half of the largest of the others. `stolen` hears
    /// whose it was, and which items.
    pub(crate) fn next(&self, worker: usize, stolen: impl Fn(u32, u32, u32)) -> Option<usize> {
        loop {
            let first = self.ranges.fetch_update(worker, |range| {
                let (start, end) = Claims::unpack(range);
                (start < end).then_some(range + 1)
            });
            if let Ok(Ok(range)) = first {
                return Some(Claims::unpack(range).0 as usize);
            }
            let length = |range: u64| {
                let (start, end) = Claims::unpack(range);
                end.saturating_sub(start)
            };
            let ranges = self.ranges.to_vec();
            let (victim, &range) = ranges
                .iter()
                .enumerate()
                .max_by_key(|(_, range)| length(**range))?;
            if length(range) == 0 {
                return None;
            }
            let (start, end) = Claims::unpack(range);
            let middle = start + (end - start) / 2;
            let rest = Claims::pack(start as usize, middle as usize);
            // Another may have been faster: look again.
            if let Ok(Ok(_)) = self.ranges.compare_exchange(victim, range, rest) {
                let mine = Claims::pack(middle as usize, end as usize);
                let _ = self.ranges.set(worker, mine);
                stolen(victim as u32, middle, end);
            }
        }
    }

    /// Is there anything left to claim?
    pub(crate) fn is_over(&self) -> bool {
        let is_empty = |range: u64| {
            let (start, end) = Claims::unpack(range);
            start >= end
        };
        self.ranges.to_vec().into_iter().all(is_empty)
    }
}

/// What became of a chunk.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// It was run; a [`crate::process::ChunkResult`].
    Returned(Returned),
    /// Arguments or results could not travel.
    Failed(String),
    /// Its job was cancelled before it was begun.
    Skipped,
}

/// What a worker reports.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) ticket: u32,
    pub(crate) outcome: Outcome,
    /// The items that it claimed, in the order of its results.
    pub(crate) claimed: Vec<u32>,
    /// There will be another report with this ticket.
    pub(crate) more: bool,
    /// How long it took, in µs.
    pub(crate) took: f32,
}

impl Report {
    /// A report that says nothing and wakes whoever waits for one.
    pub(crate) fn nothing() -> Report {
        Report {
            ticket: 0,
            outcome: Outcome::Skipped,
            claimed: Vec::new(),
            more: false,
            took: 0.0,
        }
    }
}

/// Jobs that can be told apart when they are cancelled; of more at once the
/// later ones run to their end.
pub(crate) const CANCEL_PLACES: usize = 256;

/// What all workers of a pool share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Board {
    pub(crate) orders: Queue<Order>,
    pub(crate) reports: Queue<Report>,
    /// Held from when an order is taken until its ticket stands in `tickets`.
    pub(crate) taking: Lock,
    /// For every worker the ticket it is at, 0 for none.
    pub(crate) tickets: RawArray<u32>,
    /// For every worker which item of its chunk it is at, from 0.
    pub(crate) items: RawArray<u32>,
    /// For every worker when it began its chunk, in µs of the trace's clock.
    pub(crate) began: RawArray<f64>,
    /// For every worker how many chunks it has run.
    pub(crate) runs: RawArray<u32>,
    /// By place: the number of the last job there that was cancelled.
    pub(crate) cancelled: RawArray<u32>,
}

impl Board {
    pub(crate) fn new(workers: usize) -> Result<Board, Error> {
        Ok(Board {
            orders: Queue::new(0)?,
            reports: Queue::new(0)?,
            taking: Lock::new()?,
            tickets: RawArray::new(workers)?,
            items: RawArray::new(workers)?,
            began: RawArray::new(workers)?,
            runs: RawArray::new(workers)?,
            cancelled: RawArray::new(CANCEL_PLACES)?,
        })
    }

    /// Takes the lock, from a dead worker if need be: what it protects is one
    /// store, so there is nothing to put right.
    pub(crate) fn take_lock(&self) -> Result<(), Error> {
        match self.taking.acquire() {
            Err(Error::OwnerDied { .. }) => {
                if self.taking.recover() {
                    return Ok(());
                }
                self.take_lock()
            }
            taken => taken,
        }
    }
}
