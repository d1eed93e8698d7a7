//! The job behind `imap` and `imap_unordered`: it submits chunks as its results are taken.
//!
//! Must not know how a result is waited for: [`super::imap`] does.

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

/// Takes the items of the next chunk out of the caller's iterator: how many they
/// are, and the call.
pub(super) type NextChunk = Box<dyn FnMut() -> Option<Result<(usize, Call), Error>>>;

/// How the results are returned.
pub(crate) struct StreamOptions {
    /// How many items a chunk has.
    pub(crate) chunk_size: usize,
    /// In the items' order; otherwise in the order of arrival.
    pub(crate) ordered: bool,
    /// Does the iteration end after the first error?
    pub(crate) end_at_error: bool,
    /// How many chunks may be in flight, or have arrived and not been taken, when the
    /// caller says so; and the error with which such a stream ends when the pool is
    /// closed.
    pub(crate) buffer: Option<(usize, Error)>,
}

impl StreamOptions {
    /// The options of a pool's `imap`. As in Python, an error ends the iteration
    /// only when chunks have more than one item.
    pub(crate) fn of_pool(chunk_size: usize, ordered: bool) -> StreamOptions {
        StreamOptions {
            chunk_size,
            ordered,
            end_at_error: chunk_size > 1,
            buffer: None,
        }
    }
}

/// How many chunks may be in flight, or have arrived and not been taken, when the
/// caller does not say.
fn window(workers: u32) -> usize {
    (4 * workers as usize).max(64)
}

/// A chunk that has arrived.
struct ArrivedChunk<V> {
    /// How many items it has.
    count: usize,
    values: Vec<V>,
    failure: Option<Error>,
    /// How many bytes its results took when they were sent.
    bytes: usize,
}

struct StreamState<V> {
    /// The chunks that have arrived and were not taken. Ordered streams sort them by
    /// first item, unordered ones by arrival.
    arrived: BTreeMap<usize, ArrivedChunk<V>>,
    /// How many bytes their results took.
    arrived_bytes: usize,
    /// How many bytes the results of one chunk took, where they took the most.
    largest_chunk: usize,
    /// What is left of the chunk that is being taken.
    current: VecDeque<Result<V, Error>>,
    /// The first item of the next chunk to be taken, in an ordered stream.
    next: usize,
    /// How many chunks have arrived.
    arrivals: usize,
    /// How many items were submitted.
    submitted: usize,
    /// The caller's iterator has ended, or will not be asked any more.
    exhausted: bool,
    /// The iteration has ended before its source.
    ended: bool,
    /// The [`IMap`] was dropped.
    dropped: bool,
    wakers: Vec<Waker>,
}

/// A job that submits chunks as its results are taken.
pub(super) struct Stream<V> {
    /// Weak, because the engine owns the stream as long as there is more to
    /// submit.
    engine: Weak<Engine>,
    cancel: CancelToken,
    options: StreamOptions,
    window: usize,
    /// How many bytes of results may be in flight, or have arrived and not been taken.
    window_bytes: usize,
    source: RefCell<NextChunk>,
    /// [`Job::submit_more`] runs. The caller's iterator, which it calls, may use
    /// this pool.
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

    /// Wakes `waker` when something has arrived.
    pub(super) fn add_waker(&self, waker: &Waker) {
        self.state.borrow_mut().wakers.push(waker.clone());
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut self.state.borrow_mut().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// May another chunk be submitted now? What has arrived and was not taken
    /// counts, unless somebody waits for the end of the pool: then the rest is run,
    /// and its results stay here for who reads on later. Without a buffer size of the
    /// caller's, bytes count as well as chunks, but never so that a worker is idle.
    fn has_room(&self, engine: &Engine) -> bool {
        if engine.is_blocked() {
            return false;
        }
        let state = self.state.borrow();
        let in_flight = self.in_flight.get();
        let (arrived, bytes) = match engine.is_joined() {
            true => (0, 0),
            false => (state.arrived.len(), state.arrived_bytes),
        };
        let ahead = in_flight + arrived;
        if self.options.buffer.is_some() || ahead < 2 * engine.plan.workers as usize {
            return ahead < self.window;
        }
        // Nothing is known of the results before the first chunk has come back.
        let expected = state.largest_chunk.saturating_mul(in_flight + 1);
        ahead < self.window && bytes.saturating_add(expected) <= self.window_bytes
    }

    /// Will it ever want to submit more?
    fn wants_more(&self) -> bool {
        let state = self.state.borrow();
        !state.exhausted && !state.ended
    }

    /// Why nothing more can be submitted, if that is so.
    fn failure(&self, engine: &Engine) -> Option<Error> {
        let failure = engine.failure();
        if failure.is_some() || engine.state() == State::Running {
            return failure;
        }
        let (_, closed) = self.options.buffer.as_ref()?;
        Some(closed.clone())
    }

    /// Counts the next `count` items as submitted, in one chunk: the index of
    /// the first.
    fn count_chunk(&self, count: usize) -> usize {
        self.in_flight.set(self.in_flight.get() + 1);
        let mut state = self.state.borrow_mut();
        let first = state.submitted;
        state.submitted += count;
        first
    }

    /// The next result, if it is known already: `Some(None)` at the end.
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
    /// Nobody will take the results: what does not run yet need not run.
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
            // On the page a panic of the caller's iterator leaves the source borrowed, which
            // is never used again.
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
        // The consumer gets the error once, after what is still in flight.
        let exhausted = std::mem::replace(&mut self.state.borrow_mut().exhausted, true);
        if !exhausted {
            let first = self.count_chunk(1);
            self.chunk_done(ChunkOutcome::failed(first..first + 1, error.clone()));
        }
    }
}
