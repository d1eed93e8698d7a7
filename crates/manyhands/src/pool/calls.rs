//! The calls of a pool: `apply`, `map`, `imap` and their other forms.

use super::{
    async_result::AsyncResult,
    chunk_source::ChunkSource,
    claims::Claims,
    imap::IMap,
    map_job::MapJob,
    policy::{Policy, default_chunk_size, equal_chunks, one_chunk_per_worker, shrinking_chunks},
    pools::Pool,
    stream::StreamOptions,
};
use crate::{
    Error, RawArray, Target,
    process::{KeepAll, ResultRule, StopAtErr},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, ops::Range, rc::Rc};

/// The values in pairs of neighbours. If their number is odd, the last one has no
/// neighbour and is returned alone.
fn in_pairs<V>(mut values: Vec<V>) -> (Vec<(V, V)>, Option<V>) {
    let last = if values.len() % 2 == 1 {
        values.pop()
    } else {
        None
    };
    let mut pairs = Vec::with_capacity(values.len() / 2);
    let mut rest = values.into_iter();
    while let (Some(left), Some(right)) = (rest.next(), rest.next()) {
        pairs.push((left, right));
    }
    (pairs, last)
}

impl Pool {
    /// Calls `function` for every item and returns the results in the order of the items.
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
        self.map_async(function, items)?.into_value()
    }

    /// [`Pool::map`] without waiting for the results.
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
        self.start_map::<_, _, _, KeepAll>(function, items)
    }

    /// [`Pool::map`] for a function that may fail. The first `Err`, in the order of the
    /// items, is the error of the call. The remaining items of a chunk with an `Err` are
    /// not run.
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
        self.try_map_async(function, items)?.into_value()
    }

    /// [`Pool::try_map`] without waiting for the results.
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
        self.start_map::<_, _, _, StopAtErr>(function, items)
    }

    /// [`Pool::map`] for a function of several arguments: each item is a tuple of them.
    /// (Python's `starmap`. In this library `map` does the same.)
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

    /// [`Pool::starmap`] without waiting for the results.
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

    /// Calls `function` in one of the workers and returns its result. Chunk size and
    /// policy have no effect.
    ///
    /// # Errors
    /// As [`Pool::map`].
    pub fn apply<A, M, T>(&self, function: T, arguments: A) -> Result<T::Output, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.apply_async(function, arguments)?.into_value()
    }

    /// [`Pool::apply`] without waiting for the result.
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
        self.engine().check_running()?;
        let call = function.chunk::<KeepAll>(std::slice::from_ref(&arguments))?;
        let job = MapJob::for_one_item(self.engine());
        job.submit(0..1, call, None)?;
        self.engine().run_on_page();
        Ok(AsyncResult::new(job))
    }

    /// The results of `function` for every item, one by one, in the order of the items.
    /// Items are taken from `items` only as results are taken from the iterator.
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
        self.start_stream::<_, _, _, _, KeepAll>(function, items, true)
    }

    /// [`Pool::imap`], but with the results in the order in which they arrive.
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
        self.start_stream::<_, _, _, _, KeepAll>(function, items, false)
    }

    /// [`Pool::imap`] for a function that may fail: an `Err` becomes the
    /// [`Error::TaskError`] of its item.
    ///
    /// # Errors
    /// As [`Pool::imap`].
    pub fn try_imap<A, M, T, I, V, E>(&self, function: T, items: I) -> Result<IMap<V>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M, Output = Result<V, E>> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.start_stream::<_, _, _, _, StopAtErr>(function, items, true)
    }

    /// [`Pool::try_imap`], but with the results in the order in which they
    /// arrive.
    ///
    /// # Errors
    /// As [`Pool::imap`].
    pub fn try_imap_unordered<A, M, T, I, V, E>(
        &self,
        function: T,
        items: I,
    ) -> Result<IMap<V>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M, Output = Result<V, E>> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.start_stream::<_, _, _, _, StopAtErr>(function, items, false)
    }

    /// Map-reduce: combines the results of `map` in pairs of neighbours, again and again
    /// until one value is left. Therefore `combine` must be associative; it need not be
    /// commutative. `None` if there are no items.
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
            let (pairs, last) = in_pairs(values);
            values = self.map(combine.clone(), pairs)?;
            values.extend(last);
        }
        Ok(values.pop())
    }

    /// [`Pool::map_reduce`] for the page.
    ///
    /// # Errors
    /// As [`Pool::map_reduce`].
    pub async fn map_reduce_async<A, M, N, T, C>(
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
        let mut values = self.map_async(map, items)?.await?;
        while values.len() > 1 {
            let (pairs, last) = in_pairs(values);
            values = self.map_async(combine.clone(), pairs)?.await?;
            values.extend(last);
        }
        Ok(values.pop())
    }

    /// Starts every form of `map`. `P` is the rule for results: which of them end the
    /// chunk.
    fn start_map<A, M, T, P>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<P::Value>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        P: ResultRule<T::Output>,
    {
        self.engine().check_running()?;
        let items: Vec<A> = items.into_iter().collect();
        let total = items.len();
        let job = MapJob::for_items(self.engine(), total);
        let call = Rc::new(move |range: Range<usize>| function.chunk::<P>(&items[range]));
        let min_size = self.chunk_size.unwrap_or(1);
        let source = match self.policy {
            _ if total == 0 => Ok(ChunkSource::Empty),
            Policy::Auto => Ok(ChunkSource::growing(total, min_size, call)),
            Policy::Stealing => self.claims(total).map(|claims| ChunkSource::Claimed {
                claimers: self.processes() as usize,
                claims,
                call,
            }),
            Policy::Shared | Policy::Static | Policy::Guided => {
                let chunks = self.chunks(total).into_iter().zip(0..);
                let is_static = self.policy == Policy::Static;
                let chunks = chunks.map(|(chunk, number)| (chunk, is_static.then_some(number)));
                Ok(ChunkSource::Listed {
                    call,
                    chunks: chunks.collect(),
                })
            }
        };
        let submitted = source.and_then(|source| job.submit_from(source));
        if let Err(error) = submitted {
            // The chunks that were submitted already are no longer needed.
            self.engine().cancel(job.cancel_token());
            return Err(error);
        }
        self.engine().run_on_page();
        Ok(AsyncResult::new(job))
    }

    /// The chunks of a call whose policy determines them all beforehand.
    fn chunks(&self, items: usize) -> Vec<Range<usize>> {
        let workers = self.processes() as usize;
        match (self.policy, self.chunk_size) {
            (Policy::Static, _) => one_chunk_per_worker(items, workers),
            (Policy::Guided, min_size) => shrinking_chunks(items, workers, min_size.unwrap_or(1)),
            (_, Some(size)) => equal_chunks(items, size),
            (_, None) => equal_chunks(items, default_chunk_size(items, workers)),
        }
    }

    /// Claims on all items, with an equal share for every worker.
    fn claims(&self, items: usize) -> Result<Claims, Error> {
        let workers = self.processes() as usize;
        let mut ranges = vec![0; workers];
        for (worker, part) in one_chunk_per_worker(items, workers).into_iter().enumerate() {
            ranges[worker] = Claims::pack(part.start, part.end);
        }
        // About eight reports from each worker. If a worker dies, the results that it has
        // not reported are lost.
        let report_every = items
            .div_ceil(8 * workers)
            .max(self.chunk_size.unwrap_or(1));
        Ok(Claims {
            ranges: RawArray::from_slice(&ranges)?,
            report_every: report_every as u32,
        })
    }

    /// Starts every form of `imap`.
    fn start_stream<A, M, T, I, P>(
        &self,
        function: T,
        items: I,
        ordered: bool,
    ) -> Result<IMap<P::Value>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        P: ResultRule<T::Output>,
    {
        self.engine().check_running()?;
        let options = StreamOptions::of_pool(self.chunk_size.unwrap_or(1), ordered);
        Ok(IMap::new::<_, _, _, _, P>(
            self.engine(),
            function,
            items,
            options,
        ))
    }
}
