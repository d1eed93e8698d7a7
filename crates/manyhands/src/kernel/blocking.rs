//! How this process waits, and where it checks for signals.
//!
//! This module must not know what is waited for.

use super::{
    arena::{Arena, Memory},
    current::{Current, now_us, table, with},
    exit,
    layout::{slot, slot_field},
    record::{record, record_wait, stamp, wake_host},
    table::{EndRecord, Signal, sleeps_on},
    trace::{HOST, Op, Ring, TextKind},
    wait::{Arm, Sleeper, Step, block_after, owned},
};
use crate::{Error, error::Reason};
use std::cell::Cell;

/// This process as a sleeper.
pub(crate) struct Me;

impl Sleeper for Me {
    fn before_sleep(&self, at: u32) -> bool {
        announce(sleeps_on(at, false));
        true
    }

    fn after_wake(&self) {
        announce(0);
    }

    fn now_us(&self) -> f64 {
        now_us()
    }
}

/// Says on which word this process sleeps, then checks for a signal. In this order,
/// whoever sends a signal sees the word, or the process sees the signal.
fn announce(waits_on: u32) {
    with(|current| {
        let Some(current) = current else { return };
        Arena.store(slot_field(current.slot, slot::WAITS_ON), waits_on);
    });
    check_signal();
}

/// This process during a wait. The trace shows the wait from the first sleep on; a few
/// µs of looking are not recorded.
struct Waiting {
    at: u32,
    holder: u32,
    slept: Cell<bool>,
    /// Was the wait given up because of a signal?
    interrupted: Cell<bool>,
}

impl Sleeper for Waiting {
    fn before_sleep(&self, at: u32) -> bool {
        if !self.slept.replace(true) {
            record_wait(self.at, self.holder);
        }
        if !IS_INTERRUPTIBLE.get() {
            return Me.before_sleep(at);
        }
        announce(sleeps_on(at, true));
        self.interrupted.set(has_caught_signal());
        !self.interrupted.get()
    }

    fn after_wake(&self) {
        Me.after_wake();
    }

    fn now_us(&self) -> f64 {
        now_us()
    }
}

/// Ends this process immediately if it must end by a signal. Every system call checks
/// this.
#[inline]
pub(crate) fn check_signal() {
    let signal = with(|current| match current {
        Some(current) if has_signal(current) => table().fatal_signal(current.slot, current.word),
        _ => None,
    });
    if let Some(signal) = signal {
        let ending = EndRecord {
            exit_code: -signal.number(),
            reason: Reason::Killed,
            outcome: None,
        };
        exit::exit_at_once(&ending);
    }
}

/// Whether a signal that this process catches is pending.
#[inline]
pub(crate) fn has_caught_signal() -> bool {
    with(|current| match current {
        Some(current) if has_signal(current) => {
            table().caught_signal(current.slot, current.word).is_some()
        }
        _ => false,
    })
}

/// Takes a pending signal that this process catches. In a thread there is none: signals
/// are for the first thread.
#[inline]
pub(crate) fn take_signal() -> Option<Signal> {
    with(|current| match current {
        Some(current) if has_signal(current) => table().take_signal(current.slot, current.word),
        _ => None,
    })
}

/// Whether any signal is pending for this process, which a single load tells.
#[inline]
fn has_signal(current: &Current) -> bool {
    current.pid != HOST && Arena.load(slot_field(current.slot, slot::SIGNAL)) != 0
}

thread_local! {
    static IS_INTERRUPTIBLE: Cell<bool> = const { Cell::new(false) };
}

/// Calls `f`, in which waits of this thread end, or do not end, when a signal is pending
/// that this process catches.
pub(crate) fn interruptible<R>(are_interruptible: bool, f: impl FnOnce() -> R) -> R {
    /// Restores what was before, also after a panic of the page.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            IS_INTERRUPTIBLE.set(self.0);
        }
    }
    let _before = Before(IS_INTERRUPTIBLE.replace(are_interruptible));
    f()
}

/// Waits as this process; a typed error if it may not block.
#[inline]
pub(crate) fn wait<T>(
    call: &'static str,
    instead: &'static str,
    timeout_us: Option<f64>,
    step: impl FnMut() -> Step<T>,
) -> Result<Option<T>, Error> {
    wait_looking(call, instead, timeout_us, || false, step)
}

/// [`wait`], but a process that may block calls `look` before its first attempt. `look`
/// may wait in its own way, and returns whether that was in vain.
pub(crate) fn wait_looking<T>(
    call: &'static str,
    instead: &'static str,
    timeout_us: Option<f64>,
    look: impl FnOnce() -> bool,
    mut step: impl FnMut() -> Step<T>,
) -> Result<Option<T>, Error> {
    check_signal();
    let may_block = with(|current| current.is_some_and(|current| current.may_block.get()));
    let looked = may_block && timeout_us.is_none_or(|timeout| timeout > 0.0) && look();
    // An operation that completes at once does not block, so the page may do it, too.
    let tried = step();
    let (at, holder) = match tried {
        Step::Ready(value) => return Ok(Some(value)),
        Step::Wait { at, seen, arm } => match arm {
            Arm::Owned => (at, seen & owned::PID),
            _ => (at, 0),
        },
    };
    // Nor does a wait for no time.
    if timeout_us.is_some_and(|timeout| timeout <= 0.0) {
        return Ok(None);
    }
    if !may_block {
        return Err(Error::blocking_on_page(call, instead));
    }
    let deadline = timeout_us.map(|timeout| now_us() + timeout);
    let me = Waiting {
        at,
        holder,
        slept: Cell::new(false),
        interrupted: Cell::new(false),
    };
    let result = match WHILE_WAITING.get() {
        None => block_after(&Arena, &me, deadline, looked, tried, step),
        Some(job) => block_with(job, &me, deadline, tried, step),
    };
    if me.slept.get() {
        record(Op::BlockEnd, at, [0, 0]);
    }
    if result.is_none() && me.interrupted.get() {
        return Err(Error::InterruptedError);
    }
    Ok(result)
}

thread_local! {
    static WHILE_WAITING: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Sets a function that this thread calls every few ms while it waits.
pub(super) fn while_waiting(job: fn()) {
    WHILE_WAITING.set(Some(job));
}

/// [`block_after`], but calls `job` every few ms.
fn block_with<T>(
    job: fn(),
    me: &Waiting,
    deadline: Option<f64>,
    mut tried: Step<T>,
    mut step: impl FnMut() -> Step<T>,
) -> Option<T> {
    const EVERY_US: f64 = 16_000.0;
    loop {
        let next = now_us() + EVERY_US;
        let until = deadline.map_or(next, |deadline| deadline.min(next));
        if let Some(value) = block_after(&Arena, me, Some(until), true, tried, &mut step) {
            return Some(value);
        }
        if me.interrupted.get() {
            return None;
        }
        job();
        if deadline.is_some_and(|deadline| deadline <= now_us()) {
            return None;
        }
        tried = step();
    }
}

/// Writes a text of this process into its trace.
pub(crate) fn write(kind: TextKind, text: &str) {
    with(|current| {
        let Some(current) = current else { return };
        if current.ring == 0 {
            return;
        }
        let ring = Ring::new(&Arena, current.ring);
        let sleeper = current.may_block.get().then_some(&Me);
        ring.push_text(&mut stamp, current.pid, kind, text, sleeper, &wake_host);
        wake_host();
    });
}
