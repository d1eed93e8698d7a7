//! `AsyncResult`: the result of a job, which can be waited for or awaited.
//!
//! This module must not know the kinds of jobs.

use super::{
    engine::Engine,
    job::Job,
    progress::{AtWork, Progress},
};
use crate::{Error, timeout::deadline, within};
use std::{
    future::{IntoFuture, poll_fn},
    pin::Pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// A function that is called with a job's result.
pub(crate) type Callback<T> = Box<dyn FnOnce(Result<&T, &Error>)>;

/// A job that will have a result of type `T`.
pub(crate) trait PendingResult<T> {
    fn engine(&self) -> &Rc<Engine>;
    /// Has the job ended?
    fn is_ready(&self) -> bool;
    /// A number that is larger for jobs that ended later; `None` before the job has
    /// ended.
    fn end_number(&self) -> Option<u64>;
    /// Is the result a value, not an error? `None` before the job has ended.
    fn is_ok(&self) -> Option<bool>;
    /// The error, if the job has ended with one.
    fn error(&self) -> Option<Error>;
    /// The result. It can be taken several times. `None` before the job has ended, and
    /// after the first time if [`PendingResult::drop_encoded`] was called.
    fn take(&self) -> Option<Result<T, Error>>;
    /// Says that the result will be taken only once, so that the bytes from which it is
    /// decoded need not be kept.
    fn drop_encoded(&self);
    fn add_callback(self: Rc<Self>, callback: Callback<T>);
    fn add_waker(&self, waker: &Waker);
    fn cancel(&self);
    /// How many items have a value or an error, and how many items there are.
    fn counts(&self) -> (usize, usize);
    fn job(self: Rc<Self>) -> Rc<dyn Job>;
}

/// The result of a call that may still run (Python's `AsyncResult`), as returned by
/// `map_async`, `starmap_async` and `apply_async`. [`AsyncResult::get`] waits for the
/// result; on the page, await it.
///
/// As in Python, the result can be obtained any number of times. Since its type need not
/// be `Clone`, the bytes that the workers sent are kept until the `AsyncResult` is
/// dropped, and are decoded again each time. Awaiting the `AsyncResult` itself consumes
/// it and keeps nothing.
pub struct AsyncResult<T> {
    job: Rc<dyn PendingResult<T>>,
}

impl<T: 'static> AsyncResult<T> {
    pub(crate) fn new(job: Rc<dyn PendingResult<T>>) -> AsyncResult<T> {
        AsyncResult { job }
    }

    /// Waits for the result and returns it.
    ///
    /// # Errors
    /// [`Error::TaskError`] for the first item that failed, once all chunks are done;
    /// [`Error::CancelledError`]; [`Error::ValueError`] if the pool was terminated;
    /// [`Error::MemoryError`] and [`Error::PicklingError`] for a result that could not be
    /// sent or decoded; [`Error::BlockingOnPage`] on the page, where the result must be
    /// awaited.
    pub fn get(&self) -> Result<T, Error> {
        self.wait(None)?;
        self.take()
    }

    /// [`AsyncResult::get`], but returns [`Error::TimeoutError`] if the result has not
    /// arrived within `timeout`.
    ///
    /// # Errors
    /// As [`AsyncResult::get`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        if !self.wait(Some(timeout))? {
            return Err(Error::TimeoutError);
        }
        self.take()
    }

    /// [`AsyncResult::get`] for a caller that needs the result only once.
    pub(super) fn into_value(self) -> Result<T, Error> {
        self.job.drop_encoded();
        self.get()
    }

    fn take(&self) -> Result<T, Error> {
        let taken = self.job.take();
        taken.unwrap_or_else(|| Err(Error::ValueError("the result was taken before".into())))
    }

    /// Waits until the result has arrived, but at most for `timeout`. Returns whether it
    /// has arrived.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool, Error> {
        let ready = || self.job.is_ready();
        self.job.engine().run_until(deadline(timeout), ready)
    }

    /// Has the result arrived?
    pub fn ready(&self) -> bool {
        self.job.engine().pump();
        self.job.is_ready()
    }

    /// Has the call succeeded?
    ///
    /// # Errors
    /// [`Error::ValueError`] before the result has arrived.
    pub fn successful(&self) -> Result<bool, Error> {
        self.job.engine().pump();
        let ok = self.job.is_ok();
        ok.ok_or_else(|| Error::ValueError("the result is not ready".into()))
    }

    /// Calls `callback` with the result when it has arrived (Python's `callback` and
    /// `error_callback`). In a process this happens while the process waits for something
    /// of this pool; on the page as soon as the result has arrived.
    #[must_use]
    pub fn with_callback(self, callback: impl FnOnce(Result<&T, &Error>) + 'static) -> Self {
        self.add_callback(callback);
        self
    }

    /// Cancels the call: chunks that are waiting are skipped, and a chunk that is running
    /// ends after its current item. [`AsyncResult::get`] then returns
    /// [`Error::CancelledError`]. Python has no such method.
    pub fn cancel(&self) {
        self.job.cancel();
    }

    /// The progress of the call.
    pub fn progress(&self) -> Progress {
        let engine = self.job.engine();
        engine.pump();
        let (done, total) = self.job.counts();
        let pids = engine.pids();
        let workers = engine.workers_of(&self.job.clone().job());
        let workers = workers.into_iter().map(|(slot, item)| AtWork {
            worker: slot,
            pid: pids.get(slot as usize).copied().unwrap_or_default(),
            item,
        });
        Progress {
            total,
            done,
            workers: workers.collect(),
        }
    }

    /// The error, if the call has ended with one.
    pub(crate) fn error(&self) -> Option<Error> {
        self.job.error()
    }

    /// Has the call ended? Unlike [`AsyncResult::ready`], this does not run the engine.
    pub(crate) fn has_ended(&self) -> bool {
        self.job.is_ready()
    }

    /// A number that is larger for calls that ended later; `None` before the call has
    /// ended.
    pub(crate) fn end_number(&self) -> Option<u64> {
        self.job.end_number()
    }

    pub(crate) fn engine(&self) -> &Rc<Engine> {
        self.job.engine()
    }

    /// Calls `callback` when the result has arrived, or at once if it already has.
    pub(crate) fn add_callback(&self, callback: impl FnOnce(Result<&T, &Error>) + 'static) {
        self.job.clone().add_callback(Box::new(callback));
    }

    /// Wakes `waker` when the result has arrived.
    pub(crate) fn add_waker(&self, waker: &Waker) {
        self.job.add_waker(waker);
    }

    /// [`AsyncResult::wait`] for the page.
    pub async fn wait_async(&self, timeout: Option<Duration>) -> bool {
        match timeout {
            None => self.until_ready().await,
            Some(timeout) => return within(timeout, self.until_ready()).await.is_ok(),
        }
        true
    }

    async fn until_ready(&self) {
        self.job.engine().run_on_page();
        poll_fn(|context| {
            if self.job.is_ready() {
                return Poll::Ready(());
            }
            self.job.add_waker(context.waker());
            Poll::Pending
        })
        .await;
    }

    /// [`AsyncResult::get_timeout`] for the page.
    ///
    /// # Errors
    /// As [`AsyncResult::get_timeout`].
    pub async fn get_timeout_async(&self, timeout: Duration) -> Result<T, Error> {
        if !self.wait_async(Some(timeout)).await {
            return Err(Error::TimeoutError);
        }
        self.take()
    }

    /// [`AsyncResult::get`] for the page. Awaiting the `AsyncResult` itself does the
    /// same, but can be done only once.
    ///
    /// # Errors
    /// As [`AsyncResult::get`].
    pub async fn get_async(&self) -> Result<T, Error> {
        self.until_ready().await;
        self.take()
    }
}

impl<T: 'static> IntoFuture for AsyncResult<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        self.job.drop_encoded();
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
