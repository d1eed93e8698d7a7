//! Signals between processes (Python's `signal` module and `os.kill`).
//!
//! A signal ends the process that it is sent to, unless that process has decided
//! otherwise with [`signal()`]. A signal that a process catches is pending until the
//! process takes it: nothing is called in the middle of a computation. So a program that
//! catches signals asks for them where it can handle them, an interpreter for example
//! between two instructions. That costs one atomic load ([`is_pending`]).
//!
//! A call that waits goes on waiting when a signal arrives that the process catches,
//! unless it was made in [`interruptible`].
//!
//! As in Python, signals are for the first thread of a process: only that thread catches
//! them and has its waits interrupted.
//!
//! ```no_run
//! use manyhands::{Error, Process, Queue, signal::{self, Action, Signal}};
//!
//! fn serve(queue: Queue<u32>) -> Result<u32, Error> {
//!     signal::signal(Signal::SIGINT, Action::Catch)?;
//!     let mut sum = 0;
//!     loop {
//!         match signal::interruptible(|| queue.get()) {
//!             Ok(item) => sum += item,
//!             Err(Error::InterruptedError) => {
//!                 if signal::take() == Some(Signal::SIGINT) {
//!                     return Ok(sum);
//!                 }
//!             }
//!             Err(error) => return Err(error),
//!         }
//!     }
//! }
//!
//! fn main_program() -> Result<(), Error> {
//!     let queue = Queue::new(0)?;
//!     let process = Process::spawn(serve, queue.clone())?;
//!     queue.put(&1)?;
//!     signal::kill(process.pid()?, Signal::SIGINT)?;
//!     assert!(process.join()?? <= 1);
//!     Ok(())
//! }
//! ```
//!
//! This module must not import the start of processes.

use crate::{
    Error,
    kernel::{
        blocking, current, host,
        message::Message,
        process_held,
        table::{Dispositions, Word},
        trace::{HOST, Pid},
    },
};

pub use crate::kernel::table::{Action, Signal};

/// Decides what a signal does to this process from now on (Python's `signal.signal`);
/// returns what it did before. A child begins with the default action for every signal,
/// but ignores those that its parent ignored when it started the child, as after `exec`.
///
/// # Errors
/// [`Error::OSError`] for `SIGKILL`, which always ends a process. [`Error::ValueError`]
/// in a thread and on the page, as only the first thread of a process gets signals.
pub fn signal(signal: Signal, action: Action) -> Result<Action, Error> {
    if signal == Signal::SIGKILL {
        return Err(Error::OSError(
            "SIGKILL always ends a process: choose a signal that can be caught".into(),
        ));
    }
    let slot = current::with(|current| {
        let current = current.filter(|current| current.pid != HOST)?;
        process_held::is_first_thread().then_some(current.slot)
    });
    let Some(slot) = slot else {
        return Err(Error::ValueError(
            "signal only works in the first thread of a process".into(),
        ));
    };
    // A signal that came before has the effect that it had then.
    blocking::check_signal();
    let before = current::table().set_action(slot, signal, action);
    // One that was caught and not taken may have to end this process now.
    blocking::check_signal();
    Ok(before)
}

/// What a signal does to this process (Python's `signal.getsignal`).
pub fn getsignal(signal: Signal) -> Action {
    dispositions().action(signal)
}

/// What this process has decided about signals.
pub(super) fn dispositions() -> Dispositions {
    match current::pid() {
        HOST => Dispositions::default(),
        _ => current::table().dispositions(process_held::slot_of_process()),
    }
}

/// Sends a signal to a process of this program, which need not be a child of the caller
/// (Python's `os.kill`). A process that computes and must end by the signal may run on for
/// some time: see [`crate::Process::terminate`].
///
/// # Errors
/// [`Error::ValueError`] when no living process has this pid.
pub fn kill(pid: Pid, signal: Signal) -> Result<(), Error> {
    host::ensure()?;
    let (slot, word) = current::table()
        .find(pid)
        .ok_or_else(|| Error::ValueError(format!("no process has the pid {pid}")))?;
    send(slot, word, signal);
    // A signal that this process has sent to itself has its effect before this returns.
    blocking::check_signal();
    Ok(())
}

/// Sends a signal to the process in this slot, if it is still the one of this word.
pub(super) fn send(slot: u32, word: Word, signal: Signal) {
    if current::table().signal(slot, word, signal, false) {
        host::post(Message::Signal {
            slot,
            state: word.0,
        });
    }
}

/// Sends a signal to this process itself (Python's `signal.raise_signal`).
///
/// # Errors
/// [`Error::ValueError`] on the page, which gets no signals.
pub fn raise_signal(signal: Signal) -> Result<(), Error> {
    match super::own_pid() {
        HOST => Err(Error::ValueError(
            "the page gets no signals: send them to a process".into(),
        )),
        pid => kill(pid, signal),
    }
}

/// Whether a signal is pending that this process catches. Always false in a thread and on
/// the page.
#[inline]
pub fn is_pending() -> bool {
    blocking::has_caught_signal()
}

/// Takes a pending signal that this process catches; of several, the one with the lowest
/// number. A signal that was sent again before it was taken is taken once. Always `None`
/// in a thread and on the page.
#[inline]
pub fn take() -> Option<Signal> {
    blocking::take_signal()
}

/// Calls `f`. A call in it that waits returns [`Error::InterruptedError`] when a signal is
/// pending that this process catches, whether it arrives meanwhile or was there before
/// (Python's and POSIX's `EINTR`). Such a call has done nothing and can be made again;
/// a call that can be completed without waiting is completed.
///
/// This holds for pipes, queues, locks, semaphores, events, sleeping, joining and waiting
/// for several objects. [`crate::Condition::wait`] has the lock again when it is
/// interrupted. [`crate::Barrier::wait`] breaks the barrier, as by a time-out. Calls of
/// pools and executors stop waiting, and what they were to return is lost, unless it can
/// be asked for again ([`crate::AsyncResult::get`]). Calls of managers wait for their
/// answer.
pub fn interruptible<R>(f: impl FnOnce() -> R) -> R {
    blocking::interruptible(true, f)
}

/// Calls `f`, in which no wait is interrupted, even if the caller is in [`interruptible`].
pub fn uninterruptible<R>(f: impl FnOnce() -> R) -> R {
    blocking::interruptible(false, f)
}
