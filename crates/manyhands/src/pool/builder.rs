//! The settings of a pool or an executor, one method per setting.
//!
//! This module must not know the types that can be built. They implement [`Buildable`].

use super::plan::{Plan, WorkerKind};
use crate::{Error, StartMethod, Target, cpu_count, process::Call};
use std::{marker::PhantomData, time::Duration};

/// What a [`PoolBuilder`] can build.
#[doc(hidden)]
pub trait Buildable: Sized {
    /// What its workers are if no start method was set.
    #[doc(hidden)]
    const WORKERS: WorkerKind;

    /// The texts of the errors for wrong settings.
    #[doc(hidden)]
    const REFUSAL_TEXTS: RefusalTexts;

    /// Builds it.
    #[doc(hidden)]
    fn start(plan: Plan) -> Result<Self, Error>;
}

/// A [`Buildable`] whose workers are processes.
#[doc(hidden)]
pub trait HasProcessWorkers: Buildable {}

/// Python's messages for wrong settings.
pub struct RefusalTexts {
    pub(crate) no_workers: &'static str,
    pub(crate) no_tasks: &'static str,
}

/// The settings of a [`crate::Pool`] or a [`crate::ProcessPoolExecutor`], or of the
/// corresponding types whose workers are threads.
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
pub struct PoolBuilder<P> {
    workers: Option<u32>,
    initializer: Option<Result<Call, Error>>,
    max_tasks: Option<u32>,
    start_method: Option<StartMethod>,
    task_timeout: Option<Duration>,
    pool: PhantomData<fn() -> P>,
}

impl<P> Default for PoolBuilder<P> {
    fn default() -> Self {
        PoolBuilder {
            workers: None,
            initializer: None,
            max_tasks: None,
            start_method: None,
            task_timeout: None,
            pool: PhantomData,
        }
    }
}

impl<P: HasProcessWorkers> PoolBuilder<P> {
    /// Replaces a worker after it has run this many *chunks*. Python's `maxtasksperchild`
    /// counts chunks as well. A call that is submitted to an executor is one chunk.
    pub fn max_tasks_per_child(mut self, tasks: u32) -> Self {
        self.max_tasks = Some(tasks);
        self
    }

    /// How the workers are started. The default is that of [`crate::get_start_method`].
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.start_method = Some(method);
        self
    }

    /// Implements [`PoolBuilder::task_timeout`], which only a pool has: a pool replaces
    /// the worker that is killed after the time-out, but an executor would be broken.
    pub(super) fn kill_after(mut self, timeout: Duration) -> Self {
        self.task_timeout = Some(timeout);
        self
    }
}

impl<P: Buildable> PoolBuilder<P> {
    /// How many workers there are. An executor starts them when there is work. The
    /// default is [`crate::cpu_count`].
    pub fn processes(mut self, processes: u32) -> Self {
        self.workers = Some(processes);
        self
    }

    /// The same as [`PoolBuilder::processes`], under its name in Python's
    /// `concurrent.futures`.
    pub fn max_workers(self, workers: u32) -> Self {
        self.processes(workers)
    }

    /// Every worker calls this function first, also a worker that replaces another. If
    /// three workers in a row die in it, the pool is broken
    /// ([`Error::BrokenProcessPool`]). Python's `Pool` goes on trying for ever.
    pub fn initializer<A, M, T>(mut self, initializer: T, arguments: A) -> Self
    where
        T: Target<A, M>,
    {
        self.initializer = Some(initializer.call(&arguments));
        self
    }

    /// Builds the pool, which starts its workers at once, or the executor, which starts
    /// none yet.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0 workers, 0 tasks or a time-out of zero;
    /// [`Error::PicklingError`] for the initializer's arguments; the errors of
    /// [`crate::Process::spawn`].
    pub fn build(self) -> Result<P, Error> {
        P::start(self.plan()?)
    }

    /// The settings, checked.
    pub(crate) fn plan(self) -> Result<Plan, Error> {
        let workers = self.workers.unwrap_or_else(cpu_count);
        let refuse = |text: &str| Err(Error::ValueError(text.into()));
        if workers == 0 {
            return refuse(P::REFUSAL_TEXTS.no_workers);
        }
        if self.max_tasks == Some(0) {
            return refuse(P::REFUSAL_TEXTS.no_tasks);
        }
        if self.task_timeout.is_some_and(|time| time.is_zero()) {
            return refuse("task_timeout must be more than zero");
        }
        Ok(Plan {
            workers,
            initializer: self.initializer.transpose()?,
            max_tasks: self.max_tasks,
            worker_kind: match self.start_method {
                None => P::WORKERS,
                method => WorkerKind::Processes(method),
            },
            daemon: true,
            task_timeout: self.task_timeout,
            on_demand: false,
            breaks_on_crash: false,
        })
    }
}
