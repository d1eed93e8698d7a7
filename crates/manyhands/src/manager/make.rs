//! How a manager makes each of its objects.
//!
//! Must not know what they do in the server.

use super::{
    ArrayProxy, BarrierProxy, BoundedSemaphoreProxy, ConditionProxy, DictProxy, EventProxy,
    ListProxy, LockProxy, Manager, NamespaceProxy, PoolProxy, QueueProxy, RLockProxy,
    SemaphoreProxy, ValueProxy, dict, list, message::Seed, remote::Remote,
};
use crate::{Error, Pool, PoolBuilder, connection::Pickle, process::Function};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, hash::Hash, marker::PhantomData, time::Duration};

impl Manager {
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
    pub fn pool_with(&self, builder: PoolBuilder<Pool>) -> Result<PoolProxy, Error> {
        let plan = builder.plan()?;
        let workers = plan.workers;
        let remote = self.create(Seed::Pool(plan))?;
        Ok(PoolProxy::new(remote, workers))
    }
}
