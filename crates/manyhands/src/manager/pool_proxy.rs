//! `PoolProxy`.

use super::{
    async_result::AsyncResultProxy,
    imap::IMapProxy,
    link::Ask,
    message::{Answer, Method},
    pool::PoolCall,
    question::Question,
    remote::{Remote, ask, faces},
};
use crate::{
    Error, Target, default_chunk_size,
    pool::{imap::StreamOptions, job::decode_chunk, policy::equal},
    process::{Call, Fallible, Plain, Settle},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt::Display, ops::Range};

/// The items of a chunk, by their numbers in the whole call.
pub(super) type Chunk = Range<usize>;

/// A [`crate::Pool`] in a manager's server (Python's `Manager().Pool(n)`,
/// `managers.py`, `PoolProxy`): processes that share it share its workers.
///
/// ```no_run
/// use manyhands::{Error, Manager, PoolProxy, Process};
///
/// fn half(pool: PoolProxy, from: u64) -> u64 {
///     pool.map(|x: u64| x * x, from..from + 50).unwrap().iter().sum()
/// }
///
/// fn main_program() -> Result<(), Error> {
///     let manager = Manager::new()?;
///     let pool = manager.pool(2)?;
///     let low = Process::spawn(half, (pool.clone(), 0))?;
///     let high = Process::spawn(half, (pool, 50))?;
///     assert_eq!(low.join()? + high.join()?, 328_350);
///     Ok(())
/// }
/// ```
///
/// Its calls and their errors are those of [`crate::Pool`], with what is not
/// there:
/// - Of the policies only Python's, with its rule for the size of chunks.
/// - [`AsyncResultProxy`] has no callbacks and no progress, and stays in its
///   process.
///
/// Clients take their turns by chunks, in the order in which they asked. What a
/// process has asked for is given up when it dies: chunks that wait are
/// skipped, and one that runs ends after its item. The pool ends with its last
/// proxy, as every object of a manager does, and its workers with the server.
#[derive(Clone, Serialize, Deserialize)]
pub struct PoolProxy {
    remote: Remote,
    workers: u32,
    chunk_size: Option<usize>,
}

/// The values of all chunks up to the first failure, and that.
pub(super) fn gather<V: DeserializeOwned>(
    chunks: &[Chunk],
    answer: Answer,
) -> (Vec<V>, Option<Error>) {
    let outcomes = match answer.chunks() {
        Ok(outcomes) => outcomes,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut all = Vec::new();
    for (chunk, outcome) in chunks.iter().zip(outcomes) {
        let outcome = outcome.map_err(Error::from);
        let (values, failure) = decode_chunk(chunk.start, chunk.len(), outcome);
        all.extend(values);
        if failure.is_some() {
            return (all, failure);
        }
    }
    (all, None)
}

impl PoolProxy {
    pub(super) fn new(remote: Remote, workers: u32) -> PoolProxy {
        PoolProxy {
            remote,
            workers,
            chunk_size: None,
        }
    }

    /// How many workers it has.
    pub fn processes(&self) -> u32 {
        self.workers
    }

    /// The pool, with chunks of this size: `pool.chunk_size(10)?.map(…)`. Without,
    /// [`default_chunk_size`] says how large they are, and for `imap` they are
    /// single items.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn chunk_size(&self, size: usize) -> Result<PoolProxy, Error> {
        if size == 0 {
            return Err(Error::ValueError("Chunksize must be 1+, not 0".into()));
        }
        let chunk_size = Some(size);
        Ok(PoolProxy {
            chunk_size,
            ..self.clone()
        })
    }

    /// Asks for some chunks, whose first item is the `first` of the whole call.
    fn ask(remote: &Remote, first: usize, chunks: Vec<(u32, Call)>) -> Result<Question, Error> {
        let first = first as u32;
        remote.ask(Ask {
            method: Method::Pool(PoolCall::Run { first, chunks }),
            timeout: None,
        })
    }

    fn map_as<A, M, T, P>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResultProxy<Vec<P::Value>>, Error>
    where
        T: Target<A, M>,
        P: Settle<T::Output>,
    {
        let items: Vec<A> = items.into_iter().collect();
        let workers = self.workers as usize;
        let size = self.chunk_size;
        let size = size.unwrap_or_else(|| default_chunk_size(items.len(), workers));
        let chunks = equal(items.len(), size);
        let call = |chunk: &Chunk| {
            let call = function.chunk::<P>(&items[chunk.clone()]);
            call.map(|call| (chunk.len() as u32, call))
        };
        let calls: Result<_, Error> = chunks.iter().map(call).collect();
        let question = PoolProxy::ask(&self.remote, 0, calls?)?;
        let read = move |answer| match gather(&chunks, answer) {
            (values, None) => Ok(values),
            (_, Some(failure)) => Err(failure),
        };
        Ok(AsyncResultProxy::new(
            &self.remote,
            question,
            Box::new(read),
        ))
    }

    /// What `function` makes of every item, in the items' order.
    ///
    /// # Errors
    /// As [`AsyncResultProxy::get`] and [`PoolProxy::map_async`].
    pub fn map<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T::Output>, Error>
    where
        T: Target<A, M>,
    {
        self.map_async(function, items)?.get()
    }

    /// [`PoolProxy::map`] without waiting for it.
    ///
    /// # Errors
    /// [`Error::PicklingError`], [`Error::MemoryError`],
    /// [`Error::ManagerDied`].
    pub fn map_async<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResultProxy<Vec<T::Output>>, Error>
    where
        T: Target<A, M>,
    {
        self.map_as::<_, _, _, Plain>(function, items)
    }

    /// [`PoolProxy::map`] for a function that may fail: the first item's `Err`
    /// is the call's, and the rest of its chunk is not run.
    ///
    /// # Errors
    /// As [`PoolProxy::map`].
    pub fn try_map<A, M, T, V, E>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<V>, Error>
    where
        T: Target<A, M, Output = Result<V, E>>,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.try_map_async(function, items)?.get()
    }

    /// [`PoolProxy::try_map`] without waiting for it.
    ///
    /// # Errors
    /// As [`PoolProxy::map_async`].
    pub fn try_map_async<A, M, T, V, E>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResultProxy<Vec<V>>, Error>
    where
        T: Target<A, M, Output = Result<V, E>>,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.map_as::<_, _, _, Fallible>(function, items)
    }

    /// [`PoolProxy::map`] for a function of several arguments: the items are
    /// tuples of them (Python's `starmap`; here `map` does the same).
    ///
    /// # Errors
    /// As [`PoolProxy::map`].
    pub fn starmap<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T::Output>, Error>
    where
        T: Target<A, M>,
    {
        self.map(function, items)
    }

    /// [`PoolProxy::starmap`] without waiting for it.
    ///
    /// # Errors
    /// As [`PoolProxy::map_async`].
    pub fn starmap_async<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResultProxy<Vec<T::Output>>, Error>
    where
        T: Target<A, M>,
    {
        self.map_async(function, items)
    }

    /// Calls `function` in one of the workers and waits for what it returns.
    ///
    /// # Errors
    /// As [`PoolProxy::map`].
    pub fn apply<A, M, T>(&self, function: T, arguments: A) -> Result<T::Output, Error>
    where
        T: Target<A, M>,
    {
        self.apply_async(function, arguments)?.get()
    }

    /// [`PoolProxy::apply`] without waiting for it.
    ///
    /// # Errors
    /// As [`PoolProxy::map_async`].
    pub fn apply_async<A, M, T>(
        &self,
        function: T,
        arguments: A,
    ) -> Result<AsyncResultProxy<T::Output>, Error>
    where
        T: Target<A, M>,
    {
        let call = function.chunk::<Plain>(std::slice::from_ref(&arguments))?;
        let question = PoolProxy::ask(&self.remote, 0, vec![(1, call)])?;
        let read = |answer| {
            let (values, failure) = gather(std::slice::from_ref(&(0..1)), answer);
            let value = values.into_iter().next();
            value.ok_or(failure.unwrap_or(Error::CancelledError))
        };
        Ok(AsyncResultProxy::new(
            &self.remote,
            question,
            Box::new(read),
        ))
    }

    /// What `function` makes of every item, one by one, in the items' order.
    /// Items are taken from `items` as results are taken from here. That the
    /// pool is closed is its last result ([`Error::ValueError`]).
    pub fn imap<A, M, T, I>(&self, function: T, items: I) -> IMapProxy<T::Output>
    where
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.stream::<_, _, _, _, Plain>(function, items, true)
    }

    /// [`PoolProxy::imap`] in the order in which the results come.
    pub fn imap_unordered<A, M, T, I>(&self, function: T, items: I) -> IMapProxy<T::Output>
    where
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.stream::<_, _, _, _, Plain>(function, items, false)
    }

    fn stream<A, M, T, I, P>(&self, function: T, items: I, ordered: bool) -> IMapProxy<P::Value>
    where
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        P: Settle<T::Output>,
    {
        let rules = StreamOptions::of_pool(self.chunk_size.unwrap_or(1), ordered);
        let size = rules.chunk_size;
        let (mut items, mut next) = (items.into_iter().fuse(), 0);
        let remote = self.remote.clone();
        let source = move || {
            let items: Vec<A> = items.by_ref().take(size).collect();
            let chunk = next..next + items.len();
            next = chunk.end;
            let call = function.chunk::<P>(&items);
            let ask = |call| PoolProxy::ask(&remote, chunk.start, vec![(chunk.len() as u32, call)]);
            (!items.is_empty()).then(|| (chunk.clone(), call.and_then(ask)))
        };
        IMapProxy::new(&self.remote, self.workers, rules, Box::new(source))
    }

    faces! { "PoolProxy":
        /// The workers' pids.
        ///
        /// # Errors
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`]; so for all below.
        pids / pids_async (self) -> Vec<u32> {
            ask(Method::Pool(PoolCall::Pids)) => Answer::pids
        }
        /// Takes no more work; the workers end when they have done what there
        /// is.
        close / close_async (self) -> () {
            ask(Method::Pool(PoolCall::Close)) => Answer::done
        }
        /// Ends the workers at once. What was not done by then fails with
        /// [`Error::ValueError`].
        terminate / terminate_async (self) -> () {
            ask(Method::Pool(PoolCall::Terminate)) => Answer::done
        }
        /// Waits until the workers have ended.
        ///
        /// # Errors
        /// [`Error::ValueError`] before [`PoolProxy::close`] or
        /// [`PoolProxy::terminate`].
        join / join_async (self) -> () {
            ask(Method::Pool(PoolCall::Join)) => Answer::done
        }
    }
}

impl PartialEq for PoolProxy {
    fn eq(&self, other: &PoolProxy) -> bool {
        self.remote == other.remote
    }
}

impl std::fmt::Debug for PoolProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PoolProxy").field(&self.remote).finish()
    }
}
