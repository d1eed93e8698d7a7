//! `Future`: the result of a submitted call, which can be waited for or awaited.

use super::pending::FutureState;
use crate::{
    Error,
    pool::{AsyncResult, engine::Engine},
};
use std::{cell::Cell, future::IntoFuture, pin::Pin, rc::Rc, task::Waker, time::Duration};

/// The result of a call that was submitted to an executor and may still run
/// (Python's `concurrent.futures.Future`).
///
/// The result can be obtained any number of times, also from clones of the future. Since
/// its type need not be `Clone`, the bytes that the worker sent are kept until the last
/// clone is dropped, and are decoded again each time.
///
/// ```no_run
/// # fn main_program() -> Result<(), manyhands::Error> {
/// use manyhands::ProcessPoolExecutor;
///
/// let executor = ProcessPoolExecutor::new(2)?;
/// let power = executor.submit(|base: u64, exponent: u32| base.pow(exponent), (2, 10))?;
/// assert_eq!(power.result()?, 1024);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Future<T> {
    pub(super) result: Rc<AsyncResult<T>>,
    pub(super) state: Rc<Cell<FutureState>>,
    /// Ends the job as cancelled. Used only while the call is waiting.
    pub(super) on_cancel: OnCancel,
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future {
            result: self.result.clone(),
            state: self.state.clone(),
            on_cancel: self.on_cancel.clone(),
        }
    }
}

/// The function that is called when a future is cancelled.
#[derive(Clone)]
pub(super) struct OnCancel(pub(super) Rc<dyn Fn()>);

impl std::fmt::Debug for OnCancel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnCancel")
    }
}

impl<T: 'static> Future<T> {
    /// Waits for the result and returns it.
    ///
    /// # Errors
    /// [`Error::TaskError`], [`Error::CancelledError`],
    /// [`Error::BrokenProcessPool`], [`Error::BlockingOnPage`] on the page, where
    /// the future must be awaited.
    pub fn result(&self) -> Result<T, Error> {
        self.result.get()
    }

    /// [`Future::result`], but returns [`Error::TimeoutError`] if the result has not
    /// arrived within `timeout`.
    ///
    /// # Errors
    /// As [`Future::result`].
    pub fn result_timeout(&self, timeout: Duration) -> Result<T, Error> {
        self.result.get_timeout(timeout)
    }

    /// [`Future::result_timeout`] for the page.
    ///
    /// # Errors
    /// As [`Future::result_timeout`].
    pub async fn result_timeout_async(&self, timeout: Duration) -> Result<T, Error> {
        self.result.get_timeout_async(timeout).await
    }

    /// [`Future::result`] for the page. Awaiting the future itself does the same.
    ///
    /// # Errors
    /// As [`Future::result`].
    pub async fn result_async(&self) -> Result<T, Error> {
        self.result.get_async().await
    }

    /// Waits for the result and returns its error; `None` if the call has succeeded.
    ///
    /// # Errors
    /// [`Error::TimeoutError`], [`Error::BlockingOnPage`].
    pub fn exception(&self, timeout: Option<Duration>) -> Result<Option<Error>, Error> {
        if !self.result.wait(timeout)? {
            return Err(Error::TimeoutError);
        }
        Ok(self.result.error())
    }

    /// [`Future::exception`] for the page.
    ///
    /// # Errors
    /// [`Error::TimeoutError`].
    pub async fn exception_async(&self, timeout: Option<Duration>) -> Result<Option<Error>, Error> {
        if !self.result.wait_async(timeout).await {
            return Err(Error::TimeoutError);
        }
        Ok(self.result.error())
    }

    /// Has the call completed, failed or been cancelled?
    pub fn done(&self) -> bool {
        self.result.ready()
    }

    /// Is the call running or in the workers' queue? Then it can no longer be cancelled.
    pub fn running(&self) -> bool {
        !self.result.ready() && self.state.get() == FutureState::Running
    }

    /// Has the call been cancelled?
    pub fn cancelled(&self) -> bool {
        self.state.get() == FutureState::Cancelled
    }

    /// Cancels the call, unless it is already running. Returns whether it is cancelled.
    pub fn cancel(&self) -> bool {
        if self.state.get() == FutureState::Pending && !self.result.has_ended() {
            self.state.set(FutureState::Cancelled);
            (self.on_cancel.0)();
        }
        self.cancelled()
    }

    /// Calls `callback` when the future is done, or at once if it already is. In a
    /// process this happens while the process waits for something of this executor; on
    /// the page as soon as the future is done.
    pub fn add_done_callback(&self, callback: impl FnOnce(Result<&T, &Error>) + 'static) {
        self.result.add_callback(callback);
    }

    pub(super) fn engine(&self) -> &Rc<Engine> {
        self.result.engine()
    }

    pub(super) fn add_waker(&self, waker: &Waker) {
        self.result.add_waker(waker);
    }
}

impl<T: 'static> IntoFuture for Future<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn std::future::Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.result_async().await })
    }
}
