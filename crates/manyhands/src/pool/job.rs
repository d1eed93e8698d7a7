//! A job as the engine sees it: chunks belong to it, and it is told what became
//! of them.
//!
//! Must not know which kinds of job there are, nor the engine.

use super::{claims::Claims, message::CancelToken};
use crate::{
    Error, TaskError,
    process::{Call, CallResult, ChunkResult, contain},
};
use serde::de::DeserializeOwned;
use std::{ops::Range, rc::Rc};

/// What chunks belong to.
pub(crate) trait Job {
    /// A chunk of this job, or a part of one, has come to its end.
    fn chunk_done(&self, outcome: ChunkOutcome);

    /// Submits more chunks, as many as it wants in flight at the moment.
    /// Returns whether it will want to submit more later.
    fn submit_more(self: Rc<Self>) -> bool;

    /// The pool has ended: nothing that this job would submit will be run.
    /// Chunks that are in flight are reported one by one to
    /// [`Job::chunk_done`].
    fn pool_failed(&self, error: &Error);
}

/// A chunk of a job, to be sent to a worker.
pub(crate) struct Chunk {
    pub(crate) job: Rc<dyn Job>,
    pub(crate) cancel: CancelToken,
    /// Its items' indices in the job.
    pub(crate) items: Range<usize>,
    pub(crate) call: Call,
    /// The slot of the only worker that may run it; `None` for any worker.
    pub(crate) worker: Option<u32>,
    /// The items are claimed one by one here; without it all are run in order.
    pub(crate) claims: Option<Claims>,
}

/// What became of a chunk, or of a part of it.
pub(crate) struct ChunkOutcome {
    /// Its items' indices in the job.
    pub(crate) items: Range<usize>,
    pub(crate) result: Result<CallResult, Error>,
    /// The items that were run, if they were claimed one by one.
    pub(crate) claimed: Vec<u32>,
    /// Another outcome of the same chunk will follow.
    pub(crate) more: bool,
    /// How long it took, in µs; 0 when that is not known.
    pub(crate) took: f64,
}

impl ChunkOutcome {
    pub(crate) fn failed(items: Range<usize>, error: Error) -> ChunkOutcome {
        ChunkOutcome {
            items,
            result: Err(error),
            claimed: Vec::new(),
            more: false,
            took: 0.0,
        }
    }
}

/// The values of a chunk of `count` items whose first has the index `first`.
/// When there are fewer values than items, the error says why the next item has
/// none.
pub(crate) fn decode_chunk<V: DeserializeOwned>(
    first: usize,
    count: usize,
    result: &Result<CallResult, Error>,
) -> (Vec<V>, Option<Error>) {
    let decoded = match result {
        Ok(returned) => contain(|| returned.value::<ChunkResult<V>>()).unwrap_or_else(|| {
            Err(Error::PicklingError(format!(
                "reading a {} back panicked, in its Deserialize: what it said is in the \
                 browser's console",
                std::any::type_name::<V>()
            )))
        }),
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
