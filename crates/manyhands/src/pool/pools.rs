//! `Pool` and `ThreadPool`: how they are made, given options and ended. Their calls are
//! in [`super::calls`], which imports this file.

use super::{
    builder::{Buildable, HasProcessWorkers, PoolBuilder, RefusalTexts},
    engine::Engine,
    plan::{Plan, WorkerKind},
    policy::Policy,
};
use crate::Error;
use std::{rc::Rc, time::Duration};

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
/// On the page nothing may block, so await what the `_async` methods return:
///
/// ```no_run
/// # async fn page() -> Result<(), manyhands::Error> {
/// let pool = manyhands::Pool::new(4)?;
/// let squares = pool.map_async(|x: u64| x * x, 0..10)?.await?;
/// # Ok(()) }
/// ```
///
/// [`Pool::chunk_size`] and [`Pool::policy`] return the same pool with another option for
/// its calls. Such pools share their workers, which are terminated when the last of these
/// pools is dropped:
///
/// ```no_run
/// # fn main_program() -> Result<(), manyhands::Error> {
/// use manyhands::{Policy, Pool};
///
/// let pool = Pool::new(4)?;
/// let squares = pool.chunk_size(10)?.map(|x: u64| x * x, 0..1000)?;
/// let stealing = pool.policy(Policy::Stealing);
/// assert_eq!(stealing.map(|x: u64| x * x, 0..1000)?, squares);
/// # Ok(()) }
/// ```
///
/// An item fails by Python's rules:
/// - A panic corresponds to an exception in Python. It ends its worker, which is
///   replaced. The remaining items of its *chunk* are not run; all other chunks are. Then
///   the call fails with [`Error::TaskError`], which has the item's index and the panic's
///   text. For functions that return `Result`, the `try_` methods treat an `Err` in the
///   same way, but the worker lives on.
/// - A worker that is killed, exits or traps, or whose task takes longer than
///   [`PoolBuilder::task_timeout`], is replaced. Its chunk fails with an
///   [`Error::TaskError`] that has the worker's exit code. (In Python the result then
///   never arrives: bpo-22393.)
///
/// Arguments and results travel through the arena ([`crate::Settings::arena_max_bytes`]).
/// As in Python with a full pipe, a message waits while there is no room for it:
/// arguments that no worker has taken may fill at most an eighth of the arena, and
/// results that nobody has read a quarter. Nobody waits for room that cannot become free.
/// If there is no room for a chunk while no other chunk runs, or none for a result after
/// all others were read, that is an [`Error::MemoryError`]. Cut such work into smaller
/// chunks, or share large data ([`crate::SharedMemory`]).
///
/// A pool has no thread of its own. It runs inside the calls that wait for it; on the
/// page it runs by itself. A pool belongs to the process that made it.
pub struct Pool {
    workers: Rc<Workers>,
    pub(super) chunk_size: Option<usize>,
    pub(super) policy: Policy,
}

/// The workers of one or more pools. They are terminated when the last of these pools is
/// dropped.
struct Workers(Rc<Engine>);

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

impl Pool {
    /// A pool of this many workers. If one of them cannot be started, those that were
    /// started are ended.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(processes: u32) -> Result<Pool, Error> {
        Pool::builder().processes(processes).build()
    }

    /// The settings of a pool that is to be made.
    pub fn builder() -> PoolBuilder<Pool> {
        PoolBuilder::default()
    }

    pub(super) fn engine(&self) -> &Rc<Engine> {
        &self.workers.0
    }

    /// How many workers the pool has.
    pub fn processes(&self) -> u32 {
        self.engine().plan.workers
    }

    /// The workers' pids.
    pub fn pids(&self) -> Vec<u32> {
        self.engine().pump();
        self.engine().pids()
    }

    /// This pool with chunks of this size in its calls. The default is
    /// [`crate::default_chunk_size`], for `imap` one item. With the policies `Guided` and
    /// `Auto` this is the smallest size. The policies `Static` and `Stealing` ignore it.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn chunk_size(&self, size: usize) -> Result<Pool, Error> {
        if size == 0 {
            return Err(Error::ValueError("Chunksize must be 1+, not 0".into()));
        }
        Ok(Pool {
            workers: self.workers.clone(),
            chunk_size: Some(size),
            policy: self.policy,
        })
    }

    /// This pool with another way to distribute the items of its calls.
    pub fn policy(&self, policy: Policy) -> Pool {
        Pool {
            workers: self.workers.clone(),
            chunk_size: self.chunk_size,
            policy,
        }
    }

    /// Accepts no more calls. The workers end when all accepted calls are done.
    pub fn close(&self) {
        self.engine().close();
    }

    /// Ends the workers at once. Calls that are not done fail with
    /// [`Error::ValueError`].
    pub fn terminate(&self) {
        self.engine().terminate();
    }

    /// Waits until the workers have ended. As in Python, streams ([`Pool::imap`]) that
    /// were not read to their end are first run to it, and their results can be read
    /// afterwards. If the items of a stream are endless, drop the stream first; otherwise
    /// this waits for ever.
    ///
    /// # Errors
    /// [`Error::ValueError`] before [`Pool::close`] or [`Pool::terminate`];
    /// [`Error::BlockingOnPage`].
    pub fn join(&self) -> Result<(), Error> {
        let engine = self.engine();
        engine.check_joinable()?;
        engine.join(None)?;
        Ok(())
    }

    /// [`Pool::join`] for the page.
    ///
    /// # Errors
    /// As [`Pool::join`].
    pub async fn join_async(&self) -> Result<(), Error> {
        let engine = self.engine();
        engine.check_joinable()?;
        engine.join_async(None).await;
        Ok(())
    }

    /// [`Pool::join`], but waits at most for `timeout`. Returns whether the workers have
    /// ended. Python's `join` has no time-out.
    ///
    /// # Errors
    /// As [`Pool::join`].
    pub fn join_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let engine = self.engine();
        engine.check_joinable()?;
        engine.join(Some(timeout))
    }

    /// [`Pool::join_timeout`] for the page.
    ///
    /// # Errors
    /// As [`Pool::join`].
    pub async fn join_timeout_async(&self, timeout: Duration) -> Result<bool, Error> {
        let engine = self.engine();
        engine.check_joinable()?;
        Ok(engine.join_async(Some(timeout)).await)
    }
}

impl PoolBuilder<Pool> {
    /// The longest time that a chunk may take. After that its worker is killed and
    /// replaced, and the chunk fails with [`Error::TaskError`]. Python has no such
    /// setting.
    ///
    /// Chromium lets a worker that only computes run on for up to 2.1 s after it was
    /// killed (see [`crate::Process::terminate`]). Meanwhile the worker may still write
    /// to shared memory, and if it finishes its chunk in this time, the results are
    /// accepted.
    pub fn task_timeout(self, timeout: Duration) -> Self {
        self.kill_after(timeout)
    }
}

impl Buildable for Pool {
    const WORKERS: WorkerKind = WorkerKind::Processes(None);
    const REFUSAL_TEXTS: RefusalTexts = RefusalTexts {
        no_workers: "Number of processes must be at least 1",
        no_tasks: "maxtasksperchild must be a positive int or None",
    };

    fn start(plan: Plan) -> Result<Pool, Error> {
        let engine = Engine::new(plan)?;
        engine.run_on_page();
        Ok(Pool {
            workers: Rc::new(Workers(engine)),
            chunk_size: None,
            policy: Policy::default(),
        })
    }
}

impl HasProcessWorkers for Pool {}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("processes", &self.processes())
            .field("state", &self.engine().state())
            .finish_non_exhaustive()
    }
}

/// A [`Pool`] whose workers are threads of this process (Python's
/// `multiprocessing.pool.ThreadPool`, which is a subclass of `Pool`). It has all
/// methods of a pool.
///
/// ```no_run
/// use manyhands::{Error, ThreadPool};
///
/// fn main_program() -> Result<(), Error> {
///     let pool = ThreadPool::new(4)?;
///     let squares = pool.map(|x: u64| x * x, 0..10)?;
///     assert_eq!(squares[3], 9);
///     Ok(())
/// }
/// ```
///
/// Differences from [`Pool`]:
/// - Tasks see the statics of this process. Arguments and results are still encoded as
///   bytes, so that the same program runs on either pool.
/// - There are no start methods, no time-out for tasks and no `max_tasks_per_child`.
///   Python has none of these either, because threads cannot be killed.
///   [`Pool::terminate`] ends a thread when that next waits or uses a shared object. A
///   thread that does neither ends with its process, and [`Pool::join`] waits for it.
/// - A panic ends its thread, which is replaced like a worker process.
#[cfg(feature = "threads")]
#[derive(Debug)]
pub struct ThreadPool(Pool);

#[cfg(feature = "threads")]
impl ThreadPool {
    /// A pool of this many threads.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(processes: u32) -> Result<ThreadPool, Error> {
        ThreadPool::builder().processes(processes).build()
    }

    /// The settings of a pool that is to be made.
    pub fn builder() -> PoolBuilder<ThreadPool> {
        PoolBuilder::default()
    }
}

#[cfg(feature = "threads")]
impl Buildable for ThreadPool {
    const WORKERS: WorkerKind = WorkerKind::Threads;
    const REFUSAL_TEXTS: RefusalTexts = Pool::REFUSAL_TEXTS;

    fn start(plan: Plan) -> Result<ThreadPool, Error> {
        Pool::start(plan).map(ThreadPool)
    }
}

#[cfg(feature = "threads")]
impl std::ops::Deref for ThreadPool {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.0
    }
}
