//! The errors of this crate, named after Python's exceptions where Python has one.
//!
//! This module must not import any other module of the crate.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// An error of a call of this crate.
///
/// An error can be sent: a target may return `Result<T, Error>`, and an error may be an
/// argument or an item of a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Error {
    /// Python's `ValueError`: an object was used in a state that forbids it,
    /// or a value is out of range.
    ValueError(String),
    /// Python's `AssertionError`: a rule of the process tree was broken.
    AssertionError(String),
    /// Python's `BlockingIOError` (`EAGAIN` of `fork`): the number of living
    /// processes has reached [`crate::Settings::max_processes`].
    BlockingIOError {
        /// The largest number of processes that may live at once.
        limit: u32,
    },
    /// Python's `MemoryError`: the arena has grown to its maximum
    /// ([`crate::Settings::arena_max_bytes`]) and has no free block of this size.
    MemoryError {
        /// The number of bytes that were requested.
        bytes: usize,
        /// How many bytes the arena may have in all, for everything that processes
        /// share.
        limit: usize,
    },
    /// Python's `PicklingError`: a value could not be turned into bytes, or
    /// bytes into a value.
    PicklingError(String),
    /// Python's `RecursionError`: a value is nested so deeply that decoding it might use
    /// up the stack. The sender refuses it. If it arrives nevertheless, the receiver
    /// refuses it. See "What may travel" in the crate's documentation.
    RecursionError {
        /// The type of the value that was sent or received.
        type_name: String,
        /// How many levels there may be.
        limit: u32,
    },
    /// A call would have blocked on the page, where the Web does not allow it (a call that
    /// need not wait succeeds there); or in a worker of the program's own before [`crate::prewarm`] had returned there.
    BlockingOnPage {
        /// The call that would block.
        call: Cow<'static, str>,
        /// The call to use on the page.
        instead: Cow<'static, str>,
    },
    /// The page has no shared memory because it is not cross-origin isolated.
    NotIsolated,
    /// Python's `NotImplementedError`: this program does not run in a browser.
    NotImplementedError(String),
    /// The platform refused something for a reason of its own (`OSError`).
    OSError(String),
    /// A process ended without a result.
    ProcessError(ProcessError),
    /// Python's `EOFError`: every message has been received, and the sending end of
    /// the pipe is closed in every process.
    EOFError,
    /// Python's `BrokenPipeError`: the receiving end of the pipe is closed in every
    /// process.
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
    /// Python's `BrokenBarrierError`: the barrier is broken, or was broken or reset
    /// while the caller waited.
    BrokenBarrierError,
    /// Python's `FileExistsError`: a shared memory of this name exists already.
    FileExistsError(String),
    /// Python's `FileNotFoundError`: no shared memory of this name exists.
    FileNotFoundError(String),
    /// Python's `OSError` with the number `EADDRINUSE`: a listener has this name already.
    AddressInUse(String),
    /// Python's `ConnectionRefusedError`: no listener has this name.
    ConnectionRefusedError(String),
    /// Python's `IndexError`.
    IndexError(String),
    /// Python's `KeyError`: a dict does not have this key.
    KeyError(String),
    /// Python's `AttributeError`: a namespace does not have this attribute.
    AttributeError(String),
    /// The server process of a [`crate::Manager`] has ended, and all of its objects
    /// are lost. (Python raises `EOFError`, `BrokenPipeError`,
    /// `ConnectionResetError`, `ConnectionRefusedError` or `FileNotFoundError`,
    /// depending on the moment.)
    ManagerDied {
        /// The server's exit code, 0 after a shutdown; `None` if it is not known.
        exit_code: Option<i32>,
        /// The panic's text, if the server panicked; may be empty.
        text: String,
    },
    /// Python's `TimeoutError`: the result was not ready within the time-out.
    TimeoutError,
    /// Python's `CancelledError`: the task was cancelled.
    CancelledError,
    /// An item of a pool's work failed, or the worker that ran it died.
    TaskError(Box<TaskError>),
    /// Python's `BrokenProcessPool`: the pool has no worker and cannot start one.
    BrokenProcessPool(String),
    /// Python's `RuntimeError`: the executor has been shut down.
    RuntimeError(String),
    /// Python's `InterruptedError` (`EINTR`): the call waited in
    /// [`crate::signal::interruptible`], and a signal is pending that this process catches.
    /// Nothing has been done: take the signal, then call again.
    InterruptedError,
    /// The process that held the lock died, so the data that the lock protects may
    /// be half changed. (In Python the caller waits for ever.) See
    /// [`crate::Lock::recover`].
    OwnerDied {
        /// The pid of the process that died.
        pid: u32,
    },
}

impl Error {
    /// The error of a call that would block the page.
    pub(crate) fn blocking_on_page(call: &'static str, instead: &'static str) -> Error {
        Error::BlockingOnPage {
            call: call.into(),
            instead: instead.into(),
        }
    }
}

/// The failure of one item of a pool's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskError {
    /// The item's index in the call's input, from 0.
    pub index: usize,
    /// The text of the `Err` that the function returned, or the reason why the
    /// worker was ended.
    pub text: String,
    /// How the worker ended, if it ended.
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
    /// The WebAssembly instance trapped, or an exception ended it. The exit code is
    /// that of the signal which a native process would get: −11 (memory, stack), −8
    /// (arithmetic) or −6 (`unreachable`, an abort). It is 1 when the engine's
    /// message is not one that this crate knows.
    Trapped,
    /// It was ended by `terminate()` or `kill()`; exit code −15 or −9.
    Killed,
    /// Its worker could not be loaded; exit code 1.
    LoadFailed,
    /// Its worker did not start within [`crate::Settings::start_timeout_ms`]; exit
    /// code 1.
    StartTimedOut,
    /// The browser had no memory for another instance; exit code 1.
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

/// How a process ended that did not return a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessError {
    /// The process's pid.
    pub pid: u32,
    /// The process's name.
    pub name: String,
    /// The exit code: negative for a signal, as in Python.
    pub exit_code: i32,
    /// Why the process ended.
    pub reason: Reason,
    /// The message of the panic, the trap or the loader; may be empty.
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
        // The panic's text itself begins with "panicked at".
        if *reason == Reason::Panicked && !text.is_empty() {
            return f.write_str(text);
        }
        match reason {
            Reason::Returned => f.write_str("returned")?,
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
            | Error::OSError(text)
            | Error::PicklingError(text) => f.write_str(text),
            Error::BlockingIOError { limit } => write!(
                f,
                "no more than {limit} processes may live at once, and a worker of a pool is \
                 one: start fewer, end some before you start more, or raise \
                 Settings::max_processes"
            ),
            Error::MemoryError { bytes, limit } => write!(
                f,
                "the shared arena, which may have {limit} bytes in all, has no room for \
                 {bytes} bytes more: free something, send less at once, or raise \
                 Settings::arena_max_bytes"
            ),
            Error::RecursionError { type_name, limit } => write!(
                f,
                "a `{type_name}` is nested too deeply to be sent (more than {limit} levels, or \
                 more than the stack has room for): send it in a flat form, such as a list of \
                 its parts"
            ),
            Error::BlockingOnPage { call, instead } => write!(
                f,
                "{call} would block, which the Web forbids on the page: use {instead} here, or \
                 call it in a process (in a worker of your own, await prewarm(0) before it)"
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
            Error::AddressInUse(name) => write!(f, "a listener named '{name}' exists already: connect to it, or choose another name"),
            Error::ConnectionRefusedError(name) => write!(f, "nobody listens at '{name}': a process must bind a listener of this name first, and keep it"),
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
            Error::InterruptedError => f.write_str("a signal is pending: take it, then call again"),
            Error::OwnerDied { pid } => write!(f, "process {pid} died while it held the lock, so what the lock protects may be half changed: put it right, then recover the lock"),
        }
    }
}

impl std::error::Error for Error {}
impl std::error::Error for ProcessError {}
