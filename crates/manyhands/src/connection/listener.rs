//! `Listener` and `connect`: how processes find each other by a name.
//!
//! The directory of names refers to the listener's channel, into which each client puts
//! its end of a new pipe. The listener has an end of its own, which reads the channel.
//! When the last holder of that end has closed it, or has ended, the channel has no
//! reader, and so nobody can connect any more. Then the name is removed: by the process
//! that closed the listener, by the dispatcher after a death, or by the next process
//! that binds the name. The connections that were not accepted are lost with the channel,
//! and their clients find the pipe closed.

use super::{ChannelRef, Connection, EncodedMessage, decode_message, new_end, pipe};
use crate::{
    Error,
    kernel::{
        attachment::ObjectOf,
        blocking,
        channel::Message,
        current,
        directory::Refused,
        handle::Kind,
        host,
        object_ref::{ObjectRef, ProcessRef, release_in_flight},
        process_held::lock,
        wait::{Look, Step},
    },
};
use std::{fmt, sync::Mutex};

const LISTENERS: u32 = Kind::Listener.bit();

/// Accepts the connections of processes that know its name (Python's
/// `multiprocessing.connection.Listener`). A name is valid in the whole program, that is,
/// on the page and in all its processes.
///
/// ```no_run
/// use manyhands::{Error, Process, connection::{Listener, connect}};
///
/// fn client(name: String) -> Result<(), Error> {
///     let server = connect(&name)?;
///     server.send(&"hello".to_string())
/// }
///
/// fn main_program() -> Result<(), Error> {
///     let listener = Listener::bind("greetings")?;
///     let process = Process::spawn(client, "greetings".to_string())?;
///     assert_eq!(listener.accept()?.recv::<String>()?, "hello");
///     process.join()?
/// }
/// ```
///
/// All threads of a process may use it at once. It cannot be sent to another process, as
/// in Python; the connections that it accepts can. The name is free again when the
/// listener is closed or dropped, or when its process has ended, however it ended. Those
/// who have connected and were not accepted then receive [`Error::EOFError`].
///
/// [`wait()`](super::wait()) can wait for a listener: it is ready when there is a connection to
/// accept.
///
/// Differences from Python: there is no `backlog`, any number of connections may wait to
/// be accepted; and no `authkey`, because nobody outside of the page can connect.
pub struct Listener {
    name: String,
    /// `None` after it was closed.
    open: Mutex<Option<Open>>,
}

/// What a listener holds for its process.
struct Open {
    channel: ProcessRef,
    end: ProcessRef,
}

/// A listener that this thread uses, which stays open meanwhile.
struct Used<'a> {
    listener: &'a Listener,
    channel: ChannelRef,
    /// `None` only while this is dropped.
    end: Option<ObjectRef>,
}

impl Listener {
    /// A listener with this name (Python's `Listener(address)`).
    ///
    /// # Errors
    /// [`Error::AddressInUse`] when another listener has the name,
    /// [`Error::ValueError`] for an empty name, [`Error::MemoryError`],
    /// [`Error::NotIsolated`].
    pub fn bind(name: &str) -> Result<Listener, Error> {
        if name.is_empty() {
            return Err(Error::ValueError("a name must not be empty".into()));
        }
        host::ensure()?;
        remove_closed();
        let channel = ChannelRef::new(Kind::Listener, 0, 0)?;
        let end = new_end(&Some(channel.clone()), &None)?.into_object_ref();
        let handle = channel.handle();
        let open = Open {
            channel: ProcessRef::new(&channel.into_object_ref())?,
            end: ProcessRef::new(&end)?,
        };
        let retain = || current::objects().retain_in_flight(handle);
        let entered = current::directory().enter(name, LISTENERS, handle, retain);
        entered.map_err(|refused| match refused {
            Refused::Exists => Error::AddressInUse(name.into()),
            Refused::Memory => current::no_room(name.len()),
        })?;
        Ok(Listener {
            name: name.into(),
            open: Mutex::new(Some(open)),
        })
    }

    /// The name (Python's `address`).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits until somebody has connected; returns the end of the pipe that leads there.
    ///
    /// # Errors
    /// [`Error::OSError`] when the listener is closed, [`Error::MemoryError`],
    /// [`Error::BlockingOnPage`].
    pub fn accept(&self) -> Result<Connection, Error> {
        let used = self.used()?;
        let taken = (used.channel).wait("Listener::accept", "Listener::accept_async", None)?;
        accepted(taken.flatten())
    }

    /// [`Listener::accept`] for the page.
    ///
    /// # Errors
    /// As [`Listener::accept`].
    pub async fn accept_async(&self) -> Result<Connection, Error> {
        blocking::check_signal();
        let used = self.used()?;
        let taken = host::wait_async(None, || used.channel.take()).await;
        accepted(taken.flatten())
    }

    /// Closes the listener and frees its name. Closing it again does nothing. A thread
    /// that waits in [`Listener::accept`] goes on with that call, and the name is free
    /// when it has returned.
    pub fn close(&self) {
        let open = lock(&self.open).take();
        if open.is_some() {
            drop(open);
            remove_closed();
        }
    }

    /// Keeps it open for this thread.
    fn used(&self) -> Result<Used<'_>, Error> {
        let open = lock(&self.open);
        let open = open.as_ref().ok_or_else(closed)?;
        let channel: ObjectOf<LISTENERS> = ObjectOf::new(open.channel.get()?);
        Ok(Used {
            listener: self,
            channel: channel.into(),
            end: Some(open.end.get()?),
        })
    }
}

impl Look for Listener {
    fn look(&self) -> Step<()> {
        match self.used() {
            Ok(used) => used.channel.with(|channel| channel.peek()).map(drop),
            // To accept from it fails at once.
            Err(_) => Step::Ready(()),
        }
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        self.end = None;
        // If it was closed meanwhile, this thread has closed it just now.
        if lock(&self.listener.open).is_none() {
            remove_closed();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Connects to the listener with this name; returns this process's end of a new pipe
/// (Python's `multiprocessing.connection.Client(address)`). It does not wait until the
/// listener accepts. If that never happens, because the listener is closed or its process
/// ends, receiving from the pipe returns [`Error::EOFError`].
///
/// # Errors
/// [`Error::ConnectionRefusedError`] when there is no such listener,
/// [`Error::MemoryError`], [`Error::NotIsolated`].
pub fn connect(name: &str) -> Result<Connection, Error> {
    host::ensure()?;
    let (here, there) = pipe()?;
    let refused = || Error::ConnectionRefusedError(name.into());
    let found = current::directory().look_up(name, LISTENERS, ObjectRef::acquire);
    let channel: ObjectOf<LISTENERS> = ObjectOf::new(found.ok_or_else(refused)??);
    let message = EncodedMessage::new(&there)?;
    match ChannelRef::from(channel).put(&message) {
        Step::Ready(Err(Error::BrokenPipeError)) => Err(refused()),
        Step::Ready(Err(error)) => Err(error),
        // It has no limit, so it is never full.
        Step::Ready(Ok(())) | Step::Wait { .. } => Ok(here),
    }
}

fn closed() -> Error {
    Error::OSError("the listener is closed".into())
}

fn accepted(message: Option<Message>) -> Result<Connection, Error> {
    // The channel has no end for writers that could be closed.
    decode_message(message.ok_or_else(closed)?)
}

/// Removes the names of listeners from which nobody can accept any more. Their channels
/// are freed, and with them the connections that were not accepted.
fn remove_closed() {
    let objects = current::objects();
    while let Some(closed) =
        current::directory().remove_where(|handle| objects.is_closed_listener(handle))
    {
        release_in_flight(&[closed]);
    }
}
