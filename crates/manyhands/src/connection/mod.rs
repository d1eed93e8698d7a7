//! Pipes: `Pipe()`, `Connection`, `Listener` and `wait`, as in Python's `connection.py`.
//!
//! This module must not import `queue`, `process` or anything built from them.

mod channel_ref;
mod listener;
mod pickle;
mod wait;

pub(crate) use channel_ref::{ChannelRef, EncodedMessage, decode_message};
pub use listener::{Listener, connect};
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
    observe::{ConnectionIds, ObjectId},
    timeout::microseconds,
};
use channel_ref::into_bytes;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

/// One end of a pipe (Python's `multiprocessing.connection.Connection`).
///
/// It can be sent to other processes, as an argument or through a queue or
/// another pipe, and several processes may use the same end: clone it to give it to more
/// than one. An end counts as closed when all of its clones, in all processes, have been
/// closed or dropped, or their process has died. So whoever waits for [`Error::EOFError`]
/// drops its own clones of the other end, as a Python program closes them.
///
/// ```no_run
/// use manyhands::{Connection, Error, Process, pipe};
///
/// fn report(to: Connection, n: u64) {
///     to.send(&n).unwrap();
/// }
///
/// fn main_program() -> Result<(), Error> {
///     let (from, to) = pipe()?;
///     let first = Process::spawn(report, (to.clone(), 1))?;
///     let second = Process::spawn(report, (to, 2))?;
///     assert_eq!(from.recv::<u64>()? + from.recv::<u64>()?, 3);
///     assert_eq!(from.recv::<u64>(), Err(Error::EOFError));
///     first.join().and(second.join())
/// }
/// ```
///
/// Difference from Python, on purpose: when several processes write to one end, their
/// messages are never mixed. Each message is put as a whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub struct Connection {
    #[serde(deserialize_with = "deserialize_channel")]
    reads: Option<ChannelRef>,
    #[serde(deserialize_with = "deserialize_channel")]
    writes: Option<ChannelRef>,
    end: RefCell<Option<ObjectOf<{ Kind::End.bit() }>>>,
    closed: Cell<bool>,
}

fn deserialize_channel<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ChannelRef>, D::Error> {
    let channel = Option::<ObjectOf<{ Kind::Pipe.bit() }>>::deserialize(deserializer)?;
    Ok(channel.map(ChannelRef::from))
}

/// The default capacity of a pipe in one direction, in bytes. A single message may be
/// longer; sending it waits until the pipe is empty.
pub const DEFAULT_CAPACITY: u32 = 1 << 20;

/// Makes a pipe (Python's `Pipe(duplex=True)`) and returns its two ends. Both can send
/// and receive.
///
/// # Errors
/// [`Error::NotIsolated`], [`Error::MemoryError`].
pub fn pipe() -> Result<(Connection, Connection), Error> {
    let (forward, backward) = (
        ChannelRef::new(Kind::Pipe, 0, DEFAULT_CAPACITY)?,
        ChannelRef::new(Kind::Pipe, 0, DEFAULT_CAPACITY)?,
    );
    let first = Connection::new(Some(backward.clone()), Some(forward.clone()))?;
    Ok((first, Connection::new(Some(forward), Some(backward))?))
}

/// Makes a pipe with one direction (Python's `Pipe(duplex=False)`) and returns the
/// receiving end and the sending end, in Python's order. It holds at most `capacity`
/// bytes, or one message that is longer than that.
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

/// What closes these channels on these sides when its last holder is gone.
fn new_end(
    reads: &Option<ChannelRef>,
    writes: &Option<ChannelRef>,
) -> Result<ObjectOf<{ Kind::End.bit() }>, Error> {
    let end = ObjectOf::new(ObjectRef::create(Kind::End, 16)?);
    for (offset, channel) in [(0, reads), (8, writes)] {
        if let Some(channel) = channel {
            Arena.store(end.at(offset + 4), channel.handle().tag);
            Arena.store(end.at(offset), channel.handle().at);
        }
    }
    Ok(end)
}

/// Another handle of the same end, which is closed on its own (as by Python's `os.dup`).
impl Clone for Connection {
    fn clone(&self) -> Connection {
        Connection {
            reads: self.reads.clone(),
            writes: self.writes.clone(),
            end: self.end.clone(),
            closed: self.closed.clone(),
        }
    }
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
        let end = new_end(&reads, &writes)?;
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

    /// Which objects it consists of; none if it is closed.
    pub fn ids(&self) -> ConnectionIds {
        let end = self.end.borrow();
        let channel = |side: &Option<ChannelRef>| {
            let side = side.as_ref().filter(|_| end.is_some())?;
            Some(ObjectId::new(side.handle()))
        };
        ConnectionIds {
            end: end.as_ref().map(|end| ObjectId::new(end.handle())),
            reads: channel(&self.reads),
            writes: channel(&self.writes),
        }
    }

    /// Whether this end can receive.
    pub fn is_readable(&self) -> bool {
        self.reads.is_some()
    }

    /// Whether this end can send.
    pub fn is_writable(&self) -> bool {
        self.writes.is_some()
    }

    /// Sends a value. Waits while the pipe is full.
    ///
    /// # Errors
    /// [`Error::BrokenPipeError`] when the other end is closed, [`Error::OSError`]
    /// when this end is closed or can only receive, [`Error::PicklingError`],
    /// [`Error::MemoryError`], [`Error::BlockingOnPage`].
    pub fn send<T: ?Sized + Serialize>(&self, value: &T) -> Result<(), Error> {
        let channel = self.writes()?;
        let message = EncodedMessage::new(value)?;
        let sent = blocking::wait("Connection::send", "Connection::send_async", None, || {
            channel.put(&message)
        })?;
        sent.unwrap_or(Ok(()))
    }

    /// [`Connection::send`] for the page.
    pub async fn send_async<T: ?Sized + Serialize>(&self, value: &T) -> Result<(), Error> {
        blocking::check_signal();
        let channel = self.writes()?;
        let message = EncodedMessage::new(value)?;
        host::wait_async(None, || channel.put(&message))
            .await
            .unwrap_or(Ok(()))
    }

    /// Sends bytes without encoding them, in one copy.
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

    /// Receives a value. Waits until there is one.
    ///
    /// # Errors
    /// [`Error::EOFError`] when the other end is closed and every message has been
    /// received, [`Error::OSError`] when this end is closed or can only send,
    /// [`Error::PicklingError`] when the message is not a `T`,
    /// [`Error::BlockingOnPage`].
    pub fn recv<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode_message(self.recv_message()?)
    }

    fn recv_message(&self) -> Result<Message, Error> {
        let channel = self.reads()?;
        let taken = channel.wait("Connection::recv", "Connection::recv_async", None)?;
        taken.flatten().ok_or(Error::EOFError)
    }

    async fn recv_message_async(&self) -> Result<Message, Error> {
        blocking::check_signal();
        let channel = self.reads()?;
        host::wait_async(None, || channel.take())
            .await
            .flatten()
            .ok_or(Error::EOFError)
    }

    /// [`Connection::recv`] for the page.
    pub async fn recv_async<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode_message(self.recv_message_async().await?)
    }

    /// Receives a message's bytes without decoding them.
    ///
    /// # Errors
    /// As [`Connection::recv`].
    pub fn recv_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(into_bytes(self.recv_message()?))
    }

    /// [`Connection::recv_bytes`] for the page.
    pub async fn recv_bytes_async(&self) -> Result<Vec<u8>, Error> {
        Ok(into_bytes(self.recv_message_async().await?))
    }

    /// Receives a message's bytes into `into`, in one copy; returns their number.
    ///
    /// # Errors
    /// [`Error::BufferTooShort`] when the message is longer than `into`. The message
    /// then stays in the pipe and can be received with a larger buffer (in Python the
    /// exception carries it). Otherwise as [`Connection::recv`].
    pub fn recv_bytes_into(&self, into: &mut [u8]) -> Result<usize, Error> {
        let channel = self.reads()?;
        let taken = channel.wait_with(
            "Connection::recv_bytes_into",
            "Connection::recv_bytes_into_async",
            None,
            || channel.take_into(into),
        )?;
        let length = taken.flatten().ok_or(Error::EOFError)?;
        length.map_err(|bytes| Error::BufferTooShort { bytes })
    }

    /// [`Connection::recv_bytes_into`] for the page.
    ///
    /// # Errors
    /// As [`Connection::recv_bytes_into`].
    pub async fn recv_bytes_into_async(&self, into: &mut [u8]) -> Result<usize, Error> {
        blocking::check_signal();
        let channel = self.reads()?;
        let taken = host::wait_async(None, || channel.take_into(into)).await;
        let length = taken.flatten().ok_or(Error::EOFError)?;
        length.map_err(|bytes| Error::BufferTooShort { bytes })
    }

    /// Waits for at most `timeout`; returns whether [`Connection::recv`] would return
    /// at once. This is also the case when the other end is closed, since `recv` then
    /// returns an error at once.
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
        let ready =
            channel.wait_with("Connection::poll", "Connection::poll_async", time, || {
                channel.with(|channel| channel.peek())
            })?;
        Ok(ready.is_some())
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

    /// Closes this clone of the end; every later use of it is an error. Closing it again
    /// does nothing.
    pub fn close(&self) {
        self.closed.set(true);
        self.end.take();
    }
}
