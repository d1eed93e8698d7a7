//! `AsyncResult`: the result of a job, asked for or awaited.
//!
//! Must not know what kinds of job there are.

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
    /// If it has ended, a number that is larger for jobs that ended later.
    fn end(&self) -> Option<u64>;
    /// Is the result no error? `None` before it is there.
    fn is_ok(&self) -> Option<bool>;
    /// The error, if the result is there and is one.
    fn error(&self) -> Option<Error>;
    /// The result, as often as it is asked for; `None` before it is there, and when it
    /// was taken and nothing was kept.
    fn take(&self) -> Option<Result<T, Error>>;
    /// The result will be taken once only: what it is decoded from need not be kept.
    fn keep_nothing(&self);
    fn add_callback(self: Rc<Self>, callback: Callback<T>);
    fn add_waker(&self, waker: &Waker);
    fn cancel(&self);
    /// How many items have a value or an error, and how many items there are.
    fn counts(&self) -> (usize, usize);
    fn job(self: Rc<Self>) -> Rc<dyn Job>;
}

/// The result of a call that may still run (Python's `AsyncResult`), as
/// `map_async`, `starmap_async` and `apply_async` return it.
/// [`AsyncResult::get`] waits for the result; on the page, await it.
///
/// The result can be had as often as you like, as in Python. Since its type need not be
/// `Clone`, what the workers sent is kept until the `AsyncResult` is dropped, and decoded
/// anew each time. Awaiting the `AsyncResult` itself uses it up and keeps nothing.
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
    /// [`Error::TaskError`] for the first item that failed, once all chunks are
    /// done; [`Error::CancelledError`]; [`Error::ValueError`] when the pool was
    /// terminated; [`Error::MemoryError`] and [`Error::PicklingError`] for a result that
    /// could not be sent or read back; [`Error::BlockingOnPage`] on the page, where it
    /// must be awaited.
    pub fn get(&self) -> Result<T, Error> {
        self.wait(None)?;
        self.take()
    }

    /// [`AsyncResult::get`], but [`Error::TimeoutError`] if the result is not
    /// there within `timeout`.
    ///
    /// # Errors
    /// As [`AsyncResult::get`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        if !self.wait(Some(timeout))? {
            return Err(Error::TimeoutError);
        }
        self.take()
    }

    /// [`AsyncResult::get`] for who will not ask again.
    pub(super) fn into_value(self) -> Result<T, Error> {
        self.job.keep_nothing();
        self.get()
    }

    fn take(&self) -> Result<T, Error> {
        let taken = self.job.take();
        taken.unwrap_or_else(|| Err(Error::ValueError("the result was taken before".into())))
    }

    /// Waits until the result is there, but not longer than `timeout`. Returns
    /// whether it is there.
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

    /// Has the call succeeded?
    ///
    /// # Errors
    /// [`Error::ValueError`] before the result is there.
    pub fn successful(&self) -> Result<bool, Error> {
        self.job.engine().pump();
        let ok = self.job.is_ok();
        ok.ok_or_else(|| Error::ValueError("the result is not ready".into()))
    }

    /// Calls `callback` with the result when it is there (Python's `callback`
    /// and `error_callback`). In a process that happens while it waits for
    /// something of this pool; on the page as soon as the result is there.
    #[must_use]
    pub fn with_callback(self, callback: impl FnOnce(Result<&T, &Error>) + 'static) -> Self {
        self.add_callback(callback);
        self
    }

    /// Cancels the call: chunks that wait are skipped, and a chunk that runs ends
    /// after its current item. [`AsyncResult::get`] then returns
    /// [`Error::CancelledError`]. Python has no such method.
    pub fn cancel(&self) {
        self.job.cancel();
    }

    /// How far the call has come.
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

    /// The error, if the result is there and is one.
    pub(crate) fn error(&self) -> Option<Error> {
        self.job.error()
    }

    /// Has the call ended? Unlike [`AsyncResult::ready`] this does not run the
    /// pool.
    pub(crate) fn is_over(&self) -> bool {
        self.job.is_ready()
    }

    /// If the call has ended, a number that is larger for calls that ended later.
    pub(crate) fn end(&self) -> Option<u64> {
        self.job.end()
    }

    pub(crate) fn engine(&self) -> &Rc<Engine> {
        self.job.engine()
    }

    /// Calls `callback` when the result is there, at once if it is.
    pub(crate) fn add_callback(&self, callback: impl FnOnce(Result<&T, &Error>) + 'static) {
        self.job.clone().add_callback(Box::new(callback));
    }

    /// Wakes `waker` when the result is there.
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

    /// [`AsyncResult::get`] for the page; awaiting the `AsyncResult` itself does
    /// the same.
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
        self.job.keep_nothing();
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
