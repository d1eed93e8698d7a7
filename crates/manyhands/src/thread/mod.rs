//! Threads: workers in the memory of their process.
//!
//! To the kernel a thread is a process without a memory of its own: it has a
//! place in the table, a trace, an end, and holds shared objects in its own
//! name, so that everything else works in it as in a process. This room must
//! not know pools.

mod parallel;

pub use parallel::rayon_pool;

use crate::{
    Error,
    process::{Builder, Process, Target},
};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// A thread of this process (Python's `threading.Thread`).
///
/// It shares this process's memory and statics, and runs at the same time as the
/// others: there is no global interpreter lock here.
///
/// ```no_run
/// use manyhands::{Error, Thread};
/// use std::sync::{Arc, Mutex};
///
/// fn main_program() -> Result<(), Error> {
///     let words = Arc::new(Mutex::new(vec![]));
///     let shared = words.clone();
///     let thread = Thread::run(move || shared.lock().unwrap().push("here"))?;
///     thread.join()?;
///     assert_eq!(*words.lock().unwrap(), ["here"]);
///     Ok(())
/// }
/// ```
///
/// [`Thread::spawn`] has the face of [`Process::spawn`], so that one word makes
/// the one of the other.
///
/// Rules:
/// - A thread cannot be killed, as in Python: what it was in the middle of might
///   be what the others need next. It ends with its process.
/// - A daemonic thread does not keep its process from ending
///   (`Lib/threading.py`, `_shutdown`); others are joined first.
/// - A panic ends the thread only: exit code 1, and [`Thread::join`] tells. As
///   nothing is unwound, a `Mutex` that it held stays locked: prefer
///   [`crate::Lock`], which tells the others [`Error::OwnerDied`].
/// - Pipes, queues, locks and the like are counted per thread: hand them over as
///   arguments, as to a process. The compiler does not let a closure take them.
pub struct Thread<R>(Process<R>);

/// What a thread is to be before it is started.
#[derive(Clone, Debug, Default)]
pub struct ThreadBuilder(Builder);

impl ThreadBuilder {
    /// Its name; else `Thread-N`.
    pub fn name(self, name: impl Into<String>) -> Self {
        ThreadBuilder(self.0.name(name))
    }

    /// Is it a daemon, that is, one that its process does not wait for?
    pub fn daemon(self, daemon: bool) -> Self {
        ThreadBuilder(self.0.daemon(daemon))
    }

    /// Does a panic in it end the whole process, by signal 6 (exit code −6)? For
    /// threads that others wait for by means that do not know of its end.
    pub fn vital(self, vital: bool) -> Self {
        ThreadBuilder(self.0.vital(vital))
    }

    /// Starts a thread that calls `target` with `arguments`, as
    /// [`Process::spawn`] does; they travel as they do there.
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn spawn<A, M, T: Target<A, M>>(
        self,
        target: T,
        arguments: A,
    ) -> Result<Thread<T::Output>, Error> {
        self.0.thread().spawn(target, arguments).map(Thread)
    }

    /// Starts a thread that calls `function`, which may capture what may be
    /// sent between threads.
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn run<F, R>(self, function: F) -> Result<Thread<R>, Error>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Serialize + DeserializeOwned + 'static,
    {
        let place = Box::into_raw(Box::new(function));
        self.spawn(call::<F, R>, place as usize as u64)
            .inspect_err(|_| {
                // SAFETY: made above, and nobody else has it.
                drop(unsafe { Box::from_raw(place) });
            })
    }
}

/// Calls the function at this place of the common memory.
fn call<F: FnOnce() -> R, R>(place: u64) -> R {
    // SAFETY: `ThreadBuilder::run` put a function of this type there for this
    // thread alone. Nobody else can make this call with another place: this
    // function is private, and a call of it is only ever made for a new thread.
    let function = unsafe { Box::from_raw(place as usize as *mut F) };
    function()
}

impl Thread<()> {
    /// Settings for a thread that is to be started: name, daemon.
    pub fn builder() -> ThreadBuilder {
        ThreadBuilder::default()
    }
}

impl<R: Serialize + DeserializeOwned + 'static> Thread<R> {
    /// As [`ThreadBuilder::spawn`].
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn spawn<A, M>(
        target: impl Target<A, M, Output = R>,
        arguments: A,
    ) -> Result<Thread<R>, Error> {
        ThreadBuilder::default().spawn(target, arguments)
    }

    /// As [`ThreadBuilder::run`].
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn run<F>(function: F) -> Result<Thread<R>, Error>
    where
        F: FnOnce() -> R + Send + 'static,
    {
        ThreadBuilder::default().run(function)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        // A handle is an error only once it is closed, and this one never is.
        self.0.name().unwrap_or_default()
    }

    /// A number that no other thread or process of this program ever has
    /// (Python's `native_id`).
    pub fn native_id(&self) -> u32 {
        self.0.pid().unwrap_or_default()
    }

    /// Has it not ended yet?
    pub fn is_alive(&self) -> bool {
        self.0.is_alive().unwrap_or_default()
    }

    /// Waits for its end and hands over its result.
    ///
    /// # Errors
    /// [`Error::ProcessError`] if it ended without one; its text is the panic's.
    /// [`Error::BlockingOnPage`] on the page: use [`Thread::join_async`] there.
    pub fn join(&self) -> Result<R, Error> {
        self.0.join()
    }

    /// [`Thread::join`], but `Ok(None)` if it still lives after `timeout`.
    ///
    /// # Errors
    /// As [`Thread::join`].
    pub fn join_timeout(&self, timeout: Duration) -> Result<Option<R>, Error> {
        self.0.join_timeout(timeout)
    }

    /// [`Thread::join`] for the page.
    ///
    /// # Errors
    /// [`Error::ProcessError`], as in [`Thread::join`].
    pub async fn join_async(&self) -> Result<R, Error> {
        self.0.join_async().await
    }
}

impl<R> std::fmt::Debug for Thread<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Thread").field(&self.0).finish()
    }
}
