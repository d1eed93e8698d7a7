//! `AsyncResult`: the result of a job, asked for or awaited.
//!
//! Must not know what kinds of job there are.

use super::{
    engine::Engine,
    job::Job,
    progress::{AtWork, Progress},
};
use crate::{Error, timeout::deadline};
use std::{
    future::{IntoFuture, poll_fn},
    pin::Pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// What is called with a result.
pub(crate) type Callback<T> = Box<dyn FnOnce(Result<&T, &Error>)>;

/// A job whose result is a `T`.
pub(crate) trait Awaited<T> {
    fn engine(&self) -> &Rc<Engine>;
    fn is_ready(&self) -> bool;
    /// Did all go well? Unknown before it is ready and after it was taken.
    fn is_good(&self) -> Option<bool>;
    fn error(&self) -> Option<Error>;
    fn take(&self) -> Option<Result<T, Error>>;
    fn call_back(self: Rc<Self>, callback: Callback<T>);
    fn wake_me(&self, waker: &Waker);
    fn cancel(&self);
    /// Of how many items it is known what they came to, and how many there are.
    fn counts(&self) -> (usize, usize);
    fn job(self: Rc<Self>) -> Rc<dyn Job>;
}

/// What `map_async`, `starmap_async` and `apply_async` return at once (Python's
/// `AsyncResult`): the result is asked for with [`AsyncResult::get`], or, on
/// the page, awaited.
pub struct AsyncResult<T> {
    job: Rc<dyn Awaited<T>>,
}

impl<T: 'static> AsyncResult<T> {
    pub(crate) fn new(job: Rc<dyn Awaited<T>>) -> AsyncResult<T> {
        AsyncResult { job }
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
        let ready = || self.job.is_ready();
        self.job.engine().run_until(deadline(timeout), ready)
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
