//! How a pool is to be.

use super::{Pool, kind::Kind, plan::Plan};
use crate::{Error, StartMethod, Target, cpu_count, process::Call};
use std::{marker::PhantomData, time::Duration};

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
    processes: Option<u32>,
    initializer: Option<Result<Call, Error>>,
    max_tasks: Option<u32>,
    method: Option<StartMethod>,
    task_timeout: Option<Duration>,
    pool: PhantomData<fn() -> P>,
}

impl<P> Default for PoolBuilder<P> {
    fn default() -> Self {
        PoolBuilder {
            processes: None,
            initializer: None,
            max_tasks: None,
            method: None,
            task_timeout: None,
            pool: PhantomData,
        }
    }
}

impl PoolBuilder {
    /// After so many *chunks* a worker makes room for a new one (Python's
    /// `maxtasksperchild`, which counts the same).
    pub fn max_tasks_per_child(mut self, tasks: u32) -> Self {
        self.max_tasks = Some(tasks);
        self
    }

    /// How the workers are started; else as [`crate::get_start_method`] says.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// How long a chunk may take: then its worker is killed and replaced, and
    /// the chunk's items fail with [`Error::TaskError`]. Python has none.
    pub fn task_timeout(mut self, timeout: Duration) -> Self {
        self.task_timeout = Some(timeout);
        self
    }
}

impl<P: Kind<Pool>> PoolBuilder<P> {
    /// How many workers; else [`cpu_count`].
    pub fn processes(mut self, processes: u32) -> Self {
        self.processes = Some(processes);
        self
    }

    /// What every worker runs first, with these arguments, also one that
    /// replaces another. A pool whose workers die of it three times in a row is
    /// broken ([`Error::BrokenProcessPool`]); Python's tries for ever.
    pub fn initializer<A, M, T>(mut self, initializer: T, arguments: A) -> Self
    where
        T: Target<A, M>,
    {
        self.initializer = Some(initializer.call(&arguments));
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
        let workers = self.processes.unwrap_or_else(cpu_count);
        let refuse = |text: &str| Err(Error::ValueError(text.into()));
        if workers == 0 {
            return refuse("Number of processes must be at least 1");
        }
        if self.max_tasks == Some(0) {
            return refuse("maxtasksperchild must be a positive int or None");
        }
        if self.task_timeout.is_some_and(|time| time.is_zero()) {
            return refuse("task_timeout must be more than nothing");
        }
        Ok(Plan {
            workers,
            initializer: self.initializer.transpose()?,
            max_tasks: self.max_tasks,
            hands: P::hands(self.method),
            task_timeout: self.task_timeout,
            on_demand: false,
            fragile: false,
        })
    }
}
