//! `Pool`, as in Python's `pool.py`.
//!
//! Built from processes, queues, a lock and shared arrays only: this room must
//! not know the kernel.
//!
//! - `plan`, `kind`: what a pool is made with, and of what; `builder`.
//! - `dispatch`, `policy`: how a call becomes chunks.
//! - `whole`, a job of a known number of items, with its `supply` and what it is
//!   `gathering`; `imap`, one of any number. `result` and `progress`: what the
//!   caller holds of it.
//! - `engine`: hands out chunks and collects reports; `job`: what it knows of
//!   those whose chunks they are.
//! - `task`: what travels; `worker`: what happens there.

mod builder;
mod dispatch;
pub(crate) mod engine;
mod gathering;
pub(crate) mod imap;
pub(crate) mod job;
pub(crate) mod kind;
pub(crate) mod plan;
pub(crate) mod policy;
mod progress;
mod result;
mod supply;
mod task;
#[cfg(feature = "threads")]
mod thread_pool;
pub(crate) mod whole;
mod worker;

pub use builder::PoolBuilder;
pub use dispatch::Dispatch;
pub use imap::IMap;
pub use policy::{Policy, default_chunk_size};
pub use progress::{AtWork, Progress};
pub use result::AsyncResult;
#[cfg(feature = "threads")]
pub use thread_pool::ThreadPool;

use crate::{Error, Target, process::Fallible};
use engine::Engine;
use plan::Plan;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, rc::Rc};

/// Worker processes that share work (Python's `multiprocessing.Pool`).
///
/// ```no_run
/// use manyhands::{Error, Pool};
///
/// fn main_program() -> Result<(), Error> {
///     let pool = Pool::new(4)?;
///     let squares = pool.map(|x: u64| x * x, 0..10)?;
///     assert_eq!(squares[3], 9);
///     Ok(()) // dropped: terminated, as at the end of Python's `with`
/// }
/// ```
///
/// On the page nothing may block; there, await what the `_async` methods return:
///
/// ```no_run
/// # async fn page() -> Result<(), manyhands::Error> {
/// let pool = manyhands::Pool::new(4)?;
/// let squares = pool.map_async(|x: u64| x * x, 0..10)?.await?;
/// # Ok(()) }
/// ```
///
/// Errors of an item, by Python's rules:
/// - A panic is what an exception is in Python. Here it ends its worker, which
///   is replaced; the rest of its *chunk* is not run, every other chunk is; the
///   call then fails with [`Error::TaskError`], which says which item it was,
///   with the panic's text. Where functions return `Result`, the `try_` methods
///   do the same with an `Err`, and the worker lives on.
/// - A worker that is killed, exits or traps, or whose task takes longer than
///   [`PoolBuilder::task_timeout`], is replaced, and its chunk fails with
///   [`Error::TaskError`] naming worker and exit code. (In Python the result
///   then never comes: bpo-22393.)
///
/// The pool runs inside the calls that wait for it, and on the page by itself:
/// there are no threads behind it. A pool belongs to the process that made it.
pub struct Pool {
    engine: Rc<Engine>,
}

impl Pool {
    /// A pool of so many workers.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(processes: u32) -> Result<Pool, Error> {
        Pool::builder().processes(processes).build()
    }

    /// Sets what a pool is to be before it is made.
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    fn start(plan: Plan) -> Result<Pool, Error> {
        let engine = Engine::new(plan)?;
        engine.run_on_page();
        Ok(Pool { engine })
    }

    /// How many workers it has.
    pub fn processes(&self) -> u32 {
        self.engine.plan.workers
    }

    /// The workers' pids.
    pub fn pids(&self) -> Vec<u32> {
        self.engine.pump();
        self.engine.pids()
    }

    fn dispatch(&self) -> Dispatch<'_> {
        Dispatch::new(&self.engine)
    }

    /// The pool, with chunks of this size: `pool.chunk_size(10).map(…)`.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn chunk_size(&self, size: usize) -> Result<Dispatch<'_>, Error> {
        self.dispatch().chunk_size(size)
    }

    /// The pool, with another way to hand out items:
    /// `pool.policy(Policy::Stealing).map(…)`.
    pub fn policy(&self, policy: Policy) -> Dispatch<'_> {
        self.dispatch().policy(policy)
    }

    /// What `function` makes of every item, in the items' order.
    ///
    /// # Errors
    /// As [`AsyncResult::get`] and [`Pool::map_async`].
    pub fn map<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.dispatch().map(function, items)
    }

    /// [`Pool::map`] without waiting for it.
    ///
    /// # Errors
    /// [`Error::ValueError`] when the pool is closed, [`Error::PicklingError`],
    /// [`Error::MemoryError`], [`Error::BrokenProcessPool`].
    pub fn map_async<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<T::Output>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.dispatch().map_async(function, items)
    }

    /// [`Pool::map`] for a function that may fail: the first item's `Err` is
    /// the call's, and the rest of its chunk is not run.
    ///
    /// # Errors
    /// As [`Pool::map`].
    pub fn try_map<A, M, T, V, E>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<V>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M, Output = Result<V, E>> + 'static,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.dispatch().try_map(function, items)
    }

    /// [`Pool::try_map`] without waiting for it.
    ///
    /// # Errors
    /// As [`Pool::map_async`].
    pub fn try_map_async<A, M, T, V, E>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<V>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M, Output = Result<V, E>> + 'static,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.dispatch().map_as::<_, _, _, Fallible>(function, items)
    }

    /// [`Pool::map`] for a function of several arguments: the items are tuples
    /// of them (Python's `starmap`; here `map` does the same).
    ///
    /// # Errors
    /// As [`Pool::map`].
    pub fn starmap<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.map(function, items)
    }

    /// [`Pool::starmap`] without waiting for it.
    ///
    /// # Errors
    /// As [`Pool::map_async`].
    pub fn starmap_async<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<T::Output>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.map_async(function, items)
    }

    /// Calls `function` in one of the workers and waits for what it returns.
    ///
    /// # Errors
    /// As [`Pool::map`].
    pub fn apply<A, M, T>(&self, function: T, arguments: A) -> Result<T::Output, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.apply_async(function, arguments)?.get()
    }

    /// [`Pool::apply`] without waiting for it.
    ///
    /// # Errors
    /// As [`Pool::map_async`].
    pub fn apply_async<A, M, T>(
        &self,
        function: T,
        arguments: A,
    ) -> Result<AsyncResult<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.dispatch().apply_async(function, arguments)
    }

    /// What `function` makes of every item, one by one, in the items' order.
    /// Items are taken from `items` as results are taken from here.
    ///
    /// # Errors
    /// [`Error::ValueError`] when the pool is closed,
    /// [`Error::BrokenProcessPool`].
    pub fn imap<A, M, T, I>(&self, function: T, items: I) -> Result<IMap<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.dispatch().imap(function, items)
    }

    /// [`Pool::imap`] in the order in which the results come.
    ///
    /// # Errors
    /// As [`Pool::imap`].
    pub fn imap_unordered<A, M, T, I>(
        &self,
        function: T,
        items: I,
    ) -> Result<IMap<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.dispatch().imap_unordered(function, items)
    }

    /// What `combine` makes of what `map` makes of every item: map-reduce, as the
    /// tutorials show it. Neighbours are combined, in pairs, again and again
    /// until one value is left, so `combine` must be associative; it need not be
    /// commutative. `None` for no items.
    ///
    /// ```no_run
    /// # fn main_program() -> Result<(), manyhands::Error> {
    /// let pool = manyhands::Pool::new(4)?;
    /// let longest = pool.map_reduce(
    ///     |line: String| line.len(),
    ///     |a: usize, b: usize| a.max(b),
    ///     ["many hands", "make light work"].map(String::from),
    /// )?;
    /// assert_eq!(longest, Some(15));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Pool::map`].
    pub fn map_reduce<A, M, N, T, C>(
        &self,
        map: T,
        combine: C,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Option<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        C: Target<(T::Output, T::Output), N, Output = T::Output> + Clone + 'static,
    {
        let mut values = self.map(map, items)?;
        while values.len() > 1 {
            // The last one has no neighbour: it waits for the next round.
            let alone = if values.len() % 2 == 1 {
                values.pop()
            } else {
                None
            };
            let mut pairs = Vec::with_capacity(values.len() / 2);
            let mut rest = values.into_iter();
            while let (Some(left), Some(right)) = (rest.next(), rest.next()) {
                pairs.push((left, right));
            }
            values = self.map(combine.clone(), pairs)?;
            values.extend(alone);
        }
        Ok(values.pop())
    }

    /// Takes no more work; the workers end when they have done what there is.
    pub fn close(&self) {
        self.engine.close();
    }

    /// Ends the workers at once. What was not done by then fails with
    /// [`Error::ValueError`].
    pub fn terminate(&self) {
        self.engine.terminate();
    }

    /// Waits until the workers have ended.
    ///
    /// # Errors
    /// [`Error::ValueError`] before [`Pool::close`] or [`Pool::terminate`];
    /// [`Error::BlockingOnPage`].
    pub fn join(&self) -> Result<(), Error> {
        self.engine.must_be_over()?;
        self.engine.run_until(None, || self.engine.is_over())?;
        Ok(())
    }

    /// [`Pool::join`] for the page.
    ///
    /// # Errors
    /// As [`Pool::join`].
    pub async fn join_async(&self) -> Result<(), Error> {
        self.engine.must_be_over()?;
        self.engine.run_async(|| self.engine.is_over()).await;
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.engine.terminate();
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("processes", &self.processes())
            .field("state", &self.engine.state())
            .finish_non_exhaustive()
    }
}
