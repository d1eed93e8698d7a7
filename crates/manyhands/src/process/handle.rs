//! `Process`: the handle with which a parent observes and ends a child.
//!
//! This module must not import pools or managers.

use super::{
    child::{self, Child, ChildKind},
    current::ProcessInfo,
    sentinel::Sentinel,
};
use crate::{
    Error,
    kernel::{blocking, codec, host, table::Signal, trace::Pid},
    timeout::microseconds,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A child process (Python's `multiprocessing.Process`,
/// `Lib/multiprocessing/process.py`).
///
/// It runs in a worker of its own, in its own instance of the WebAssembly module
/// with its own memory. Statics and all other values are private to it; only what
/// is sent reaches another process. `R` is the type that its target returns.
///
/// ```no_run
/// use manyhands::{Error, Process};
///
/// fn square(x: u64) -> u64 { x * x }
///
/// fn main_program() -> Result<(), Error> {
///     let process = Process::spawn(square, 12)?;
///     assert_eq!(process.join()?, 144);
///     assert_eq!(process.exit_code()?, Some(0));
///     Ok(())
/// }
/// ```
///
/// Differences from Python, on purpose:
/// - A process is made and started in one step, so it cannot be started twice
///   (Python: `AssertionError: cannot start a process twice`).
/// - [`Process::join`] returns the target's result, or an error that says why there
///   is none. Python's `join` returns `None`.
/// - A handle cannot be sent to another process, so only the parent, with any of its
///   threads, can join (Python
///   checks this at run time: `can only join a child process`).
/// - Before `join` returns, the memory of a killed process has been freed, and its
///   shared objects have been released.
///
/// Dropping the handle does not end the process. When its parent ends, the process
/// is still joined, or terminated if it is a daemon, as in Python.
pub struct Process<R> {
    child: Arc<Child>,
    closed: AtomicBool,
    result: PhantomData<fn() -> R>,
}

impl<R: Serialize + DeserializeOwned + 'static> Process<R> {
    pub(super) fn new(child: Arc<Child>) -> Self {
        Process {
            child,
            closed: AtomicBool::new(false),
            result: PhantomData,
        }
    }

    /// The child, unless the handle was closed. Every use of the handle also checks
    /// whether this process has been killed.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Process::close`].
    fn check_open(&self) -> Result<&Child, Error> {
        blocking::check_signal();
        if self.closed.load(Ordering::Relaxed) {
            Err(Error::ValueError("process object is closed".into()))
        } else {
            Ok(&self.child)
        }
    }

    /// The pid. No other process of this program ever has the same pid.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Process::close`]. The same holds for all methods
    /// below.
    pub fn pid(&self) -> Result<Pid, Error> {
        Ok(self.check_open()?.pid)
    }

    /// The name that the process was given, or else `Process-N`. A child of
    /// `Process-1` is named `Process-1:N`.
    pub fn name(&self) -> Result<&str, Error> {
        Ok(&self.check_open()?.name)
    }

    /// Whether the process is a daemon, that is, terminated when its parent ends.
    pub fn daemon(&self) -> Result<bool, Error> {
        Ok(self.check_open()?.daemon)
    }

    /// Whether the process has not ended yet.
    pub fn is_alive(&self) -> Result<bool, Error> {
        Ok(self.check_open()?.ending().is_none())
    }

    /// The exit code, or `None` while the process is alive. It is 0 after a return, 1
    /// after a panic or a result that could not be sent, the code that was given to
    /// [`crate::exit`], −15 after `terminate` and −9 after `kill`. [`crate::Reason`] lists
    /// all cases.
    pub fn exit_code(&self) -> Result<Option<i32>, Error> {
        Ok(self.check_open()?.ending().map(|ending| ending.exit_code))
    }

    /// Waits until the process has ended and returns its result. A second call
    /// returns the same result again.
    ///
    /// # Errors
    /// [`Error::ProcessError`] if the process ended without a result; after a panic
    /// its text is the panic's message. [`Error::BlockingOnPage`] on the page: use
    /// [`Process::join_async`] there.
    ///
    /// With exit code 1: [`Error::MemoryError`] if the arena had no room for its result;
    /// [`Error::RecursionError`] if its result is nested too deeply; [`Error::PicklingError`]
    /// if its result could not be encoded, its arguments could not be decoded, or a type's
    /// `Serialize` or `Deserialize` panicked in it.
    pub fn join(&self) -> Result<R, Error> {
        let child = self.check_open()?;
        blocking::wait("Process::join", "Process::join_async", None, || {
            child.step()
        })?;
        self.result()
    }

    /// Like [`Process::join`], but returns `Ok(None)` if the process is still alive
    /// after `timeout`.
    pub fn join_timeout(&self, timeout: Duration) -> Result<Option<R>, Error> {
        let child = self.check_open()?;
        let time = Some(microseconds(timeout));
        let ended = blocking::wait(
            "Process::join_timeout",
            "Process::join_timeout_async",
            time,
            || child.step(),
        )?;
        ended.map(|()| self.result()).transpose()
    }

    /// [`Process::join`] for the page.
    pub async fn join_async(&self) -> Result<R, Error> {
        let child = self.check_open()?;
        host::wait_async(None, || child.step()).await;
        self.result()
    }

    /// [`Process::join_timeout`] for the page.
    pub async fn join_timeout_async(&self, timeout: Duration) -> Result<Option<R>, Error> {
        let child = self.check_open()?;
        let time = Some(microseconds(timeout));
        let ended = host::wait_async(time, || child.step()).await;
        ended.map(|()| self.result()).transpose()
    }

    fn result(&self) -> Result<R, Error> {
        let (bytes, arrived) = self.child.result()?;
        codec::decode(bytes, arrived)
    }

    /// Ends the process with signal 15 (exit code −15). It runs no destructors and no
    /// finalisers. The call returns at once; join the process to wait until it has
    /// ended. A process may catch or ignore this signal ([`crate::signal`]).
    ///
    /// A process that waits, or calls this crate, ends at once. A process that only
    /// computes must be ended by the browser, which in Chromium takes up to 2.1 s and in
    /// Firefox some ms. Until then it may write to shared memory, and it may return; its
    /// exit code is then 0, and [`Process::join`] returns `Ok`. A long loop ends sooner if
    /// it calls this crate now and then, for example [`crate::Event::is_set`].
    pub fn terminate(&self) -> Result<(), Error> {
        self.check_open()?.signal(Signal::SIGTERM);
        Ok(())
    }

    /// Like [`Process::terminate`], but with signal 9 (exit code −9), which a process can
    /// neither catch nor ignore.
    pub fn kill(&self) -> Result<(), Error> {
        self.check_open()?.signal(Signal::SIGKILL);
        Ok(())
    }

    /// Closes the handle; every later use of it is an error.
    ///
    /// # Errors
    /// [`Error::ValueError`] while the process is running.
    pub fn close(&self) -> Result<(), Error> {
        if !self.closed.load(Ordering::Relaxed) && self.child.ending().is_none() {
            return Err(Error::ValueError(
                "Cannot close a process while it is still running. You should first call \
                 join() or terminate()."
                    .into(),
            ));
        }
        self.closed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// An object that becomes ready when the process ends. Any process may wait for
    /// it.
    pub fn sentinel(&self) -> Result<Sentinel, Error> {
        let (slot, word) = self.check_open()?.slot_and_word();
        Ok(Sentinel::new(slot, word))
    }
}

impl<R> std::fmt::Debug for Process<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Child {
            pid, name, daemon, ..
        } = &*self.child;
        f.debug_struct("Process")
            .field("name", name)
            .field("pid", pid)
            .field("daemon", daemon)
            .field("closed", &self.closed.load(Ordering::Relaxed))
            .finish_non_exhaustive()
    }
}

/// The child processes of this process that have not ended. As in Python, the call
/// also reaps those that have ended.
pub fn active_children() -> Vec<ProcessInfo> {
    blocking::check_signal();
    let living = child::clean_up().into_iter();
    let living = living.filter(|child| child.kind == ChildKind::Process);
    living
        .map(|child| ProcessInfo {
            pid: child.pid,
            name: child.name.clone(),
            daemon: child.daemon,
        })
        .collect()
}
