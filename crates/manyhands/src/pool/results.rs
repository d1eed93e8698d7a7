//! The state of the items of a job: their values, the first failure, and who is to be
//! notified when the job ends.
//!
//! This module only records. It must not know how items get to the workers.

use super::async_result::Callback;
use crate::{Error, TaskError, process::CallResult};
use std::{cell::Cell, ops::Range, rc::Rc, task::Waker};

thread_local! {
    static END_COUNT: Cell<u64> = const { Cell::new(0) };
}

fn next_end_number() -> u64 {
    END_COUNT.set(END_COUNT.get() + 1);
    END_COUNT.get()
}

/// What a worker sent for a chunk, kept so that it can be decoded again.
pub(super) struct EncodedChunk {
    pub(super) items: Range<usize>,
    /// The items that were run, if items are claimed one by one.
    pub(super) claimed: Option<Vec<u32>>,
    pub(super) result: Result<CallResult, Error>,
}

/// The results so far of a job with a known number of items. `V` is the value of an item,
/// `T` the result of the job.
pub(super) struct Results<V, T> {
    values: Vec<Option<V>>,
    /// How many items have neither a value nor an error yet.
    pub(super) unfinished: usize,
    /// The known failure with the lowest index.
    failure: Option<(usize, Error)>,
    /// `None` until the job has ended, then its error or `Ok`.
    pub(super) outcome: Option<Result<(), Error>>,
    /// The position of this job in the order in which the jobs of this process ended,
    /// counted from 1.
    pub(super) end_number: u64,
    /// The job's result. `None` before the job has ended, and after the result was taken.
    pub(super) result: Option<Result<T, Error>>,
    /// The bytes of all chunks, from which the result can be decoded again.
    pub(super) encoded_chunks: Vec<Rc<EncodedChunk>>,
    pub(super) callbacks: Vec<Callback<T>>,
    pub(super) wakers: Vec<Waker>,
}

impl<V, T> Results<V, T> {
    /// `make_result` turns the items' values into the job's result.
    pub(super) fn new(total: usize, make_result: fn(Vec<V>) -> T) -> Results<V, T> {
        Results {
            values: (0..total).map(|_| None).collect(),
            unfinished: total,
            failure: None,
            outcome: (total == 0).then_some(Ok(())),
            end_number: 0,
            result: (total == 0).then(|| Ok(make_result(Vec::new()))),
            encoded_chunks: Vec::new(),
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

    /// Stores the values of a chunk and its failure. Returns whether the job is complete.
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

    /// Counts this many items as finished without a value. Returns whether the job is
    /// complete.
    pub(super) fn skip(&mut self, count: usize) -> bool {
        self.unfinished -= count;
        self.unfinished == 0
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
            self.unfinished -= 1;
        }
        match failure {
            Some(Error::TaskError(mut failure)) => {
                // If the worker died, it has reported no claims, and the failure has the
                // item's index already.
                let at = item(good).unwrap_or(failure.index);
                failure.index = at;
                self.fail(at, Error::TaskError(failure));
            }
            // If the job was cancelled, the worker reports fewer results than claims.
            Some(Error::CancelledError) | None => {}
            Some(failure) => self.fail(item(0).unwrap_or(0), failure),
        }
    }

    /// Ends a job whose items were claimed. All workers have reported their claims, so an
    /// item that still has no value was lost with its worker.
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
        self.unfinished = 0;
    }

    /// Makes the job's result. Returns the callbacks and wakers that are to be notified.
    pub(super) fn finish(
        &mut self,
        cancelled: bool,
        make_result: fn(Vec<V>) -> T,
    ) -> (Vec<Callback<T>>, Vec<Waker>) {
        let values = std::mem::take(&mut self.values);
        let result = match self.failure.take() {
            _ if cancelled => Err(Error::CancelledError),
            Some((_, failure)) => Err(failure),
            None => Ok(make_result(values.into_iter().flatten().collect())),
        };
        self.end_number = next_end_number();
        self.outcome = Some(result.as_ref().map(drop).map_err(Clone::clone));
        self.result = Some(result);
        let callbacks = std::mem::take(&mut self.callbacks);
        (callbacks, std::mem::take(&mut self.wakers))
    }
}
