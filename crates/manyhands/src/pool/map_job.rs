//! A job with a known number of items: it submits chunks from its source and collects
//! their results.
//!
//! This module must not know who asks for the result, nor how. That is the job of
//! [`super::async_result`].

use super::{
    async_result::{Callback, PendingResult},
    chunk_source::ChunkSource,
    claims::Claims,
    engine::Engine,
    job::{Chunk, ChunkOutcome, Job, decode_chunk},
    message::CancelToken,
    results::{EncodedChunk, Results},
};
use crate::{
    Error,
    process::{Call, CallResult, contain},
};
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    ops::Range,
    rc::Rc,
    task::Waker,
};

/// A job with a known number of items. `V` is the value of an item, `T` the
/// result of the job.
pub(crate) struct MapJob<V, T> {
    engine: Rc<Engine>,
    cancel: CancelToken,
    cancelled: Cell<bool>,
    results: RefCell<Results<V, T>>,
    source: RefCell<ChunkSource>,
    total: usize,
    /// The bytes from the workers are kept, so that the result can be decoded again.
    keeps_encoded: Cell<bool>,
    /// Turns the items' values into the job's result.
    make_result: fn(Vec<V>) -> T,
}

impl<V: DeserializeOwned + 'static> MapJob<V, Vec<V>> {
    /// A job whose result is the list of its items' values.
    pub(super) fn for_items(engine: &Rc<Engine>, total: usize) -> Rc<Self> {
        MapJob::new(engine, total, |values| values)
    }
}

impl<V: DeserializeOwned + 'static> MapJob<V, V> {
    /// A job with a single item, whose value is the result.
    pub(crate) fn for_one_item(engine: &Rc<Engine>) -> Rc<Self> {
        MapJob::new(engine, 1, |values| {
            let mut values = values.into_iter();
            values.next().expect("a call has one result")
        })
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> MapJob<V, T> {
    fn new(engine: &Rc<Engine>, total: usize, make_result: fn(Vec<V>) -> T) -> Rc<Self> {
        Rc::new(MapJob {
            engine: engine.clone(),
            cancel: engine.new_cancel_token(),
            cancelled: Cell::new(false),
            results: RefCell::new(Results::new(total, make_result)),
            source: RefCell::new(ChunkSource::Empty),
            total,
            keeps_encoded: Cell::new(true),
            make_result,
        })
    }

    pub(crate) fn cancel_token(&self) -> CancelToken {
        self.cancel
    }

    /// Submits a chunk. If `worker` is a slot, only the worker in that slot may run it.
    pub(crate) fn submit(
        self: &Rc<Self>,
        items: Range<usize>,
        call: Call,
        worker: Option<u32>,
    ) -> Result<(), Error> {
        self.submit_chunk(items, call, worker, None)
    }

    fn submit_chunk(
        self: &Rc<Self>,
        items: Range<usize>,
        call: Call,
        worker: Option<u32>,
        claims: Option<Claims>,
    ) -> Result<(), Error> {
        self.engine.submit(Chunk {
            job: self.clone(),
            cancel: self.cancel,
            items,
            call,
            worker,
            claims,
        })
    }

    /// Submits all items of this source: at once as far as there is room, the others
    /// later.
    ///
    /// # Errors
    /// The error of the first chunk that cannot be submitted now.
    pub(super) fn submit_from(self: &Rc<Self>, source: ChunkSource) -> Result<(), Error> {
        let claimers = match &source {
            ChunkSource::Claimed { claimers, .. } => *claimers,
            _ => 0,
        };
        self.source.replace(source);
        for slot in 0..claimers {
            self.submit_claimer(Some(slot as u32))?;
        }
        while let Some((_, submitted)) = self.submit_next() {
            submitted?;
        }
        self.engine.add_submitting_job(self.clone());
        Ok(())
    }

    /// Submits the next chunk of the source, if there is one and there is room for it.
    /// Nothing may be borrowed while the items are encoded, because that runs the
    /// caller's `Serialize`.
    fn submit_next(self: &Rc<Self>) -> Option<(Range<usize>, Result<(), Error>)> {
        if self.cancelled.get() || self.engine.is_blocked() {
            return None;
        }
        let max_in_flight = 2 * self.engine.plan.workers as usize;
        let next = self.source.borrow_mut().next_chunk(max_in_flight);
        let (items, worker, call) = next?;
        let submitted = call(items.clone());
        let submitted = submitted.and_then(|call| self.submit(items.clone(), call, worker));
        Some((items, submitted))
    }

    /// Submits the chunk that makes a worker claim items.
    fn submit_claimer(self: &Rc<Self>, worker: Option<u32>) -> Result<(), Error> {
        let (call, claims) = match &*self.source.borrow() {
            ChunkSource::Claimed { call, claims, .. } => (call.clone(), claims.clone()),
            _ => return Ok(()),
        };
        self.submit_chunk(0..self.total, call(0..self.total)?, worker, Some(claims))
    }

    /// Stores the results of a chunk. Returns whether the job is complete.
    fn add_chunk(&self, outcome: ChunkOutcome) -> bool {
        let ChunkOutcome { items, result, .. } = outcome;
        let decoded = decode_chunk(items.start, items.len(), &result);
        self.keep_encoded(&items, None, result);
        self.results.borrow_mut().add_chunk(items, decoded)
    }

    /// Stores the results of claimed items. Returns whether the job is complete.
    fn add_claimed(&self, outcome: ChunkOutcome) -> bool {
        let ChunkOutcome {
            items,
            result,
            claimed,
            more,
            ..
        } = outcome;
        let decoded = decode_chunk(0, claimed.len(), &result);
        self.results.borrow_mut().add_claimed(&claimed, decoded);
        self.keep_encoded(&items, Some(claimed), result);
        let mut source = self.source.borrow_mut();
        if more || !source.claimer_ended() {
            return false;
        }
        // This was the last worker that claimed items. If another one died, there may be
        // unclaimed items left; then [`Job::submit_more`] submits one more claimer.
        if source.has_unclaimed() && !self.cancelled.get() {
            return false;
        }
        self.results.borrow_mut().end_claims();
        true
    }

    fn keep_encoded(
        &self,
        items: &Range<usize>,
        claimed: Option<Vec<u32>>,
        result: Result<CallResult, Error>,
    ) {
        if self.keeps_encoded.get() {
            let items = items.clone();
            let chunk = EncodedChunk {
                items,
                claimed,
                result,
            };
            self.results
                .borrow_mut()
                .encoded_chunks
                .push(Rc::new(chunk));
        }
    }

    /// Decodes the result of a job without an error once more from the bytes that were
    /// kept.
    fn decode_again(&self) -> Option<Result<T, Error>> {
        let mut results = Results::new(self.total, self.make_result);
        // Nothing may be borrowed while the caller's `Deserialize` runs.
        let encoded_chunks = self.results.borrow().encoded_chunks.clone();
        if encoded_chunks.is_empty() && self.total > 0 {
            return None;
        }
        for chunk in encoded_chunks {
            let EncodedChunk {
                items,
                claimed,
                result,
            } = &*chunk;
            match claimed {
                None => {
                    let decoded = decode_chunk(items.start, items.len(), result);
                    results.add_chunk(items.clone(), decoded);
                }
                Some(claimed) => {
                    results.add_claimed(claimed, decode_chunk(0, claimed.len(), result));
                }
            }
        }
        results.finish(false, self.make_result);
        results.result
    }

    /// If the job was cancelled, skips the chunks that have not been submitted.
    fn skip_if_cancelled(&self) {
        if !self.cancelled.get() {
            return;
        }
        let skipped = self.source.borrow_mut().take_unsubmitted().len();
        if skipped > 0 && self.results.borrow_mut().skip(skipped) {
            self.finish();
        }
    }

    fn finish(&self) {
        let (callbacks, wakers) = {
            let mut results = self.results.borrow_mut();
            results.finish(self.cancelled.get(), self.make_result)
        };
        // The source owns the items, which are no longer needed.
        self.source.replace(ChunkSource::Empty);
        self.engine.release(self.cancel);
        for callback in callbacks {
            self.run_callback(callback);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn run_callback(&self, callback: Callback<T>) {
        // The result is taken out while the callback runs, because the callback may ask
        // for the state of the job, which borrows the results.
        if let Some(result) = self.take() {
            contain(|| callback(result.as_ref()));
            self.results.borrow_mut().result = Some(result);
        }
    }
}

/// The error for items whose `Serialize` panicked on the page.
fn encoding_panicked() -> Error {
    Error::PicklingError(
        "writing the items panicked, in their Serialize: what it said is in the browser's \
         console"
            .into(),
    )
}

impl<V: DeserializeOwned + 'static, T: 'static> Job for MapJob<V, T> {
    fn chunk_done(&self, outcome: ChunkOutcome) {
        let claimed = matches!(*self.source.borrow(), ChunkSource::Claimed { .. });
        let complete = if claimed {
            self.add_claimed(outcome)
        } else {
            let mut source = self.source.borrow_mut();
            source.chunk_ended(outcome.items.len(), outcome.took_us);
            drop(source);
            self.add_chunk(outcome)
        };
        if complete {
            self.finish();
        }
    }

    fn submit_more(self: Rc<Self>) -> bool {
        let needs_claimer = self.source.borrow_mut().needs_claimer();
        if needs_claimer {
            let submitted = contain(|| self.submit_claimer(None));
            if let Err(error) = submitted.unwrap_or_else(|| Err(encoding_panicked())) {
                self.chunk_done(ChunkOutcome::failed(0..self.total, error));
            }
            return true;
        }
        loop {
            let Some(next) = contain(|| self.submit_next()) else {
                // The remaining items would fail in the same way.
                self.pool_failed(&encoding_panicked());
                break;
            };
            let Some((items, submitted)) = next else {
                break;
            };
            if let Err(error) = submitted {
                self.chunk_done(ChunkOutcome::failed(items, error));
            }
        }
        self.skip_if_cancelled();
        self.source.borrow().wants_more()
    }

    fn pool_failed(&self, error: &Error) {
        let rest = self.source.borrow_mut().take_unsubmitted();
        if !rest.is_empty() && self.add_chunk(ChunkOutcome::failed(rest, error.clone())) {
            self.finish();
        }
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> PendingResult<T> for MapJob<V, T> {
    fn engine(&self) -> &Rc<Engine> {
        &self.engine
    }

    fn is_ready(&self) -> bool {
        self.results.borrow().outcome.is_some()
    }

    fn end_number(&self) -> Option<u64> {
        let results = self.results.borrow();
        results.outcome.as_ref().map(|_| results.end_number)
    }

    fn is_ok(&self) -> Option<bool> {
        self.results.borrow().outcome.as_ref().map(Result::is_ok)
    }

    fn error(&self) -> Option<Error> {
        let results = self.results.borrow();
        results.outcome.as_ref()?.as_ref().err().cloned()
    }

    fn take(&self) -> Option<Result<T, Error>> {
        let result = self.results.borrow_mut().result.take();
        let failed = || self.error().map(Err);
        result.or_else(failed).or_else(|| self.decode_again())
    }

    fn drop_encoded(&self) {
        self.keeps_encoded.set(false);
        self.results.borrow_mut().encoded_chunks = Vec::new();
    }

    fn add_callback(self: Rc<Self>, callback: Callback<T>) {
        if self.is_ready() {
            self.run_callback(callback);
        } else {
            self.results.borrow_mut().callbacks.push(callback);
        }
    }

    fn add_waker(&self, waker: &Waker) {
        self.results.borrow_mut().wakers.push(waker.clone());
    }

    fn cancel(&self) {
        if !self.is_ready() {
            self.cancelled.set(true);
            self.engine.cancel(self.cancel);
        }
    }

    fn counts(&self) -> (usize, usize) {
        let results = self.results.borrow();
        (self.total - results.unfinished, self.total)
    }

    fn job(self: Rc<Self>) -> Rc<dyn Job> {
        self
    }
}
