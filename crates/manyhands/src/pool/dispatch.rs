//! The calls of a pool, with their options.

use super::{
    AsyncResult, IMap, Policy,
    engine::Engine,
    imap::Rules,
    job::{Job, To},
    policy::{default_chunk_size, equal, parts, shrinking},
    supply::Supply,
    task::Claims,
    whole::Whole,
};
use crate::{
    Error, RawArray, Target,
    process::{Fallible, Plain, Settle},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, rc::Rc};

/// A [`crate::Pool`] with options for the next call.
#[derive(Clone, Copy)]
pub struct Dispatch<'a> {
    engine: &'a Rc<Engine>,
    chunk_size: Option<usize>,
    policy: Policy,
}

impl<'a> Dispatch<'a> {
    pub(super) fn new(engine: &'a Rc<Engine>) -> Dispatch<'a> {
        Dispatch {
            engine,
            chunk_size: None,
            policy: Policy::default(),
        }
    }

    /// With chunks of this size. Without, [`crate::default_chunk_size`] says
    /// how large they are, and for `imap` they are single items. The `Static`
    /// and `Stealing` policies do not look at it; for `Guided` and `Auto` it is
    /// the least.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn chunk_size(self, size: usize) -> Result<Self, Error> {
        if size == 0 {
            return Err(Error::ValueError("Chunksize must be 1+, not 0".into()));
        }
        let chunk_size = Some(size);
        Ok(Dispatch { chunk_size, ..self })
    }

    /// With another way to hand out items.
    pub fn policy(self, policy: Policy) -> Self {
        Dispatch { policy, ..self }
    }

    /// As [`crate::Pool::map`].
    ///
    /// # Errors
    /// As [`crate::Pool::map`].
    pub fn map<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.map_async(function, items)?.get()
    }

    /// As [`crate::Pool::map_async`].
    ///
    /// # Errors
    /// As [`crate::Pool::map_async`].
    pub fn map_async<A, M, T>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<T::Output>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.map_as::<_, _, _, Plain>(function, items)
    }

    /// As [`crate::Pool::try_map`].
    ///
    /// # Errors
    /// As [`crate::Pool::map`].
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
        self.map_as::<_, _, _, Fallible>(function, items)?.get()
    }

    pub(super) fn map_as<A, M, T, P>(
        &self,
        function: T,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<P::Value>>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        P: Settle<T::Output>,
    {
        self.engine.must_run()?;
        let items: Vec<A> = items.into_iter().collect();
        let job = Whole::of_many(self.engine, items.len());
        let handed_out = match self.policy {
            _ if items.is_empty() => Ok(()),
            Policy::Auto => job.supply(Supply::batches(
                items.len(),
                self.chunk_size.unwrap_or(1),
                Box::new(move |range| function.chunk::<P>(&items[range])),
            )),
            Policy::Stealing => self.claims(items.len()).and_then(|claims| {
                job.supply(Supply::Claimed {
                    workers: self.engine.plan.workers as usize,
                    claims,
                    call: Box::new(move |range| function.chunk::<P>(&items[range])),
                })
            }),
            _ => self.hand_out::<_, _, _, P, _>(&function, &items, &job),
        };
        if let Err(error) = handed_out {
            // What was handed out already is not wanted any more.
            self.engine.cancel(job.cancel_word());
            return Err(error);
        }
        self.engine.run_on_page();
        Ok(AsyncResult::new(job))
    }

    /// Every worker's own part of so many items.
    fn claims(&self, items: usize) -> Result<Claims, Error> {
        let workers = self.engine.plan.workers as usize;
        let mut own = vec![0; workers];
        for (worker, part) in parts(items, workers).into_iter().enumerate() {
            own[worker] = Claims::pack(part.start, part.end);
        }
        // About eight reports from each: what a dead one has not reported is
        // lost with it.
        let burst = items
            .div_ceil(8 * workers)
            .max(self.chunk_size.unwrap_or(1));
        Ok(Claims {
            ranges: RawArray::from_slice(&own)?,
            burst: burst as u32,
        })
    }

    fn hand_out<A, M, T, P, R>(
        &self,
        function: &T,
        items: &[A],
        job: &Rc<Whole<P::Value, R>>,
    ) -> Result<(), Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        P: Settle<T::Output>,
        R: 'static,
    {
        let (total, workers) = (items.len(), self.engine.plan.workers as usize);
        let chunks = match (self.policy, self.chunk_size) {
            (Policy::Static, _) => parts(total, workers),
            (Policy::Guided, least) => shrinking(total, workers, least.unwrap_or(1)),
            (_, Some(size)) => equal(total, size),
            (_, None) => equal(total, default_chunk_size(total, workers)),
        };
        let whole: Rc<dyn Job> = job.clone();
        for (number, chunk) in chunks.into_iter().enumerate() {
            let place = (chunk.start, chunk.len());
            let to = To {
                seat: (self.policy == Policy::Static).then_some(number as u32),
                claims: None,
            };
            let call = function.chunk::<P>(&items[chunk])?;
            self.engine
                .put(&whole, job.cancel_word(), place, call, to)?;
        }
        Ok(())
    }

    /// As [`crate::Pool::apply_async`].
    ///
    /// # Errors
    /// As [`crate::Pool::apply_async`].
    pub fn apply_async<A, M, T>(
        &self,
        function: T,
        arguments: A,
    ) -> Result<AsyncResult<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.engine.must_run()?;
        let job = Whole::of_one(self.engine);
        let arguments = std::slice::from_ref(&arguments);
        let any = Dispatch::new(self.engine);
        any.hand_out::<_, _, _, Plain, _>(&function, arguments, &job)?;
        self.engine.run_on_page();
        Ok(AsyncResult::new(job))
    }

    /// As [`crate::Pool::imap`].
    ///
    /// # Errors
    /// As [`crate::Pool::imap`].
    pub fn imap<A, M, T, I>(&self, function: T, items: I) -> Result<IMap<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.stream::<_, _, _, _, Plain>(function, items, true)
    }

    /// As [`crate::Pool::imap_unordered`].
    ///
    /// # Errors
    /// As [`crate::Pool::imap`].
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
        self.stream::<_, _, _, _, Plain>(function, items, false)
    }

    /// [`Dispatch::imap`] for a function that may fail: an `Err` is the item's
    /// [`Error::TaskError`].
    ///
    /// # Errors
    /// As [`crate::Pool::imap`].
    pub fn try_imap<A, M, T, I, V, E>(&self, function: T, items: I) -> Result<IMap<V>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M, Output = Result<V, E>> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
        V: Serialize + DeserializeOwned + 'static,
        E: Display,
    {
        self.stream::<_, _, _, _, Fallible>(function, items, true)
    }

    /// [`Dispatch::try_imap`] in the order in which the results come.
    ///
    /// # Errors
    /// As [`crate::Pool::imap`].
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
        self.stream::<_, _, _, _, Fallible>(function, items, false)
    }

    fn stream<A, M, T, I, P>(
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
        P: Settle<T::Output>,
    {
        self.engine.must_run()?;
        let rules = Rules::of_pool(self.chunk_size.unwrap_or(1), ordered);
        Ok(IMap::new::<_, _, _, _, P>(
            self.engine,
            function,
            items,
            rules,
        ))
    }
}
