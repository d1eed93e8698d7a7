//! `AsyncResult`: what a job will come to.

use super::{
    engine::{Engine, Job, Settled, To},
    progress::{AtWork, Progress},
    task::Claims,
};
use crate::{
    Error, TaskError,
    process::{Call, ChunkResult, Returned},
    trace,
};
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    future::{IntoFuture, poll_fn},
    marker::PhantomData,
    ops::Range,
    pin::Pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

type Callback<T> = Box<dyn FnOnce(Result<&T, &Error>)>;

/// What a job has come to so far.
struct Progressing<V, T> {
    values: Vec<Option<V>>,
    /// Items of which nothing is known yet.
    left: usize,
    /// The failure with the lowest index, of those known.
    failure: Option<(usize, Error)>,
    /// Is it known what it came to?
    over: bool,
    /// What it came to, until it is taken.
    ready: Option<Result<T, Error>>,
    callbacks: Vec<Callback<T>>,
    wakers: Vec<Waker>,
}

impl<V, T> Progressing<V, T> {
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
}

/// The call for some items.
type CallFor = Box<dyn Fn(Range<usize>) -> Result<Call, Error>>;

/// How the items of a job get to the workers after its beginning.
pub(crate) enum Supply {
    /// All are on their way.
    Done,
    /// In batches that grow until one takes long enough.
    Batches {
        call: CallFor,
        next: usize,
        size: usize,
        on_their_way: usize,
    },
    /// They are claimed, by so many workers.
    Claimed {
        call: CallFor,
        claims: Claims,
        workers: usize,
    },
}

/// How long a batch should take, in µs: joblib's `MIN_IDEAL_BATCH_DURATION` and
/// `MAX_IDEAL_BATCH_DURATION`.
const SHORT: f64 = 200_000.0;
const LONG: f64 = 2_000_000.0;

/// joblib's rule (`AutoBatchingMixin.compute_batch_size`), which at most doubles
/// here, because the first batches tell little.
fn batch_size(size: usize, took: f64) -> usize {
    if took <= 0.0 || (SHORT..=LONG).contains(&took) {
        return size;
    }
    let ideal = (size as f64 * SHORT / took) as usize;
    (2 * ideal).clamp(1, 2 * size)
}

/// A job of a known number of items.
pub(crate) struct Whole<V, T> {
    engine: Rc<Engine>,
    cancel: (u32, u32),
    cancelled: Cell<bool>,
    state: RefCell<Progressing<V, T>>,
    supply: RefCell<Supply>,
    total: usize,
    make: fn(Vec<V>) -> T,
}

impl<V: DeserializeOwned + 'static, T: 'static> Whole<V, T> {
    pub(crate) fn new(engine: &Rc<Engine>, total: usize, make: fn(Vec<V>) -> T) -> Rc<Self> {
        Rc::new(Whole {
            engine: engine.clone(),
            cancel: engine.new_job(),
            cancelled: Cell::new(false),
            state: RefCell::new(Progressing {
                values: (0..total).map(|_| None).collect(),
                left: total,
                failure: None,
                over: total == 0,
                ready: (total == 0).then(|| Ok(make(Vec::new()))),
                callbacks: Vec::new(),
                wakers: Vec::new(),
            }),
            supply: RefCell::new(Supply::Done),
            total,
            make,
        })
    }

    /// Hands out its items by and by.
    pub(crate) fn supply(self: &Rc<Self>, supply: Supply) -> Result<(), Error> {
        let first_orders = match &supply {
            Supply::Claimed { workers, .. } => *workers,
            _ => 0,
        };
        self.supply.replace(supply);
        for seat in 0..first_orders {
            self.order_claims(Some(seat as u32))?;
        }
        self.engine.feed_from(self.clone());
        Ok(())
    }

    /// Calls for a worker that claims items.
    fn order_claims(self: &Rc<Self>, seat: Option<u32>) -> Result<(), Error> {
        let supply = self.supply.borrow();
        let Supply::Claimed { call, claims, .. } = &*supply else {
            return Ok(());
        };
        let call = call(0..self.total)?;
        let claims = Some(claims.clone());
        let job: Rc<dyn Job> = self.clone();
        let items = (0, self.total);
        self.engine
            .put(&job, self.cancel, items, call, To { seat, claims })
    }

    pub(crate) fn cancel_word(&self) -> (u32, u32) {
        self.cancel
    }

    fn finish(&self) {
        let (callbacks, wakers) = {
            let mut state = self.state.borrow_mut();
            let values = std::mem::take(&mut state.values);
            let ready = match state.failure.take() {
                _ if self.cancelled.get() => Err(Error::CancelledError),
                Some((_, failure)) => Err(failure),
                None => Ok((self.make)(values.into_iter().flatten().collect())),
            };
            state.over = true;
            state.ready = Some(ready);
            let callbacks = std::mem::take(&mut state.callbacks);
            (callbacks, std::mem::take(&mut state.wakers))
        };
        // What it was made from is needed no more.
        self.supply.replace(Supply::Done);
        self.engine.end_job(self.cancel.0);
        for callback in callbacks {
            self.tell(callback);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn tell(&self, callback: Callback<T>) {
        // Taken out meanwhile: the callback may ask for the result's state.
        let ready = self.state.borrow_mut().ready.take();
        if let Some(ready) = ready {
            callback(ready.as_ref());
            self.state.borrow_mut().ready = Some(ready);
        }
    }

    /// Takes what a chunk came to; are all items known?
    fn take_chunk(&self, settled: Settled) -> bool {
        let Settled {
            first,
            count,
            outcome,
            ..
        } = settled;
        let (values, failure) = open(first, count, outcome);
        let mut state = self.state.borrow_mut();
        let good = values.len();
        for (index, value) in values.into_iter().enumerate() {
            state.values[first + index] = Some(value);
        }
        if let Some(failure) = failure {
            state.fail(first + good, failure);
        }
        state.left -= count;
        state.left == 0
    }

    /// Takes what claimed items came to; is the last worker through?
    fn take_claimed(&self, settled: Settled) -> bool {
        let claimed: Vec<usize> = settled.claimed.iter().map(|item| *item as usize).collect();
        let (values, failure) = open(0, claimed.len(), settled.outcome);
        let good = values.len();
        let mut state = self.state.borrow_mut();
        for (item, value) in claimed.iter().zip(values) {
            state.values[*item] = Some(value);
            state.left -= 1;
        }
        match failure {
            Some(Error::TaskError(mut failure)) => {
                // It names the item itself when its worker died of it.
                let at = claimed.get(good).copied().unwrap_or(failure.index);
                failure.index = at;
                state.fail(at, Error::TaskError(failure));
            }
            // One that was cancelled has fewer results than claims.
            Some(Error::CancelledError) | None => {}
            Some(failure) => state.fail(claimed.first().copied().unwrap_or(0), failure),
        }
        drop(state);
        let mut supply = self.supply.borrow_mut();
        let Supply::Claimed { workers, .. } = &mut *supply else {
            return false;
        };
        *workers -= usize::from(!settled.more);
        *workers == 0
    }

    /// The last worker is through: is anything left, because another died?
    fn conclude_claims(&self) -> bool {
        let left_over = match &*self.supply.borrow() {
            Supply::Claimed { claims, .. } => !claims.is_over(),
            _ => false,
        };
        if left_over && !self.cancelled.get() {
            return false;
        }
        let mut state = self.state.borrow_mut();
        let lost = state.values.iter().position(Option::is_none);
        if let Some(lost) = lost
            && state.failure.is_none()
        {
            let error = TaskError {
                index: lost,
                text: "the worker that had claimed it died".into(),
                worker: None,
            };
            state.fail(lost, Error::TaskError(Box::new(error)));
        }
        state.left = 0;
        true
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

impl<V: DeserializeOwned + 'static, T: 'static> Job for Whole<V, T> {
    fn settled(&self, settled: Settled) {
        let claimed = matches!(*self.supply.borrow(), Supply::Claimed { .. });
        let done = if claimed {
            self.take_claimed(settled) && self.conclude_claims()
        } else {
            if let Supply::Batches {
                size, on_their_way, ..
            } = &mut *self.supply.borrow_mut()
            {
                *on_their_way -= 1;
                if settled.count >= *size {
                    *size = batch_size(settled.count, settled.took);
                }
            }
            self.take_chunk(settled)
        };
        if done {
            self.finish();
        }
    }

    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool {
        let most = 2 * engine.plan.workers as usize;
        let job: Rc<dyn Job> = self.clone();
        let claims_left = match &mut *self.supply.borrow_mut() {
            Supply::Done => return false,
            Supply::Claimed {
                workers, claims, ..
            } => {
                // All are through, and one of them died before it was.
                let again = *workers == 0 && !claims.is_over();
                *workers += usize::from(again);
                again
            }
            Supply::Batches { .. } => false,
        };
        if claims_left {
            if let Err(error) = self.order_claims(None) {
                self.settled(Settled::failed(0, self.total, error));
            }
            return true;
        }
        loop {
            let made = match &mut *self.supply.borrow_mut() {
                Supply::Batches {
                    call,
                    next,
                    size,
                    on_their_way,
                } if *on_their_way < most && *next < self.total && !self.cancelled.get() => {
                    let range = *next..(*next + *size).min(self.total);
                    *next = range.end;
                    *on_their_way += 1;
                    let made = call(range.clone());
                    Some((range, made))
                }
                _ => None,
            };
            let Some((range, made)) = made else { break };
            let place = (range.start, range.len());
            let put =
                made.and_then(|call| engine.put(&job, self.cancel, place, call, To::default()));
            if let Err(error) = put {
                self.settled(Settled::failed(place.0, place.1, error));
            }
        }
        self.skip_cancelled();
        !matches!(*self.supply.borrow(), Supply::Done)
    }

    fn abandoned(&self, error: &Error) {
        // What is on its way fails by itself; what was not handed out, here.
        let rest = match &mut *self.supply.borrow_mut() {
            Supply::Batches { next, .. } => {
                let first = std::mem::replace(next, self.total);
                (first, self.total - first)
            }
            _ => (0, 0),
        };
        if rest.1 > 0 && self.take_chunk(Settled::failed(rest.0, rest.1, error.clone())) {
            self.finish();
        }
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> Whole<V, T> {
    /// What was not handed out when it was cancelled is known, too.
    fn skip_cancelled(&self) {
        let skipped = match &mut *self.supply.borrow_mut() {
            Supply::Batches { next, .. } if self.cancelled.get() => {
                self.total - std::mem::replace(next, self.total)
            }
            _ => 0,
        };
        let done = {
            let mut state = self.state.borrow_mut();
            state.left -= skipped;
            skipped > 0 && state.left == 0
        };
        if done {
            self.finish();
        }
    }
}

/// What jobs of every kind of value have in common.
trait Awaited<T> {
    fn engine(&self) -> &Rc<Engine>;
    fn is_ready(&self) -> bool;
    fn is_good(&self) -> Option<bool>;
    fn error(&self) -> Option<Error>;
    fn take(&self) -> Option<Result<T, Error>>;
    fn call_back(self: Rc<Self>, callback: Callback<T>);
    fn wake_me(&self, waker: &Waker);
    fn cancel(&self);
    fn counts(&self) -> (usize, usize);
    fn job(self: Rc<Self>) -> Rc<dyn Job>;
}

impl<V: DeserializeOwned + 'static, T: 'static> Awaited<T> for Whole<V, T> {
    fn engine(&self) -> &Rc<Engine> {
        &self.engine
    }

    fn is_ready(&self) -> bool {
        self.state.borrow().over
    }

    fn is_good(&self) -> Option<bool> {
        self.state.borrow().ready.as_ref().map(Result::is_ok)
    }

    fn error(&self) -> Option<Error> {
        let state = self.state.borrow();
        state
            .ready
            .as_ref()
            .and_then(|ready| ready.as_ref().err().cloned())
    }

    fn take(&self) -> Option<Result<T, Error>> {
        self.state.borrow_mut().ready.take()
    }

    fn call_back(self: Rc<Self>, callback: Callback<T>) {
        if self.is_ready() {
            self.tell(callback);
        } else {
            self.state.borrow_mut().callbacks.push(callback);
        }
    }

    fn wake_me(&self, waker: &Waker) {
        self.state.borrow_mut().wakers.push(waker.clone());
    }

    fn cancel(&self) {
        if !self.is_ready() {
            self.cancelled.set(true);
            self.engine.cancel(self.cancel);
        }
    }

    fn counts(&self) -> (usize, usize) {
        let state = self.state.borrow();
        (self.total - state.left, self.total)
    }

    fn job(self: Rc<Self>) -> Rc<dyn Job> {
        self
    }
}

/// What `map_async`, `starmap_async` and `apply_async` return at once (Python's
/// `AsyncResult`): the result is asked for with [`AsyncResult::get`], or, on
/// the page, awaited.
pub struct AsyncResult<T> {
    job: Rc<dyn Awaited<T>>,
    kind: PhantomData<T>,
}

impl<T: 'static> AsyncResult<T> {
    pub(crate) fn new<V: DeserializeOwned + 'static>(job: Rc<Whole<V, T>>) -> AsyncResult<T> {
        AsyncResult {
            job,
            kind: PhantomData,
        }
    }

    /// Waits for the result and takes it out.
    ///
    /// # Errors
    /// [`Error::TaskError`] for the first item that failed, once all chunks are
    /// done; [`Error::CancelledError`]; [`Error::ValueError`] when the pool was
    /// terminated, or the result was taken before; [`Error::BlockingOnPage`]:
    /// await it there.
    pub fn get(&self) -> Result<T, Error> {
        self.wait(None)?;
        self.taken()
    }

    /// [`AsyncResult::get`], but [`Error::TimeoutError`] if it is not there
    /// within `timeout`.
    ///
    /// # Errors
    /// As [`AsyncResult::get`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        if !self.wait(Some(timeout))? {
            return Err(Error::TimeoutError);
        }
        self.taken()
    }

    fn taken(&self) -> Result<T, Error> {
        let taken = self.job.take();
        taken.unwrap_or_else(|| Err(Error::ValueError("the result was taken before".into())))
    }

    /// Waits until the result is there, at most so long; is it?
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool, Error> {
        let deadline = timeout.map(|timeout| trace::now_us() + timeout.as_secs_f64() * 1e6);
        let ready = || self.job.is_ready();
        self.job.engine().run_until(deadline, ready)
    }

    /// Is the result there?
    pub fn ready(&self) -> bool {
        self.job.engine().pump();
        self.job.is_ready()
    }

    /// Did all go well?
    ///
    /// # Errors
    /// [`Error::ValueError`] before it is ready, or after it was taken.
    pub fn successful(&self) -> Result<bool, Error> {
        self.job.engine().pump();
        let good = self.job.is_good();
        good.ok_or_else(|| Error::ValueError("the result is not ready, or was taken".into()))
    }

    /// With something to be called with the result when it is there (Python's
    /// `callback` and `error_callback`): in this process, while it waits for
    /// anything of the pool's; on the page as soon as it is there.
    #[must_use]
    pub fn with_callback(self, callback: impl FnOnce(Result<&T, &Error>) + 'static) -> Self {
        self.call_back(callback);
        self
    }

    /// Cancels what is left of it: chunks that wait are skipped, and one that
    /// runs ends after its item. [`AsyncResult::get`] then gives
    /// [`Error::CancelledError`]. (Python cannot.)
    pub fn cancel(&self) {
        self.job.cancel();
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let engine = self.job.engine();
        engine.pump();
        let (done, total) = self.job.counts();
        let pids = engine.pids();
        let at_work = engine.at_work(&self.job.clone().job());
        let workers = at_work.into_iter().map(|(seat, item)| AtWork {
            worker: seat,
            pid: pids.get(seat as usize).copied().unwrap_or_default(),
            item,
        });
        Progress {
            total,
            done,
            workers: workers.collect(),
        }
    }

    /// Its error, if it is there and has one; it stays.
    pub(crate) fn error(&self) -> Option<Error> {
        self.job.error()
    }

    /// Is it there, as far as has been looked?
    pub(crate) fn is_over(&self) -> bool {
        self.job.is_ready()
    }

    pub(crate) fn engine(&self) -> &Rc<Engine> {
        self.job.engine()
    }

    /// Calls back when it is there.
    pub(crate) fn call_back(&self, callback: impl FnOnce(Result<&T, &Error>) + 'static) {
        self.job.clone().call_back(Box::new(callback));
    }

    /// Wakes this when it is there.
    pub(crate) fn wake_me(&self, waker: &Waker) {
        self.job.wake_me(waker);
    }

    pub(crate) async fn ready_async(&self) {
        self.job.engine().run_on_page();
        poll_fn(|context| {
            if self.job.is_ready() {
                return Poll::Ready(());
            }
            self.job.wake_me(context.waker());
            Poll::Pending
        })
        .await;
    }

    /// [`AsyncResult::get`] for the page; awaiting the `AsyncResult` itself does
    /// the same.
    ///
    /// # Errors
    /// As [`AsyncResult::get`].
    pub async fn get_async(&self) -> Result<T, Error> {
        self.ready_async().await;
        self.taken()
    }
}

impl<T: 'static> IntoFuture for AsyncResult<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.get_async().await })
    }
}

impl<T> std::fmt::Debug for AsyncResult<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncResult")
            .field("ready", &self.job.is_ready())
            .finish_non_exhaustive()
    }
}
