//! How a pool is to be.

use super::{
    Pool,
    kind::Kind,
    plan::{Draft, Plan, Refusals},
};
use crate::{Error, StartMethod, Target};
use std::{marker::PhantomData, time::Duration};

const REFUSALS: Refusals = Refusals {
    no_workers: "Number of processes must be at least 1",
    no_tasks: "maxtasksperchild must be a positive int or None",
};

/// What a [`Pool`] is to be before it is made.
///
/// ```no_run
/// # fn warm_up(size: u32) {}
/// # fn main_program() -> Result<(), manyhands::Error> {
/// let pool = manyhands::Pool::builder()
///     .processes(2)
///     .initializer(warm_up, 1000)
///     .max_tasks_per_child(50)
///     .build()?;
/// # Ok(()) }
/// ```
pub struct PoolBuilder<P = Pool> {
    draft: Draft,
    pool: PhantomData<fn() -> P>,
}

impl<P> Default for PoolBuilder<P> {
    fn default() -> Self {
        PoolBuilder {
            draft: Draft::default(),
            pool: PhantomData,
        }
    }
}

impl PoolBuilder {
    /// After so many *chunks* a worker makes room for a new one (Python's
    /// `maxtasksperchild`, which counts the same).
    pub fn max_tasks_per_child(mut self, tasks: u32) -> Self {
        self.draft.max_tasks = Some(tasks);
        self
    }

    /// How the workers are started; else as [`crate::get_start_method`] says.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.draft.method = Some(method);
        self
    }

    /// How long a chunk may take: then its worker is killed and replaced, and
    /// the chunk's items fail with [`Error::TaskError`]. Python has none.
    pub fn task_timeout(mut self, timeout: Duration) -> Self {
        self.draft.task_timeout = Some(timeout);
        self
    }
}

impl<P: Kind<Pool>> PoolBuilder<P> {
    /// How many workers; else [`crate::cpu_count`].
    pub fn processes(mut self, processes: u32) -> Self {
        self.draft.workers = Some(processes);
        self
    }

    /// What every worker runs first, with these arguments, also one that
    /// replaces another. A pool whose workers die of it three times in a row is
    /// broken ([`Error::BrokenProcessPool`]); Python's tries for ever.
    pub fn initializer<A, M, T>(mut self, initializer: T, arguments: A) -> Self
    where
        T: Target<A, M>,
    {
        self.draft.initialize(initializer, &arguments);
        self
    }

    /// Makes the pool and starts its workers.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0 workers, 0 tasks or no time at all;
    /// [`Error::PicklingError`] for the initializer's arguments; as
    /// [`crate::Process::spawn`].
    pub fn build(self) -> Result<P, Error> {
        Pool::start(self.plan()?).map(P::of)
    }

    /// What was set, if it can be.
    pub(crate) fn plan(self) -> Result<Plan, Error> {
        self.draft.plan(P::hands, &REFUSALS)
    }
}
