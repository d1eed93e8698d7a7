//! What a job has come to so far: its items' values, the first failure, and who
//! wants to hear of the end.
//!
//! A record only: it must not know how items get to the workers.

use super::result::Callback;
use crate::{Error, TaskError};
use std::task::Waker;

/// What a job of a known number of items has come to so far.
pub(super) struct Gathering<V, T> {
    values: Vec<Option<V>>,
    /// Items of which nothing is known yet.
    pub(super) left: usize,
    /// The failure with the lowest index, of those known.
    failure: Option<(usize, Error)>,
    /// Is it known what it came to?
    pub(super) over: bool,
    /// What it came to, until it is taken.
    pub(super) ready: Option<Result<T, Error>>,
    pub(super) callbacks: Vec<Callback<T>>,
    pub(super) wakers: Vec<Waker>,
}

impl<V, T> Gathering<V, T> {
    pub(super) fn new(total: usize, make: fn(Vec<V>) -> T) -> Gathering<V, T> {
        Gathering {
            values: (0..total).map(|_| None).collect(),
            left: total,
            failure: None,
            over: total == 0,
            ready: (total == 0).then(|| Ok(make(Vec::new()))),
            callbacks: Vec::new(),
            wakers: Vec::new(),
        }
    }

    /// The failure of the lowest index, so that it is the same every time.
    fn fail(&mut self, index: usize, failure: Error) {
        if self
            .failure
            .as_ref()
            .is_none_or(|(known, _)| index < *known)
        {
            self.failure = Some((index, failure));
        }
    }

    /// Takes what a chunk came to; are all items known?
    pub(super) fn take_chunk(
        &mut self,
        (first, count): (usize, usize),
        (values, failure): (Vec<V>, Option<Error>),
    ) -> bool {
        let good = values.len();
        for (index, value) in values.into_iter().enumerate() {
            self.values[first + index] = Some(value);
        }
        if let Some(failure) = failure {
            self.fail(first + good, failure);
        }
        self.skip(count)
    }

    /// Of so many items nothing more will be known; are all others?
    pub(super) fn skip(&mut self, count: usize) -> bool {
        self.left -= count;
        self.left == 0
    }

    /// Takes what claimed items came to.
    pub(super) fn take_claimed(
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
                // It names the item itself when its worker died of it.
                let at = item(good).unwrap_or(failure.index);
                failure.index = at;
                self.fail(at, Error::TaskError(failure));
            }
            // One that was cancelled has fewer results than claims.
            Some(Error::CancelledError) | None => {}
            Some(failure) => self.fail(item(0).unwrap_or(0), failure),
        }
    }

    /// All that was claimed is known, but for what died with its worker.
    pub(super) fn conclude_claims(&mut self) {
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

    /// All is known; who wanted to hear of it?
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
        self.over = true;
        self.ready = Some(ready);
        let callbacks = std::mem::take(&mut self.callbacks);
        (callbacks, std::mem::take(&mut self.wakers))
    }
}
