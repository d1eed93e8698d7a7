//! `Queue`, `SimpleQueue`, `JoinableQueue`, as in Python's `queues.py`.
//!
//! This room must not know locks or shared values.

mod joinable;
mod simple;

pub use joinable::JoinableQueue;
pub use simple::SimpleQueue;

use crate::{
    Error,
    connection::{ChannelRef, Parcel, unpack},
    kernel::{
        blocking,
        handle::Kind,
        host,
        wait::{Look, Step},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::{cell::Cell, marker::PhantomData, time::Duration};

/// A queue of values for any number of producers and consumers, in every
/// process that has it (Python's `multiprocessing.Queue`). First in, first out
/// for each producer.
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
/// - There is no feeder thread: what was put is there when `put` returns, so
///   `is_empty` and `qsize` agree, and a process can end before its messages
///   are read ("join before drain" does not hang).
/// - A process killed at any moment leaves the queue whole: a message is put
///   entirely or not at all. (In Python the queue may be corrupt, or locked
///   for ever.)
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Queue<T> {
    #[serde(deserialize_with = "queue")]
    channel: ChannelRef,
    #[serde(skip)]
    closed: Cell<bool>,
    #[serde(skip)]
    items: PhantomData<fn(T) -> T>,
}

fn queue<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChannelRef, D::Error> {
    ChannelRef::of_kind::<{ Kind::Queue.bit() }, D>(deserializer)
}

impl<T> Queue<T> {
    fn on(channel: ChannelRef) -> Queue<T> {
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

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// A queue for at most `max_size` items; 0: any number, as in Python.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(max_size: u32) -> Result<Queue<T>, Error> {
        ChannelRef::new(Kind::Queue, max_size, 0).map(Queue::on)
    }

    fn open(&self) -> Result<&ChannelRef, Error> {
        if self.closed.get() {
            return Err(Error::ValueError("Queue is closed".into()));
        }
        Ok(&self.channel)
    }

    /// Puts an item; waits while the queue is full.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::PicklingError`],
    /// [`Error::MemoryError`] when the arena has no room for it,
    /// [`Error::BlockingOnPage`].
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.put_within(item, None)
    }

    /// [`Queue::put`], but [`Error::Full`] if there is no room within `timeout`.
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.put_within(item, Some(microseconds(timeout)))
    }

    fn put_within(&self, item: &T, timeout: Option<f64>) -> Result<(), Error> {
        let channel = self.open()?;
        let parcel = Parcel::new(item)?;
        let step = || channel.put(&parcel);
        blocking::wait("Queue::put", "Queue::put_async", timeout, step)?.unwrap_or(Err(Error::Full))
    }

    /// Puts an item if there is room now (Python's `put_nowait`).
    ///
    /// # Errors
    /// [`Error::Full`]; as [`Queue::put`].
    pub fn try_put(&self, item: &T) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.open()?;
        match channel.put(&Parcel::new(item)?) {
            Step::Ready(result) => result,
            Step::Wait { .. } => Err(Error::Full),
        }
    }

    /// [`Queue::put`] for the page.
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.open()?;
        let parcel = Parcel::new(item)?;
        let put = host::wait_async(None, || channel.put(&parcel)).await;
        put.unwrap_or(Err(Error::Full))
    }

    /// Takes the oldest item; waits for one.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::BlockingOnPage`].
    pub fn get(&self) -> Result<T, Error> {
        self.get_within(None)
    }

    /// [`Queue::get`], but [`Error::Empty`] if nothing comes within `timeout`.
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        self.get_within(Some(microseconds(timeout)))
    }

    fn get_within(&self, timeout: Option<f64>) -> Result<T, Error> {
        let channel = self.open()?;
        let taken = channel.wait("Queue::get", "Queue::get_async", timeout)?;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// Takes an item if there is one now (Python's `get_nowait`).
    ///
    /// # Errors
    /// [`Error::Empty`]; as [`Queue::get`].
    pub fn try_get(&self) -> Result<T, Error> {
        blocking::check_signal();
        match self.open()?.take() {
            Step::Ready(Some(message)) => unpack(message),
            _ => Err(Error::Empty),
        }
    }

    /// [`Queue::get`] for the page.
    pub async fn get_async(&self) -> Result<T, Error> {
        blocking::check_signal();
        let channel = self.open()?;
        let taken = host::wait_async(None, || channel.take()).await;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// [`Queue::get_timeout`] for the page.
    pub async fn get_timeout_async(&self, timeout: Duration) -> Result<T, Error> {
        blocking::check_signal();
        let channel = self.open()?;
        let time = Some(microseconds(timeout));
        let taken = host::wait_async(time, || channel.take()).await;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// How many items wait at this moment.
    pub fn qsize(&self) -> u32 {
        self.channel.with(|channel| channel.len())
    }

    /// Does none wait at this moment?
    pub fn is_empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Would a put wait at this moment?
    pub fn is_full(&self) -> bool {
        self.channel.with(|channel| channel.is_full())
    }

    /// Says that this process will not use the queue any more. What it put
    /// stays.
    pub fn close(&self) {
        self.closed.set(true);
    }
}
