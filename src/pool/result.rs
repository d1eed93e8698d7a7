//! `AsyncResult`: what a job will come to.

use super::{
    engine::{Engine, Job},
    progress::{AtWork, Progress},
};
use crate::{
    Error, TaskError,
    process::{ChunkResult, Returned},
    trace,
};
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    future::{IntoFuture, poll_fn},
    marker::PhantomData,
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
    /// The failure of the first item that failed, of those known.
    failure: Option<(usize, Error)>,
    ready: Option<Result<T, Error>>,
    callbacks: Vec<Callback<T>>,
    wakers: Vec<Waker>,
}

/// A job whose chunks are all handed out at once.
pub(super) struct Whole<V, T> {
    engine: Rc<Engine>,
    cancel: (u32, u32),
    cancelled: Cell<bool>,
    state: RefCell<Progressing<V, T>>,
    total: usize,
    make: fn(Vec<V>) -> T,
}

impl<V, T> Whole<V, T> {
    pub(super) fn new(engine: &Rc<Engine>, total: usize, make: fn(Vec<V>) -> T) -> Rc<Self> {
        Rc::new(Whole {
            engine: engine.clone(),
            cancel: engine.new_job(),
            cancelled: Cell::new(false),
            state: RefCell::new(Progressing {
                values: (0..total).map(|_| None).collect(),
                left: total,
                failure: None,
                ready: (total == 0).then(|| Ok(make(Vec::new()))),
                callbacks: Vec::new(),
                wakers: Vec::new(),
            }),
            total,
            make,
        })
    }

    pub(super) fn cancel_word(&self) -> (u32, u32) {
        self.cancel
    }

    /// Takes the values of a chunk; a failure for its first item that has none.
    pub(super) fn take(
        state: &mut Option<(usize, Error)>,
        first: usize,
        index: usize,
        failure: Error,
    ) {
        // The failure with the lowest index, so that it is the same every time.
        let index = first + index;
        if state.as_ref().is_none_or(|(known, _)| index < *known) {
            *state = Some((index, failure));
        }
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
            state.ready = Some(ready);
            let callbacks = std::mem::take(&mut state.callbacks);
            (callbacks, std::mem::take(&mut state.wakers))
        };
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
}

/// The values of a chunk of `count` items, and the failure of the item after
/// them, if they are not all.
pub(super) fn open<V: DeserializeOwned>(
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
    fn settled(&self, first: usize, count: usize, outcome: Result<Returned, Error>) {
        let (values, failure) = open(first, count, outcome);
        let done = {
            let mut state = self.state.borrow_mut();
            let good = values.len();
            for (index, value) in values.into_iter().enumerate() {
                state.values[first + index] = Some(value);
            }
            if let Some(failure) = failure {
                Self::take(&mut state.failure, first, good, failure);
            }
            state.left -= count;
            state.left == 0
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
        // An answer that was taken is still one.
        self.state.borrow().left == 0
    }

    fn is_good(&self) -> Option<bool> {
        self.state.borrow().ready.as_ref().map(Result::is_ok)
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
    pub(super) fn new<V: DeserializeOwned + 'static>(job: Rc<Whole<V, T>>) -> AsyncResult<T> {
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
        self.job.clone().call_back(Box::new(callback));
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

    async fn ready_async(&self) {
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
