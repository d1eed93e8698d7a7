//! What each thread of a program waits for, in a table that the page can read while they
//! wait. When nothing can go on, the page says so.
//!
//! A thread writes its own row only. The page, which reads rows while they are written,
//! believes one that it has found twice.

use crate::{
    names::MAIN,
    thread_locks::{self, To},
};
use manyhands::{Error, ProcessWide, RawArray, trace};
use rustpython_vm::{VirtualMachine, vm::thread::line_in};
use std::{cell::RefCell, sync::OnceLock};

/// How many threads have a row at once. The waits of others are not known.
const ROWS: usize = 512;

/// The fields of a row, each a number of 32 bits.
mod field {
    /// The pid of the process; 0 in a row that is free.
    pub const PROCESS: usize = 0;
    /// Whether it is the first thread of the process.
    pub const IS_FIRST: usize = 1;
    /// Changes whenever a wait begins or ends.
    pub const COUNT: usize = 2;
    /// The number of the kind of wait, which is 0 while the thread does not wait.
    pub const KIND: usize = 3;
    /// What can end the wait: see [`super::Until`].
    pub const UNTIL: usize = 4;
    /// The program's line; 0 if the thread is in none.
    pub const LINE: usize = 5;
    /// What is waited for, depending on the kind.
    pub const OBJECT: usize = 6;
    /// The thread, by its own number.
    pub const THREAD: usize = 7;
    /// What it waits to do with a lock of this process's threads: see
    /// [`crate::thread_locks::To`].
    pub const TO: usize = 8;
    /// How many there are.
    pub const COUNT_OF_FIELDS: usize = 9;
}

/// What can end a wait.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Until {
    /// Another thread only.
    Other = 0,
    /// Time as well.
    Time = 1,
    /// Time, but then the thread only looks and waits again ([`thread_locks::serves`]). It is
    /// told as waiting in between.
    End = 2,
}

/// What a thread waits for. (Objects are told by the first of
/// [`manyhands::ObjectId::to_numbers`].)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// A lock or a semaphore of `multiprocessing`, which is the object.
    Lock = 1,
    /// A message; the object is what it is received from, or 0 for something else than a
    /// pipe.
    Message = 2,
    /// Room in a pipe; the object is what is sent to, as above.
    Room = 3,
    /// The end of a process; the object is its pid.
    Process = 4,
    /// One of several connections and processes.
    AnyOf = 5,
    /// The end of some time.
    Time = 6,
    /// A lock of this process's threads. The object is its number in
    /// [`crate::thread_locks`], or that of what it is in; 0 if it has none.
    ThreadLock = 7,
    /// The end of a thread.
    Thread = 8,
    /// A line from the visitor.
    Input = 9,
    /// Its turn to run Python; in the trace only.
    Gil = 10,
}

impl Kind {
    fn from_number(number: u32) -> Option<Kind> {
        use Kind::*;
        let all = [
            Lock, Message, Room, Process, AnyOf, Time, ThreadLock, Thread, Input, Gil,
        ];
        all.into_iter().find(|kind| *kind as u32 == number)
    }

    /// Its name in the events of `python.js`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lock => "lock",
            Kind::Message => "message",
            Kind::Room => "room",
            Kind::Process => "process",
            Kind::AnyOf => "any",
            Kind::Time => "time",
            Kind::ThreadLock => "thread lock",
            Kind::Thread => "thread",
            Kind::Input => "input",
            Kind::Gil => "gil",
        }
    }

    /// As a note in the trace, with the program's line.
    fn note(self, line: u32) -> u32 {
        (self as u32) << LINE_BITS | line.min(LINE_MASK)
    }

    /// The kind and the line of a note. Waits of the library itself have neither.
    pub fn of_note(note: u32) -> (Option<Kind>, u32) {
        (Kind::from_number(note >> LINE_BITS), note & LINE_MASK)
    }
}

/// How many bits of a note are the program's line.
const LINE_BITS: u32 = 24;
const LINE_MASK: u32 = (1 << LINE_BITS) - 1;

/// A wait of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The pid of its process.
    pub process: u32,
    /// The thread, by its own number.
    pub thread: u32,
    /// Whether it is the first thread of the process.
    pub is_first: bool,
    count: u32,
    /// What it waits for.
    pub kind: Kind,
    /// Whether the wait ends by itself.
    pub is_timed: bool,
    /// Whether it is the thread that waits for the end of a manager's server.
    pub serves: bool,
    /// What it waits to do with a lock of this process's threads.
    pub to: To,
    /// The program's line; 0 if the thread is in none.
    pub line: u32,
    /// What is waited for, depending on the kind.
    pub object: u32,
}

/// The table of a program.
pub type Table = RawArray<u32>;

/// A table for a new program.
///
/// # Errors
/// [`Error::MemoryError`] when the arena has no room.
pub fn new_table() -> Result<Table, Error> {
    RawArray::new(ROWS * field::COUNT_OF_FIELDS)
}

/// The waits of all threads that wait now, by process.
pub fn read(table: &Table) -> Vec<Wait> {
    let all = table.to_vec();
    let rows = all.chunks(field::COUNT_OF_FIELDS);
    let waits = rows
        .filter(|row| row[field::PROCESS] != 0)
        .filter_map(|row| {
            Some(Wait {
                process: row[field::PROCESS],
                thread: row[field::THREAD],
                is_first: row[field::IS_FIRST] != 0,
                count: row[field::COUNT],
                kind: Kind::from_number(row[field::KIND])?,
                is_timed: row[field::UNTIL] == Until::Time as u32,
                serves: row[field::UNTIL] == Until::End as u32,
                to: To::from_number(row[field::TO]),
                line: row[field::LINE],
                object: row[field::OBJECT],
            })
        });
    let mut waits: Vec<Wait> = waits.collect();
    waits.sort_by_key(|wait| (wait.process, !wait.is_first));
    waits
}

/// Frees the rows of a process that has ended. Its threads write no more.
pub fn forget(table: &Table, process: u32) {
    for row in 0..ROWS {
        // A row that is another's stays so.
        let _ = table.compare_exchange(row * field::COUNT_OF_FIELDS, process, 0);
    }
}

/// The table of this process's program.
static TABLE: OnceLock<ProcessWide<Table>> = OnceLock::new();

thread_local! {
    /// The row of this thread, once it has waited.
    static ROW: RefCell<Option<Row>> = const { RefCell::new(None) };
}

struct Row {
    table: Table,
    /// The place of its first field.
    first: usize,
    /// What can end the last wait.
    until: Until,
}

impl Row {
    /// A free row, if there is one.
    fn claim() -> Option<Row> {
        let table = TABLE.get()?.get().ok()?;
        let pid = manyhands::current_process().pid;
        let mut firsts = (0..ROWS).map(|row| row * field::COUNT_OF_FIELDS);
        let first = firsts.find(|first| {
            let claimed = table.compare_exchange(first + field::PROCESS, 0, pid);
            matches!(claimed, Ok(Ok(_)))
        })?;
        let row = Row {
            table,
            first,
            until: Until::Other,
        };
        row.set(field::KIND, 0);
        row.set(field::IS_FIRST, IS_FIRST.get().into());
        row.set(field::THREAD, manyhands::get_native_id());
        Some(row)
    }

    fn set(&self, field: usize, number: u32) {
        // The row is in the table.
        let _ = self.table.set(self.first + field, number);
    }
}

thread_local! {
    static IS_FIRST: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Calls `f` with the row of this thread, if it gets one.
fn with_row(f: impl FnOnce(&mut Row)) {
    ROW.with_borrow_mut(|row| {
        if row.is_none() {
            *row = Row::claim();
        }
        if let Some(row) = row {
            f(row);
        }
    });
}

/// Keeps the table of the program. Called by the first thread of the process.
pub fn begin(table: ProcessWide<Table>) {
    IS_FIRST.set(true);
    let _ = TABLE.set(table);
}

/// The table, for a child.
pub fn table() -> Option<ProcessWide<Table>> {
    TABLE.get().cloned()
}

/// Gives back the row of a thread that ends.
pub fn end_of_thread() {
    if let Some(row) = ROW.take() {
        row.set(field::KIND, 0);
        row.set(field::PROCESS, 0);
    }
}

fn wait_begins(kind: Kind, until: Until, object: u32, to: To) {
    let line = line_in(MAIN);
    trace::set_note(kind.note(line));
    with_row(|row| {
        let _ = row.table.add(row.first + field::COUNT, 1);
        row.set(field::LINE, line);
        row.set(field::OBJECT, object);
        row.set(field::TO, to as u32);
        row.set(field::UNTIL, until as u32);
        row.set(field::KIND, kind as u32);
        row.until = until;
    });
}

fn wait_ends() {
    trace::set_note(0);
    ROW.with_borrow(|row| {
        if let Some(row) = row
            && row.until != Until::End
        {
            row.set(field::KIND, 0);
        }
    });
}

/// Calls `wait` detached from the interpreter. Until it returns, the table tells what this
/// thread waits for.
pub fn waiting<R>(
    vm: &VirtualMachine,
    kind: Kind,
    is_timed: bool,
    object: u32,
    wait: impl FnOnce() -> R,
) -> R {
    let until = if is_timed { Until::Time } else { Until::Other };
    wait_begins(kind, until, object, To::default());
    vm.allow_threads(|| {
        let result = wait();
        // Here, and not when it is this thread's turn to run Python again.
        wait_ends();
        result
    })
}

/// Calls `wait`, in which this thread waits for its turn to run Python.
pub fn waiting_for_turn<R>(wait: impl FnOnce() -> R) -> R {
    trace::set_note(Kind::Gil.note(0));
    let result = trace::waiting(wait);
    trace::set_note(0);
    result
}

/// Called by the interpreter when a thread begins to wait for a lock, of this number in
/// [`crate::thread_locks`], or for the end of another thread.
#[unsafe(no_mangle)]
fn manyhands_wait_begins(vm: &VirtualMachine, is_timed: bool, lock: Option<u32>) {
    let until = match is_timed {
        false => Until::Other,
        true if lock.is_some() && thread_locks::serves() => Until::End,
        true => Until::Time,
    };
    match lock {
        Some(lock) => {
            let (object, to) = thread_locks::waited_for(lock, vm);
            wait_begins(Kind::ThreadLock, until, object, to);
        }
        None => wait_begins(Kind::Thread, until, 0, To::default()),
    }
    if !IS_FIRST.get() {
        trace::wait_begins();
    }
}

/// … and when it has waited. (The first thread waits by a semaphore, of which the library
/// tells.)
#[unsafe(no_mangle)]
extern "C" fn manyhands_wait_ends() {
    if !IS_FIRST.get() {
        trace::wait_ends();
    }
    wait_ends();
}
