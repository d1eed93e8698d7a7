//! `ThreadPool`, as in Python's `pool.py`: the same pool, of threads.

use super::{
    Pool, PoolBuilder,
    kind::{Hands, Kind},
};
use crate::{Error, StartMethod};
use std::ops::Deref;

/// A [`Pool`] whose workers are threads of this process (Python's
/// `multiprocessing.pool.ThreadPool`, which is a `Pool` as well): everything a
/// pool can do, this can, by the same names.
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
/// - Tasks see this process's statics. Arguments and results still travel as
///   bytes, so that nothing but the one word changes.
/// - There are no start methods, no time-out for tasks and no
///   `max_tasks_per_child`, as in Python: threads cannot be killed.
///   [`Pool::terminate`] ends those that wait or next touch anything shared; one
///   that does neither ends with its process, and [`Pool::join`] waits for it.
/// - A panic ends its thread, which is replaced, as a worker process is.
pub struct ThreadPool(Pool);

impl ThreadPool {
    /// A pool of so many threads.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(processes: u32) -> Result<ThreadPool, Error> {
        ThreadPool::builder().processes(processes).build()
    }

    /// Sets what a pool is to be before it is made.
    pub fn builder() -> PoolBuilder<ThreadPool> {
        PoolBuilder::default()
    }
}

impl Kind<Pool> for ThreadPool {
    fn hands(_: Option<StartMethod>) -> Hands {
        Hands::Threads
    }

    fn of(pool: Pool) -> ThreadPool {
        ThreadPool(pool)
    }
}

impl Deref for ThreadPool {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.0
    }
}

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ThreadPool").field(&self.0).finish()
    }
}
