//! `Process`: a handle on a child.

use super::{
    child::{self, Child, Kin, SIGKILL, SIGTERM},
    sentinel::Sentinel,
};
use crate::{
    Error,
    kernel::{blocking, codec, host, trace::Pid},
    timeout::microseconds,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::Cell, marker::PhantomData, rc::Rc, time::Duration};

/// A child process, as Python's `multiprocessing.Process`
/// (`Lib/multiprocessing/process.py`).
///
/// It runs in a worker of its own, in its own instance of this module with its
/// own memory: statics and everything else that is not sent stays private. `R`
/// is what its target returns.
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
/// - Making and starting are one step, so a process cannot be started twice
///   (`AssertionError: cannot start a process twice`).
/// - [`Process::join`] hands over the target's result, or says why there is
///   none; Python's `join` returns `None`.
/// - Only the creator has the handle, so only it can join (`can only join a
///   child process`): the type cannot be sent.
/// - A killed process's memory is given back, and what it held in the arena
///   is recovered, before `join` returns.
///
/// Dropping the handle does not end the process; it is still joined (a daemon:
/// terminated) when its parent ends, as in Python.
pub struct Process<R> {
    child: Rc<Child>,
    closed: Cell<bool>,
    result: PhantomData<fn() -> R>,
}

impl<R: Serialize + DeserializeOwned + 'static> Process<R> {
    pub(super) fn new(child: Rc<Child>) -> Self {
        Process {
            child,
            closed: Cell::new(false),
            result: PhantomData,
        }
    }

    /// Every use of the handle is a system call, and looks whether this
    /// process was told to die.
    fn open(&self) -> Result<&Child, Error> {
        blocking::check_signal();
        if self.closed.get() {
            Err(Error::ValueError("process object is closed".into()))
        } else {
            Ok(&self.child)
        }
    }

    /// Its pid: a number that no other process of this program ever has.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Process::close`]; so for all below.
    pub fn pid(&self) -> Result<Pid, Error> {
        Ok(self.open()?.pid)
    }

    /// Its name: `Process-N`, nested `Process-1:2`, unless it was given one.
    pub fn name(&self) -> Result<&str, Error> {
        Ok(&self.open()?.name)
    }

    /// Is it a daemon?
    pub fn daemon(&self) -> Result<bool, Error> {
        Ok(self.open()?.daemon)
    }

    /// Has it not ended yet?
    pub fn is_alive(&self) -> Result<bool, Error> {
        Ok(self.open()?.ending().is_none())
    }

    /// Its exit code, `None` while it lives: 0 after a return, 1 after a panic,
    /// what was given to [`crate::exit`], −15 and −9 after `terminate` and
    /// `kill`; see [`crate::Reason`] for all.
    pub fn exit_code(&self) -> Result<Option<i32>, Error> {
        Ok(self.open()?.ending().map(|ending| ending.exit_code))
    }

    /// Waits for its end and hands over its result. It can be joined again,
    /// with the same answer.
    ///
    /// # Errors
    /// [`Error::ProcessError`] if it ended without a result; its text is the
    /// panic's. [`Error::BlockingOnPage`] on the page: use
    /// [`Process::join_async`] there.
    pub fn join(&self) -> Result<R, Error> {
        let child = self.open()?;
        blocking::wait("Process::join", "Process::join_async", None, || {
            child.step()
        })?;
        self.result()
    }

    /// [`Process::join`], but `Ok(None)` if it still lives after `timeout`.
    pub fn join_timeout(&self, timeout: Duration) -> Result<Option<R>, Error> {
        let child = self.open()?;
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
        let child = self.open()?;
        host::wait_async(None, || child.step()).await;
        self.result()
    }

    /// [`Process::join_timeout`] for the page.
    pub async fn join_timeout_async(&self, timeout: Duration) -> Result<Option<R>, Error> {
        let child = self.open()?;
        let time = Some(microseconds(timeout));
        let ended = host::wait_async(time, || child.step()).await;
        ended.map(|()| self.result()).transpose()
    }

    fn result(&self) -> Result<R, Error> {
        let (bytes, arrived) = self.child.result()?;
        codec::decode(bytes, arrived)
    }

    /// Asks it to die of signal 15: exit code −15. Nothing of it is cleaned
    /// up. Returns at once; join it to know that it is gone.
    pub fn terminate(&self) -> Result<(), Error> {
        self.open()?.signal(SIGTERM);
        Ok(())
    }

    /// [`Process::terminate`] with signal 9: exit code −9.
    pub fn kill(&self) -> Result<(), Error> {
        self.open()?.signal(SIGKILL);
        Ok(())
    }

    /// Lets go of the process: every later use of the handle is an error.
    ///
    /// # Errors
    /// [`Error::ValueError`] while it is running.
    pub fn close(&self) -> Result<(), Error> {
        if !self.closed.get() && self.child.ending().is_none() {
            return Err(Error::ValueError(
                "Cannot close a process while it is still running. You should first call \
                 join() or terminate()."
                    .into(),
            ));
        }
        self.closed.set(true);
        Ok(())
    }

    /// What can be waited for until the process ends, by anybody.
    pub fn sentinel(&self) -> Result<Sentinel, Error> {
        let (slot, word) = self.open()?.place();
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
            .field("closed", &self.closed.get())
            .finish_non_exhaustive()
    }
}

/// A process that lives or lived, without a handle's powers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its pid.
    pub pid: Pid,
    /// Its name.
    pub name: String,
    /// Is it a daemon?
    pub daemon: bool,
}

/// The children of this process that have not ended; reaps those that have,
/// as Python's `active_children()` does.
pub fn active_children() -> Vec<ProcessInfo> {
    blocking::check_signal();
    let living = child::clean_up().into_iter();
    let living = living.filter(|child| child.kin == Kin::Process);
    living
        .map(|child| ProcessInfo {
            pid: child.pid,
            name: child.name.clone(),
            daemon: child.daemon,
        })
        .collect()
}
