//! What each thread of a program waits for, in a table that the page can read while they
//! wait. When nothing can go on, the page says so.
//!
//! A thread writes its own row only. The page, which reads rows while they are written,
//! believes one that it has found twice.

use manyhands::{Error, ProcessWide, RawArray};
use rustpython_vm::{VirtualMachine, vm::thread::line_in};
use std::{cell::RefCell, sync::OnceLock};

/// The file name of the program, of which lines are told.
pub const MAIN: &str = "/home/main.py";

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
    /// Whether the wait ends by itself.
    pub const IS_TIMED: usize = 4;
    /// The program's line; 0 if the thread is in none.
    pub const LINE: usize = 5;
    /// What is waited for, depending on the kind.
    pub const OBJECT: usize = 6;
    /// The lock that the thread has acquired last and holds, as an object; 0 for none.
    pub const HELD: usize = 7;
    /// The line at which it was acquired.
    pub const HELD_LINE: usize = 8;
    /// How many there are.
    pub const COUNT_OF_FIELDS: usize = 9;
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// A lock or a semaphore of `multiprocessing`; the object is its [`object_of`].
    Lock = 1,
    /// A message.
    Message = 2,
    /// Room in a pipe.
    Room = 3,
    /// The end of a process; the object is its pid.
    Process = 4,
    /// One of several connections and processes.
    AnyOf = 5,
    /// The end of some time.
    Time = 6,
    /// A lock of this process's threads.
    ThreadLock = 7,
    /// The end of a thread.
    Thread = 8,
    /// A line from the visitor.
    Input = 9,
}

impl Kind {
    fn from_number(number: u32) -> Option<Kind> {
        use Kind::*;
        let all = [
            Lock, Message, Room, Process, AnyOf, Time, ThreadLock, Thread, Input,
        ];
        all.into_iter().find(|kind| *kind as u32 == number)
    }
}

/// A wait of one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The pid of its process.
    pub process: u32,
    /// Whether it is the first thread of the process.
    pub is_first: bool,
    count: u32,
    /// What it waits for.
    pub kind: Kind,
    /// Whether the wait ends by itself.
    pub is_timed: bool,
    /// The program's line; 0 if the thread is in none.
    pub line: u32,
    /// What is waited for, depending on the kind.
    pub object: u32,
    /// The lock that the thread has acquired last and holds, with the line at which it
    /// was acquired.
    pub held: Option<(u32, u32)>,
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
                is_first: row[field::IS_FIRST] != 0,
                count: row[field::COUNT],
                kind: Kind::from_number(row[field::KIND])?,
                is_timed: row[field::IS_TIMED] != 0,
                line: row[field::LINE],
                object: row[field::OBJECT],
                held: (row[field::HELD] != 0).then(|| (row[field::HELD], row[field::HELD_LINE])),
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

/// The number under which a lock or semaphore is told.
pub fn object_of(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
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
    /// The locks that this thread has acquired and not released, with their lines.
    held: Vec<(u32, u32)>,
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
            held: Vec::new(),
        };
        row.set(field::KIND, 0);
        row.set(field::IS_FIRST, IS_FIRST.get().into());
        row.write_held();
        Some(row)
    }

    fn set(&self, field: usize, number: u32) {
        // The row is in the table.
        let _ = self.table.set(self.first + field, number);
    }

    fn write_held(&self) {
        let (object, line) = self.held.last().copied().unwrap_or_default();
        self.set(field::HELD, object);
        self.set(field::HELD_LINE, line);
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

fn wait_begins(kind: Kind, is_timed: bool, object: u32) {
    with_row(|row| {
        let _ = row.table.add(row.first + field::COUNT, 1);
        row.set(field::LINE, line_in(MAIN));
        row.set(field::OBJECT, object);
        row.set(field::IS_TIMED, is_timed.into());
        row.set(field::KIND, kind as u32);
    });
}

fn wait_ends() {
    ROW.with_borrow(|row| {
        if let Some(row) = row {
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
    wait_begins(kind, is_timed, object);
    vm.allow_threads(|| {
        let result = wait();
        // Here, and not when it is this thread's turn to run Python again.
        wait_ends();
        result
    })
}

/// This thread has acquired a lock.
pub fn acquired(object: u32) {
    with_row(|row| {
        row.held.push((object, line_in(MAIN)));
        row.write_held();
    });
}

/// A lock was released. (One that another thread had acquired is not known here.)
pub fn released(object: u32) {
    with_row(|row| {
        if let Some(place) = row.held.iter().rposition(|held| held.0 == object) {
            row.held.remove(place);
            row.write_held();
        }
    });
}

/// Called by the interpreter when a thread begins to wait, without a time-out, for the end
/// of another one, or for a lock.
#[unsafe(no_mangle)]
extern "C" fn manyhands_wait_begins(is_for_end: bool) {
    let kind = if is_for_end {
        Kind::Thread
    } else {
        Kind::ThreadLock
    };
    wait_begins(kind, false, 0);
}

/// … and when it has waited.
#[unsafe(no_mangle)]
extern "C" fn manyhands_wait_ends() {
    wait_ends();
}
