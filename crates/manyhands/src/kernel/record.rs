//! What this process writes into its trace.
//!
//! This module must not wait: an event that finds the ring full is counted as lost.

use super::{
    arena::{Arena, Memory},
    current::{now_us, since_epoch, with},
    layout::{HOST_SLEEPS, SEQUENCE, TRACE_LEVEL},
    platform,
    trace::{Event, Level, Op, Pid, Ring},
};
use std::cell::Cell;

thread_local! {
    /// What the next waits of this thread are recorded with.
    static NOTE: Cell<u32> = const { Cell::new(0) };
    /// Whether this thread has waited since its note was set.
    static WAITED: Cell<bool> = const { Cell::new(false) };
    /// Whether the trace says that this thread waits for its next piece of work.
    static WAITS_FOR_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Calls `wait`, in which this process or thread only waits, by means that this library
/// cannot see: `rayon`'s `install`, for example, or a lock of the standard library. The
/// trace and the timeline lane show that it waits. The closure must not wait for any
/// object of this library.
///
/// ```no_run
/// # #[cfg(feature = "threads")]
/// # fn main_program(pool: rayon::ThreadPool) {
/// use manyhands::trace;
/// let sum: u64 = trace::waiting(|| pool.install(|| (1..=1000_u64).sum()));
/// # }
/// ```
pub fn waiting<R>(wait: impl FnOnce() -> R) -> R {
    wait_begins();
    let result = wait();
    wait_ends();
    result
}

/// The first half of [`waiting`], for code that is called before and after a wait:
/// [`wait_ends`] must follow.
pub fn wait_begins() {
    record_wait(0, 0);
}

/// Records that this thread begins to wait at an address, for what the process `holder`
/// holds, or 0.
pub(super) fn record_wait(at: u32, holder: u32) {
    WAITED.set(true);
    record(Op::BlockBegin, at, [holder, NOTE.get()]);
}

/// The second half of [`waiting`].
pub fn wait_ends() {
    record(Op::BlockEnd, 0, [0, 0]);
}

/// Sets the number with which the trace tells the next waits of this thread, until it is
/// set again: the second operand of [`Op::BlockBegin`]. It is 0 at first. An interpreter
/// says with it which line of its program waits.
#[inline]
pub fn set_note(note: u32) {
    NOTE.set(note);
    if note != 0 {
        WAITED.set(false);
    }
}

/// Says in the trace what ended the last wait of this thread, by two numbers of the caller's
/// choice: the operands of an [`Op::Note`]. Nothing is recorded if the thread has not waited
/// since [`set_note`] set another number than 0, because it found at once what it wanted.
pub fn note_end(numbers: [u32; 2]) {
    if WAITED.replace(false) {
        record(Op::Note, 0, numbers);
    }
}

/// Calls `work`, a piece of work that the scheduler of another library, such as
/// `rayon`, gave to this thread. From the first call on, the trace and the timeline
/// lane show that the thread waits between such pieces.
pub fn working<R>(work: impl FnOnce() -> R) -> R {
    set_waiting_for_work(false);
    let result = work();
    set_waiting_for_work(true);
    result
}

/// Records that this thread begins, or stops, to wait for its next piece of work.
pub(crate) fn set_waiting_for_work(waits: bool) {
    if WAITS_FOR_WORK.replace(waits) != waits {
        let op = if waits { Op::BlockBegin } else { Op::BlockEnd };
        record(op, 0, [0, 0]);
    }
}

/// The next sequence number, which orders records over all processes, and the time.
pub(super) fn stamp() -> (u32, f64) {
    (Arena.add(SEQUENCE, 1), now_us())
}

/// Wakes the host if it sleeps until there is a record to read.
pub(super) fn wake_host() {
    if Arena.load(HOST_SLEEPS) == 1 && Arena.exchange(HOST_SLEEPS, 0) == 1 {
        Arena.notify(HOST_SLEEPS, 1);
    }
}

/// Is the trace level [`Level::Everything`]?
pub(crate) fn records_everything() -> bool {
    with(|current| current.is_some_and(|current| current.level == Level::Everything as u32))
}

/// Records an event of this process that happened at `time_us`.
pub(crate) fn record_at(time_us: f64, op: Op, object: u32, operands: [u32; 2]) {
    with(|current| {
        let Some(current) = current else { return };
        if current.ring == 0 || Arena.load(TRACE_LEVEL) == 0 {
            return;
        }
        let event = Event {
            sequence: Arena.add(SEQUENCE, 1),
            time_us,
            pid: current.pid,
            op,
            object,
            operands,
        };
        Ring::new(&Arena, current.ring).push(&event);
        wake_host();
    });
}

/// Records an event of this process.
pub(crate) fn record(op: Op, object: u32, operands: [u32; 2]) {
    with(|current| {
        if let Some(current) = current {
            record_for(current.ring, current.pid, op, object, operands);
        }
    });
}

/// Records an operation on a shared object, if the trace level is
/// [`Level::Everything`]. Its time may be that of an earlier event in the same
/// millisecond, because reading the browser's precise clock takes longer than most
/// operations.
#[inline]
pub(crate) fn trace_op(op: Op, object: u32, bytes: u32) {
    if records_everything() {
        let time_us = since_epoch(platform::recently());
        record_at(time_us, op, object, [bytes, 0]);
    }
}

/// Records an event in the ring of a process that can no longer record it itself.
pub(crate) fn record_for(ring: u32, pid: Pid, op: Op, object: u32, operands: [u32; 2]) {
    if ring == 0 || Arena.load(TRACE_LEVEL) == 0 {
        return;
    }
    let (sequence, time_us) = stamp();
    let event = Event {
        sequence,
        time_us,
        pid,
        op,
        object,
        operands,
    };
    Ring::new(&Arena, ring).push(&event);
    wake_host();
}
