//! `ProcessPoolExecutor` and `ThreadPoolExecutor`.

use super::{
    future::{Future, OnCancel},
    pending::{FutureState, Submission, fail},
    workers::Workers,
};
use crate::{
    Error, Target,
    pool::{
        AsyncResult, Buildable, HasProcessWorkers, IMap, PoolBuilder, RefusalTexts,
        engine::{Engine, State},
        job::Job,
        map_job::MapJob,
        plan::{Plan, WorkerKind},
        stream::StreamOptions,
    },
    process::KeepAll,
};
use serde::Serialize;
use std::{cell::Cell, rc::Rc, time::Duration};

/// Worker processes that run the calls submitted to them (Python's
/// `concurrent.futures.ProcessPoolExecutor`).
///
/// A worker is started when there is work and no worker is idle. A call that fails
/// affects only its own future: a panic ends its worker, which is replaced, and the
/// future fails with [`Error::TaskError`]. As in Python, a worker that is killed or
/// crashes breaks the executor: every future that is not done, and every later submit,
/// fails with [`Error::BrokenProcessPool`].
///
/// As in Python, submitted calls are completed even if the executor is dropped:
/// - In a process, dropping the executor waits until all calls are done, like the end of
///   Python's `with`. It does not wait after [`ProcessPoolExecutor::shutdown`] without
///   `wait`: then the workers go on, and the process waits for them before it ends.
/// - The page may not wait. After the executor is dropped there, the workers go on and
///   end when all calls are done.
///
/// As in Python, the workers are not daemons: the submitted functions may start
/// processes, pools, managers and executors. (The functions of a [`crate::Pool`] may
/// not.)
///
/// Unlike Python's, an executor has no thread of its own. In a process it passes calls on
/// only inside the calls that wait for something of it, so after the first calls the
/// workers wait while their parent computes. On the page it runs by itself.
///
/// If no worker is alive and none can be started, a call fails with the error of
/// the start, such as [`Error::BlockingIOError`].
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
    workers: Rc<Workers>,
    buffer_size: Option<usize>,
}

/// Python's error for calls after the shutdown.
fn after_shutdown() -> Error {
    Error::RuntimeError("cannot schedule new futures after shutdown".into())
}

impl ProcessPoolExecutor {
    /// An executor with at most this many workers.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(max_workers: u32) -> Result<ProcessPoolExecutor, Error> {
        ProcessPoolExecutor::builder()
            .max_workers(max_workers)
            .build()
    }

    /// The settings of an executor that is to be made.
    pub fn builder() -> PoolBuilder<ProcessPoolExecutor> {
        PoolBuilder::default()
    }

    fn engine(&self) -> &Rc<Engine> {
        &self.workers.engine
    }

    /// This executor with a limit on its `map`: items are taken from their source only
    /// while fewer than this many chunks have been submitted whose results have not been
    /// returned (Python 3.14's `buffersize`). The two executors share their workers. As
    /// in Python, such a `map` submits nothing more after
    /// [`ProcessPoolExecutor::shutdown`]: after the results of the submitted chunks, the
    /// iteration ends with [`Error::RuntimeError`].
    ///
    /// ```no_run
    /// # fn main_program() -> Result<(), manyhands::Error> {
    /// let executor = manyhands::ProcessPoolExecutor::new(2)?;
    /// let squares = executor.buffer_size(8)?.map(|x: u64| x * x, 0..)?;
    /// let first = squares.map(Result::unwrap).find(|square| *square > 1000);
    /// assert_eq!(first, Some(1024));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0.
    pub fn buffer_size(&self, chunks: usize) -> Result<ProcessPoolExecutor, Error> {
        if chunks == 0 {
            return Err(Error::ValueError("buffersize must be None or > 0".into()));
        }
        Ok(ProcessPoolExecutor {
            workers: self.workers.clone(),
            buffer_size: Some(chunks),
        })
    }

    /// Returns an error if new calls are not accepted.
    fn check_running(&self) -> Result<(), Error> {
        if self.engine().state() != State::Running {
            return Err(after_shutdown());
        }
        self.engine().check_running()
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
        self.check_running()?;
        let call = function.chunk::<KeepAll>(std::slice::from_ref(&arguments))?;
        let map_job = MapJob::for_one_item(self.engine());
        let job: Rc<dyn Job> = map_job.clone();
        let state = Rc::new(Cell::new(FutureState::Pending));
        self.workers.pending.push(Submission {
            job: job.clone(),
            cancel: map_job.cancel_token(),
            call,
            state: state.clone(),
        });
        let future = Future {
            result: Rc::new(AsyncResult::new(map_job)),
            state,
            on_cancel: OnCancel(Rc::new(move || fail(&job, Error::CancelledError))),
        };
        self.engine().pump();
        self.engine().run_on_page();
        Ok(future)
    }

    /// The results of `function` for every item, in the order of the items. The iteration
    /// ends after the first error.
    ///
    /// Difference from Python: items are taken from `items` only as results are taken
    /// from the iterator, so the source may be endless.
    /// [`ProcessPoolExecutor::buffer_size`] sets how many chunks are submitted ahead.
    /// [`ProcessPoolExecutor::shutdown`] with `wait`, and dropping the executor, take all
    /// remaining items; the results can still be read afterwards.
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

    /// [`ProcessPoolExecutor::map`] with chunks of this many items (Python's
    /// `chunksize`).
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0; otherwise as [`ProcessPoolExecutor::map`].
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
        self.check_running()?;
        if chunk_size == 0 {
            return Err(Error::ValueError("chunksize must be >= 1.".into()));
        }
        let options = StreamOptions {
            chunk_size,
            ordered: true,
            end_at_error: true,
            buffer: self.buffer_size.map(|size| (size, after_shutdown())),
        };
        Ok(IMap::new::<_, _, _, _, KeepAll>(
            self.engine(),
            function,
            items,
            options,
        ))
    }

    /// Accepts no more calls. With `cancel_futures`, cancels the calls that are not
    /// running yet. With `wait`, waits until the workers have ended.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`], only with `wait`.
    pub fn shutdown(&self, wait: bool, cancel_futures: bool) -> Result<(), Error> {
        self.close(cancel_futures);
        if wait {
            self.engine().join(None)?;
        }
        Ok(())
    }

    /// [`ProcessPoolExecutor::shutdown`] with `wait`, but waits at most for `timeout`.
    /// Returns whether the workers have ended; if not, they go on. Python's `shutdown`
    /// has no time-out.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn shutdown_timeout(&self, timeout: Duration, cancel_futures: bool) -> Result<bool, Error> {
        self.close(cancel_futures);
        self.engine().join(Some(timeout))
    }

    fn close(&self, cancel_futures: bool) {
        if cancel_futures {
            self.workers.pending.cancel_all();
        }
        self.engine().close();
    }

    /// [`ProcessPoolExecutor::shutdown`] for the page, with `wait`.
    pub async fn shutdown_async(&self, cancel_futures: bool) {
        self.close(cancel_futures);
        self.engine().join_async(None).await;
    }

    /// [`ProcessPoolExecutor::shutdown_timeout`] for the page.
    pub async fn shutdown_timeout_async(&self, timeout: Duration, cancel_futures: bool) -> bool {
        self.close(cancel_futures);
        self.engine().join_async(Some(timeout)).await
    }

    /// Asks every worker to end. Calls that are not done fail with
    /// [`Error::BrokenProcessPool`] (Python 3.14's `terminate_workers`).
    pub fn terminate_workers(&self) {
        self.engine().terminate_workers();
    }

    /// Kills every worker (Python 3.14's `kill_workers`).
    pub fn kill_workers(&self) {
        self.engine().kill_workers();
    }

    /// The pids of the workers that were started.
    pub fn pids(&self) -> Vec<u32> {
        self.engine().pids()
    }
}

impl Buildable for ProcessPoolExecutor {
    const WORKERS: WorkerKind = WorkerKind::Processes(None);
    const REFUSAL_TEXTS: RefusalTexts = RefusalTexts {
        no_workers: "max_workers must be greater than 0",
        no_tasks: "max_tasks_per_child must be >= 1",
    };

    fn start(plan: Plan) -> Result<ProcessPoolExecutor, Error> {
        let workers = Workers::new(Plan {
            on_demand: true,
            breaks_on_crash: true,
            daemon: false,
            ..plan
        })?;
        Ok(ProcessPoolExecutor {
            workers: Rc::new(workers),
            buffer_size: None,
        })
    }
}

impl HasProcessWorkers for ProcessPoolExecutor {}

impl std::fmt::Debug for ProcessPoolExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessPoolExecutor")
            .field("max_workers", &self.engine().plan.workers)
            .field("state", &self.engine().state())
            .finish_non_exhaustive()
    }
}

/// A [`ProcessPoolExecutor`] whose workers are threads of this process (Python's
/// `concurrent.futures.ThreadPoolExecutor`). It has all methods of that executor.
/// [`crate::ThreadPool`] describes how threads differ from processes. Where Python raises
/// `BrokenThreadPool`, this executor fails with [`Error::BrokenProcessPool`].
///
/// ```no_run
/// # fn main_program() -> Result<(), manyhands::Error> {
/// let executor = manyhands::ThreadPoolExecutor::new(4)?;
/// assert_eq!(executor.submit(|x: u64| x * x, 12)?.result()?, 144);
/// # Ok(()) }
/// ```
#[cfg(feature = "threads")]
#[derive(Debug)]
pub struct ThreadPoolExecutor(ProcessPoolExecutor);

#[cfg(feature = "threads")]
impl ThreadPoolExecutor {
    /// An executor with at most this many threads.
    ///
    /// # Errors
    /// As [`PoolBuilder::build`].
    pub fn new(max_workers: u32) -> Result<ThreadPoolExecutor, Error> {
        ThreadPoolExecutor::builder()
            .max_workers(max_workers)
            .build()
    }

    /// The settings of an executor that is to be made.
    pub fn builder() -> PoolBuilder<ThreadPoolExecutor> {
        PoolBuilder::default()
    }
}

#[cfg(feature = "threads")]
impl Buildable for ThreadPoolExecutor {
    const WORKERS: WorkerKind = WorkerKind::Threads;
    const REFUSAL_TEXTS: RefusalTexts = ProcessPoolExecutor::REFUSAL_TEXTS;

    fn start(plan: Plan) -> Result<ThreadPoolExecutor, Error> {
        ProcessPoolExecutor::start(plan).map(ThreadPoolExecutor)
    }
}

#[cfg(feature = "threads")]
impl std::ops::Deref for ThreadPoolExecutor {
    type Target = ProcessPoolExecutor;

    fn deref(&self) -> &ProcessPoolExecutor {
        &self.0
    }
}
