//! `IMapProxy`: results of a manager's pool, one by one.

use super::{
    pool_proxy::{Chunk, gather},
    question::Question,
    remote::Remote,
};
use crate::{
    Error,
    pool::imap::{StreamOptions, window},
    timeout::{deadline, time_until},
};
use serde::de::DeserializeOwned;
use std::{collections::VecDeque, time::Duration};

/// The question for the next chunk, if there is one.
pub(super) type NextChunk = Box<dyn FnMut() -> Option<(Chunk, Result<Question, Error>)>>;

/// What [`crate::PoolProxy::imap`] and [`crate::PoolProxy::imap_unordered`]
/// return (Python's `IteratorProxy`): an iterator over the results, each of
/// which may be an error of its own.
///
/// Items are taken from the source as results are taken from here, so that it
/// may be endless. With chunks of one item an error stands in its own place and
/// the iteration goes on; with larger ones it ends after it, as in Python.
/// Dropped, what is under way is given up.
pub struct IMapProxy<V> {
    under_way: VecDeque<(Chunk, Result<Question, Error>)>,
    /// So many chunks may be under way.
    window: usize,
    source: NextChunk,
    rules: StreamOptions,
    /// Of the chunk that is being handed out.
    current: VecDeque<Result<V, Error>>,
    over: bool,
    /// Keeps the pool.
    _remote: Remote,
}

impl<V: DeserializeOwned + 'static> IMapProxy<V> {
    pub(super) fn new(
        remote: &Remote,
        workers: u32,
        rules: StreamOptions,
        source: NextChunk,
    ) -> IMapProxy<V> {
        let mut results = IMapProxy {
            under_way: VecDeque::new(),
            window: window(workers),
            source,
            rules,
            current: VecDeque::new(),
            over: false,
            _remote: remote.clone(),
        };
        results.fill();
        results
    }

    /// Asks for more, as far as there may be more under way.
    fn fill(&mut self) {
        while !self.over && self.under_way.len() < self.window {
            let Some(next) = (self.source)() else { break };
            self.under_way.push_back(next);
        }
    }

    /// The questions of which one is the next to be answered.
    fn awaited(&self) -> Vec<&Question> {
        let all = if self.rules.ordered { 1 } else { self.window };
        let all = self.under_way.iter().take(all);
        all.filter_map(|(_, asked)| asked.as_ref().ok()).collect()
    }

    /// What is next, if it is here: `None` for nothing more.
    fn step(&mut self) -> Option<Option<Result<V, Error>>> {
        loop {
            if let Some(next) = self.current.pop_front() {
                return Some(Some(next));
            }
            self.fill();
            if self.over || self.under_way.is_empty() {
                return Some(None);
            }
            let is_here = |(_, asked): &(Chunk, Result<Question, Error>)| match asked {
                Ok(question) => question.is_here(),
                Err(_) => true,
            };
            let place = match self.rules.ordered {
                true => is_here(&self.under_way[0]).then_some(0),
                false => self.under_way.iter().position(is_here),
            };
            let (chunk, asked) = self.under_way.remove(place?)?;
            let (failure, last) = match asked.map(Question::answer) {
                Ok(Ok(answer)) => {
                    let (values, failure) = gather(&[chunk], answer);
                    self.current.extend(values.into_iter().map(Ok));
                    (failure, self.rules.end_at_error)
                }
                // Not this chunk's: there is no pool any more.
                Ok(Err(error)) => (Some(error), true),
                Err(error) => {
                    let died = matches!(error, Error::ManagerDied { .. });
                    (Some(error), self.rules.end_at_error || died)
                }
            };
            if let Some(failure) = failure {
                self.current.push_back(Err(failure));
                self.end_if(last);
            }
        }
    }

    fn end_if(&mut self, last: bool) {
        if last {
            self.over = true;
            self.under_way.clear();
        }
    }

    /// The next result, waited for at most so long: [`Error::TimeoutError`] if
    /// it is not there by then (Python's `next(timeout)`).
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Result<V, Error>> {
        self.next_within(Some(timeout))
    }

    fn next_within(&mut self, timeout: Option<Duration>) -> Option<Result<V, Error>> {
        let deadline = deadline(timeout);
        let calls = ("IMapProxy::next", "IMapProxy::next_async");
        loop {
            if let Some(next) = self.step() {
                return next;
            }
            let time = || deadline.map(time_until);
            match Question::wait_any(&self.awaited(), time, calls) {
                Ok(true) => {}
                Ok(false) => return Some(Err(Error::TimeoutError)),
                Err(error) => return Some(Err(self.failed(error))),
            }
        }
    }

    fn failed(&mut self, error: Error) -> Error {
        self.end_if(matches!(error, Error::ManagerDied { .. }));
        error
    }

    /// The next result, on the page.
    pub async fn next_async(&mut self) -> Option<Result<V, Error>> {
        loop {
            if let Some(next) = self.step() {
                return next;
            }
            if let Err(error) = Question::wait_any_async(&self.awaited()).await {
                return Some(Err(self.failed(error)));
            }
        }
    }
}

impl<V: DeserializeOwned + 'static> Iterator for IMapProxy<V> {
    type Item = Result<V, Error>;

    fn next(&mut self) -> Option<Result<V, Error>> {
        self.next_within(None)
    }
}

impl<V> std::fmt::Debug for IMapProxy<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IMapProxy").finish_non_exhaustive()
    }
}
