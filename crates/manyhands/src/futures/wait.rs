//! `wait` and `as_completed`.

use super::Future;
use crate::{Error, pool::engine::Engine, timeout::deadline};
use std::{future::poll_fn, rc::Rc, task::Poll, time::Duration};

/// What [`wait()`] waits for (Python's `return_when`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReturnWhen {
    /// One is done, or cancelled.
    FirstCompleted,
    /// One has failed, or all are done.
    FirstException,
    /// All are done.
    #[default]
    AllCompleted,
}

impl ReturnWhen {
    fn is_satisfied<T: 'static>(self, futures: &[Future<T>]) -> bool {
        let mut done = futures.iter().filter(|future| future.result.is_over());
        match self {
            _ if futures.iter().all(|future| future.result.is_over()) => true,
            ReturnWhen::AllCompleted => false,
            ReturnWhen::FirstCompleted => done.next().is_some(),
            ReturnWhen::FirstException => {
                done.any(|future| !future.cancelled() && future.result.error().is_some())
            }
        }
    }
}

fn engines<T: 'static>(futures: &[Future<T>]) -> Vec<Rc<Engine>> {
    let mut engines: Vec<Rc<Engine>> = Vec::new();
    for future in futures {
        if !engines
            .iter()
            .any(|known| Rc::ptr_eq(known, future.engine()))
        {
            engines.push(future.engine().clone());
        }
    }
    engines
}

type Halves<T> = (Vec<Future<T>>, Vec<Future<T>>);

fn halves<T: 'static>(futures: &[Future<T>]) -> Halves<T> {
    let all = futures.iter().cloned();
    all.partition(|future| future.result.is_over())
}

/// Waits for some or all of several futures, of whatever executors, at most
/// `timeout` long: those that are done, and those that are not.
///
/// # Errors
/// [`Error::BlockingOnPage`].
pub fn wait<T: 'static>(
    futures: &[Future<T>],
    timeout: Option<Duration>,
    return_when: ReturnWhen,
) -> Result<Halves<T>, Error> {
    let satisfied = || return_when.is_satisfied(futures);
    Engine::run_all_until(&engines(futures), deadline(timeout), satisfied)?;
    Ok(halves(futures))
}

/// [`wait()`] for the page, without a time-out.
pub async fn wait_async<T: 'static>(futures: &[Future<T>], return_when: ReturnWhen) -> Halves<T> {
    for engine in engines(futures) {
        engine.run_on_page();
    }
    poll_fn(|context| {
        if return_when.is_satisfied(futures) {
            return Poll::Ready(());
        }
        for future in futures.iter().filter(|future| !future.result.is_over()) {
            future.wake_me(context.waker());
        }
        Poll::Pending
    })
    .await;
    halves(futures)
}

/// The futures, in the order in which they are done.
#[derive(Debug)]
pub struct AsCompleted<T> {
    left: Vec<Future<T>>,
    deadline: Option<f64>,
}

/// The futures, in the order in which they are done; [`Error::TimeoutError`] if
/// not all are within `timeout`.
pub fn as_completed<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: Option<Duration>,
) -> AsCompleted<T> {
    AsCompleted {
        left: futures.into_iter().collect(),
        deadline: deadline(timeout),
    }
}

impl<T: 'static> AsCompleted<T> {
    fn take_done(&mut self) -> Option<Future<T>> {
        let done = self
            .left
            .iter()
            .position(|future| future.result.is_over())?;
        Some(self.left.remove(done))
    }

    /// The next one, on the page.
    pub async fn next_async(&mut self) -> Option<Future<T>> {
        if self.left.is_empty() {
            return None;
        }
        wait_async(&self.left, ReturnWhen::FirstCompleted).await;
        self.take_done()
    }
}

impl<T: 'static> Iterator for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.is_empty() {
            return None;
        }
        let one = || self.left.iter().any(|future| future.result.is_over());
        match Engine::run_all_until(&engines(&self.left), self.deadline, one) {
            Err(error) => Some(Err(error)),
            Ok(false) => Some(Err(Error::TimeoutError)),
            Ok(true) => self.take_done().map(Ok),
        }
    }
}
