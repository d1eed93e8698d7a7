//! Queues as iterators.
//!
//! This module must not import locks.

use super::{JoinableQueue, Queue, SimpleQueue};
use crate::Error;
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Borrow, marker::PhantomData};

/// The items of a queue as they come: what `for item in &queue` takes, one
/// [`Queue::get`] after another (Python's `iter(queue.get, sentinel)`).
///
/// A queue does not know whether more items will be put, so the iteration waits for the
/// next one for ever. Leave the loop at an item that says so, as in Python, or close this
/// handle of the queue: then the iteration ends. It also ends after
/// [`Error::BlockingOnPage`].
///
/// ```no_run
/// use manyhands::{Error, Queue};
///
/// fn sum(queue: Queue<Option<u64>>) -> Result<u64, Error> {
///     let mut sum = 0;
///     for item in &queue {
///         match item? {
///             Some(number) => sum += number,
///             None => break,
///         }
///     }
///     Ok(sum)
/// }
/// ```
#[derive(Debug)]
pub struct QueueItems<Q, T> {
    queue: Q,
    ended: bool,
    items: PhantomData<fn() -> T>,
}

impl<Q: Borrow<Queue<T>>, T> QueueItems<Q, T> {
    fn of(queue: Q) -> Self {
        QueueItems {
            queue,
            ended: false,
            items: PhantomData,
        }
    }
}

impl<Q: Borrow<Queue<T>>, T: Serialize + DeserializeOwned> Iterator for QueueItems<Q, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        let queue = self.queue.borrow();
        if self.ended || queue.closed.get() {
            return None;
        }
        let item = queue.get();
        self.ended = matches!(item, Err(Error::BlockingOnPage { .. }));
        Some(item)
    }
}

macro_rules! iterate {
    ($($queue:ident: |$one:ident| $inner:expr;)*) => {$(
        impl<T: Serialize + DeserializeOwned> IntoIterator for $queue<T> {
            type Item = Result<T, Error>;
            type IntoIter = QueueItems<Queue<T>, T>;

            fn into_iter(self) -> Self::IntoIter {
                let $one = &self;
                QueueItems::of($inner.clone())
            }
        }

        impl<'a, T: Serialize + DeserializeOwned> IntoIterator for &'a $queue<T> {
            type Item = Result<T, Error>;
            type IntoIter = QueueItems<&'a Queue<T>, T>;

            fn into_iter(self) -> Self::IntoIter {
                let $one = self;
                QueueItems::of($inner)
            }
        }
    )*};
}

iterate! {
    Queue: |queue| queue;
    SimpleQueue: |queue| &queue.0;
    JoinableQueue: |queue| &**queue;
}
