//! `imap` and `imap_unordered`: results one by one.

use super::{
    engine::Engine,
    job::{Job, Settled, To, open},
};
use crate::{
    Error, Target,
    process::{Call, Settle},
    timeout::deadline,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    rc::{Rc, Weak},
    task::{Poll, Waker},
    time::Duration,
};

/// The next chunk: how many items, and the call.
type NextChunk = Box<dyn FnMut() -> Option<Result<(usize, Call), Error>>>;

/// How the results come.
pub(crate) struct Rules {
    /// So many items at once.
    pub(crate) size: usize,
    /// In the items' order; else in that of their arrival.
    pub(crate) ordered: bool,
    /// Does the iteration end with the first error?
    pub(crate) ends: bool,
}

impl Rules {
    /// A pool's: it ends with an error, if that is of more than one item.
    pub(crate) fn of_pool(size: usize, ordered: bool) -> Rules {
        Rules {
            size,
            ordered,
            ends: size > 1,
        }
    }
}

/// So many chunks may be on their way, or wait to be taken.
pub(crate) fn window(workers: u32) -> usize {
    (4 * workers as usize).max(64)
}

struct Flow<V> {
    /// Results that are there, by their chunk's first item.
    waiting: BTreeMap<usize, (usize, Vec<V>, Option<Error>)>,
    /// Of the chunk that is being handed out.
    current: VecDeque<Result<V, Error>>,
    /// The first item of the chunk to be handed out next, when in order.
    next: usize,
    /// How many chunks have arrived: their order, when there is no other.
    arrivals: usize,
    /// Items handed to the pool.
    sent: usize,
    exhausted: bool,
    /// It came to its end.
    ended: bool,
    /// Nobody will take any more.
    abandoned: bool,
    wakers: Vec<Waker>,
}

/// A job whose chunks are handed out as the results are taken.
struct Stream<V> {
    engine: Weak<Engine>,
    cancel: (u32, u32),
    rules: Rules,
    window: usize,
    source: RefCell<NextChunk>,
    feeding: Cell<bool>,
    flow: RefCell<Flow<V>>,
    on_their_way: Cell<usize>,
}

impl<V: DeserializeOwned + 'static> Stream<V> {
    fn new(engine: &Rc<Engine>, rules: Rules, source: NextChunk) -> Rc<Stream<V>> {
        Rc::new(Stream {
            engine: Rc::downgrade(engine),
            cancel: engine.new_job(),
            rules,
            window: window(engine.plan.workers),
            source: RefCell::new(source),
            feeding: Cell::new(false),
            flow: RefCell::new(Flow {
                waiting: BTreeMap::new(),
                current: VecDeque::new(),
                next: 0,
                arrivals: 0,
                sent: 0,
                exhausted: false,
                ended: false,
                abandoned: false,
                wakers: Vec::new(),
            }),
            on_their_way: Cell::new(0),
        })
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut self.flow.borrow_mut().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Gives back its place among the jobs that can be cancelled.
    fn end(&self) {
        if let Some(engine) = self.engine.upgrade() {
            engine.end_job(self.cancel.0);
        }
    }

    fn has_room(&self) -> bool {
        let flow = self.flow.borrow();
        !flow.exhausted && !flow.ended && self.on_their_way.get() + flow.waiting.len() < self.window
    }

    /// What is next, if it is known: `None` for nothing more.
    fn step(&self) -> Option<Option<Result<V, Error>>> {
        let mut flow = self.flow.borrow_mut();
        if let Some(next) = flow.current.pop_front() {
            return Some(Some(next));
        }
        if flow.ended {
            return Some(None);
        }
        let first = if self.rules.ordered {
            flow.waiting.contains_key(&flow.next).then_some(flow.next)
        } else {
            flow.waiting.keys().next().copied()
        };
        let Some(first) = first else {
            let over = flow.exhausted && self.on_their_way.get() == 0 && flow.waiting.is_empty();
            return over.then_some(None);
        };
        let (count, values, failure) = flow.waiting.remove(&first)?;
        flow.next = first + count;
        flow.current.extend(values.into_iter().map(Ok));
        if let Some(failure) = failure {
            flow.current.push_back(Err(failure));
            flow.ended = self.rules.ends;
        }
        Some(flow.current.pop_front())
    }
}

impl<V: DeserializeOwned + 'static> Job for Stream<V> {
    fn settled(&self, settled: Settled) {
        let Settled {
            first,
            count,
            outcome,
            ..
        } = settled;
        let (values, failure) = open(first, count, outcome);
        self.on_their_way.set(self.on_their_way.get() - 1);
        let mut flow = self.flow.borrow_mut();
        // Unordered ones come in the order of their arrival.
        let place = if self.rules.ordered {
            first
        } else {
            flow.arrivals += 1;
            flow.arrivals
        };
        flow.waiting.insert(place, (count, values, failure));
        let over = flow.abandoned && self.on_their_way.get() == 0;
        drop(flow);
        self.wake();
        if over {
            self.end();
        }
    }

    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool {
        // The iterator may use the pool itself.
        if self.feeding.replace(true) {
            return true;
        }
        let job: Rc<dyn Job> = self.clone();
        while self.has_room() {
            let next = (self.source.borrow_mut())();
            let (count, put) = match next {
                None => {
                    self.flow.borrow_mut().exhausted = true;
                    break;
                }
                Some(Err(error)) => (1, Err(error)),
                Some(Ok((count, call))) => {
                    let first = self.flow.borrow().sent;
                    (
                        count,
                        engine.put(&job, self.cancel, (first, count), call, To::default()),
                    )
                }
            };
            self.on_their_way.set(self.on_their_way.get() + 1);
            let first = self.flow.borrow().sent;
            self.flow.borrow_mut().sent += count;
            if let Err(error) = put {
                self.settled(Settled::failed(first, count, error));
            }
        }
        self.feeding.set(false);
        self.wake();
        let flow = self.flow.borrow();
        !flow.exhausted && !flow.ended
    }

    fn abandoned(&self, error: &Error) {
        let more = {
            let mut flow = self.flow.borrow_mut();
            !std::mem::replace(&mut flow.exhausted, true)
        };
        // Its consumer is told once, after what is still on its way.
        if more {
            let first = self.flow.borrow().sent;
            self.flow.borrow_mut().sent += 1;
            self.on_their_way.set(self.on_their_way.get() + 1);
            self.settled(Settled::failed(first, 1, error.clone()));
        }
    }
}

/// What [`crate::Pool::imap`] and [`crate::Pool::imap_unordered`] return: an
/// iterator over the results, each of which may be an error of its own.
///
/// Items are taken from the source as results are taken from here, so that it
/// may be endless. With chunks of one item an error stands in its own place and
/// the iteration goes on; with larger ones it ends after it, as in Python.
pub struct IMap<V> {
    engine: Rc<Engine>,
    stream: Rc<Stream<V>>,
}

impl<V: DeserializeOwned + 'static> IMap<V> {
    /// What `function` makes of the items.
    pub(crate) fn new<A, M, T, I, P>(
        engine: &Rc<Engine>,
        function: T,
        items: I,
        rules: Rules,
    ) -> IMap<V>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        P: Settle<T::Output, Value = V>,
    {
        let size = rules.size;
        let mut items = items.into_iter();
        let source = move || {
            let chunk: Vec<A> = items.by_ref().take(size).collect();
            let call = function.chunk::<P>(&chunk);
            (!chunk.is_empty()).then(|| call.map(|call| (chunk.len(), call)))
        };
        let stream = Stream::new(engine, rules, Box::new(source));
        engine.feed_from(stream.clone());
        engine.run_on_page();
        IMap {
            engine: engine.clone(),
            stream,
        }
    }

    /// The next result, waited for at most so long: [`Error::TimeoutError`] if
    /// it is not there by then (Python's `IMapIterator.next(timeout)`).
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Result<V, Error>> {
        self.next_within(Some(timeout))
    }

    fn next_within(&mut self, timeout: Option<Duration>) -> Option<Result<V, Error>> {
        if let Some(next) = self.stream.step() {
            return next;
        }
        let next = Cell::new(None);
        let ready = || {
            next.set(self.stream.step());
            let step = next.take();
            let ready = step.is_some();
            next.set(step);
            ready
        };
        match self.engine.run_until(deadline(timeout), ready) {
            Err(error) => Some(Err(error)),
            Ok(_) => next.take().unwrap_or(Some(Err(Error::TimeoutError))),
        }
    }

    /// The next result, on the page.
    pub async fn next_async(&mut self) -> Option<Result<V, Error>> {
        poll_fn(|context| {
            // Taking makes room.
            let next = self.stream.step();
            if next.is_none() {
                let mut flow = self.stream.flow.borrow_mut();
                flow.wakers.push(context.waker().clone());
            }
            match next {
                Some(next) => Poll::Ready(next),
                None => {
                    self.engine.run_on_page();
                    Poll::Pending
                }
            }
        })
        .await
        .inspect(|_| {
            self.stream.clone().feed(&self.engine);
        })
    }
}

impl<V: DeserializeOwned + 'static> Iterator for IMap<V> {
    type Item = Result<V, Error>;

    fn next(&mut self) -> Option<Result<V, Error>> {
        self.next_within(None)
    }
}

impl<V> Drop for IMap<V> {
    fn drop(&mut self) {
        // What nobody will take need not be computed.
        let mut flow = self.stream.flow.borrow_mut();
        flow.ended = true;
        flow.abandoned = true;
        drop(flow);
        self.engine.cancel(self.stream.cancel);
        if self.stream.on_their_way.get() == 0 {
            self.engine.end_job(self.stream.cancel.0);
        }
    }
}

impl<V> std::fmt::Debug for IMap<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IMap").finish_non_exhaustive()
    }
}
