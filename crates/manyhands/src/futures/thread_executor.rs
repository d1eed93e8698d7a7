//! `ThreadPoolExecutor`: the same executor, of threads.

use super::{ExecutorBuilder, ProcessPoolExecutor};
use crate::{
    Error, StartMethod,
    pool::kind::{Hands, Kind},
};
use std::ops::Deref;

/// A [`ProcessPoolExecutor`] whose workers are threads of this process (Python's
/// `concurrent.futures.ThreadPoolExecutor`), with the same methods. What
/// [`crate::ThreadPool`] says of threads is true here, too. Where Python's raises
/// `BrokenThreadPool`, this is [`Error::BrokenProcessPool`].
///
/// ```no_run
/// # fn main_program() -> Result<(), manyhands::Error> {
/// let executor = manyhands::ThreadPoolExecutor::new(4)?;
/// assert_eq!(executor.submit(|x: u64| x * x, 12)?.result()?, 144);
/// # Ok(()) }
/// ```
pub struct ThreadPoolExecutor(ProcessPoolExecutor);

impl ThreadPoolExecutor {
    /// An executor with at most so many threads.
    ///
    /// # Errors
    /// As [`ExecutorBuilder::build`].
    pub fn new(max_workers: u32) -> Result<ThreadPoolExecutor, Error> {
        ThreadPoolExecutor::builder()
            .max_workers(max_workers)
            .build()
    }

    /// Sets what an executor is to be before it is made.
    pub fn builder() -> ExecutorBuilder<ThreadPoolExecutor> {
        ExecutorBuilder::default()
    }
}

impl Kind<ProcessPoolExecutor> for ThreadPoolExecutor {
    fn hands(_: Option<StartMethod>) -> Hands {
        Hands::Threads
    }

    fn of(executor: ProcessPoolExecutor) -> Self {
        ThreadPoolExecutor(executor)
    }
}

impl Deref for ThreadPoolExecutor {
    type Target = ProcessPoolExecutor;

    fn deref(&self) -> &ProcessPoolExecutor {
        &self.0
    }
}

impl std::fmt::Debug for ThreadPoolExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ThreadPoolExecutor").field(&self.0).finish()
    }
}
