//! The settings of a pool or an executor, one call per setting.
//!
//! Must not know which types it can build: those that implement [`Buildable`].

use super::plan::{Plan, WorkerKind};
use crate::{Error, StartMethod, Target, cpu_count, process::Call};
use std::{marker::PhantomData, time::Duration};

/// What a [`PoolBuilder`] can build.
#[doc(hidden)]
pub trait Buildable: Sized {
    /// What its workers are, when no start method was set.
    #[doc(hidden)]
    const WORKERS: WorkerKind;

    /// What it says of settings that are refused.
    #[doc(hidden)]
    const REFUSALS: Refusals;

    /// Builds it.
    #[doc(hidden)]
    fn start(plan: Plan) -> Result<Self, Error>;
}

/// What can be built and has processes as its workers.
#[doc(hidden)]
pub trait OfProcesses: Buildable {}

/// Python's messages for settings that are refused.
pub struct Refusals {
    pub(crate) no_workers: &'static str,
    pub(crate) no_tasks: &'static str,
}

/// The settings of a [`crate::Pool`] or a [`crate::ProcessPoolExecutor`], or of
/// one of their siblings whose workers are threads.
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

impl<P: OfProcesses> PoolBuilder<P> {
    /// Replaces a worker after it has run this many *chunks* (Python's
    /// `maxtasksperchild`, which counts chunks as well). A call that is
    /// submitted to an executor is one chunk.
    pub fn max_tasks_per_child(mut self, tasks: u32) -> Self {
        self.max_tasks = Some(tasks);
        self
    }

    /// How the workers are started. The default is
    /// [`crate::get_start_method`]'s.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.start_method = Some(method);
        self
    }

    /// Only a pool replaces a worker that was killed: an executor breaks. So
    /// only the pool's own method is public.
    pub(super) fn kill_after(mut self, timeout: Duration) -> Self {
        self.task_timeout = Some(timeout);
        self
    }
}

impl<P: Buildable> PoolBuilder<P> {
    /// How many workers there are; an executor starts them when there is work.
    /// The default is [`crate::cpu_count`].
    pub fn processes(mut self, processes: u32) -> Self {
        self.workers = Some(processes);
        self
    }

    /// The same as [`PoolBuilder::processes`], by its name in Python's
    /// `concurrent.futures`.
    pub fn max_workers(self, workers: u32) -> Self {
        self.processes(workers)
    }

    /// Every worker calls this function first, also a worker that replaces
    /// another. Workers that die in it three times in a row break the pool
    /// ([`Error::BrokenProcessPool`]); Python's `Pool` tries for ever.
    pub fn initializer<A, M, T>(mut self, initializer: T, arguments: A) -> Self
    where
        T: Target<A, M>,
    {
        self.initializer = Some(initializer.call(&arguments));
        self
    }

    /// Builds it. A pool starts its workers at once, an executor starts none
    /// yet.
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
            return refuse(P::REFUSALS.no_workers);
        }
        if self.max_tasks == Some(0) {
            return refuse(P::REFUSALS.no_tasks);
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
