//! Pipes: `Pipe()` and `Connection`, as in Python's `connection.py`.
//!
//! This room must not know queues or locks.

mod channel_ref;
mod pickle;
mod wait;

pub(crate) use channel_ref::{ChannelRef, Parcel, unpack};
pub(crate) use pickle::Pickle;
pub use wait::{Waitable, wait, wait_async};

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking,
        channel::Message,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        wait::{Look, Step},
    },
    timeout::microseconds,
};
use channel_ref::bytes;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

/// One end of a pipe (Python's `multiprocessing.connection.Connection`).
///
/// It can be sent to other processes, as an argument or through a queue or
/// another pipe; several processes may use one end at once. An end is closed
/// when every process that has it has closed or dropped it, or has died.
///
/// Unlike Python's, messages from several writers never mix: each is put whole.
#[derive(Debug, Serialize, Deserialize)]
pub struct Connection {
    #[serde(deserialize_with = "pipe_line")]
    reads: Option<ChannelRef>,
    #[serde(deserialize_with = "pipe_line")]
    writes: Option<ChannelRef>,
    end: RefCell<Option<ObjectOf<{ Kind::End.bit() }>>>,
    closed: Cell<bool>,
}

fn pipe_line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ChannelRef>, D::Error> {
    let channel = Option::<ObjectOf<{ Kind::Pipe.bit() }>>::deserialize(deserializer)?;
    Ok(channel.map(ChannelRef::from))
}

/// How many bytes may wait in one direction of a pipe. A single message may be
/// longer; it then waits until the pipe is empty.
pub const DEFAULT_CAPACITY: u32 = 1 << 20;

/// A pipe (Python's `Pipe(duplex=True)`): two ends, each of which sends and
/// receives.
///
/// # Errors
/// [`Error::NotIsolated`], [`Error::MemoryError`].
pub fn pipe() -> Result<(Connection, Connection), Error> {
    let (there, back) = (
        ChannelRef::new(Kind::Pipe, 0, DEFAULT_CAPACITY)?,
        ChannelRef::new(Kind::Pipe, 0, DEFAULT_CAPACITY)?,
    );
    let first = Connection::new(Some(back.clone()), Some(there.clone()))?;
    Ok((first, Connection::new(Some(there), Some(back))?))
}

/// A pipe of one direction (Python's `Pipe(duplex=False)`): the receiving end,
/// then the sending one, as in Python. At most `capacity` bytes wait in it,
/// but for a single longer message.
///
/// # Errors
/// [`Error::ValueError`] for a capacity of 0; as [`pipe`].
pub fn one_way_pipe(capacity: u32) -> Result<(Connection, Connection), Error> {
    if capacity == 0 {
        return Err(Error::ValueError(
            "a pipe's capacity must be at least 1 byte".into(),
        ));
    }
    let channel = ChannelRef::new(Kind::Pipe, 0, capacity)?;
    let reader = Connection::new(Some(channel.clone()), None)?;
    Ok((reader, Connection::new(None, Some(channel))?))
}

impl Look for Connection {
    fn look(&self) -> Step<()> {
        match self.reads() {
            Ok(channel) => channel.with(|channel| channel.peek()).map(drop),
            // To receive from it fails at once.
            Err(_) => Step::Ready(()),
        }
    }
}

impl Connection {
    fn new(reads: Option<ChannelRef>, writes: Option<ChannelRef>) -> Result<Connection, Error> {
        let end = ObjectOf::new(ObjectRef::create(Kind::End, 16)?);
        for (offset, channel) in [(0, &reads), (8, &writes)] {
            if let Some(channel) = channel {
                Arena.store(end.at(offset + 4), channel.handle().tag);
                Arena.store(end.at(offset), channel.handle().at);
            }
        }
        Ok(Connection {
            reads,
            writes,
            end: RefCell::new(Some(end)),
            closed: Cell::new(false),
        })
    }

    fn side<'a>(
        &'a self,
        side: &'a Option<ChannelRef>,
        other: &str,
    ) -> Result<&'a ChannelRef, Error> {
        if self.closed.get() {
            return Err(Error::OSError("handle is closed".into()));
        }
        side.as_ref()
            .ok_or_else(|| Error::OSError(format!("connection is {other}")))
    }

    fn reads(&self) -> Result<&ChannelRef, Error> {
        self.side(&self.reads, "write-only")
    }

    fn writes(&self) -> Result<&ChannelRef, Error> {
        self.side(&self.writes, "read-only")
    }

    /// Can this end receive?
    pub fn is_readable(&self) -> bool {
        self.reads.is_some()
    }

    /// Can this end send?
    pub fn is_writable(&self) -> bool {
        self.writes.is_some()
    }

    /// Sends a value; waits while the pipe is full.
    ///
    /// # Errors
    /// [`Error::BrokenPipeError`] when the other end is closed,
    /// [`Error::OSError`] when this one is or only receives,
    /// [`Error::PicklingError`], [`Error::MemoryError`],
    /// [`Error::BlockingOnPage`].
    pub fn send<T: Serialize>(&self, value: &T) -> Result<(), Error> {
        let channel = self.writes()?;
        let parcel = Parcel::new(value)?;
        let sent = blocking::wait("Connection::send", "Connection::send_async", None, || {
            channel.put(&parcel)
        })?;
        sent.unwrap_or(Ok(()))
    }

    /// [`Connection::send`] for the page.
    pub async fn send_async<T: Serialize>(&self, value: &T) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.writes()?;
        let parcel = Parcel::new(value)?;
        host::wait_async(None, || channel.put(&parcel))
            .await
            .unwrap_or(Ok(()))
    }

    /// Sends bytes as they are, in one copy.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send_bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        let channel = self.writes()?;
        let sent = blocking::wait(
            "Connection::send_bytes",
            "Connection::send_bytes_async",
            None,
            || channel.put_bytes(bytes),
        )?;
        sent.unwrap_or(Ok(()))
    }

    /// [`Connection::send_bytes`] for the page.
    pub async fn send_bytes_async(&self, bytes: &[u8]) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.writes()?;
        host::wait_async(None, || channel.put_bytes(bytes))
            .await
            .unwrap_or(Ok(()))
    }

    /// Receives a value; waits for one.
    ///
    /// # Errors
    /// [`Error::EOFError`] when all has been received and the other end is
    /// closed, [`Error::OSError`] when this one is or only sends,
    /// [`Error::PicklingError`] when it is no `T`, [`Error::BlockingOnPage`].
    pub fn recv<T: DeserializeOwned>(&self) -> Result<T, Error> {
        unpack(self.message()?)
    }

    fn message(&self) -> Result<Message, Error> {
        let channel = self.reads()?;
        let taken = channel.wait("Connection::recv", "Connection::recv_async", None)?;
        taken.flatten().ok_or(Error::EOFError)
    }

    async fn message_async(&self) -> Result<Message, Error> {
        blocking::check_signal();
        let channel = self.reads()?;
        host::wait_async(None, || channel.take())
            .await
            .flatten()
            .ok_or(Error::EOFError)
    }

    /// [`Connection::recv`] for the page.
    pub async fn recv_async<T: DeserializeOwned>(&self) -> Result<T, Error> {
        unpack(self.message_async().await?)
    }

    /// Receives bytes as they are.
    ///
    /// # Errors
    /// As [`Connection::recv`].
    pub fn recv_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(bytes(self.message()?))
    }

    /// [`Connection::recv_bytes`] for the page.
    pub async fn recv_bytes_async(&self) -> Result<Vec<u8>, Error> {
        Ok(bytes(self.message_async().await?))
    }

    /// Receives bytes straight into `into`, in one copy; how many.
    ///
    /// # Errors
    /// [`Error::BufferTooShort`] when the message is longer: it stays, to be
    /// received by a larger buffer (in Python it comes with the exception). As
    /// [`Connection::recv`].
    pub fn recv_bytes_into(&self, into: &mut [u8]) -> Result<usize, Error> {
        let channel = self.reads()?;
        let taken = channel.wait_with(
            "Connection::recv_bytes_into",
            "Connection::recv_bytes_async",
            None,
            || channel.take_into(into),
        )?;
        let length = taken.flatten().ok_or(Error::EOFError)?;
        length.map_err(|bytes| Error::BufferTooShort { bytes })
    }

    /// Is there something to receive within `timeout`? A closed other end
    /// counts: receiving then says so at once.
    ///
    /// # Errors
    /// As [`Connection::recv`].
    pub fn poll(&self, timeout: Duration) -> Result<bool, Error> {
        let channel = self.reads()?;
        if timeout.is_zero() {
            blocking::check_signal();
            return Ok(matches!(
                channel.with(|channel| channel.peek()),
                Step::Ready(_)
            ));
        }
        let time = Some(microseconds(timeout));
        let there =
            channel.wait_with("Connection::poll", "Connection::poll_async", time, || {
                channel.with(|channel| channel.peek())
            })?;
        Ok(there.is_some())
    }

    /// [`Connection::poll`] for the page.
    pub async fn poll_async(&self, timeout: Duration) -> Result<bool, Error> {
        blocking::check_signal();
        let channel = self.reads()?;
        let time = Some(microseconds(timeout));
        Ok(
            host::wait_async(time, || channel.with(|channel| channel.peek()))
                .await
                .is_some(),
        )
    }

    /// Closes this end in this process; every later use is an error. Again is
    /// no error.
    pub fn close(&self) {
        self.closed.set(true);
        self.end.take();
    }
}
