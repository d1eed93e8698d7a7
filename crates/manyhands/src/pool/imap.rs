//! `imap` and `imap_unordered`: an iterator over results.

use super::{
    engine::Engine,
    job::Job,
    stream::{Stream, StreamOptions},
};
use crate::{Error, Target, process::ResultRule, timeout::deadline, within};
use futures_core::Stream as _;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

/// An iterator over results as they arrive, as returned by [`crate::Pool::imap`] and
/// [`crate::Pool::imap_unordered`]. Each result may be an error.
///
/// Items are taken from the source only as results are taken from this iterator, so the
/// source may be endless. [`crate::Pool::join`] takes all remaining items; the results
/// can still be read afterwards. As in Python, if chunks have one item, an error takes
/// the place of that item's result and the iteration goes on; with larger chunks the
/// iteration ends after the error.
///
/// On the page, where a result must be awaited ([`IMap::next_async`]), a loop over this
/// iterator ends with [`Error::BlockingOnPage`] at the first result that has not arrived.
pub struct IMap<V> {
    engine: Rc<Engine>,
    stream: Rc<Stream<V>>,
    /// The iterator has just said that it may not block here.
    refused: bool,
}

impl<V: DeserializeOwned + 'static> IMap<V> {
    /// Starts to call `function` for these items.
    pub(crate) fn new<A, M, T, I, P>(
        engine: &Rc<Engine>,
        function: T,
        items: I,
        options: StreamOptions,
    ) -> IMap<V>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        P: ResultRule<T::Output, Value = V>,
    {
        let size = options.chunk_size;
        let mut items = items.into_iter();
        let source = move || {
            let chunk: Vec<A> = items.by_ref().take(size).collect();
            let call = function.chunk::<P>(&chunk);
            (!chunk.is_empty()).then(|| call.map(|call| (chunk.len(), call)))
        };
        let stream = Stream::new(engine, options, Box::new(source));
        engine.add_submitting_job(stream.clone());
        engine.run_on_page();
        IMap {
            engine: engine.clone(),
            stream,
            refused: false,
        }
    }

    /// The next result, or [`Error::TimeoutError`] if it has not arrived within `timeout`
    /// (Python's `IMapIterator.next(timeout)`).
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Result<V, Error>> {
        self.next_within(Some(timeout))
    }

    fn next_within(&mut self, timeout: Option<Duration>) -> Option<Result<V, Error>> {
        if let Some(next) = self.stream.try_next() {
            // Taking a result has made room for the next chunk.
            self.stream.clone().submit_more();
            return next;
        }
        let next = Cell::new(None);
        let ready = || {
            let tried = self.stream.try_next();
            let ready = tried.is_some();
            next.set(tried);
            ready
        };
        match self.engine.run_until(deadline(timeout), ready) {
            Err(error) => Some(Err(error)),
            Ok(_) => next.take().unwrap_or(Some(Err(Error::TimeoutError))),
        }
    }

    /// [`IMap::next_timeout`] for the page.
    pub async fn next_timeout_async(&mut self, timeout: Duration) -> Option<Result<V, Error>> {
        let next = within(timeout, self.next_async()).await;
        next.unwrap_or_else(|error| Some(Err(error)))
    }

    /// The next result, on the page.
    pub async fn next_async(&mut self) -> Option<Result<V, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

/// The results as they arrive, for the page; the same as [`IMap::next_async`].
impl<V: DeserializeOwned + 'static> futures_core::Stream for IMap<V> {
    type Item = Result<V, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<Self::Item>> {
        let Some(next) = self.stream.try_next() else {
            self.stream.add_waker(context.waker());
            self.engine.run_on_page();
            return Poll::Pending;
        };
        // Taking a result has made room for the next chunk.
        self.stream.clone().submit_more();
        Poll::Ready(next)
    }
}

impl<V: DeserializeOwned + 'static> Iterator for IMap<V> {
    type Item = Result<V, Error>;

    fn next(&mut self) -> Option<Result<V, Error>> {
        // Otherwise a loop on the page would get this error until the result arrives.
        if std::mem::take(&mut self.refused) {
            return None;
        }
        let next = self.next_within(None);
        self.refused = matches!(next, Some(Err(Error::BlockingOnPage { .. })));
        next
    }
}

impl<V> Drop for IMap<V> {
    fn drop(&mut self) {
        self.stream.reader_dropped(&self.engine);
    }
}

impl<V> std::fmt::Debug for IMap<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IMap").finish_non_exhaustive()
    }
}
