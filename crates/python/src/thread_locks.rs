//! The locks and queues of a program's threads, in a table that the page can read at any
//! time: what they are, who made them at which line, who holds them, and what is in them.
//!
//! Each of `threading` and `queue` has one lock of the interpreter inside it, which protects
//! all of its state: a `Lock` is one itself, an `Event` has one in its condition, a `Queue`
//! its mutex. So a row is about such a lock, and about the object for which it was made,
//! which the calls tell that the thread is in. What is in an object is written whenever its
//! lock is released. Nothing in Python's library is changed for that.
//!
//! Only what the program makes by itself is told, and of that the first [`MOST`] of a process
//! at a time: a program with very many locks is not slowed down. What is not told costs a
//! look at the innermost calls when it is made, and nothing later.
//!
//! The interpreter is compiled with calls of the functions of this file (`patches/interpreter`).

use crate::{
    class::Class,
    names::MAIN,
    registry::{self, Holder, THREAD_ROWS, THREADS, Table},
};
use rustpython_vm::{
    AsObject, PyObjectRef, VirtualMachine,
    builtins::PyInt,
    frame::{InterpreterFrame, current_thread_iframe},
    stdlib::_thread::number_of_lock,
    vm::thread::{line_in, parameter},
};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// How many of a process are told at a time.
const MOST: u32 = 48;
/// How many calls of Python's library there may be between the program and a lock.
const DEPTH: usize = 6;

/// The fields of a row, each a number of 32 bits.
pub mod field {
    /// The pid of the process; 0 in a row that is free, and [`super::CLAIMED`] in one that is
    /// being written.
    pub const PROCESS: usize = 0;
    /// What it is: see [`super::Class`].
    pub const CLASS: usize = 1;
    /// The program's line at which it was made.
    pub const LINE: usize = 2;
    /// Counts the rows that a process wrote.
    pub const SERIAL: usize = 3;
    /// The items of a queue, the permits of a semaphore, or 1 for an event that is set.
    pub const VALUE: usize = 4;
    /// The bound of a queue, 0 for none; for how many a barrier waits.
    pub const BOUND: usize = 5;
    /// The thread that holds the lock; 0 for none.
    pub const HOLDER: usize = 6;
    /// The program's line at which it was acquired.
    pub const HOLDER_LINE: usize = 7;
    /// How many there are.
    pub const COUNT: usize = crate::registry::THREAD_FIELDS;
}

/// In the place of a pid: the row is being written.
const CLAIMED: u32 = u32::MAX;

/// A row, as the page reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number by which waits tell it.
    pub number: u32,
    pub process: u32,
    pub class: Class,
    pub line: u32,
    pub serial: u32,
    pub value: u32,
    pub bound: u32,
    pub holder: Option<Holder>,
}

/// All rows that are written.
pub fn read(table: &[u32]) -> Vec<Row> {
    let rows = table.get(THREADS..).unwrap_or_default();
    let (rows, _) = rows.as_chunks::<{ field::COUNT }>();
    let rows = rows.iter().zip(1..);
    let rows = rows.filter(|(row, _)| !matches!(row[field::PROCESS], 0 | CLAIMED));
    let row = |(row, number): (&[u32; field::COUNT], u32)| {
        Some(Row {
            number,
            process: row[field::PROCESS],
            class: Class::from_number(row[field::CLASS])?,
            line: row[field::LINE],
            serial: row[field::SERIAL],
            value: row[field::VALUE],
            bound: row[field::BOUND],
            holder: (row[field::HOLDER] != 0).then(|| Holder {
                process: row[field::PROCESS],
                thread: row[field::HOLDER],
                line: row[field::HOLDER_LINE],
            }),
        })
    };
    rows.filter_map(row).collect()
}

/// Frees the rows of a process that has ended.
pub fn forget(table: &Table, process: u32) {
    for number in 1..=THREAD_ROWS as u32 {
        // A row that is another's stays so.
        let _ = table.compare_exchange(first(number) + field::PROCESS, process, 0);
    }
}

/// Where a row begins in the table.
fn first(number: u32) -> usize {
    THREADS + (number as usize - 1) * field::COUNT
}

fn set(number: u32, field: usize, value: u32) {
    registry::with(|own| {
        // The row is in the table.
        let _ = own.table.set(first(number) + field, value);
    });
}

/// How many rows this process has.
static ROWS: AtomicU32 = AtomicU32::new(0);
/// What the rows of this process are.
static CLASSES: [AtomicU8; THREAD_ROWS] = [const { AtomicU8::new(0) }; THREAD_ROWS];

/// The conditions in which the locks of such rows are, by their addresses; 0 for none.
static CONDITIONS: [AtomicUsize; THREAD_ROWS] = [const { AtomicUsize::new(0) }; THREAD_ROWS];

fn class(number: u32) -> Option<Class> {
    let class = CLASSES.get(number as usize - 1)?.load(Relaxed);
    Class::from_number(class.into())
}

/// The calls of Python's library that this thread is in, from the innermost on, up to the
/// first one of the program. Empty if the program calls what asks. `None` if there are too
/// many, or the program is in none.
fn calls<'a>() -> Option<([Option<&'a InterpreterFrame>; DEPTH], usize)> {
    let mut calls = [None; DEPTH];
    let mut next = current_thread_iframe();
    for depth in 0..=DEPTH {
        // SAFETY: these are the frames that this thread is in, which stay until it leaves
        // them, as it does not before whoever asks here has returned.
        let frame = unsafe { next.as_ref() }?;
        if frame.code().source_path().as_str().starts_with('/') {
            return Some((calls, depth));
        }
        *calls.get_mut(depth)? = Some(frame);
        next = frame.previous();
    }
    None
}

fn name(frame: &InterpreterFrame) -> &str {
    frame.code().qualname.as_str()
}

/// An argument of a call that this thread is in, if it is a number.
fn number(frame: &InterpreterFrame, place: usize, vm: &VirtualMachine) -> Option<u32> {
    // SAFETY: the frame is one that this thread is in.
    let argument = unsafe { parameter(frame, place) }?;
    whole(&argument, vm)
}

fn whole(object: &PyObjectRef, vm: &VirtualMachine) -> Option<u32> {
    object.downcast_ref::<PyInt>()?.try_to_primitive(vm).ok()
}

/// The class whose call of `__init__` this is.
fn class_of(call: &InterpreterFrame, is_rlock: bool) -> Option<Class> {
    let of = call.code().source_path().as_str();
    match name(call).strip_suffix(".__init__") {
        Some(_) if of == "threading" || of == "queue" => Class::of_call(name(call)),
        // It is a function.
        None if is_rlock && of == "threading" && name(call) == "RLock" => Some(Class::RLock),
        _ => None,
    }
}

/// A lock of the interpreter is made. Returns its number, or 0 if it is not told.
#[unsafe(no_mangle)]
fn manyhands_lock_made(vm: &VirtualMachine, is_rlock: bool) -> u32 {
    if ROWS.load(Relaxed) >= MOST {
        return 0;
    }
    add(vm, is_rlock).unwrap_or_default()
}

fn add(vm: &VirtualMachine, is_rlock: bool) -> Option<u32> {
    let (calls, depth) = calls()?;
    let class = match (depth, is_rlock) {
        (0, true) => Class::RLock,
        (0, false) => Class::Lock,
        _ => class_of(calls[depth - 1]?, is_rlock)?,
    };
    let argument = calls[0].and_then(|call| number(call, 1, vm));
    let argument = argument.unwrap_or_default();
    let (value, bound) = match class {
        Class::Semaphore | Class::BoundedSemaphore => (argument, 0),
        Class::Barrier | Class::Queue => (0, argument),
        _ => (0, 0),
    };
    // SAFETY: the frame is one that this thread is in.
    let condition = (class == Class::Condition).then(|| unsafe { parameter(calls[depth - 1]?, 0) });
    let condition = condition
        .flatten()
        .map_or(0, |condition| condition.get_id());
    static SERIAL: AtomicU32 = AtomicU32::new(1);
    registry::with(|own| {
        let claim = |number: &u32| {
            let claimed = own
                .table
                .compare_exchange(first(*number) + field::PROCESS, 0, CLAIMED);
            matches!(claimed, Ok(Ok(_)))
        };
        let number = (1..=THREAD_ROWS as u32).find(claim)?;
        for (field, value) in [
            (field::CLASS, class as u32),
            (field::LINE, line_in(MAIN)),
            (field::SERIAL, SERIAL.fetch_add(1, Relaxed)),
            (field::VALUE, value),
            (field::BOUND, bound),
            (field::HOLDER, 0),
            (field::PROCESS, own.process),
        ] {
            // The row is in the table.
            let _ = own.table.set(first(number) + field, value);
        }
        CLASSES[number as usize - 1].store(class as u8, Relaxed);
        CONDITIONS[number as usize - 1].store(condition, Relaxed);
        ROWS.fetch_add(1, Relaxed);
        Some(number)
    })?
}

/// The lock no longer exists.
#[unsafe(no_mangle)]
fn manyhands_lock_gone(number: u32) {
    CONDITIONS[number as usize - 1].store(0, Relaxed);
    set(number, field::PROCESS, 0);
    ROWS.fetch_sub(1, Relaxed);
}

/// Whether it is of interest who holds the lock inside such an object.
fn has_holder(class: Class) -> bool {
    matches!(class, Class::Lock | Class::RLock | Class::Condition)
}

/// This thread has acquired the lock.
#[unsafe(no_mangle)]
fn manyhands_lock_acquired(number: u32) {
    if class(number).is_some_and(has_holder) {
        registry::with(|own| {
            // The row is in the table.
            let _ = (own.table).set(first(number) + field::HOLDER_LINE, line_in(MAIN));
            let _ = own.table.set(first(number) + field::HOLDER, own.thread);
        });
    }
}

/// The lock is about to be released.
#[unsafe(no_mangle)]
fn manyhands_lock_released(vm: &VirtualMachine, number: u32) {
    match class(number) {
        Some(class) if has_holder(class) => set(number, field::HOLDER, 0),
        Some(class) => {
            if let Some(value) = value(class, vm) {
                set(number, field::VALUE, value);
            }
        }
        None => {}
    }
}

/// What is in an object of which a method is about to release the lock.
fn value(class: Class, vm: &VirtualMachine) -> Option<u32> {
    // SAFETY: as in [`calls`].
    let mut call = unsafe { current_thread_iframe().as_ref() }?;
    if name(call) == "Condition.__exit__" {
        // SAFETY: as above.
        call = unsafe { call.previous().as_ref() }?;
    }
    let (attribute, classes): (_, &[&str]) = match class {
        Class::Event => ("_flag", &["Event"]),
        Class::Semaphore | Class::BoundedSemaphore => {
            ("_value", &["Semaphore", "BoundedSemaphore"])
        }
        Class::Queue => ("queue", &["Queue"]),
        _ => return None,
    };
    if !classes.contains(&name(call).split_once('.')?.0) {
        return None;
    }
    // SAFETY: the frame is one that this thread is in.
    let this = unsafe { parameter(call, 0) }?;
    let value = this.get_attr(vm.ctx.intern_str(attribute), vm).ok()?;
    if class == Class::Event {
        return Some(value.is(&vm.ctx.true_value).into());
    }
    if class == Class::Queue {
        // No other class, whose length may be code of the program.
        let is_known = matches!(&*value.class().name(), "deque" | "list");
        return value
            .length(vm)
            .ok()
            .filter(|_| is_known)
            .map(|length| length as u32);
    }
    whole(&value, vm)
}

/// What a thread waits to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum To {
    #[default]
    Acquire = 0,
    Get = 1,
    Put = 2,
    Join = 3,
    Wait = 4,
}

impl To {
    /// The one of this number.
    pub fn from_number(number: u32) -> To {
        use To::*;
        let all = [Get, Put, Join, Wait];
        let found = all.into_iter().find(|to| *to as u32 == number);
        found.unwrap_or_default()
    }

    /// The name of the method.
    pub fn name(self) -> &'static str {
        match self {
            To::Acquire => "acquire",
            To::Get => "get",
            To::Put => "put",
            To::Join => "join",
            To::Wait => "wait",
        }
    }
}

/// For what this thread is about to wait, if it waits for a lock of this number, which is 0
/// for one that is not told: the number of the object, and what it waits to do.
///
/// Whoever waits for a condition waits for a lock that is made for that wait only. Then it is
/// the condition that tells the object, or its own lock, which may be in an object of another
/// class.
pub fn waited_for(lock: u32, vm: &VirtualMachine) -> (u32, To) {
    let Some((calls, depth)) = calls() else {
        return (lock, To::Acquire);
    };
    let condition = || {
        let call = calls[0].filter(|call| name(call) == "Condition.wait")?;
        // SAFETY: the frame is one that this thread is in.
        let condition = unsafe { parameter(call, 0) }?;
        let is_it = |address: &AtomicUsize| address.load(Relaxed) == condition.get_id();
        if let Some(place) = CONDITIONS.iter().position(is_it) {
            return Some(place as u32 + 1);
        }
        let lock = condition.get_attr(vm.ctx.intern_str("_lock"), vm).ok()?;
        number_of_lock(&lock)
    };
    let number = match lock {
        0 => condition().unwrap_or_default(),
        lock => lock,
    };
    let outermost = depth.checked_sub(1).and_then(|last| calls[last]);
    let method = outermost.and_then(|call| Some(name(call).split_once('.')?.1));
    let to = match method {
        Some("get") => To::Get,
        Some("put") => To::Put,
        Some("join") => To::Join,
        Some("wait" | "wait_for") => To::Wait,
        _ => To::Acquire,
    };
    (number, to)
}

/// Whether this thread, which is about to wait for a time, only waits until the server of a
/// manager is to end: it looks each second. It cannot make anybody else go on.
pub fn serves() -> bool {
    let names = ["Condition.wait", "Event.wait", "Server.serve_forever"];
    let mut next = current_thread_iframe();
    names.into_iter().all(|expected| {
        // SAFETY: as in [`calls`].
        let Some(frame) = (unsafe { next.as_ref() }) else {
            return false;
        };
        next = frame.previous();
        name(frame) == expected
    })
}
