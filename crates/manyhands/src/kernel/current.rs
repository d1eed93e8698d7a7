//! Who this instance is, and what every process may do for itself.

use super::{
    arena::{Arena, Memory},
    directory::Directory,
    heap::Heap,
    layout::{BELL, SEQUENCE, TRACE_LEVEL, slot, slot_field},
    message::Message,
    object::Objects,
    platform,
    table::{EndClaim, Ending, Table, Word},
    trace::{Event, HOST, Level, Op, Pid, Ring, TextKind},
    wait::{Arm, Sleeper, Step, block_after, owned},
};
use crate::{Error, error::Reason};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, OnceCell};

/// Another process, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) pid: Pid,
    pub(crate) name: String,
}

/// What a process knows of itself from birth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// Python's `_identity`: the child numbers from the root down.
    pub(crate) path: Vec<u32>,
    pub(crate) parent: Option<Named>,
    pub(crate) daemon: bool,
    /// Of a thread: the process whose memory it shares.
    pub(crate) process: Option<Named>,
    /// Of a thread: does its panic end that process?
    pub(crate) vital: bool,
}

/// This instance's process.
pub(crate) struct Current {
    pub(crate) pid: Pid,
    pub(crate) slot: u32,
    pub(crate) word: Word,
    pub(crate) worker: u32,
    pub(crate) identity: Identity,
    /// Its trace ring, 0 for none.
    pub(crate) ring: u32,
    /// Which trace events are kept, as [`Level`].
    pub(crate) level: u32,
    /// May it sleep? The page may not.
    pub(crate) may_block: bool,
    /// How many children it has had.
    pub(crate) children: Cell<u32>,
}

thread_local! {
    static CURRENT: OnceCell<Current> = const { OnceCell::new() };
}

/// Says who this instance is; once.
pub(crate) fn set(current: Current) {
    CURRENT.with(|cell| {
        let _ = cell.set(current);
    });
}

/// This instance's process, if it is one yet.
pub(crate) fn with<R>(f: impl FnOnce(Option<&Current>) -> R) -> R {
    CURRENT.with(|cell| f(cell.get()))
}

/// The host's slot.
pub(crate) const HOST_SLOT: u32 = 0;
/// The number under which the dispatcher takes locks: no slot has it.
pub(crate) const DISPATCHER: u32 = 0xffff;

/// The heap, for whoever this is.
pub(crate) fn heap() -> Heap<'static, Arena> {
    let (owner, may_sleep) = owner();
    Heap::new(&Arena, owner, may_sleep)
}

/// The process table, for whoever this is.
pub(crate) fn table() -> Table<'static, Arena> {
    Table::new(&Arena, heap())
}

/// The shared objects, for whoever this is.
pub(crate) fn objects() -> Objects<'static, Arena> {
    Objects::new(&Arena, heap())
}

/// The names of shared objects, for whoever this is.
pub(crate) fn directory() -> Directory<'static, Arena> {
    let (owner, may_sleep) = owner();
    Directory::new(&Arena, heap(), owner, may_sleep)
}

/// The number under which this process takes locks, and whether it may sleep.
pub(crate) fn owner() -> (u32, bool) {
    with(|current| match current {
        Some(current) => (current.slot + 1, current.may_block),
        None => (DISPATCHER, false),
    })
}

/// This process's pid.
pub(crate) fn pid() -> Pid {
    with(|current| current.map_or(HOST, |current| current.pid))
}

/// µs since the host's time origin.
pub(crate) fn now_us() -> f64 {
    since_epoch(platform::now())
}

fn since_epoch(milliseconds: f64) -> f64 {
    thread_local! {
        static EPOCH: OnceCell<f64> = const { OnceCell::new() };
    }
    let epoch = EPOCH.with(|cell| *cell.get_or_init(|| Arena.read_f64(super::layout::EPOCH)));
    (milliseconds - epoch) * 1e3
}

/// The sleeper that this process is.
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

/// This process in a wait, which the trace shows from its first sleep: a few µs
/// of looking are none.
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

/// Dies here and now if a signal was raised: every system call looks.
#[inline]
pub(crate) fn check_signal() {
    let signal = with(|current| match current {
        Some(current) if current.pid != HOST => raised_signal(current),
        _ => 0,
    });
    if signal != 0 {
        let ending = Ending {
            exit_code: -(signal as i32),
            reason: Reason::Killed,
            outcome: None,
        };
        end(&ending);
        depart();
    }
}

/// The signal raised for this process; 0 for none, which is what a look costs a
/// single load to find.
#[inline]
fn raised_signal(current: &Current) -> u32 {
    if Arena.load(slot_field(current.slot, slot::SIGNAL)) == 0 {
        return 0;
    }
    table().signal_of(current.slot, current.word)
}

/// Waits as this process; a typed error where it may not.
#[inline]
pub(crate) fn wait<T>(
    call: &'static str,
    instead: &'static str,
    timeout_us: Option<f64>,
    step: impl FnMut() -> Step<T>,
) -> Result<Option<T>, Error> {
    wait_looking(call, instead, timeout_us, || false, step)
}

/// [`wait`], where who may sleep does not try before `look` has looked its own
/// way; it says whether that was in vain.
pub(crate) fn wait_looking<T>(
    call: &'static str,
    instead: &'static str,
    timeout_us: Option<f64>,
    look: impl FnOnce() -> bool,
    mut step: impl FnMut() -> Step<T>,
) -> Result<Option<T>, Error> {
    check_signal();
    let may_block = with(|current| current.is_some_and(|current| current.may_block));
    let looked = may_block && timeout_us.is_none_or(|timeout| timeout > 0.0) && look();
    // What is there already is no reason to block, not even on the page.
    let tried = step();
    let (at, holder) = match tried {
        Step::Ready(value) => return Ok(Some(value)),
        Step::Wait { at, seen, arm } => match arm {
            Arm::Owned => (at, seen & owned::PID),
            _ => (at, 0),
        },
    };
    if !may_block {
        return Err(Error::BlockingOnPage { call, instead });
    }
    let deadline = timeout_us.map(|timeout| now_us() + timeout);
    let me = Waiting {
        at,
        holder,
        slept: Cell::new(false),
    };
    let result = block_after(&Arena, &me, deadline, looked, tried, step);
    if me.slept.get() {
        record(Op::BlockEnd, at, [0, 0]);
    }
    Ok(result)
}

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

fn stamp() -> (u32, f64) {
    (Arena.add(SEQUENCE, 1), now_us())
}

/// Wakes the host if it sleeps until there is something to read.
fn ring_bell() {
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

/// Writes a text of this process.
pub(crate) fn write(kind: TextKind, text: &str) {
    with(|current| {
        let Some(current) = current else { return };
        if current.ring == 0 {
            return;
        }
        let ring = Ring::new(&Arena, current.ring);
        let sleeper = current.may_block.then_some(&Me);
        ring.push_text(&mut stamp, current.pid, kind, text, sleeper, &ring_bell);
        ring_bell();
    });
}

/// The end of a process, whoever tells it, with a heap that it may use: in the
/// trace, to those who wait for what it held, and last in its slot, which may be
/// another one's at once.
pub(crate) fn tell_end(heap: Heap<'static, Arena>, claim: EndClaim, ending: &Ending) {
    let table = Table::new(&Arena, heap);
    let (slot, pid) = (claim.slot(), table.pid(&claim));
    // A warm worker without a process has nothing to tell and holds nothing.
    if pid != 0 {
        let exit_code = ending.exit_code as u32;
        record_for(table.ring(slot), pid, Op::Exit, 0, [exit_code, 0]);
        Objects::new(&Arena, heap).release_all(pid, slot);
    }
    table.end(claim, ending);
}

/// Ends this process by its own doing and tells the dispatcher.
pub(crate) fn end(ending: &Ending) {
    with(|current| {
        let Some(current) = current else { return };
        // First: from now on nobody else writes how this process ended.
        let Some(claim) = table().claim_end(current.slot, current.word) else {
            return;
        };
        if let Some(outcome) = &ending.outcome
            && ending.reason == Reason::Returned
        {
            super::object_ref::retain_in_flight(&super::object_ref::open(outcome).0);
        }
        tell_end(heap(), claim, ending);
        let message = Message::Ended {
            worker: current.worker,
            pid: current.pid,
        };
        platform::post(&message.to_js());
    });
}

/// Where this is a thread without which its process cannot go on: ends that by
/// signal 6 (C's `abort`). This thread lives until then.
pub(crate) fn end_process_of_vital_thread() {
    const SIGABRT: u32 = 6;
    with(|current| {
        let Some(Identity {
            vital: true,
            process: Some(process),
            ..
        }) = current.map(|current| &current.identity)
        else {
            return;
        };
        let table = table();
        // Unless it is on its way out already.
        if let Some((slot, word)) = table.find(process.pid)
            && table.signal(slot, word, SIGABRT)
        {
            let state = word.0;
            super::host::post(Message::Kill { slot, state });
        }
    });
}

/// Leaves for good: nothing of this process runs after it.
pub(crate) fn depart() -> ! {
    match platform::stop() {
        Err(unwind) => wasm_bindgen::throw_val(unwind),
        Ok(()) => wasm_bindgen::throw_str("this process has ended"),
    }
}
