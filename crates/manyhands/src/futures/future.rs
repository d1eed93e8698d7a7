//! `Future`.

use super::pending::Stage;
use crate::{
    Error,
    pool::{AsyncResult, engine::Engine},
};
use std::{cell::Cell, future::IntoFuture, pin::Pin, rc::Rc, task::Waker, time::Duration};

/// What a submitted call will come to (Python's `concurrent.futures.Future`).
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
    pub(super) stage: Rc<Cell<Stage>>,
    /// What cancels it while it waits.
    pub(super) withdraw: Withdraw,
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future {
            result: self.result.clone(),
            stage: self.stage.clone(),
            withdraw: self.withdraw.clone(),
        }
    }
}

/// Says of a call that waits that it was cancelled.
#[derive(Clone)]
pub(super) struct Withdraw(pub(super) Rc<dyn Fn()>);

impl std::fmt::Debug for Withdraw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Withdraw")
    }
}

impl<T: 'static> Future<T> {
    /// Waits for the result and takes it out.
    ///
    /// # Errors
    /// [`Error::TaskError`], [`Error::CancelledError`],
    /// [`Error::BrokenProcessPool`], [`Error::BlockingOnPage`]: await it there.
    pub fn result(&self) -> Result<T, Error> {
        self.result.get()
    }

    /// [`Future::result`], but [`Error::TimeoutError`] if it is not there within
    /// `timeout`.
    ///
    /// # Errors
    /// As [`Future::result`].
    pub fn result_timeout(&self, timeout: Duration) -> Result<T, Error> {
        self.result.get_timeout(timeout)
    }

    /// [`Future::result`] for the page; awaiting the future itself does the
    /// same.
    ///
    /// # Errors
    /// As [`Future::result`].
    pub async fn result_async(&self) -> Result<T, Error> {
        self.result.get_async().await
    }

    /// Waits for it: its error, if it has one. The result stays.
    ///
    /// # Errors
    /// [`Error::TimeoutError`], [`Error::BlockingOnPage`].
    pub fn exception(&self, timeout: Option<Duration>) -> Result<Option<Error>, Error> {
        if !self.result.wait(timeout)? {
            return Err(Error::TimeoutError);
        }
        Ok(self.result.error())
    }

    /// Is it done, or cancelled?
    pub fn done(&self) -> bool {
        self.result.ready()
    }

    /// Is it at work, or in line for a worker? Then it cannot be cancelled any
    /// more.
    pub fn running(&self) -> bool {
        !self.result.ready() && self.stage.get() == Stage::Running
    }

    /// Was it cancelled?
    pub fn cancelled(&self) -> bool {
        self.stage.get() == Stage::Cancelled
    }

    /// Cancels it, if it is not running yet; is it cancelled?
    pub fn cancel(&self) -> bool {
        if self.stage.get() == Stage::Pending && !self.result.is_over() {
            self.stage.set(Stage::Cancelled);
            (self.withdraw.0)();
        }
        self.cancelled()
    }

    /// Calls `callback` when it is done, at once if it is: in this process,
    /// while it waits for anything of the executor's; on the page as soon as it
    /// is done.
    pub fn add_done_callback(&self, callback: impl FnOnce(Result<&T, &Error>) + 'static) {
        self.result.call_back(callback);
    }

    pub(super) fn engine(&self) -> &Rc<Engine> {
        self.result.engine()
    }

    pub(super) fn wake_me(&self, waker: &Waker) {
        self.result.wake_me(waker);
    }
}

impl<T: 'static> IntoFuture for Future<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn std::future::Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.result_async().await })
    }
}
