//! `SimpleQueue`: a queue that is bounded by bytes.

use super::Queue;
use crate::{
    Error,
    connection::ChannelRef,
    kernel::{blocking, handle::Kind},
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// How many bytes may wait in a [`SimpleQueue`], as in an operating system's
/// pipe under Linux.
const SIMPLE_BYTES: u32 = 1 << 16;

/// A queue without a bound on its items, whose `put` waits while 64 KiB wait to
/// be read (Python's `SimpleQueue`, which is a locked pipe).
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct SimpleQueue<T>(#[serde(deserialize_with = "simple")] Queue<T>);

fn simple<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<Queue<T>, D::Error> {
    ChannelRef::of_kind::<{ Kind::SimpleQueue.bit() }, D>(deserializer).map(Queue::on)
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
        Ok(SimpleQueue(Queue::on(ChannelRef::new(
            Kind::SimpleQueue,
            0,
            SIMPLE_BYTES,
        )?)))
    }

    /// A closed one is a closed pipe, as in Python.
    fn open(&self) -> Result<&Queue<T>, Error> {
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
        self.open()?.put(item)
    }

    /// As [`Queue::put_async`].
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.open()?.put_async(item).await
    }

    /// As [`Queue::get`].
    ///
    /// # Errors
    /// As [`SimpleQueue::put`].
    pub fn get(&self) -> Result<T, Error> {
        self.open()?.get()
    }

    /// As [`Queue::get_async`].
    pub async fn get_async(&self) -> Result<T, Error> {
        self.open()?.get_async().await
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
