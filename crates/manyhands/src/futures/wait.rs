//! `wait` and `as_completed`: waiting for several futures.

use super::Future;
use crate::{
    Error,
    pool::engine::Engine,
    timeout::{deadline, time_until},
    within,
};
use std::{collections::HashSet, future::poll_fn, rc::Rc, task::Poll, time::Duration};

/// When [`wait()`] returns (Python's `return_when`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReturnWhen {
    /// When one future is done or cancelled.
    FirstCompleted,
    /// When one future has failed, or all are done.
    FirstException,
    /// When all futures are done.
    #[default]
    AllCompleted,
}

impl ReturnWhen {
    fn is_satisfied<T: 'static>(self, futures: &[Future<T>]) -> bool {
        let mut done = futures.iter().filter(|future| future.result.has_ended());
        match self {
            _ if futures.iter().all(|future| future.result.has_ended()) => true,
            ReturnWhen::AllCompleted => false,
            ReturnWhen::FirstCompleted => done.next().is_some(),
            ReturnWhen::FirstException => {
                done.any(|future| !future.cancelled() && future.result.error().is_some())
            }
        }
    }
}

/// The engines of these futures, each once.
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

/// These futures without duplicates.
fn each_once<T: 'static>(futures: impl IntoIterator<Item = Future<T>>) -> Vec<Future<T>> {
    let mut known = HashSet::new();
    let futures = futures.into_iter();
    let new = futures.filter(|future| known.insert(Rc::as_ptr(&future.result)));
    new.collect()
}

/// The futures that are done, and those that are not.
type DoneAndNotDone<T> = (Vec<Future<T>>, Vec<Future<T>>);

fn done_and_not_done<T: 'static>(futures: &[Future<T>]) -> DoneAndNotDone<T> {
    let all = each_once(futures.iter().cloned()).into_iter();
    all.partition(|future| future.result.has_ended())
}

/// Waits for some or all of several futures, which may belong to different executors, but
/// at most for `timeout`. Returns the futures that are done and those that are not,
/// without duplicates.
///
/// # Errors
/// [`Error::BlockingOnPage`].
pub fn wait<T: 'static>(
    futures: &[Future<T>],
    timeout: Option<Duration>,
    return_when: ReturnWhen,
) -> Result<DoneAndNotDone<T>, Error> {
    let satisfied = || return_when.is_satisfied(futures);
    Engine::run_all_until(&engines(futures), deadline(timeout), satisfied)?;
    Ok(done_and_not_done(futures))
}

/// [`wait()`] for the page, without a time-out.
pub async fn wait_async<T: 'static>(
    futures: &[Future<T>],
    return_when: ReturnWhen,
) -> DoneAndNotDone<T> {
    for engine in engines(futures) {
        engine.run_on_page();
    }
    poll_fn(|context| {
        if return_when.is_satisfied(futures) {
            return Poll::Ready(());
        }
        for future in futures.iter().filter(|future| !future.result.has_ended()) {
            future.add_waker(context.waker());
        }
        Poll::Pending
    })
    .await;
    done_and_not_done(futures)
}

/// [`wait()`] for the page, which waits at most for `timeout`.
pub async fn wait_timeout_async<T: 'static>(
    futures: &[Future<T>],
    timeout: Duration,
    return_when: ReturnWhen,
) -> DoneAndNotDone<T> {
    let waited = within(timeout, wait_async(futures, return_when)).await;
    waited.unwrap_or_else(|_| done_and_not_done(futures))
}

/// An iterator over futures in the order in which they complete; see [`as_completed`].
#[derive(Debug)]
pub struct AsCompleted<T> {
    remaining: Vec<Future<T>>,
    deadline: Option<f64>,
}

/// Iterates over futures in the order in which they complete. A future that is given
/// several times, or as clones, is yielded once. If not all of them have completed within
/// `timeout`, the iterator yields [`Error::TimeoutError`] once and ends, as Python's
/// raises it. On the page, where it may not wait, it yields [`Error::BlockingOnPage`] and
/// ends: call [`AsCompleted::next_async`] there instead.
pub fn as_completed<T: 'static>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: Option<Duration>,
) -> AsCompleted<T> {
    AsCompleted {
        remaining: each_once(futures),
        deadline: deadline(timeout),
    }
}

impl<T: 'static> AsCompleted<T> {
    fn take_done(&mut self) -> Option<Future<T>> {
        let futures = self.remaining.iter().enumerate();
        let ended =
            futures.filter_map(|(index, future)| Some((future.result.end_number()?, index)));
        let (_, first) = ended.min()?;
        Some(self.remaining.remove(first))
    }

    /// The next item of the iterator, on the page, with the time-out that was given to
    /// [`as_completed`].
    pub async fn next_timeout_async(&mut self) -> Option<Result<Future<T>, Error>> {
        let Some(deadline) = self.deadline else {
            return self.next_async().await.map(Ok);
        };
        let next = within(time_until(deadline), self.next_async()).await;
        self.end_after_error(next.transpose())
    }

    fn end_after_error(
        &mut self,
        next: Option<Result<Future<T>, Error>>,
    ) -> Option<Result<Future<T>, Error>> {
        if matches!(next, Some(Err(_))) {
            self.remaining.clear();
        }
        next
    }

    /// The next future that completes, on the page. This has no time-out.
    pub async fn next_async(&mut self) -> Option<Future<T>> {
        if self.remaining.is_empty() {
            return None;
        }
        wait_async(&self.remaining, ReturnWhen::FirstCompleted).await;
        self.take_done()
    }
}

impl<T: 'static> Iterator for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.remaining.is_empty() {
            return None;
        }
        let one_done = || {
            self.remaining
                .iter()
                .any(|future| future.result.has_ended())
        };
        let next = match Engine::run_all_until(&engines(&self.remaining), self.deadline, one_done) {
            Err(error) => Some(Err(error)),
            Ok(false) => Some(Err(Error::TimeoutError)),
            Ok(true) => self.take_done().map(Ok),
        };
        self.end_after_error(next)
    }
}
