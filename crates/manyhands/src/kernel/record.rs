//! What this process writes into its trace.
//!
//! This room must not wait: an event that finds the ring full is counted as lost.

use super::{
    arena::{Arena, Memory},
    current::{now_us, since_epoch, with},
    layout::{BELL, SEQUENCE, TRACE_LEVEL},
    platform,
    trace::{Event, Level, Op, Pid, Ring},
};
use std::cell::Cell;

thread_local! {
    /// Does the trace say of this thread that it waits for its next piece of work?
    static BETWEEN: Cell<bool> = const { Cell::new(false) };
}

/// Does something in which this process, or thread, only waits, by means that
/// nobody else would record: for `rayon`'s `install`, say, or a lock of the
/// standard library's. Its trace and its lane show that it waits; it must not
/// wait for anything of this library's meanwhile.
///
/// ```no_run
/// # #[cfg(feature = "threads")]
/// # fn main_program(pool: rayon::ThreadPool) {
/// use manyhands::trace;
/// let sum: u64 = trace::waiting(|| pool.install(|| (1..=1000_u64).sum()));
/// # }
/// ```
pub fn waiting<R>(wait: impl FnOnce() -> R) -> R {
    record(Op::BlockBegin, 0, [0, 0]);
    let result = wait();
    record(Op::BlockEnd, 0, [0, 0]);
    result
}

/// Does a piece of work that somebody else's scheduler gave to this thread, as
/// `rayon`'s does: from then on, its trace and its lane show that it waits
/// between such pieces.
pub fn working<R>(work: impl FnOnce() -> R) -> R {
    between(false);
    let result = work();
    between(true);
    result
}

/// This thread waits for its next piece of work, or no longer.
pub(crate) fn between(now: bool) {
    if BETWEEN.replace(now) != now {
        let op = if now { Op::BlockBegin } else { Op::BlockEnd };
        record(op, 0, [0, 0]);
    }
}

/// The next place in the order over all processes, and the time.
pub(super) fn stamp() -> (u32, f64) {
    (Arena.add(SEQUENCE, 1), now_us())
}

/// Wakes the host if it sleeps until there is something to read.
pub(super) fn ring_bell() {
    if Arena.load(BELL) == 1 && Arena.exchange(BELL, 0) == 1 {
        Arena.notify(BELL, 1);
    }
}

/// Are all operations recorded?
pub(crate) fn records_everything() -> bool {
    with(|current| current.is_some_and(|current| current.level == Level::Everything as u32))
}

/// Records an event of this process that happened at this time.
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
        ring_bell();
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

/// Records what was done to a shared object, when everything is recorded. Its
/// time may be that of an event before it in the same millisecond: the browser's
/// exact clock takes longer than most operations.
#[inline]
pub(crate) fn trace_op(op: Op, object: u32, bytes: u32) {
    if records_everything() {
        let time_us = since_epoch(platform::recently());
        record_at(time_us, op, object, [bytes, 0]);
    }
}

/// Records an event in the ring of a process that can no longer do so itself.
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
    ring_bell();
}
