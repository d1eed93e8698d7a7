//! `AsyncResultProxy`: what a call of a manager's pool will come to.

use super::{message::Answer, question::Question, remote::Remote};
use crate::{
    Error,
    timeout::{deadline, time_until},
};
use std::{cell::RefCell, future::IntoFuture, pin::Pin, time::Duration};

/// What is made of the answer.
type Read<T> = Box<dyn Fn(Answer) -> Result<T, Error>>;

/// What [`crate::PoolProxy::map_async`] and its like return at once (Python's
/// proxy of an `AsyncResult`): the result is asked for with
/// [`AsyncResultProxy::get`], or, on the page, awaited. Dropped, the work goes
/// on.
pub struct AsyncResultProxy<T> {
    question: Question,
    /// Keeps the pool.
    _remote: Remote,
    read: Read<T>,
    /// Once it was looked at, until it is taken.
    ready: RefCell<Option<Result<T, Error>>>,
}

impl<T: 'static> AsyncResultProxy<T> {
    pub(super) fn new(remote: &Remote, question: Question, read: Read<T>) -> Self {
        AsyncResultProxy {
            question: question.independent(),
            _remote: remote.clone(),
            read,
            ready: RefCell::default(),
        }
    }

    /// Opens an answer that is here.
    fn open(&self) {
        if let Some(came) = self.question.take() {
            let read = came.and_then(|answer| (self.read)(answer));
            self.ready.replace(Some(read));
        }
    }

    fn taken(&self) -> Result<T, Error> {
        self.open();
        let taken = self.ready.take();
        taken.unwrap_or_else(|| Err(Error::ValueError("the result was taken before".into())))
    }

    /// Waits for the result and takes it out.
    ///
    /// # Errors
    /// [`Error::TaskError`] for the first item that failed, once all chunks are
    /// done; [`Error::CancelledError`]; [`Error::ValueError`] when the pool was
    /// closed before or terminated meanwhile, or the result was taken before;
    /// [`Error::BrokenProcessPool`]; what the pool could not be made for, as of
    /// [`crate::PoolBuilder::build`]; [`Error::ManagerDied`];
    /// [`Error::BlockingOnPage`]: await it there.
    pub fn get(&self) -> Result<T, Error> {
        self.wait(None)?;
        self.taken()
    }

    /// [`AsyncResultProxy::get`], but [`Error::TimeoutError`] if it is not there
    /// within `timeout`.
    ///
    /// # Errors
    /// As [`AsyncResultProxy::get`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        if !self.wait(Some(timeout))? {
            return Err(Error::TimeoutError);
        }
        self.taken()
    }

    /// Waits until the result is there, at most so long; is it?
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`], [`Error::ManagerDied`].
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool, Error> {
        let deadline = deadline(timeout);
        let time = || deadline.map(time_until);
        let calls = ("AsyncResultProxy::get", "AsyncResultProxy::get_async");
        Question::wait_any(&[&self.question], time, calls)
    }

    /// Is the result there?
    ///
    /// # Errors
    /// [`Error::ManagerDied`].
    pub fn ready(&self) -> Result<bool, Error> {
        self.question.look()
    }

    /// Did all go well?
    ///
    /// # Errors
    /// [`Error::ValueError`] before it is ready, or after it was taken;
    /// [`Error::ManagerDied`].
    pub fn successful(&self) -> Result<bool, Error> {
        self.question.look()?;
        self.open();
        let good = self.ready.borrow().as_ref().map(Result::is_ok);
        good.ok_or_else(|| Error::ValueError("the result is not ready, or was taken".into()))
    }

    /// Cancels what is left of it: chunks that wait are skipped, and one that
    /// runs ends after its item. [`AsyncResultProxy::get`] then gives
    /// [`Error::CancelledError`], unless it was done by then. (Python cannot.)
    pub fn cancel(&self) {
        self.question.cancel();
    }

    /// [`AsyncResultProxy::get`] for the page; awaiting the proxy itself does
    /// the same.
    ///
    /// # Errors
    /// As [`AsyncResultProxy::get`].
    pub async fn get_async(&self) -> Result<T, Error> {
        Question::wait_any_async(&[&self.question]).await?;
        self.taken()
    }
}

impl<T: 'static> IntoFuture for AsyncResultProxy<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.get_async().await })
    }
}

impl<T> std::fmt::Debug for AsyncResultProxy<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncResultProxy")
            .field("ready", &self.question.is_here())
            .finish_non_exhaustive()
    }
}
