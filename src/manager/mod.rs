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
//!   wait; `ownership`: who has a lock; `obituary`: what a server died of.
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
mod message;
mod namespace;
mod obituary;
mod ownership;
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

use crate::{
    Builder, Error, Pool, PoolBuilder, Process,
    connection::Pickle,
    process::{Function, finalise_with, may_block},
};
use link::{Address, Link};
use message::{Request, Seed};
use obituary::Obituary;
use remote::Remote;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    cell::{Cell, RefCell},
    fmt,
    hash::Hash,
    marker::PhantomData,
    rc::{Rc, Weak},
    time::Duration,
};

/// How long a server may take to end before it is terminated, as in Python.
const PATIENCE: Duration = Duration::from_secs(1);

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

/// The server, seen from the process that made it.
struct Server {
    process: Process<()>,
    link: Rc<Link>,
    over: Cell<bool>,
}

thread_local! {
    /// The servers that this process made.
    static SERVERS: RefCell<Vec<Weak<Server>>> = const { RefCell::new(Vec::new()) };
}

fn servers() -> Vec<Rc<Server>> {
    SERVERS.with_borrow_mut(|servers| {
        servers.retain(|server| server.strong_count() > 0);
        servers.iter().filter_map(Weak::upgrade).collect()
    })
}

/// If this process made that server, it alone knows what it died of: it tells
/// the others.
fn server_ended(pid: u32, obituary: &Obituary) {
    for server in servers() {
        if server.process.pid() != Ok(pid) {
            continue;
        }
        // It has ended: nobody waits here.
        if let Ok(Some(code)) = server.process.exit_code() {
            let text = match server.process.join() {
                Err(Error::ProcessError(error)) => error.text,
                _ => String::new(),
            };
            obituary.write(code, &text);
        }
    }
}

/// Before this process ends.
fn shut_down_all() {
    for server in servers() {
        server.shut_down();
    }
}

impl Server {
    fn shut_down(&self) {
        if self.over.replace(true) {
            return;
        }
        let _ = self.link.say(&Request::ShutDown);
        if may_block() && matches!(self.process.join_timeout(PATIENCE), Ok(None)) {
            let _ = self.process.terminate();
            let _ = self.process.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
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
        let server = Rc::new(Server {
            process,
            link,
            over: Cell::new(false),
        });
        SERVERS.with_borrow_mut(|servers| servers.push(Rc::downgrade(&server)));
        finalise_with(shut_down_all);
        Ok(Manager { server })
    }

    /// The server's process.
    pub fn process(&self) -> &Process<()> {
        &self.server.process
    }

    fn create(&self, seed: Seed) -> Result<Remote, Error> {
        Remote::create(&self.server.link, || Ok(seed))
    }

    /// A dict without keys.
    ///
    /// # Errors
    /// [`Error::ManagerDied`], [`Error::MemoryError`]; so for all below.
    pub fn dict<K, V>(&self) -> Result<DictProxy<K, V>, Error>
    where
        K: Eq + Hash + fmt::Debug + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        self.dict_of(&[])
    }

    /// A dict of these keys and values.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn dict_of<K, V>(&self, pairs: &[(K, V)]) -> Result<DictProxy<K, V>, Error>
    where
        K: Eq + Hash + fmt::Debug + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        let seed = || Ok(Seed::Dict(dict::pickles(pairs)?));
        Ok(DictProxy {
            remote: Remote::create(&self.server.link, seed)?,
            types: PhantomData,
        })
    }

    /// A list of these items.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn list<T>(&self, items: &[T]) -> Result<ListProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let seed = || Ok(Seed::List(list::pickles(items)?));
        Ok(ListProxy {
            remote: Remote::create(&self.server.link, seed)?,
            items: PhantomData,
        })
    }

    /// A namespace without attributes.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn namespace(&self) -> Result<NamespaceProxy, Error> {
        let remote = self.create(Seed::Namespace)?;
        Ok(NamespaceProxy { remote })
    }

    /// A value.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn value<T>(&self, value: &T) -> Result<ValueProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let seed = || Ok(Seed::Value(Pickle::new(value)?));
        Ok(ValueProxy {
            remote: Remote::create(&self.server.link, seed)?,
            value: PhantomData,
        })
    }

    /// An array of these items, whose number does not change.
    ///
    /// # Errors
    /// [`Error::PicklingError`].
    pub fn array<T>(&self, items: &[T]) -> Result<ArrayProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        let seed = || Ok(Seed::List(list::pickles(items)?));
        Ok(ArrayProxy {
            remote: Remote::create(&self.server.link, seed)?,
            items: PhantomData,
        })
    }

    /// A queue for at most `max_size` items; 0: any number. It counts tasks, as
    /// Python's `JoinableQueue`, which to a manager is the same.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn queue<T>(&self, max_size: u32) -> Result<QueueProxy<T>, Error>
    where
        T: Serialize + DeserializeOwned,
    {
        Ok(QueueProxy {
            remote: self.create(Seed::Queue { max_size })?,
            items: PhantomData,
        })
    }

    /// An event that is not set.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn event(&self) -> Result<EventProxy, Error> {
        let remote = self.create(Seed::Event)?;
        Ok(EventProxy { remote })
    }

    /// An unlocked lock.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn lock(&self) -> Result<LockProxy, Error> {
        let remote = self.create(Seed::Lock { again: false })?;
        Ok(LockProxy { remote })
    }

    /// An unlocked lock that its owner can take again.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn rlock(&self) -> Result<RLockProxy, Error> {
        let remote = self.create(Seed::Lock { again: true })?;
        Ok(RLockProxy { remote })
    }

    /// A semaphore with so many permits.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn semaphore(&self, value: u32) -> Result<SemaphoreProxy, Error> {
        let bound = u32::MAX;
        let remote = self.create(Seed::Semaphore { value, bound })?;
        Ok(SemaphoreProxy { remote })
    }

    /// A semaphore with so many permits and never more.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn bounded_semaphore(&self, value: u32) -> Result<BoundedSemaphoreProxy, Error> {
        let bound = value;
        let remote = self.create(Seed::Semaphore { value, bound })?;
        Ok(BoundedSemaphoreProxy(SemaphoreProxy { remote }))
    }

    /// A condition with a lock of its own.
    ///
    /// # Errors
    /// As [`Manager::dict`].
    pub fn condition(&self) -> Result<ConditionProxy, Error> {
        let remote = self.create(Seed::Condition)?;
        Ok(ConditionProxy { remote })
    }

    /// A barrier for so many.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn barrier(&self, parties: u32) -> Result<BarrierProxy, Error> {
        self.barrier_with(parties, None, None)
    }

    /// A barrier with something that runs in the server when all are there,
    /// before any goes on, and a time for every [`BarrierProxy::wait`] that
    /// names none (Python's `Barrier(parties, action, timeout)`).
    ///
    /// # Errors
    /// As [`Manager::barrier`].
    pub fn barrier_with(
        &self,
        parties: u32,
        action: Option<fn()>,
        timeout: Option<Duration>,
    ) -> Result<BarrierProxy, Error> {
        if parties == 0 {
            return Err(Error::ValueError("parties must be > 0".into()));
        }
        let remote = self.create(Seed::Barrier {
            parties,
            action: action.map(Function::new),
            timeout,
        })?;
        Ok(BarrierProxy { remote })
    }

    /// A pool of so many workers, which are children of the server's process.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0. A pool that cannot be made in the server
    /// says so when it is first used.
    pub fn pool(&self, processes: u32) -> Result<PoolProxy, Error> {
        self.pool_with(Pool::builder().processes(processes))
    }

    /// [`Manager::pool`] with an initializer, or what else can be set before a
    /// pool is made (Python's `Pool(processes, initializer, initargs,
    /// maxtasksperchild)`).
    ///
    /// # Errors
    /// As [`PoolBuilder::build`], and [`Manager::pool`].
    pub fn pool_with(&self, builder: PoolBuilder) -> Result<PoolProxy, Error> {
        let plan = builder.plan()?;
        let workers = plan.workers;
        let remote = self.create(Seed::Pool(plan))?;
        Ok(PoolProxy::new(remote, workers))
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
        let process = &self.server.process;
        if !self.server.over.replace(true) {
            let _ = self.server.link.say(&Request::ShutDown);
        }
        if matches!(process.join_timeout_async(PATIENCE).await, Ok(None)) {
            process.terminate()?;
            let _ = process.join_async().await;
        }
        Ok(())
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("server", &self.server.process)
            .finish_non_exhaustive()
    }
}

/// `Clone`, `PartialEq` and `Debug` whatever the proxy's types are.
macro_rules! proxies {
    ($($proxy:ident<$($type:ident),+> { $marker:ident })*) => {$(
        impl<$($type),+> Clone for $proxy<$($type),+> {
            fn clone(&self) -> Self {
                $proxy {
                    remote: self.remote.clone(),
                    $marker: PhantomData,
                }
            }
        }

        impl<$($type),+> PartialEq for $proxy<$($type),+> {
            fn eq(&self, other: &Self) -> bool {
                self.remote == other.remote
            }
        }

        impl<$($type),+> fmt::Debug for $proxy<$($type),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($proxy)).field(&self.remote).finish()
            }
        }
    )*};
}

proxies! {
    DictProxy<K, V> { types }
    ListProxy<T> { items }
    ValueProxy<T> { value }
    ArrayProxy<T> { items }
    QueueProxy<T> { items }
}
