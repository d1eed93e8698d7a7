//! A job as the engine sees it: chunks belong to a job, and the job is told how they
//! ended.
//!
//! This module must not know the kinds of jobs, nor the engine.

use super::{claims::Claims, message::CancelToken};
use crate::{
    Error, TaskError,
    process::{Call, CallResult, ChunkResult, contain},
};
use serde::de::DeserializeOwned;
use std::{ops::Range, rc::Rc};

/// What chunks belong to.
pub(crate) trait Job {
    /// Tells the job that one of its chunks, or a part of one, has ended.
    fn chunk_done(&self, outcome: ChunkOutcome);

    /// Submits more chunks, as many as the job wants to have in flight at the moment.
    /// Returns whether it will want to submit more later.
    fn submit_more(self: Rc<Self>) -> bool;

    /// Tells the job that the pool has failed and nothing more will be run. Chunks that
    /// are in flight are reported one by one to [`Job::chunk_done`].
    fn pool_failed(&self, error: &Error);
}

/// A chunk of a job, to be sent to a worker.
pub(crate) struct Chunk {
    pub(crate) job: Rc<dyn Job>,
    pub(crate) cancel: CancelToken,
    /// The indices of its items in the job.
    pub(crate) items: Range<usize>,
    pub(crate) call: Call,
    /// The slot of the only worker that may run it; `None` for any worker.
    pub(crate) worker: Option<u32>,
    /// The workers claim the items one by one from these claims. If `None`, one worker
    /// runs all of them in order.
    pub(crate) claims: Option<Claims>,
}

/// How a chunk, or a part of one, ended.
pub(crate) struct ChunkOutcome {
    /// The indices of its items in the job.
    pub(crate) items: Range<usize>,
    pub(crate) result: Result<CallResult, Error>,
    /// The items that were run, if items are claimed one by one.
    pub(crate) claimed: Vec<u32>,
    /// Another outcome of the same chunk will follow.
    pub(crate) more: bool,
    /// How long it took, in µs; 0 if that is not known.
    pub(crate) took_us: f64,
}

impl ChunkOutcome {
    pub(crate) fn failed(items: Range<usize>, error: Error) -> ChunkOutcome {
        ChunkOutcome {
            items,
            result: Err(error),
            claimed: Vec::new(),
            more: false,
            took_us: 0.0,
        }
    }
}

/// Decodes the values of a chunk of `count` items, the first of which has the index
/// `first`. If there are fewer values than items, also returns the error of the first
/// item without a value.
pub(crate) fn decode_chunk<V: DeserializeOwned>(
    first: usize,
    count: usize,
    result: &Result<CallResult, Error>,
) -> (Vec<V>, Option<Error>) {
    let decoded = match result {
        Ok(returned) => {
            let type_name = std::any::type_name::<V>();
            let value = contain(|| returned.value::<ChunkResult<V>>(type_name));
            value.unwrap_or_else(|| {
                Err(Error::PicklingError(format!(
                    "reading a {type_name} back panicked, in its Deserialize: what it said is in \
                     the browser's console"
                )))
            })
        }
        Err(error) => Err(error.clone()),
    };
    match decoded {
        Ok((values, None)) if values.len() == count => (values, None),
        Ok((values, None)) => (values, Some(Error::CancelledError)),
        Ok((values, Some(text))) => {
            let error = TaskError {
                index: first + values.len(),
                text,
                worker: None,
            };
            (values, Some(Error::TaskError(Box::new(error))))
        }
        Err(error) => (Vec::new(), Some(error)),
    }
}
