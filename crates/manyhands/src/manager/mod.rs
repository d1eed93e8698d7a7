//! `Manager` and its proxies, as in Python's `managers.py`.
//!
//! A server process keeps the objects; proxies in any process ask it. It is one
//! state machine that never waits for a client: a call that must wait is parked
//! with its object (`desk`), and answers go into pipes that are never full.
//! Built on processes, pipes, tokens and pools: this room must not know the
//! arena.
//!
//! - `message`: what is said; `link`: a client's way to the server;
//!   `question`: what was asked there; `remote`: what every proxy is.
//! - `server`: the loop and the objects' life; `desk`: clients and those who
//!   wait; `ownership`: who has a lock; `obituary`: what a server died of;
//!   `parent`: the server as the process that made it sees it.
//! - `make`: how a manager makes each of its objects.
//! - A file per type: its calls, its state in the server, its proxy; a pool has
//!   two, with `async_result` and `imap` for what its calls return.

mod array;
mod async_result;
mod barrier;
mod condition;
mod desk;
mod dict;
mod event;
mod imap;
mod link;
mod list;
mod lock;
mod make;
mod message;
mod namespace;
mod obituary;
mod ownership;
mod parent;
mod pool;
mod pool_proxy;
mod question;
mod queue;
mod remote;
mod semaphore;
mod server;
mod value;

pub use array::ArrayProxy;
pub use async_result::AsyncResultProxy;
pub use barrier::BarrierProxy;
pub use condition::{ConditionProxy, ConditionProxyGuard};
pub use dict::DictProxy;
pub use event::EventProxy;
pub use imap::IMapProxy;
pub use list::ListProxy;
pub use lock::{LockProxy, LockProxyGuard, RLockProxy, RLockProxyGuard};
pub use namespace::NamespaceProxy;
pub use pool_proxy::PoolProxy;
pub use queue::QueueProxy;
pub use semaphore::{BoundedSemaphoreProxy, SemaphoreProxy};
pub use value::ValueProxy;

use crate::{Builder, Error, Process, process::may_block};
use link::{Address, Link};
use obituary::Obituary;
use parent::Server;
use remote::proxies;
use std::{fmt, rc::Rc};

/// A process that keeps objects for others (Python's `multiprocessing.Manager()`,
/// `managers.py`, `SyncManager`). Each of its objects is used through a proxy,
/// which can be an argument, travel through queues and pipes, or be a value in
/// another of its objects.
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
/// An object lives until the last proxy of it in any process is dropped, or the
/// manager is shut down. The server ends with [`Manager::shutdown`], when the
/// manager is dropped, when the process that made it ends, or when no living
/// process can ask it any more.
///
/// Differences from Python, on purpose:
/// - To make an object takes no round trip, so that it works on the page, too.
/// - When the server is gone, for whatever reason, every call is
///   [`Error::ManagerDied`], which says the exit code and what it died of, and
///   whoever waits is told at once. Python's calls fail in half a dozen ways.
/// - A lock whose owner died gives [`Error::OwnerDied`]; in Python it stays
///   locked for ever.
/// - The server has one thread: a call that waits holds up nobody, but a
///   function that runs there ([`DictProxy::mutate`]) does while it runs.
/// - A change of a value in its place, which Python's proxies lose, has a
///   method.
///
/// On the page several calls may be under way at once. One whose future is
/// dropped is given up; when its answer has set out by then, what it asked for
/// has happened: an item was taken, a lock is held.
pub struct Manager {
    server: Rc<Server>,
}

impl Manager {
    /// Starts a server, a process named `SyncManager-N`. It does not wait until
    /// it is up: on the page, too, this is all that is needed.
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
        let (reader, requests) = link::requests()?;
        let obituary = Obituary::new()?;
        let process = builder
            .kind("SyncManager")
            .spawn(server::serve, (reader, obituary.clone()))?;
        let link = Link::to(Address {
            server: process.pid()?,
            sentinel: process.sentinel()?,
            requests,
            obituary,
        });
        Ok(Manager {
            server: Server::of(process, link),
        })
    }

    /// The server's process.
    pub fn process(&self) -> &Process<()> {
        &self.server.process
    }

    /// How many objects the server keeps at this moment (Python's
    /// `_number_of_objects`).
    ///
    /// # Errors
    /// [`Error::ManagerDied`], [`Error::BlockingOnPage`].
    pub fn number_of_objects(&self) -> Result<usize, Error> {
        let call = "Manager::number_of_objects";
        let count = self
            .server
            .link
            .count(call, "Manager::number_of_objects_async")?;
        Ok(count as usize)
    }

    /// [`Manager::number_of_objects`] for the page.
    pub async fn number_of_objects_async(&self) -> Result<usize, Error> {
        Ok(self.server.link.count_async().await? as usize)
    }

    /// Ends the server, and all of its objects with it: whoever waits for
    /// something there gets [`Error::ManagerDied`]. A server that does not end
    /// within a second is terminated, as in Python. Again is no error.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn shutdown(&self) -> Result<(), Error> {
        if !may_block() {
            return Err(Error::BlockingOnPage {
                call: "Manager::shutdown",
                instead: "Manager::shutdown_async",
            });
        }
        self.server.shut_down();
        Ok(())
    }

    /// [`Manager::shutdown`] for the page.
    pub async fn shutdown_async(&self) -> Result<(), Error> {
        self.server.shut_down_async().await
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("server", &self.server.process)
            .finish_non_exhaustive()
    }
}

proxies! {
    DictProxy<K, V> { types }
    ListProxy<T> { items }
    ValueProxy<T> { value }
    ArrayProxy<T> { items }
    QueueProxy<T> { items }
}
