//! `SimpleQueue`: a queue whose limit is a number of bytes.
//!
//! This module must not import locks.

use super::Queue;
use crate::{
    Error,
    connection::ChannelRef,
    kernel::{blocking, handle::Kind},
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// The largest number of bytes in a [`SimpleQueue`]: the capacity of a Linux pipe.
const PIPE_BYTES: u32 = 1 << 16;

/// A queue without a limit on the number of items, whose `put` waits while 64 KiB are
/// in the queue (Python's `SimpleQueue`, which is a pipe with a lock).
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct SimpleQueue<T>(#[serde(deserialize_with = "deserialize_queue")] pub(super) Queue<T>);

fn deserialize_queue<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<Queue<T>, D::Error> {
    ChannelRef::deserialize_kind::<{ Kind::SimpleQueue.bit() }, D>(deserializer)
        .map(Queue::from_channel)
}

impl<T> Clone for SimpleQueue<T> {
    fn clone(&self) -> Self {
        SimpleQueue(self.0.clone())
    }
}

impl<T: Serialize + DeserializeOwned> SimpleQueue<T> {
    /// An empty queue.
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub fn new() -> Result<SimpleQueue<T>, Error> {
        Ok(SimpleQueue(Queue::from_channel(ChannelRef::new(
            Kind::SimpleQueue,
            0,
            PIPE_BYTES,
        )?)))
    }

    /// The queue, unless it was closed.
    ///
    /// # Errors
    /// [`Error::OSError`] after [`SimpleQueue::close`], as for a closed pipe in Python.
    fn check_open(&self) -> Result<&Queue<T>, Error> {
        blocking::check_signal();
        if self.0.closed.get() {
            return Err(Error::OSError("handle is closed".into()));
        }
        Ok(&self.0)
    }

    /// As [`Queue::put`].
    ///
    /// # Errors
    /// [`Error::OSError`] after [`SimpleQueue::close`]; as [`Queue::put`].
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.check_open()?.put(item)
    }

    /// As [`Queue::put_async`].
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.check_open()?.put_async(item).await
    }

    /// As [`Queue::get`].
    ///
    /// # Errors
    /// As [`SimpleQueue::put`].
    pub fn get(&self) -> Result<T, Error> {
        self.check_open()?.get()
    }

    /// As [`Queue::get_async`].
    pub async fn get_async(&self) -> Result<T, Error> {
        self.check_open()?.get_async().await
    }

    /// As [`Queue::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As [`Queue::close`].
    pub fn close(&self) {
        self.0.close();
    }
}
