//! A job with a known number of items: it submits chunks from its source and
//! collects their results.
//!
//! Must not know who asks for the result, nor how: [`super::async_result`] does.

use super::{
    async_result::{Callback, PendingResult},
    chunk_source::ChunkSource,
    claims::Claims,
    engine::Engine,
    job::{Chunk, ChunkOutcome, Job, decode_chunk},
    message::CancelToken,
    results::{KeptChunk, Results},
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
    /// What the workers send is kept, so that the result can be had again.
    keeps: Cell<bool>,
    /// Turns the items' values into the job's result.
    make: fn(Vec<V>) -> T,
}

impl<V: DeserializeOwned + 'static> MapJob<V, Vec<V>> {
    /// A job whose result is the list of its items' values.
    pub(super) fn of_many(engine: &Rc<Engine>, total: usize) -> Rc<Self> {
        MapJob::new(engine, total, |values| values)
    }
}

impl<V: DeserializeOwned + 'static> MapJob<V, V> {
    /// A job with a single item, whose value is the result.
    pub(crate) fn of_one(engine: &Rc<Engine>) -> Rc<Self> {
        MapJob::new(engine, 1, |values| {
            let mut values = values.into_iter();
            values.next().expect("a call has one result")
        })
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> MapJob<V, T> {
    fn new(engine: &Rc<Engine>, total: usize, make: fn(Vec<V>) -> T) -> Rc<Self> {
        Rc::new(MapJob {
            engine: engine.clone(),
            cancel: engine.new_cancel_token(),
            cancelled: Cell::new(false),
            results: RefCell::new(Results::new(total, make)),
            source: RefCell::new(ChunkSource::Empty),
            total,
            keeps: Cell::new(true),
            make,
        })
    }

    pub(crate) fn cancel_token(&self) -> CancelToken {
        self.cancel
    }

    /// Submits a chunk, for any worker or for the one of this slot.
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

    /// Submits its items from this source, now and, where there is no room, later.
    ///
    /// # Errors
    /// The error of the first chunk that cannot be submitted now.
    pub(super) fn submit_from(self: &Rc<Self>, source: ChunkSource) -> Result<(), Error> {
        let claimers = match &source {
            ChunkSource::Claimed { workers, .. } => *workers,
            _ => 0,
        };
        self.source.replace(source);
        for slot in 0..claimers {
            self.submit_claimer(Some(slot as u32))?;
        }
        while let Some((_, submitted)) = self.submit_next() {
            submitted?;
        }
        self.engine.add_source(self.clone());
        Ok(())
    }

    /// Submits the next chunk of its source, if there is one and room for it. The
    /// caller's values are encoded meanwhile, so nothing is borrowed.
    fn submit_next(self: &Rc<Self>) -> Option<(Range<usize>, Result<(), Error>)> {
        if self.cancelled.get() || self.engine.is_blocked() {
            return None;
        }
        let most = 2 * self.engine.plan.workers as usize;
        let next = self.source.borrow_mut().next_chunk(most);
        let (items, worker, call) = next?;
        let submitted = call(items.clone());
        let submitted = submitted.and_then(|call| self.submit(items.clone(), call, worker));
        Some((items, submitted))
    }

    /// Submits the chunk with which a worker claims items.
    fn submit_claimer(self: &Rc<Self>, worker: Option<u32>) -> Result<(), Error> {
        let (call, claims) = match &*self.source.borrow() {
            ChunkSource::Claimed { call, claims, .. } => (call.clone(), claims.clone()),
            _ => return Ok(()),
        };
        self.submit_chunk(0..self.total, call(0..self.total)?, worker, Some(claims))
    }

    /// Stores the results of a chunk. Is the job complete?
    fn add_chunk(&self, outcome: ChunkOutcome) -> bool {
        let ChunkOutcome { items, result, .. } = outcome;
        let decoded = decode_chunk(items.start, items.len(), &result);
        self.keep(&items, None, result);
        self.results.borrow_mut().add_chunk(items, decoded)
    }

    /// Stores the results of claimed items. Is the job complete?
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
        self.keep(&items, Some(claimed), result);
        let mut source = self.source.borrow_mut();
        if more || !source.claimer_ended() {
            return false;
        }
        // This was the last worker that claimed items. Items are left if
        // another one died; then [`Job::submit_more`] submits one more claimer.
        if source.has_unclaimed() && !self.cancelled.get() {
            return false;
        }
        self.results.borrow_mut().end_claims();
        true
    }

    fn keep(
        &self,
        items: &Range<usize>,
        claimed: Option<Vec<u32>>,
        result: Result<CallResult, Error>,
    ) {
        if self.keeps.get() {
            let items = items.clone();
            let chunk = KeptChunk {
                items,
                claimed,
                result,
            };
            self.results.borrow_mut().kept.push(Rc::new(chunk));
        }
    }

    /// The result, made once more from what was kept of a job that had no error.
    fn decoded_again(&self) -> Option<Result<T, Error>> {
        let mut results = Results::new(self.total, self.make);
        // Nothing is borrowed while they are decoded.
        let kept = self.results.borrow().kept.clone();
        if kept.is_empty() && self.total > 0 {
            return None;
        }
        for chunk in kept {
            let KeptChunk {
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
        results.finish(false, self.make);
        results.ready
    }

    /// Skips what was not submitted before the job was cancelled.
    fn skip_if_cancelled(&self) {
        if !self.cancelled.get() {
            return;
        }
        let skipped = self.source.borrow_mut().take_rest().len();
        if skipped > 0 && self.results.borrow_mut().skip(skipped) {
            self.finish();
        }
    }

    fn finish(&self) {
        let (callbacks, wakers) = {
            let mut results = self.results.borrow_mut();
            results.finish(self.cancelled.get(), self.make)
        };
        // The source owns the items, which are not needed any more.
        self.source.replace(ChunkSource::Empty);
        self.engine.release(self.cancel);
        for callback in callbacks {
            self.run_callback(callback);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn run_callback(&self, callback: Callback<T>) {
        // The result is taken out meanwhile, because the callback may ask for
        // its state, which borrows the results.
        if let Some(result) = self.take() {
            contain(|| callback(result.as_ref()));
            self.results.borrow_mut().ready = Some(result);
        }
    }
}

/// The error of items whose `Serialize` panicked on the page.
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
            source.chunk_ended(outcome.items.len(), outcome.took);
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
                // What is left would fail in the same way.
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
        let rest = self.source.borrow_mut().take_rest();
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

    fn end(&self) -> Option<u64> {
        let results = self.results.borrow();
        results.outcome.as_ref().map(|_| results.end)
    }

    fn is_ok(&self) -> Option<bool> {
        self.results.borrow().outcome.as_ref().map(Result::is_ok)
    }

    fn error(&self) -> Option<Error> {
        let results = self.results.borrow();
        results.outcome.as_ref()?.as_ref().err().cloned()
    }

    fn take(&self) -> Option<Result<T, Error>> {
        let ready = self.results.borrow_mut().ready.take();
        let failed = || self.error().map(Err);
        ready.or_else(failed).or_else(|| self.decoded_again())
    }

    fn keep_nothing(&self) {
        self.keeps.set(false);
        self.results.borrow_mut().kept = Vec::new();
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
        (self.total - results.left, self.total)
    }

    fn job(self: Rc<Self>) -> Rc<dyn Job> {
        self
    }
}
