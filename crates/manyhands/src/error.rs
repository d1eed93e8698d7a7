//! What can go wrong, named after Python's exceptions where one exists.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What can go wrong when processes are used.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Python's `ValueError`: an object was used in a state that forbids it,
    /// or a value is out of range.
    ValueError(String),
    /// Python's `AssertionError`: a rule of the process tree was broken.
    AssertionError(String),
    /// Python's `BlockingIOError` (`EAGAIN` of `fork`): as many processes live
    /// as the program allows itself; see [`crate::Settings::max_processes`].
    BlockingIOError {
        /// How many may live at once.
        limit: u32,
    },
    /// Python's `MemoryError`: the arena has grown to its maximum and has no
    /// room; see [`crate::Settings::arena_max_bytes`].
    MemoryError {
        /// How many bytes were asked for.
        bytes: usize,
    },
    /// Python's `PicklingError`: a value could not be turned into bytes, or
    /// bytes into a value.
    PicklingError(String),
    /// A blocking call was made where the Web forbids to block: on the page.
    BlockingOnPage {
        /// The call.
        call: &'static str,
        /// The one to use there.
        instead: &'static str,
    },
    /// There is no shared memory here: the page is not cross-origin isolated.
    NotIsolated,
    /// Python's `NotImplementedError`: this program does not run in a browser.
    NotImplementedError(String),
    /// The platform refused something for a reason of its own (`OSError`).
    OSError(String),
    /// A process ended without a result.
    ProcessError(ProcessError),
    /// Python's `EOFError`: everything was received and nobody can send more.
    EOFError,
    /// Python's `BrokenPipeError`: nobody is left to receive it.
    BrokenPipeError,
    /// Python's `BufferTooShort`: the message is longer than the buffer.
    BufferTooShort {
        /// The message's length in bytes.
        bytes: usize,
    },
    /// Python's `queue.Full`.
    Full,
    /// Python's `queue.Empty`.
    Empty,
    /// Python's `BrokenBarrierError`: the barrier was broken or reset while
    /// somebody waited.
    BrokenBarrierError,
    /// Python's `FileExistsError`: there is a shared memory of that name.
    FileExistsError(String),
    /// Python's `FileNotFoundError`: there is no shared memory of that name.
    FileNotFoundError(String),
    /// Python's `IndexError`.
    IndexError(String),
    /// Python's `KeyError`: a dict has no such key, which is named.
    KeyError(String),
    /// Python's `AttributeError`: a namespace has no such attribute.
    AttributeError(String),
    /// The server process of a [`crate::Manager`] is gone, and with it all of its
    /// objects. (Python: `EOFError`, `BrokenPipeError`, `ConnectionResetError`,
    /// `ConnectionRefusedError` or `FileNotFoundError`, as it happens.)
    ManagerDied {
        /// Its exit code, if anybody could tell: 0 after a shutdown.
        exit_code: Option<i32>,
        /// What it died of: the panic's text; may be empty.
        text: String,
    },
    /// Python's `TimeoutError`: the result is not there yet.
    TimeoutError,
    /// Python's `CancelledError`: the work was cancelled.
    CancelledError,
    /// An item of a pool's work failed, or its worker died.
    TaskError(Box<TaskError>),
    /// Python's `BrokenProcessPool`: no worker can be had any more.
    BrokenProcessPool(String),
    /// Python's `RuntimeError`: an executor was shut down before.
    RuntimeError(String),
    /// The process that held the lock died: what the lock protects may be half
    /// changed. (Python waits for ever.) See [`crate::Lock::recover`].
    OwnerDied {
        /// The pid of the dead.
        pid: u32,
    },
}

/// What went wrong with one item of a pool's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskError {
    /// Which item of the call's, from 0.
    pub index: usize,
    /// The text of its `Err`, or why its worker was ended.
    pub text: String,
    /// How its worker ended, if it did.
    pub worker: Option<ProcessError>,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}: {}", self.index, self.text)?;
        match &self.worker {
            Some(worker) if self.text.is_empty() => worker.fmt(f),
            Some(worker) => write!(f, ": {worker}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TaskError {}

/// Why a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reason {
    /// The target returned; exit code 0.
    Returned,
    /// It called [`crate::exit`].
    Exited,
    /// It panicked; exit code 1, as after an uncaught exception.
    Panicked,
    /// The WebAssembly instance trapped, or an exception ended it: exit code −11
    /// (memory, stack), −8 (arithmetic) or −6 (`unreachable`, an abort), as the
    /// signals of a native process; 1 when the engine's text is none that is
    /// known here.
    Trapped,
    /// `terminate()` or `kill()`; exit code −15 or −9.
    Killed,
    /// Its worker could not be loaded; exit code 1.
    LoadFailed,
    /// Its worker did not come up in time; exit code 1. See
    /// [`crate::Settings::start_timeout_ms`].
    StartTimedOut,
    /// The browser had no memory for one more instance; exit code 1.
    OutOfMemory,
}

impl Reason {
    const ALL: [Reason; 8] = [
        Reason::Returned,
        Reason::Exited,
        Reason::Panicked,
        Reason::Trapped,
        Reason::Killed,
        Reason::LoadFailed,
        Reason::StartTimedOut,
        Reason::OutOfMemory,
    ];

    pub(crate) fn from_u32(number: u32) -> Reason {
        Reason::ALL
            .get(number as usize)
            .copied()
            .unwrap_or(Reason::Killed)
    }
}

/// How a process ended that left no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessError {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// Its exit code: negative for a signal, as in Python.
    pub exit_code: i32,
    /// Why it ended.
    pub reason: Reason,
    /// The panic's text, the trap's, or the loader's; may be empty.
    pub text: String,
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProcessError {
            pid,
            name,
            exit_code,
            reason,
            text,
        } = self;
        write!(f, "{name} (pid {pid}) ")?;
        // The panic's own words begin with "panicked at".
        if *reason == Reason::Panicked && !text.is_empty() {
            return f.write_str(text);
        }
        match reason {
            Reason::Returned => f.write_str("returned, but its result was taken already")?,
            Reason::Exited => write!(f, "exited with code {exit_code}")?,
            Reason::Panicked => f.write_str("panicked")?,
            Reason::Trapped => write!(f, "crashed (exit code {exit_code})")?,
            Reason::Killed => write!(f, "was killed (exit code {exit_code})")?,
            Reason::LoadFailed => f.write_str("could not be started")?,
            Reason::StartTimedOut => f.write_str("did not start in time")?,
            Reason::OutOfMemory => f.write_str(
                "could not be started: the browser has no memory for one more; \
                 end some processes first",
            )?,
        }
        if text.is_empty() {
            Ok(())
        } else {
            write!(f, ": {text}")
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::ValueError(text)
            | Error::AssertionError(text)
            | Error::NotImplementedError(text)
            | Error::OSError(text) => f.write_str(text),
            Error::BlockingIOError { limit } => write!(
                f,
                "{limit} processes live already, which is the limit: join some before you \
                 start more, or raise Settings::max_processes"
            ),
            Error::MemoryError { bytes } => write!(
                f,
                "the shared arena has no room for {bytes} bytes more: free something, or \
                 raise Settings::arena_max_bytes"
            ),
            Error::PicklingError(text) => {
                write!(f, "a value could not be sent between processes: {text}")
            }
            Error::BlockingOnPage { call, instead } => write!(
                f,
                "{call} would block the page, which the Web forbids: use {instead} here, or \
                 call it in a process"
            ),
            Error::NotIsolated => f.write_str(
                "this page has no shared memory because it is not cross-origin isolated: serve \
                 it with the headers Cross-Origin-Opener-Policy: same-origin and \
                 Cross-Origin-Embedder-Policy: require-corp",
            ),
            Error::ProcessError(error) => error.fmt(f),
            Error::EOFError => f.write_str("the other end of the pipe is closed, and everything that was sent has been received"),
            Error::BrokenPipeError => f.write_str("nobody is left to receive: the other end of the pipe is closed"),
            Error::BufferTooShort { bytes } => write!(f, "the message has {bytes} bytes, more than the buffer: receive it with a larger one"),
            Error::Full => f.write_str("the queue is full"),
            Error::Empty => f.write_str("the queue is empty"),
            Error::BrokenBarrierError => f.write_str("the barrier is broken: reset it before it is used again"),
            Error::FileExistsError(name) => write!(f, "a shared memory named '{name}' exists already: attach to it, or choose another name"),
            Error::FileNotFoundError(name) => write!(f, "there is no shared memory named '{name}': it was never created, or was unlinked"),
            Error::IndexError(text) | Error::AttributeError(text) => f.write_str(text),
            Error::KeyError(key) => write!(f, "KeyError: {key}"),
            Error::ManagerDied { exit_code, text } => {
                f.write_str("the manager's server process is gone")?;
                match exit_code {
                    Some(0) => f.write_str(": it was shut down")?,
                    Some(code) => write!(f, " (exit code {code})")?,
                    None => {}
                }
                if !text.is_empty() {
                    write!(f, ": {text}")?;
                }
                f.write_str("; its objects are lost: start another manager")
            }
            Error::TimeoutError => f.write_str("the result is not there yet"),
            Error::CancelledError => f.write_str("the work was cancelled"),
            Error::TaskError(error) => error.fmt(f),
            Error::BrokenProcessPool(text) => f.write_str(text),
            Error::RuntimeError(text) => f.write_str(text),
            Error::OwnerDied { pid } => write!(f, "process {pid} died while it held the lock, so what the lock protects may be half changed: put it right, then recover the lock"),
        }
    }
}

impl std::error::Error for Error {}
impl std::error::Error for ProcessError {}
