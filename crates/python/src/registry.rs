//! The locks, queues and pipes of a program, in a table that the page can read at any time:
//! what they are, who made them at which line, and who holds them.
//!
//! A process writes a row when it makes a semaphore or a pipe. Python's `Queue`, `Event`,
//! `Condition` and `Barrier` are made of several: their rows have the same group. What a row
//! is a part of is read off the calls that the thread is in ([`crate::made`]).
//!
//! A row does not keep its object alive. The page frees the rows of objects that are gone.

use crate::{class::Class, made::Made};
use manyhands::{ConnectionIds, Error, ObjectId, ProcessWide, RawArray};
use std::{cell::OnceCell, sync::OnceLock};

/// How many rows there are. What finds no free one is not shown.
const ROWS: usize = 384;
/// Where the rows of [`crate::thread_locks`] begin in the table, and how many there are.
pub const THREADS: usize = ROWS * field::COUNT + 1;
pub const THREAD_ROWS: usize = 128;
/// How many fields each has, of 32 bits.
pub const THREAD_FIELDS: usize = 8;
/// How many places a row may be at.
const PLACES: usize = 24;

/// The fields of a row, each a number of 32 bits.
mod field {
    /// The object, as [`manyhands::ObjectId::to_numbers`]: a semaphore, or the direction of
    /// a pipe in which its first end sends, if that can, or the second. The first number is
    /// 0 in a row that is free, and [`super::CLAIMED`] in one that is being written.
    pub const OBJECT: usize = 0;
    /// The other direction of a pipe; 0 for none.
    pub const BACKWARD: usize = 2;
    /// The two ends of a pipe.
    pub const FIRST_END: usize = 4;
    pub const SECOND_END: usize = 6;
    /// What it is: see [`super::Kind`].
    pub const KIND: usize = 8;
    /// The pid of the process that made it.
    pub const MAKER: usize = 9;
    /// The program's line at which it was made.
    pub const LINE: usize = 10;
    /// What it is a part of: see [`crate::class::Class`].
    pub const CLASS: usize = 11;
    /// The first number of the first part of the same.
    pub const GROUP: usize = 12;
    /// What that was made by, if not by the program: see [`crate::class::Class`].
    pub const INSIDE: usize = 13;
    /// Counts the rows that a process wrote.
    pub const SERIAL: usize = 14;
    /// The largest number of permits of a semaphore.
    pub const BOUND: usize = 15;
    /// How many processes a barrier waits for.
    pub const PARTIES: usize = 16;
    /// The pid of the process that holds the lock; 0 for none.
    pub const HOLDER: usize = 17;
    /// The thread of it that does.
    pub const HOLDER_THREAD: usize = 18;
    /// The program's line at which it was acquired.
    pub const HOLDER_LINE: usize = 19;
    /// How many there are.
    pub const COUNT: usize = 20;
}

/// In the place of an object: the row is being written.
const CLAIMED: u32 = 1;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// A lock that its holder can acquire again.
    RLock = 1,
    /// Any other lock.
    Lock = 2,
    /// A semaphore.
    Semaphore = 3,
    /// A pipe.
    Pipe = 4,
}

/// A row, as the page reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    place: usize,
    pub object: ObjectId,
    pub backward: Option<ObjectId>,
    pub ends: [ObjectId; 2],
    pub kind: Kind,
    pub maker: u32,
    pub line: u32,
    pub class: Class,
    pub group: u32,
    pub inside: Option<Class>,
    pub serial: u32,
    pub bound: u32,
    pub parties: u32,
    pub holder: Option<Holder>,
}

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The pid of the process.
    pub process: u32,
    /// The thread.
    pub thread: u32,
    /// The program's line at which it was acquired; 0 if it was in none.
    pub line: u32,
}

/// The table of a program: its rows, a number of how many found no place, and the rows of
/// [`crate::thread_locks`].
pub type Table = RawArray<u32>;

/// A table for a new program.
///
/// # Errors
/// [`Error::MemoryError`] when the arena has no room.
pub fn new_table() -> Result<Table, Error> {
    RawArray::new(THREADS + THREAD_ROWS * THREAD_FIELDS)
}

/// All rows that are written, and how many objects found no place. `all` is the whole table.
pub fn read(all: &[u32]) -> (Vec<Row>, u32) {
    let (rows, _) = all.as_chunks::<{ field::COUNT }>();
    let rows = rows.iter().take(ROWS).enumerate();
    let rows = rows.filter(|(_, row)| row[field::OBJECT] > CLAIMED);
    let read = |(place, row): (usize, &[u32; field::COUNT])| {
        let object = |field: usize| ObjectId::from_numbers([row[field], row[field + 1]]);
        let kinds = [Kind::RLock, Kind::Lock, Kind::Semaphore, Kind::Pipe];
        let kind = kinds
            .into_iter()
            .find(|kind| *kind as u32 == row[field::KIND]);
        Some(Row {
            place,
            object: object(field::OBJECT),
            backward: (row[field::BACKWARD] != 0).then(|| object(field::BACKWARD)),
            ends: [object(field::FIRST_END), object(field::SECOND_END)],
            kind: kind?,
            maker: row[field::MAKER],
            line: row[field::LINE],
            class: Class::from_number(row[field::CLASS])?,
            group: row[field::GROUP],
            inside: Class::from_number(row[field::INSIDE]),
            serial: row[field::SERIAL],
            bound: row[field::BOUND],
            parties: row[field::PARTIES],
            holder: (row[field::HOLDER] != 0).then(|| Holder {
                process: row[field::HOLDER],
                thread: row[field::HOLDER_THREAD],
                line: row[field::HOLDER_LINE],
            }),
        })
    };
    let missing = all.get(ROWS * field::COUNT).copied().unwrap_or_default();
    (rows.filter_map(read).collect(), missing)
}

impl Row {
    /// Frees the row of an object that is gone.
    pub fn forget(&self, table: &Table) {
        let [object, _] = self.object.to_numbers();
        let first = self.place * field::COUNT;
        // One that was freed and written again stays.
        let _ = table.compare_exchange(first + field::OBJECT, object, 0);
    }
}

/// The table of this process's program.
static TABLE: OnceLock<ProcessWide<Table>> = OnceLock::new();

/// Keeps the table of the program. Called by the first thread of the process.
pub fn begin(table: ProcessWide<Table>) {
    let _ = TABLE.set(table);
}

/// The table, for a child.
pub fn table() -> Option<ProcessWide<Table>> {
    TABLE.get().cloned()
}

/// What this thread needs to write rows.
pub struct Own {
    pub table: Table,
    pub process: u32,
    pub thread: u32,
}

thread_local! {
    static OWN: OnceCell<Option<Own>> = const { OnceCell::new() };
}

/// Calls `f`, if the program has a table.
pub fn with<R>(f: impl FnOnce(&Own) -> R) -> Option<R> {
    let own = || {
        Some(Own {
            table: TABLE.get()?.get().ok()?,
            process: manyhands::current_process().pid,
            thread: manyhands::get_native_id(),
        })
    };
    OWN.with(|kept| kept.get_or_init(own).as_ref().map(f))
}

/// The places of an object's row, the first field of each.
fn places(object: ObjectId) -> impl Iterator<Item = usize> {
    let [number, _] = object.to_numbers();
    // Objects begin at multiples of 16 bytes.
    let first = (number / 16) as usize;
    (first..first + PLACES).map(|place| place % ROWS * field::COUNT)
}

/// A lock's row, as the processes that use it know it: where it begins.
#[derive(Clone, Copy, Debug)]
pub struct Place(usize);

/// Writes the row of a semaphore.
pub fn add_semaphore(object: ObjectId, kind: Kind, bound: u32, made: &Made) -> Option<Place> {
    add(
        object,
        made,
        &[(field::KIND, kind as u32), (field::BOUND, bound)],
    )
}

/// Writes the row of a pipe with these ends.
pub fn add_pipe(first: ConnectionIds, second: ConnectionIds, made: &Made) {
    let Some(object) = first.writes.or(second.writes) else {
        return;
    };
    let numbers = |object: Option<ObjectId>| object.map_or([0; 2], ObjectId::to_numbers);
    let backward = numbers(first.writes.and(second.writes));
    let (first, second) = (numbers(first.end), numbers(second.end));
    let fields = [
        (field::KIND, Kind::Pipe as u32),
        (field::BACKWARD, backward[0]),
        (field::BACKWARD + 1, backward[1]),
        (field::FIRST_END, first[0]),
        (field::FIRST_END + 1, first[1]),
        (field::SECOND_END, second[0]),
        (field::SECOND_END + 1, second[1]),
    ];
    add(object, made, &fields);
}

fn add(object: ObjectId, made: &Made, fields: &[(usize, u32)]) -> Option<Place> {
    with(|Own { table, process, .. }| {
        let claim = |first: &usize| {
            matches!(
                table.compare_exchange(first + field::OBJECT, 0, CLAIMED),
                Ok(Ok(_))
            )
        };
        let Some(first) = places(object).find(claim) else {
            let _ = table.add(ROWS * field::COUNT, 1);
            return None;
        };
        let set = |field: usize, number: u32| {
            // The row is in the table.
            let _ = table.set(first + field, number);
        };
        (1..field::COUNT).for_each(|field| set(field, 0));
        let [number, generation] = object.to_numbers();
        set(field::OBJECT + 1, generation);
        set(field::MAKER, *process);
        set(field::LINE, made.line);
        set(field::CLASS, made.class as u32);
        set(field::GROUP, made.group(number));
        set(field::INSIDE, made.inside.map_or(0, |class| class as u32));
        set(field::SERIAL, made.serial);
        set(field::PARTIES, made.parties);
        fields
            .iter()
            .for_each(|(field, number)| set(*field, *number));
        set(field::OBJECT, number);
        Some(Place(first))
    })?
}

/// The row of a semaphore that came from another process.
pub fn find(object: ObjectId) -> Option<Place> {
    let [number, generation] = object.to_numbers();
    with(|Own { table, .. }| {
        let is_its = |first: &usize| {
            table.get(first + field::OBJECT) == Ok(number)
                && table.get(first + field::OBJECT + 1) == Ok(generation)
        };
        places(object).find(is_its).map(Place)
    })?
}

impl Place {
    /// This thread has acquired the lock, at this line.
    pub fn acquired(self, line: u32) {
        with(|own| {
            let _ = own.table.set(self.0 + field::HOLDER_THREAD, own.thread);
            let _ = own.table.set(self.0 + field::HOLDER_LINE, line);
            let _ = own.table.set(self.0 + field::HOLDER, own.process);
        });
    }

    /// The pid of the process that holds the lock, and the program's line at which it was
    /// acquired; 0 for none.
    pub fn holder(self) -> Option<[u32; 2]> {
        let get = |field: usize| with(|own| own.table.get(self.0 + field).ok())?;
        let process = get(field::HOLDER).filter(|process| *process != 0)?;
        Some([process, get(field::HOLDER_LINE)?])
    }

    /// The lock is about to be released, by whichever thread.
    pub fn released(self) {
        with(|own| {
            let _ = own.table.set(self.0 + field::HOLDER, 0);
        });
    }
}
