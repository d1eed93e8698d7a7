//! `ProcessPoolExecutor`.

use super::{
    ExecutorBuilder, Future,
    future::Withdraw,
    pending::{Pending, Stage, Submission},
};
use crate::{
    Error, Target,
    pool::{
        AsyncResult, IMap,
        engine::{Engine, State},
        imap::Rules,
        job::{Job, Settled},
        plan::Plan,
        whole::Whole,
    },
    process::Plain,
};
use serde::Serialize;
use std::{cell::Cell, rc::Rc};

/// Worker processes that run what is submitted to them (Python's
/// `concurrent.futures.ProcessPoolExecutor`).
///
/// Workers start when there is work for them and no idle one. An exception of a
/// call is its own future's: here a panic ends its worker, which is replaced,
/// and the future fails with [`Error::TaskError`]. A worker that is killed or
/// crashes breaks the executor: every future that is not done, and every later
/// submit, fails with [`Error::BrokenProcessPool`], as in Python.
///
/// ```no_run
/// # fn main_program() -> Result<(), manyhands::Error> {
/// use manyhands::{ProcessPoolExecutor, futures::as_completed};
///
/// let executor = ProcessPoolExecutor::new(4)?;
/// let squares: Vec<_> = (0..10u64)
///     .map(|x| executor.submit(|x: u64| x * x, x))
///     .collect::<Result<_, _>>()?;
/// for square in as_completed(squares, None) {
///     manyhands::println!("{}", square?.result()?);
/// }
/// # Ok(()) }
/// ```
pub struct ProcessPoolExecutor {
    engine: Rc<Engine>,
    pending: Rc<Pending>,
}

impl ProcessPoolExecutor {
    /// An executor with at most so many workers.
    ///
    /// # Errors
    /// As [`ExecutorBuilder::build`].
    pub fn new(max_workers: u32) -> Result<ProcessPoolExecutor, Error> {
        ProcessPoolExecutor::builder()
            .max_workers(max_workers)
            .build()
    }

    /// Sets what an executor is to be before it is made.
    pub fn builder() -> ExecutorBuilder {
        ExecutorBuilder::default()
    }

    pub(super) fn start(plan: Plan) -> Result<ProcessPoolExecutor, Error> {
        let engine = Engine::new(plan)?;
        let pending: Rc<Pending> = Rc::default();
        engine.feed_from(pending.clone());
        Ok(ProcessPoolExecutor { engine, pending })
    }

    fn must_run(&self) -> Result<(), Error> {
        if self.engine.state() != State::Running {
            return Err(Error::RuntimeError(
                "cannot schedule new futures after shutdown".into(),
            ));
        }
        self.engine.must_run()
    }

    /// Calls `function` in one of the workers.
    ///
    /// # Errors
    /// [`Error::RuntimeError`] after [`ProcessPoolExecutor::shutdown`],
    /// [`Error::BrokenProcessPool`], [`Error::PicklingError`].
    pub fn submit<A, M, T>(&self, function: T, arguments: A) -> Result<Future<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
    {
        self.must_run()?;
        let call = function.chunk::<Plain>(std::slice::from_ref(&arguments))?;
        let whole = Whole::of_one(&self.engine);
        let stage = Rc::new(Cell::new(Stage::Pending));
        let job: Rc<dyn Job> = whole.clone();
        self.pending.push(Submission {
            job: job.clone(),
            cancel: whole.cancel_word(),
            call,
            stage: stage.clone(),
        });
        let future = Future {
            result: Rc::new(AsyncResult::new(whole)),
            stage,
            withdraw: Withdraw(Rc::new(move || {
                job.settled(Settled::failed(0, 1, Error::CancelledError));
            })),
        };
        self.engine.pump();
        // On the page; it ends when there is no worker to wait for.
        self.engine.run_on_page();
        Ok(future)
    }

    /// What `function` makes of every item, in the items' order. The iteration
    /// ends with the first error.
    ///
    /// Difference from Python: items are taken from `items` as results are taken
    /// from here (as with Python 3.14's `buffersize`).
    ///
    /// # Errors
    /// As [`ProcessPoolExecutor::submit`].
    pub fn map<A, M, T, I>(&self, function: T, items: I) -> Result<IMap<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.map_chunks(function, items, 1)
    }

    /// [`ProcessPoolExecutor::map`] in chunks of so many items (Python's
    /// `chunksize`).
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0; as [`ProcessPoolExecutor::map`].
    pub fn map_chunks<A, M, T, I>(
        &self,
        function: T,
        items: I,
        chunk_size: usize,
    ) -> Result<IMap<T::Output>, Error>
    where
        A: Serialize + 'static,
        T: Target<A, M> + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: 'static,
    {
        self.must_run()?;
        if chunk_size == 0 {
            return Err(Error::ValueError("chunksize must be >= 1.".into()));
        }
        let rules = Rules {
            size: chunk_size,
            ordered: true,
            ends: true,
        };
        Ok(IMap::new::<_, _, _, _, Plain>(
            &self.engine,
            function,
            items,
            rules,
        ))
    }

    /// Takes no more work. With `cancel_futures` what is not running is
    /// cancelled; with `wait` it waits until the workers have ended.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`], only with `wait`.
    pub fn shutdown(&self, wait: bool, cancel_futures: bool) -> Result<(), Error> {
        self.stop(cancel_futures);
        if wait {
            self.engine.run_until(None, || self.engine.is_over())?;
        }
        Ok(())
    }

    fn stop(&self, cancel_futures: bool) {
        if cancel_futures {
            self.pending.cancel_all();
        }
        self.engine.close();
    }

    /// [`ProcessPoolExecutor::shutdown`] for the page; waits.
    pub async fn shutdown_async(&self, cancel_futures: bool) {
        self.stop(cancel_futures);
        self.engine.run_async(|| self.engine.is_over()).await;
    }

    /// Asks every worker to end, at once; what is not done fails with
    /// [`Error::BrokenProcessPool`] (Python 3.14's `terminate_workers`).
    pub fn terminate_workers(&self) {
        self.engine.terminate_workers();
    }

    /// Kills every worker (Python 3.14's `kill_workers`).
    pub fn kill_workers(&self) {
        self.engine.kill_workers();
    }

    /// The pids of the workers that were started.
    pub fn pids(&self) -> Vec<u32> {
        self.engine.pids()
    }
}

impl Drop for ProcessPoolExecutor {
    fn drop(&mut self) {
        self.engine.terminate();
    }
}

impl std::fmt::Debug for ProcessPoolExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessPoolExecutor")
            .field("max_workers", &self.engine.plan.workers)
            .field("state", &self.engine.state())
            .finish_non_exhaustive()
    }
}
