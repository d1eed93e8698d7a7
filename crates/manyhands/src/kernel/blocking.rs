//! How this process waits, and where it checks for a signal.
//!
//! This module must not know what is waited for.

use super::{
    arena::{Arena, Memory},
    attachment,
    current::{Current, now_us, table, with},
    exit,
    layout::{slot, slot_field},
    platform,
    record::{record, stamp, wake_host},
    table::EndRecord,
    trace::{HOST, Op, Ring, TextKind},
    wait::{Arm, Sleeper, Step, block_after, owned},
};
use crate::{Error, error::Reason};
use std::cell::Cell;

/// This process as a sleeper.
pub(crate) struct Me;

impl Sleeper for Me {
    fn before_sleep(&self, at: u32) {
        with(|current| {
            let Some(current) = current else { return };
            Arena.store(slot_field(current.slot, slot::WAITS_ON), at);
        });
        check_signal();
    }

    fn after_wake(&self) {
        with(|current| {
            let Some(current) = current else { return };
            Arena.store(slot_field(current.slot, slot::WAITS_ON), 0);
        });
        check_signal();
    }

    fn now_us(&self) -> f64 {
        now_us()
    }
}

/// This process during a wait. The trace shows the wait from the first sleep on; a few
/// µs of looking are not recorded.
struct Waiting {
    at: u32,
    holder: u32,
    slept: Cell<bool>,
}

impl Sleeper for Waiting {
    fn before_sleep(&self, at: u32) {
        if !self.slept.replace(true) {
            record(Op::BlockBegin, self.at, [self.holder, 0]);
        }
        Me.before_sleep(at);
    }

    fn after_wake(&self) {
        Me.after_wake();
    }

    fn now_us(&self) -> f64 {
        now_us()
    }
}

/// Ends this process immediately if it has a signal. Every system call checks this.
#[inline]
pub(crate) fn check_signal() {
    let signal = with(|current| match current {
        Some(current) if current.pid != HOST => raised_signal(current),
        _ => 0,
    });
    if signal != 0 {
        let ending = EndRecord {
            exit_code: -(signal as i32),
            reason: Reason::Killed,
            outcome: None,
        };
        exit::exit_at_once(&ending);
    }
}

/// The signal of this process; 0 for none, which a single load finds.
#[inline]
fn raised_signal(current: &Current) -> u32 {
    if Arena.load(slot_field(current.slot, slot::SIGNAL)) == 0 {
        return 0;
    }
    table().signal_of(current.slot, current.word)
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
    if !may_block {
        return Err(Error::blocking_on_page(call, instead));
    }
    let deadline = timeout_us.map(|timeout| now_us() + timeout);
    let me = Waiting {
        at,
        holder,
        slept: Cell::new(false),
    };
    let result = match WHILE_WAITING.get() {
        None => block_after(&Arena, &me, deadline, looked, tried, step),
        Some(job) => block_with(job, &me, deadline, tried, step),
    };
    if me.slept.get() {
        record(Op::BlockEnd, at, [0, 0]);
    }
    Ok(result)
}

/// Calls code of the program (a `Deserialize`, an iterator, a callback) while this
/// crate works for another caller. In a process, a panic there ends the process. The
/// page continues after a panic: there it ends only this call, is reported as an
/// uncaught exception, and this returns `None`. The code must therefore not leave
/// anything borrowed that is used afterwards.
pub(crate) fn contain<R>(call: impl FnOnce() -> R) -> Option<R> {
    let may_block = with(|current| current.is_some_and(|current| current.may_block.get()));
    if may_block || !platform::IN_BROWSER {
        return Some(call());
    }
    let (mut call, mut result) = (Some(call), None);
    let returned = platform::returns(&mut || result = call.take().map(|call| call()));
    if !returned {
        attachment::forget_interrupted();
    }
    result
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
