//! Values that all threads of a process may use.

use crate::{
    Error,
    kernel::{attachment::ProcessAttachment, codec},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, de::DeserializeOwned, ser};
use std::{marker::PhantomData, sync::Arc};

/// A lock, a semaphore, a connection or any other value of this crate that can be sent,
/// for all threads of this process.
///
/// The values themselves belong to the thread that made or received them, which counts
/// its references without locking. This keeps what such a value refers to alive for the
/// process, and gives each thread a value of its own with [`ProcessWide::get`]. It can
/// be cloned, captured by a thread's closure, and kept in a static.
///
/// ```no_run
/// use manyhands::{Error, ProcessWide, Semaphore, Thread};
///
/// fn main_program() -> Result<(), Error> {
///     let permits = ProcessWide::new(&Semaphore::new(0)?)?;
///     let theirs = permits.clone();
///     Thread::run(move || theirs.get().and_then(|permits| permits.release()))?.join()??;
///     permits.get()?.acquire()
/// }
/// ```
///
/// It travels to other processes as the value itself would.
///
/// As a descriptor does in other systems, it keeps an end of a pipe open until its last
/// clone is dropped and no thread uses a value that it gave.
#[derive(Debug)]
pub struct ProcessWide<T> {
    encoded: Arc<Encoded>,
    value: PhantomData<fn() -> T>,
}

/// The value as a message, which can be received any number of times.
#[derive(Debug)]
struct Encoded {
    bytes: Vec<u8>,
    attachments: Vec<ProcessAttachment>,
}

impl<T: Serialize + DeserializeOwned> ProcessWide<T> {
    /// Keeps what the value refers to for all threads of this process. What the value
    /// itself contains is copied.
    ///
    /// # Errors
    /// [`Error::PicklingError`] for a value that cannot be encoded;
    /// [`Error::MemoryError`] when the arena has no room.
    pub fn new(value: &T) -> Result<ProcessWide<T>, Error> {
        let (bytes, attachments) = codec::encode(value)?;
        let attachments = attachments
            .iter()
            .map(ProcessAttachment::new)
            .collect::<Result<_, _>>()?;
        Ok(ProcessWide {
            encoded: Arc::new(Encoded { bytes, attachments }),
            value: PhantomData,
        })
    }

    /// This thread's own value, which refers to the same objects. Keep it only as long
    /// as it is used.
    ///
    /// # Errors
    /// [`Error::OSError`] in a thread whose process has just ended;
    /// [`Error::MemoryError`] when the arena has no room.
    pub fn get(&self) -> Result<T, Error> {
        let Encoded { bytes, attachments } = &*self.encoded;
        let arrived = attachments.iter().map(ProcessAttachment::get).collect();
        codec::decode(bytes, arrived)
    }
}

impl<T> Clone for ProcessWide<T> {
    fn clone(&self) -> Self {
        ProcessWide {
            encoded: self.encoded.clone(),
            value: PhantomData,
        }
    }
}

impl<T: Serialize + DeserializeOwned> Serialize for ProcessWide<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get()
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de, T: Serialize + DeserializeOwned> Deserialize<'de> for ProcessWide<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ProcessWide::new(&T::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
