//! What is known of the items of a job: their values, the first failure, and
//! who is to be told of the end.
//!
//! A record only: it must not know how items get to the workers.

use super::async_result::Callback;
use crate::{Error, TaskError, process::CallResult};
use std::{cell::Cell, ops::Range, rc::Rc, task::Waker};

thread_local! {
    static ENDS: Cell<u64> = const { Cell::new(0) };
}

fn next_end() -> u64 {
    ENDS.set(ENDS.get() + 1);
    ENDS.get()
}

/// What a worker sent of a chunk, kept to be decoded again.
pub(super) struct KeptChunk {
    pub(super) items: Range<usize>,
    /// The items that were run, if they were claimed one by one.
    pub(super) claimed: Option<Vec<u32>>,
    pub(super) result: Result<CallResult, Error>,
}

/// What is known so far of a job with a known number of items. `V` is the value
/// of an item, `T` the result of the job.
pub(super) struct Results<V, T> {
    values: Vec<Option<V>>,
    /// How many items have neither a value nor an error yet.
    pub(super) left: usize,
    /// The failure with the lowest index, of those known.
    failure: Option<(usize, Error)>,
    /// Once the job has ended: its error, if it has one.
    pub(super) outcome: Option<Result<(), Error>>,
    /// The number of its end among the ends of all jobs of this process, from 1.
    pub(super) end: u64,
    /// The job's result, from its end until it is taken.
    pub(super) ready: Option<Result<T, Error>>,
    /// From what the result can be made once more.
    pub(super) kept: Vec<Rc<KeptChunk>>,
    pub(super) callbacks: Vec<Callback<T>>,
    pub(super) wakers: Vec<Waker>,
}

impl<V, T> Results<V, T> {
    /// `make` turns the items' values into the job's result.
    pub(super) fn new(total: usize, make: fn(Vec<V>) -> T) -> Results<V, T> {
        Results {
            values: (0..total).map(|_| None).collect(),
            left: total,
            failure: None,
            outcome: (total == 0).then_some(Ok(())),
            end: 0,
            ready: (total == 0).then(|| Ok(make(Vec::new()))),
            kept: Vec::new(),
            callbacks: Vec::new(),
            wakers: Vec::new(),
        }
    }

    /// Keeps the failure with the lowest index, so that the job's error does
    /// not depend on the order in which chunks end.
    fn fail(&mut self, index: usize, failure: Error) {
        let lowest = self.failure.as_ref().map(|(lowest, _)| *lowest);
        if lowest.is_none_or(|lowest| index < lowest) {
            self.failure = Some((index, failure));
        }
    }

    /// Stores the values of a chunk and its failure. Is the job complete?
    pub(super) fn add_chunk(
        &mut self,
        items: Range<usize>,
        (values, failure): (Vec<V>, Option<Error>),
    ) -> bool {
        let failed = items.start + values.len();
        for (index, value) in values.into_iter().enumerate() {
            self.values[items.start + index] = Some(value);
        }
        if let Some(failure) = failure {
            self.fail(failed, failure);
        }
        self.skip(items.len())
    }

    /// Nothing more will be known of this many items. Is the job complete?
    pub(super) fn skip(&mut self, count: usize) -> bool {
        self.left -= count;
        self.left == 0
    }

    /// Stores the values of items that were claimed one by one.
    pub(super) fn add_claimed(
        &mut self,
        claimed: &[u32],
        (values, failure): (Vec<V>, Option<Error>),
    ) {
        let item = |index: usize| claimed.get(index).map(|item| *item as usize);
        let good = values.len();
        for (item, value) in claimed.iter().zip(values) {
            self.values[*item as usize] = Some(value);
            self.left -= 1;
        }
        match failure {
            Some(Error::TaskError(mut failure)) => {
                // If its worker died, nothing was reported as claimed, and the
                // failure has the item's index already.
                let at = item(good).unwrap_or(failure.index);
                failure.index = at;
                self.fail(at, Error::TaskError(failure));
            }
            // A cancelled worker reports fewer results than claims.
            Some(Error::CancelledError) | None => {}
            Some(failure) => self.fail(item(0).unwrap_or(0), failure),
        }
    }

    /// All workers have reported what they claimed: an item that still has no
    /// value was lost with its worker.
    pub(super) fn end_claims(&mut self) {
        let lost = self.values.iter().position(Option::is_none);
        if let Some(lost) = lost
            && self.failure.is_none()
        {
            let error = TaskError {
                index: lost,
                text: "the worker that had claimed it died".into(),
                worker: None,
            };
            self.fail(lost, Error::TaskError(Box::new(error)));
        }
        self.left = 0;
    }

    /// Makes the job's result. Returns who is to be told of it.
    pub(super) fn finish(
        &mut self,
        cancelled: bool,
        make: fn(Vec<V>) -> T,
    ) -> (Vec<Callback<T>>, Vec<Waker>) {
        let values = std::mem::take(&mut self.values);
        let ready = match self.failure.take() {
            _ if cancelled => Err(Error::CancelledError),
            Some((_, failure)) => Err(failure),
            None => Ok(make(values.into_iter().flatten().collect())),
        };
        self.end = next_end();
        self.outcome = Some(ready.as_ref().map(drop).map_err(Clone::clone));
        self.ready = Some(ready);
        let callbacks = std::mem::take(&mut self.callbacks);
        (callbacks, std::mem::take(&mut self.wakers))
    }
}
