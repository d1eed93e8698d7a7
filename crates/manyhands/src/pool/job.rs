//! A job, as the engine sees it: what hands out chunks and hears what became of
//! them.
//!
//! Must not know which kinds of job there are, nor how the engine works.

use super::{engine::Engine, task::Claims};
use crate::{
    Error, TaskError,
    process::{ChunkResult, Returned},
};
use serde::de::DeserializeOwned;
use std::rc::Rc;

/// Something that chunks belong to.
pub(crate) trait Job {
    /// What became of one of its chunks.
    fn settled(&self, settled: Settled);

    /// Hands out more chunks, as far as it wants to; is there more to come?
    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool;

    /// Nothing more that it hands out will ever be done.
    fn abandoned(&self, error: &Error);
}

/// Where a chunk goes.
#[derive(Default)]
pub(crate) struct To {
    /// To this worker; else to any.
    pub(crate) seat: Option<u32>,
    /// With its items to be claimed here.
    pub(crate) claims: Option<Claims>,
}

/// What became of a chunk, or of a part of it.
pub(crate) struct Settled {
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) outcome: Result<Returned, Error>,
    /// The items it was, if they were claimed one by one.
    pub(crate) claimed: Vec<u32>,
    /// There will be more of the same chunk.
    pub(crate) more: bool,
    /// In µs; 0 when it is not known.
    pub(crate) took: f64,
}

impl Settled {
    pub(crate) fn failed(first: usize, count: usize, error: Error) -> Settled {
        Settled {
            first,
            count,
            outcome: Err(error),
            claimed: Vec::new(),
            more: false,
            took: 0.0,
        }
    }
}

/// The values of a chunk of `count` items, and the failure of the item after
/// them, if they are not all.
pub(crate) fn open<V: DeserializeOwned>(
    first: usize,
    count: usize,
    outcome: Result<Returned, Error>,
) -> (Vec<V>, Option<Error>) {
    let decoded = outcome.and_then(|returned| returned.value::<ChunkResult<V>>());
    match decoded {
        Ok((values, None)) if values.len() == count => (values, None),
        Ok((values, None)) => (values, Some(Error::CancelledError)),
        Ok((values, Some(text))) => {
            let index = first + values.len();
            let error = TaskError {
                index,
                text,
                worker: None,
            };
            (values, Some(Error::TaskError(Box::new(error))))
        }
        Err(error) => (Vec::new(), Some(error)),
    }
}
