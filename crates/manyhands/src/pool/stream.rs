//! The job of `imap` and `imap_unordered`: it submits chunks as its results are taken.
//!
//! This module must not know how callers wait for a result. That is the job of
//! [`super::imap`].

use super::{
    engine::{Engine, State},
    job::{Chunk, ChunkOutcome, Job, decode_chunk},
    message::CancelToken,
};
use crate::{
    Error,
    process::{Call, arena_max, contain},
};
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::{Rc, Weak},
    task::Waker,
};

/// Takes the items of the next chunk out of the caller's iterator. Returns the number of
/// items and the call, or `None` at the end.
pub(super) type NextChunk = Box<dyn FnMut() -> Option<Result<(usize, Call), Error>>>;

/// How the results are returned.
pub(crate) struct StreamOptions {
    /// How many items a chunk has.
    pub(crate) chunk_size: usize,
    /// Results are returned in the order of the items. Otherwise in the order in which
    /// they arrive.
    pub(crate) ordered: bool,
    /// Does the iteration end after the first error?
    pub(crate) end_at_error: bool,
    /// The caller's limit on the number of chunks that are in flight or have arrived
    /// without being taken, if there is one, and the error with which such a stream ends
    /// when the pool is closed.
    pub(crate) buffer: Option<(usize, Error)>,
}

impl StreamOptions {
    /// The options of a pool's `imap`. As in Python, an error ends the iteration only if
    /// chunks have more than one item.
    pub(crate) fn of_pool(chunk_size: usize, ordered: bool) -> StreamOptions {
        StreamOptions {
            chunk_size,
            ordered,
            end_at_error: chunk_size > 1,
            buffer: None,
        }
    }
}

/// The default limit on the number of chunks that are in flight or have arrived without
/// being taken.
fn window(workers: u32) -> usize {
    (4 * workers as usize).max(64)
}

/// A chunk that has arrived.
struct ArrivedChunk<V> {
    /// The number of its items.
    count: usize,
    values: Vec<V>,
    failure: Option<Error>,
    /// The size of its encoded results in bytes.
    bytes: usize,
}

struct StreamState<V> {
    /// The chunks that have arrived and have not been taken. The key is the first item of
    /// the chunk in an ordered stream, and the number of its arrival in an unordered one.
    arrived: BTreeMap<usize, ArrivedChunk<V>>,
    /// The size of their encoded results in bytes.
    arrived_bytes: usize,
    /// The largest size of one chunk's encoded results so far, in bytes.
    largest_chunk: usize,
    /// The remaining results of the chunk that is being taken.
    current: VecDeque<Result<V, Error>>,
    /// In an ordered stream: the first item of the chunk that is to be taken next.
    next: usize,
    /// How many chunks have arrived.
    arrivals: usize,
    /// How many items have been submitted.
    submitted: usize,
    /// The caller's iterator has ended or will not be used any more.
    exhausted: bool,
    /// The iteration has ended before its source did.
    ended: bool,
    /// The [`super::imap::IMap`] was dropped.
    dropped: bool,
    wakers: Vec<Waker>,
}

/// A job that submits chunks as its results are taken.
pub(super) struct Stream<V> {
    /// Weak, because the engine owns the stream as long as the stream has more to submit.
    engine: Weak<Engine>,
    cancel: CancelToken,
    options: StreamOptions,
    window: usize,
    /// The limit in bytes on results that are in flight or have arrived without being
    /// taken.
    window_bytes: usize,
    source: RefCell<NextChunk>,
    /// [`Job::submit_more`] is running. It must not be entered again, but it calls the
    /// caller's iterator, which may use this pool.
    submitting: Cell<bool>,
    state: RefCell<StreamState<V>>,
    in_flight: Cell<usize>,
}

impl<V: DeserializeOwned + 'static> Stream<V> {
    pub(super) fn new(
        engine: &Rc<Engine>,
        options: StreamOptions,
        source: NextChunk,
    ) -> Rc<Stream<V>> {
        Rc::new(Stream {
            engine: Rc::downgrade(engine),
            cancel: engine.new_cancel_token(),
            window: match options.buffer {
                Some((size, _)) => size,
                None => window(engine.plan.workers),
            },
            window_bytes: arena_max() / 4,
            options,
            source: RefCell::new(source),
            submitting: Cell::new(false),
            state: RefCell::new(StreamState {
                arrived: BTreeMap::new(),
                arrived_bytes: 0,
                largest_chunk: 0,
                current: VecDeque::new(),
                next: 0,
                arrivals: 0,
                submitted: 0,
                exhausted: false,
                ended: false,
                dropped: false,
                wakers: Vec::new(),
            }),
            in_flight: Cell::new(0),
        })
    }

    /// Wakes `waker` when a chunk arrives.
    pub(super) fn add_waker(&self, waker: &Waker) {
        self.state.borrow_mut().wakers.push(waker.clone());
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut self.state.borrow_mut().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// May another chunk be submitted now? Chunks that have arrived and were not taken
    /// count, unless somebody waits for the end of the pool: then the remaining items are
    /// run, and their results stay here for a later reader. If the caller has set no
    /// limit, the bytes are limited as well as the number of chunks, but two chunks per
    /// worker are always allowed, so that no worker is idle.
    fn has_room(&self, engine: &Engine) -> bool {
        if engine.is_blocked() {
            return false;
        }
        let state = self.state.borrow();
        let in_flight = self.in_flight.get();
        let (arrived, bytes) = match engine.has_joiners() {
            true => (0, 0),
            false => (state.arrived.len(), state.arrived_bytes),
        };
        let ahead = in_flight + arrived;
        if self.options.buffer.is_some() || ahead < 2 * engine.plan.workers as usize {
            return ahead < self.window;
        }
        // The size of results is not known before the first chunk has arrived.
        let expected = state.largest_chunk.saturating_mul(in_flight + 1);
        ahead < self.window && bytes.saturating_add(expected) <= self.window_bytes
    }

    /// Will the stream want to submit more later?
    fn wants_more(&self) -> bool {
        let state = self.state.borrow();
        !state.exhausted && !state.ended
    }

    /// The error for everything that is not yet submitted, if nothing more can be
    /// submitted.
    fn failure(&self, engine: &Engine) -> Option<Error> {
        let failure = engine.failure();
        if failure.is_some() || engine.state() == State::Running {
            return failure;
        }
        let (_, closed) = self.options.buffer.as_ref()?;
        Some(closed.clone())
    }

    /// Counts the next `count` items as submitted in one chunk. Returns the index of the
    /// first one.
    fn count_chunk(&self, count: usize) -> usize {
        self.in_flight.set(self.in_flight.get() + 1);
        let mut state = self.state.borrow_mut();
        let first = state.submitted;
        state.submitted += count;
        first
    }

    /// The next result: `None` if it has not arrived, `Some(None)` at the end.
    pub(super) fn try_next(&self) -> Option<Option<Result<V, Error>>> {
        let mut state = self.state.borrow_mut();
        if let Some(next) = state.current.pop_front() {
            return Some(Some(next));
        }
        if state.ended {
            return Some(None);
        }
        let key = if self.options.ordered {
            Some(state.next).filter(|next| state.arrived.contains_key(next))
        } else {
            state.arrived.keys().next().copied()
        };
        let Some(key) = key else {
            let over = state.exhausted && self.in_flight.get() == 0 && state.arrived.is_empty();
            return over.then_some(None);
        };
        let chunk = state.arrived.remove(&key)?;
        state.next = key + chunk.count;
        state.arrived_bytes -= chunk.bytes;
        state.current.extend(chunk.values.into_iter().map(Ok));
        if let Some(failure) = chunk.failure {
            state.current.push_back(Err(failure));
            state.ended = self.options.end_at_error;
        }
        Some(state.current.pop_front())
    }
}

impl<V> Stream<V> {
    /// Notes that nobody will take the results. Chunks that are not running need not be
    /// run.
    pub(super) fn reader_dropped(&self, engine: &Engine) {
        let mut state = self.state.borrow_mut();
        state.ended = true;
        state.dropped = true;
        drop(state);
        engine.cancel(self.cancel);
        if self.in_flight.get() == 0 {
            engine.release(self.cancel);
        }
    }
}

impl<V: DeserializeOwned + 'static> Job for Stream<V> {
    fn chunk_done(&self, outcome: ChunkOutcome) {
        let ChunkOutcome { items, result, .. } = outcome;
        let (values, failure) = decode_chunk(items.start, items.len(), &result);
        let bytes = result.map_or(0, |returned| returned.len());
        self.in_flight.set(self.in_flight.get() - 1);
        let mut state = self.state.borrow_mut();
        state.arrivals += 1;
        let key = match self.options.ordered {
            true => items.start,
            false => state.arrivals,
        };
        state.arrived_bytes += bytes;
        state.largest_chunk = state.largest_chunk.max(bytes);
        let chunk = ArrivedChunk {
            count: items.len(),
            values,
            failure,
            bytes,
        };
        state.arrived.insert(key, chunk);
        let over = state.dropped && self.in_flight.get() == 0;
        drop(state);
        self.wake();
        if over && let Some(engine) = self.engine.upgrade() {
            engine.release(self.cancel);
        }
    }

    fn submit_more(self: Rc<Self>) -> bool {
        let Some(engine) = self.engine.upgrade() else {
            return false;
        };
        if self.submitting.replace(true) {
            return true;
        }
        while self.wants_more() {
            if let Some(failure) = self.failure(&engine) {
                self.pool_failed(&failure);
                break;
            }
            if !self.has_room(&engine) {
                break;
            }
            // On the page a panic in the caller's iterator leaves the source borrowed.
            // That does no harm, because the source is never used again.
            let Some(next) = contain(|| (self.source.borrow_mut())()) else {
                self.pool_failed(&Error::RuntimeError(
                    "the iterator of the items panicked: what it said is in the browser's \
                     console"
                        .into(),
                ));
                break;
            };
            let (count, call) = match next {
                None => {
                    self.state.borrow_mut().exhausted = true;
                    break;
                }
                Some(Err(error)) => (1, Err(error)),
                Some(Ok((count, call))) => (count, Ok(call)),
            };
            let first = self.count_chunk(count);
            let items = first..first + count;
            let submitted = call.and_then(|call| {
                engine.submit(Chunk {
                    job: self.clone(),
                    cancel: self.cancel,
                    items: items.clone(),
                    call,
                    worker: None,
                    claims: None,
                })
            });
            if let Err(error) = submitted {
                self.chunk_done(ChunkOutcome::failed(items, error));
            }
        }
        self.submitting.set(false);
        self.wake();
        self.wants_more()
    }

    fn pool_failed(&self, error: &Error) {
        // The reader gets the error once, after the results of the chunks that are in
        // flight.
        let exhausted = std::mem::replace(&mut self.state.borrow_mut().exhausted, true);
        if !exhausted {
            let first = self.count_chunk(1);
            self.chunk_done(ChunkOutcome::failed(first..first + 1, error.clone()));
        }
    }
}
