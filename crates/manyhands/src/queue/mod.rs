//! `Queue`, `SimpleQueue`, `JoinableQueue`, as in Python's `queues.py`.
//!
//! This module must not import `sync`, `shared`, `process` or anything built from them.

mod items;
mod joinable;
mod simple;

pub use items::QueueItems;
pub use joinable::JoinableQueue;
pub use simple::SimpleQueue;

use crate::{
    Error,
    connection::{ChannelRef, EncodedMessage, decode_message},
    kernel::{
        blocking, current,
        handle::Kind,
        host,
        wait::{Look, Step},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::{cell::Cell, marker::PhantomData, time::Duration};

/// A queue of values (Python's `multiprocessing.Queue`). Any number of processes may
/// put and get. The items of one producer come out in the order in which it put them.
///
/// ```no_run
/// use manyhands::{Error, Process, Queue};
///
/// fn main_program() -> Result<(), Error> {
///     let queue = Queue::new(0)?;
///     let square = |queue: Queue<u64>, n: u64| queue.put(&(n * n)).unwrap();
///     let process = Process::spawn(square, (queue.clone(), 12))?;
///     assert_eq!(queue.get()?, 144);
///     process.join()
/// }
/// ```
///
/// Differences from Python, on purpose:
/// - There is no feeder thread: an item is in the queue when `put` returns. So
///   `is_empty` and `qsize` agree, and a process can end before its items are taken
///   (joining a producer before the queue is emptied does not hang).
/// - A process that is killed at any moment leaves the queue intact: an item is put
///   completely or not at all. (In Python the queue may be left corrupt, or locked for
///   ever.)
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Queue<T> {
    #[serde(deserialize_with = "deserialize_channel")]
    channel: ChannelRef,
    #[serde(skip)]
    closed: Cell<bool>,
    #[serde(skip)]
    items: PhantomData<fn(T) -> T>,
}

fn deserialize_channel<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChannelRef, D::Error> {
    ChannelRef::deserialize_kind::<{ Kind::Queue.bit() }, D>(deserializer)
}

impl<T> Queue<T> {
    fn from_channel(channel: ChannelRef) -> Queue<T> {
        Queue {
            channel,
            closed: Cell::new(false),
            items: PhantomData,
        }
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            channel: self.channel.clone(),
            closed: self.closed.clone(),
            items: PhantomData,
        }
    }
}

impl<T> Look for Queue<T> {
    fn look(&self) -> Step<()> {
        self.channel.with(|channel| channel.peek()).map(drop)
    }
}

/// Becomes ready when an item has been taken from a queue since this was made, so that a
/// `put` that found no room may succeed now.
pub(crate) struct NextTaken<T> {
    queue: Queue<T>,
    before: u32,
}

impl<T> Look for NextTaken<T> {
    fn look(&self) -> Step<()> {
        let before = self.before;
        let channel = &self.queue.channel;
        channel.with(|channel| channel.taken_since(before))
    }
}

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// An empty queue whose items may occupy at most one of `parts` equal parts of the
    /// arena. An empty queue accepts one item of any size.
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub(crate) fn with_part_of_arena(parts: usize) -> Result<Queue<T>, Error> {
        host::ensure()?;
        let bytes = (current::arena_max() / parts) as u32;
        ChannelRef::new(Kind::Queue, 0, bytes).map(Queue::from_channel)
    }

    /// An object that becomes ready when the next item is taken.
    pub(crate) fn next_taken(&self) -> NextTaken<T> {
        NextTaken {
            queue: self.clone(),
            before: self.channel.with(|channel| channel.taken()),
        }
    }

    /// An empty queue for at most `max_size` items; 0 is no limit, as in Python.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(max_size: u32) -> Result<Queue<T>, Error> {
        ChannelRef::new(Kind::Queue, max_size, 0).map(Queue::from_channel)
    }

    fn check_open(&self) -> Result<&ChannelRef, Error> {
        if self.closed.get() {
            return Err(Error::ValueError("Queue is closed".into()));
        }
        Ok(&self.channel)
    }

    /// Puts an item. Waits while the queue is full.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::PicklingError`],
    /// [`Error::MemoryError`] when the arena has no room for it,
    /// [`Error::BlockingOnPage`].
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.put_within("Queue::put", "Queue::put_async", item, None)
    }

    /// Like [`Queue::put`], but returns [`Error::Full`] if the queue is still full
    /// after `timeout`.
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        let (call, instead) = ("Queue::put_timeout", "Queue::put_timeout_async");
        self.put_within(call, instead, item, Some(microseconds(timeout)))
    }

    fn put_within(
        &self,
        call: &'static str,
        instead: &'static str,
        item: &T,
        timeout: Option<f64>,
    ) -> Result<(), Error> {
        let channel = self.check_open()?;
        let message = EncodedMessage::new(item)?;
        let step = || channel.put(&message);
        blocking::wait(call, instead, timeout, step)?.unwrap_or(Err(Error::Full))
    }

    /// Puts an item if the queue is not full, without waiting (Python's `put_nowait`).
    ///
    /// # Errors
    /// [`Error::Full`]; otherwise as [`Queue::put`].
    pub fn try_put(&self, item: &T) -> Result<(), Error> {
        blocking::check_signal();
        self.check_open()?;
        self.try_put_encoded(&EncodedMessage::new(item)?)
    }

    /// [`Queue::try_put`] of an item that is encoded already.
    pub(crate) fn try_put_encoded(&self, item: &EncodedMessage) -> Result<(), Error> {
        match self.channel.put(item) {
            Step::Ready(result) => result,
            Step::Wait { .. } => Err(Error::Full),
        }
    }

    /// [`Queue::put`] for the page.
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.put_within_async(item, None).await
    }

    /// [`Queue::put_timeout`] for the page.
    pub async fn put_timeout_async(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.put_within_async(item, Some(microseconds(timeout)))
            .await
    }

    async fn put_within_async(&self, item: &T, timeout: Option<f64>) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.check_open()?;
        let message = EncodedMessage::new(item)?;
        let put = host::wait_async(timeout, || channel.put(&message)).await;
        put.unwrap_or(Err(Error::Full))
    }

    /// Takes the oldest item. Waits until there is one.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::BlockingOnPage`].
    pub fn get(&self) -> Result<T, Error> {
        self.get_within("Queue::get", "Queue::get_async", None)
    }

    /// Like [`Queue::get`], but returns [`Error::Empty`] if there is no item within
    /// `timeout`.
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        let (call, instead) = ("Queue::get_timeout", "Queue::get_timeout_async");
        self.get_within(call, instead, Some(microseconds(timeout)))
    }

    fn get_within(
        &self,
        call: &'static str,
        instead: &'static str,
        timeout: Option<f64>,
    ) -> Result<T, Error> {
        let channel = self.check_open()?;
        let taken = channel.wait(call, instead, timeout)?;
        decode_message(taken.flatten().ok_or(Error::Empty)?)
    }

    /// Takes the oldest item if there is one, without waiting (Python's `get_nowait`).
    ///
    /// # Errors
    /// [`Error::Empty`]; otherwise as [`Queue::get`].
    pub fn try_get(&self) -> Result<T, Error> {
        blocking::check_signal();
        match self.check_open()?.take() {
            Step::Ready(Some(message)) => decode_message(message),
            _ => Err(Error::Empty),
        }
    }

    /// [`Queue::get`] for the page.
    pub async fn get_async(&self) -> Result<T, Error> {
        self.get_within_async(None).await
    }

    /// [`Queue::get_timeout`] for the page.
    pub async fn get_timeout_async(&self, timeout: Duration) -> Result<T, Error> {
        self.get_within_async(Some(microseconds(timeout))).await
    }

    async fn get_within_async(&self, timeout: Option<f64>) -> Result<T, Error> {
        blocking::check_signal();
        let channel = self.check_open()?;
        let taken = host::wait_async(timeout, || channel.take()).await;
        decode_message(taken.flatten().ok_or(Error::Empty)?)
    }

    /// The number of items in the queue at this moment.
    pub fn qsize(&self) -> u32 {
        self.channel.with(|channel| channel.len())
    }

    /// Whether the queue is empty at this moment.
    pub fn is_empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Whether the queue is full at this moment, so that a `put` would wait.
    pub fn is_full(&self) -> bool {
        self.channel.with(|channel| channel.is_full())
    }

    /// Closes this handle of the queue: every later use of it is an error. Items that
    /// were put stay in the queue.
    pub fn close(&self) {
        self.closed.set(true);
    }
}
