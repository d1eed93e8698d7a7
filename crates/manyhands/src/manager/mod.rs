//! `Manager` and its proxies, as in Python's `managers.py`.
//!
//! A server process keeps dicts, lists, namespaces, values and arrays; proxies in any
//! process send requests to it. The server waits only for requests. It does not keep
//! locks, queues or other objects that processes can share without a server. Managers
//! are built on processes, pipes and tokens. This module must not know the arena.
//!
//! In reading order; each file imports only from those after it:
//!
//! - `server`: the loop, the clients, and how long objects exist; `object`: the methods
//!   of the objects.
//! - `dict`, `list`, `namespace`, `value`: the methods of the proxies.
//! - `proxy`: what all proxies have in common; `link`: a client's connection to the
//!   server.
//! - `server_process`: how a server is found, how it is shut down, and why it ended;
//!   `message`: the messages; `exit_record`: how a server ended.

mod dict;
mod exit_record;
mod link;
mod list;
mod message;
mod namespace;
mod object;
mod proxy;
mod server;
mod server_process;
mod value;

pub use dict::DictProxy;
pub use list::{ArrayProxy, ListProxy};
pub use namespace::NamespaceProxy;
pub use value::ValueProxy;

use crate::{
    Barrier, BoundedSemaphore, Builder, Condition, Error, Event, JoinableQueue, Lock, Process,
    Queue, RLock, Semaphore, connection::Pickle, process::may_block,
};
use exit_record::ExitRecord;
use link::Link;
use message::{Answer, Body, Init, pickled_pairs, pickles};
use proxy::RemoteObject;
use serde::{Serialize, de::DeserializeOwned};
use server_process::{Address, ServerProcess};
use std::{fmt, hash::Hash, rc::Rc};

/// A process that keeps objects for other processes (Python's
/// `multiprocessing.Manager()`, `managers.py`, `SyncManager`). Each object is used
/// through a proxy. A proxy can be an argument, be sent through queues and pipes, or be
/// a value in another object of the same manager.
///
/// ```no_run
/// use manyhands::{DictProxy, Error, Manager, Process};
///
/// fn count(words: DictProxy<String, u32>, text: String) {
///     for word in text.split(' ') {
///         let add = |count: &mut u32, by: u32| *count += by;
///         words.mutate_or(&word.to_string(), 0, add, 1).unwrap();
///     }
/// }
///
/// fn main_program() -> Result<(), Error> {
///     let manager = Manager::new()?;
///     let words = manager.dict()?;
///     let texts = ["a rose is a rose", "is a rose"];
///     let processes: Vec<_> = texts
///         .iter()
///         .map(|text| Process::spawn(count, (words.clone(), text.to_string())).unwrap())
///         .collect();
///     for process in processes {
///         process.join()?;
///     }
///     assert_eq!(words.get(&"rose".to_string())?, 3);
///     Ok(())
/// }
/// ```
///
/// An object exists until no process has a proxy of it, or until the manager is shut
/// down. The server ends with [`Manager::shutdown`], when the manager is dropped, when
/// the process that made it ends, or when no living process can send a request to it
/// any more.
///
/// Differences from Python, on purpose:
/// - Locks, queues, events, semaphores, conditions and barriers are not proxies:
///   [`Manager::lock`] returns a [`Lock`], [`Manager::queue`] a [`Queue`]. These
///   objects can be sent between processes, and their methods need no round trip to the
///   server. They outlive the server: after [`Manager::shutdown`] they still work, and
///   whoever waits for one still waits.
/// - There is no pool in the server: only the process that made a [`crate::Pool`] can
///   use it.
/// - Creating an object takes no round trip, so it works on the page, too.
/// - When the server has ended, for whatever reason, every call returns
///   [`Error::ManagerDied`], which contains the exit code and the reason. Whoever waits
///   for an answer gets the error at once. In Python such calls fail in several
///   different ways.
/// - The server has one thread. While a function runs there ([`DictProxy::mutate`]),
///   all other clients wait.
/// - There are methods that change a value in the server. In Python, changes to the
///   copy that a proxy returns are lost.
///
/// On the page, several calls may wait at once. Dropping the future of a call does not
/// cancel the call: the server still performs it.
pub struct Manager {
    server: Rc<ServerProcess>,
    link: Rc<Link>,
}

impl Manager {
    /// Starts a server, which is a process named `SyncManager-N`. The call does not
    /// wait until the server runs, so it works on the page, too.
    ///
    /// # Errors
    /// As [`Process::spawn`].
    pub fn new() -> Result<Manager, Error> {
        Manager::with(Process::builder())
    }

    /// [`Manager::new`] with another name or start method for the server.
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn with(builder: Builder) -> Result<Manager, Error> {
        let (reader, requests) = link::request_pipe()?;
        let exit_record = ExitRecord::new()?;
        let process = builder
            .name_prefix("SyncManager")
            .spawn(server::serve, (reader, exit_record.clone()))?;
        let address = Rc::new(Address {
            pid: process.pid()?,
            sentinel: process.sentinel()?,
            requests,
            exit_record,
        });
        Ok(Manager {
            link: Link::to(address.clone()),
            server: ServerProcess::new(process, address),
        })
    }

    /// The server's process.
    pub fn process(&self) -> &Process<()> {
        &self.server.process
    }

    /// The pipe on which the server receives its requests, so that a test can send
    /// one that no proxy would send.
    #[doc(hidden)]
    pub fn __requests(&self) -> &crate::Connection {
        &self.server.address.requests
    }

    /// Registers a client that sends its requests through [`Manager::__requests`].
    #[doc(hidden)]
    pub fn __register(&self, client: u64, replies: crate::Connection) -> Result<(), Error> {
        let (sentinel, number) = (None, 0);
        let body = Body::Register { sentinel, replies };
        (self.server.address).send(message::Caller { client, number }, body)
    }

    /// The number of objects that the server keeps at this moment (Python's
    /// `_number_of_objects`).
    ///
    /// # Errors
    /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
    pub fn number_of_objects(&self) -> Result<usize, Error> {
        let names = (
            "Manager::number_of_objects",
            "Manager::number_of_objects_async",
        );
        self.link.call(names, Body::CountObjects)?.number()
    }

    /// [`Manager::number_of_objects`] for the page.
    pub async fn number_of_objects_async(&self) -> Result<usize, Error> {
        let count = self.link.call_async(Body::CountObjects).await;
        count.and_then(Answer::number)
    }

    /// Ends the server and all of its objects. Whoever waits for an answer gets
    /// [`Error::ManagerDied`]. As in Python, a server that does not end within a second
    /// is terminated. Shutting down again does nothing.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn shutdown(&self) -> Result<(), Error> {
        if !may_block() {
            return Err(Error::blocking_on_page(
                "Manager::shutdown",
                "Manager::shutdown_async",
            ));
        }
        self.server.shut_down();
        Ok(())
    }

    /// [`Manager::shutdown`] for the page.
    pub async fn shutdown_async(&self) -> Result<(), Error> {
        self.server.shut_down_async().await
    }

    fn create(&self, init: impl FnOnce() -> Result<Init, Error>) -> Result<RemoteObject, Error> {
        RemoteObject::create(&self.link, init)
    }

    /// A new, empty dict.
    ///
    /// # Errors
    /// [`Error::ManagerDied`] and [`Error::MemoryError`] are possible for all objects
    /// that the server keeps.
    pub fn dict<K, V>(&self) -> Result<DictProxy<K, V>, Error>
    where
        K: Eq + Hash + fmt::Debug + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        self.dict_of(&[])
    }

    /// A new dict with these keys and values.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn dict_of<K, V>(&self, pairs: &[(K, V)]) -> Result<DictProxy<K, V>, Error>
    where
        K: Eq + Hash + fmt::Debug + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        let object = self.create(|| Ok(Init::Dict(pickled_pairs(pairs)?)))?;
        Ok(DictProxy::new(object))
    }

    /// A new list with these items.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn list<T>(&self, items: &[T]) -> Result<ListProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let object = self.create(|| Ok(Init::List(pickles(items)?)))?;
        Ok(ListProxy::new(object))
    }

    /// A new namespace without attributes.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn namespace(&self) -> Result<NamespaceProxy, Error> {
        let object = self.create(|| Ok(Init::Namespace))?;
        Ok(NamespaceProxy::new(object))
    }

    /// A new value.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn value<T>(&self, value: &T) -> Result<ValueProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let object = self.create(|| Ok(Init::List(vec![Pickle::new(value)?])))?;
        Ok(ValueProxy::new(object))
    }

    /// A new array with these items. Its length is fixed.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn array<T>(&self, items: &[T]) -> Result<ArrayProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let object = self.create(|| Ok(Init::List(pickles(items)?)))?;
        Ok(ArrayProxy::new(object))
    }

    /// A new queue for at most `max_size` items; 0 is no limit. The server does not
    /// keep it: see [`Manager`]. Python's `Queue` of a manager also counts tasks; for
    /// this, use [`Manager::joinable_queue`].
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub fn queue<T>(&self, max_size: u32) -> Result<Queue<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        Queue::new(max_size)
    }

    /// A new queue that counts tasks. The server does not keep it.
    ///
    /// # Errors
    /// As [`JoinableQueue::new`].
    pub fn joinable_queue<T>(&self, max_size: u32) -> Result<JoinableQueue<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        JoinableQueue::new(max_size)
    }

    /// A new event, which is not set. The server does not keep it.
    ///
    /// # Errors
    /// As [`Event::new`].
    pub fn event(&self) -> Result<Event, Error> {
        Event::new()
    }

    /// A new lock, which is not locked. The server does not keep it.
    ///
    /// # Errors
    /// As [`Lock::new`].
    pub fn lock(&self) -> Result<Lock, Error> {
        Lock::new()
    }

    /// A new lock that its owner can acquire again. The server does not keep it.
    ///
    /// # Errors
    /// As [`RLock::new`].
    pub fn rlock(&self) -> Result<RLock, Error> {
        RLock::new()
    }

    /// A new semaphore with `value` permits. The server does not keep it.
    ///
    /// # Errors
    /// As [`Semaphore::new`].
    pub fn semaphore(&self, value: u32) -> Result<Semaphore, Error> {
        Semaphore::new(value)
    }

    /// A new semaphore that never has more than `value` permits. The server does not
    /// keep it.
    ///
    /// # Errors
    /// As [`BoundedSemaphore::new`].
    pub fn bounded_semaphore(&self, value: u32) -> Result<BoundedSemaphore, Error> {
        BoundedSemaphore::new(value)
    }

    /// A new condition with a lock of its own. The server does not keep it.
    ///
    /// # Errors
    /// As [`Condition::new`].
    pub fn condition(&self) -> Result<Condition, Error> {
        Condition::new()
    }

    /// A new barrier for `parties` processes. The server does not keep it.
    /// [`Barrier::with_action`] adds an action, which the last process to arrive
    /// performs, and [`Barrier::with_timeout`] a time-out.
    ///
    /// # Errors
    /// As [`Barrier::new`].
    pub fn barrier(&self, parties: u32) -> Result<Barrier, Error> {
        Barrier::new(parties)
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("server", &self.server.process)
            .finish_non_exhaustive()
    }
}
