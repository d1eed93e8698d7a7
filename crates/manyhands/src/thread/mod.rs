//! Threads: workers in the memory of their process.
//!
//! For the kernel a thread is a process that shares its parent's memory. It has its own
//! slot in the process table, its own trace and exit code, and its own references to
//! shared objects, so everything else works in a thread as it does in a process.
//!
//! This module must not import `pool`, `futures` or `manager`.

mod parallel;
mod process_wide;

pub use parallel::rayon_pool;
pub use process_wide::ProcessWide;

use crate::{
    Error,
    process::{Builder, Process, Target},
};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// A thread of this process (Python's `threading.Thread`).
///
/// It shares this process's memory and statics and runs in parallel with its other
/// threads. There is no global interpreter lock.
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
/// [`Thread::spawn`] has the same signature as [`Process::spawn`], so a program can
/// change from one to the other by changing the type's name.
///
/// Rules:
/// - A thread cannot be killed, as in Python, since it might leave memory that other
///   threads use half changed. It ends with its process.
/// - A process does not wait for its daemonic threads when it ends; it joins all other
///   threads first (`Lib/threading.py`, `_shutdown`).
/// - A panic ends only the thread: its exit code is 1, and [`Thread::join`] returns the
///   error. Since panics do not unwind, a `Mutex` that the thread held stays locked. A
///   [`crate::Lock`] does better: the others get [`Error::OwnerDied`].
/// - References to pipes, queues, locks and the like are counted per thread. Pass them as
///   arguments, as to a process; a closure that captures them does not compile. For a
///   static, or for threads that come and go, there is [`ProcessWide`].
/// - A process that a thread starts is a child of the thread's process. Every thread may
///   join it, and it lives on when the thread ends.
pub struct Thread<R>(Process<R>);

/// Options for a thread before it is started.
#[derive(Clone, Debug, Default)]
pub struct ThreadBuilder(Builder);

impl ThreadBuilder {
    /// Sets the name. The default is `Thread-N`.
    pub fn name(self, name: impl Into<String>) -> Self {
        ThreadBuilder(self.0.name(name))
    }

    /// Sets whether the thread is a daemon, that is, its process does not wait for it.
    pub fn daemon(self, daemon: bool) -> Self {
        ThreadBuilder(self.0.daemon(daemon))
    }

    /// Sets the size of the thread's stack in bytes (Python's `threading.stack_size`).
    /// The default, and the least, is 1 MiB.
    pub fn stack_size(self, bytes: u32) -> Self {
        ThreadBuilder(self.0.stack_size(bytes))
    }

    /// Sets whether a panic in the thread ends the whole process with signal 6 (exit code
    /// −6). Use it when other threads wait for this one in a way that does not notice its
    /// end, such as a `std::sync::mpsc` channel.
    pub fn panic_ends_process(self, ends: bool) -> Self {
        ThreadBuilder(self.0.panic_ends_process(ends))
    }

    /// Sets that the thread's worker is kept when the thread has returned, and runs the
    /// next thread of this process for which this is set. To start such a thread takes a
    /// fraction of the time that a new worker takes. Up to eight workers are kept, until
    /// the process ends.
    ///
    /// # Safety
    /// The thread must leave nothing behind that the browser calls later: no
    /// `wasm_bindgen` closure that a timer or an event still refers to, and no future
    /// that `wasm_bindgen_futures::spawn_local` has not finished. In a worker of its own,
    /// these end with the thread. Here they would run in the next thread, with
    /// thread-local storage that is no longer theirs.
    pub unsafe fn reuse_worker(self) -> Self {
        // SAFETY: the caller keeps to the rule.
        ThreadBuilder(unsafe { self.0.reuse_worker() })
    }

    /// Starts a thread that calls `target` with `arguments`. As with
    /// [`Process::spawn`], the target captures nothing and the arguments are encoded.
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

    /// Starts a thread that calls `function`, which may capture any value that is `Send`.
    ///
    /// # Errors
    /// As [`Builder::spawn`].
    pub fn run<F, R>(self, function: F) -> Result<Thread<R>, Error>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Serialize + DeserializeOwned + 'static,
    {
        let address = Box::into_raw(Box::new(function));
        self.spawn(call::<F, R>, address as usize as u64)
            .inspect_err(|_| {
                // SAFETY: the pointer was made above. The thread did not start, so
                // nothing else uses it.
                drop(unsafe { Box::from_raw(address) });
            })
    }
}

/// Calls the boxed function at this address of the memory that the threads share.
fn call<F: FnOnce() -> R, R>(address: u64) -> R {
    // SAFETY: `ThreadBuilder::run` boxed a function of this type at this address, for
    // this thread alone. No other code can make this call with another address, since
    // this function is private and is only called in a new thread.
    let function = unsafe { Box::from_raw(address as usize as *mut F) };
    function()
}

impl Thread<()> {
    /// Options for a thread before it is started: name, daemon.
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

    /// The thread's name.
    pub fn name(&self) -> &str {
        // Only a closed handle returns an error, and this one is never closed.
        self.0.name().unwrap_or_default()
    }

    /// A number that no other thread or process of this program ever has
    /// (Python's `native_id`).
    pub fn native_id(&self) -> u32 {
        self.0.pid().unwrap_or_default()
    }

    /// Whether the thread has not ended yet.
    pub fn is_alive(&self) -> bool {
        self.0.is_alive().unwrap_or_default()
    }

    /// Waits until the thread has ended and returns its result.
    ///
    /// # Errors
    /// [`Error::ProcessError`] if it ended without a result; after a panic its text is the
    /// panic's message.
    /// [`Error::BlockingOnPage`] on the page: use [`Thread::join_async`] there.
    pub fn join(&self) -> Result<R, Error> {
        self.0.join()
    }

    /// Like [`Thread::join`], but returns `Ok(None)` if the thread is still alive after
    /// `timeout`.
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

    /// [`Thread::join_timeout`] for the page.
    ///
    /// # Errors
    /// [`Error::ProcessError`], as in [`Thread::join`].
    pub async fn join_timeout_async(&self, timeout: Duration) -> Result<Option<R>, Error> {
        self.0.join_timeout_async(timeout).await
    }
}

impl<R> std::fmt::Debug for Thread<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Thread").field(&self.0).finish()
    }
}
