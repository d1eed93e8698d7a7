//! The descriptors of this process: small numbers for what it can wait for, as file
//! descriptors are. Python's `Connection`s and sentinels are such numbers.

use crate::{buffers::named::Block, files::OpenFile, objects::End};
use manyhands::{Error, Sentinel, connection};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// What a descriptor stands for.
#[derive(Clone, Debug)]
pub enum Descriptor {
    /// An end of a pipe.
    Connection(End),
    /// The end of a process.
    Sentinel(Sentinel),
    /// A file.
    File(Arc<OpenFile>),
    /// A block of shared memory.
    Block(Block),
}

/// The first descriptor that is given out: the standard streams come before it.
const FIRST: i32 = 3;

static ALL: Mutex<BTreeMap<i32, Descriptor>> = Mutex::new(BTreeMap::new());

fn all() -> MutexGuard<'static, BTreeMap<i32, Descriptor>> {
    ALL.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Gives out the lowest number that is free, as POSIX does.
pub fn add(descriptor: Descriptor) -> i32 {
    let mut all = all();
    let given_out = all.range(FIRST..).map(|(number, _)| *number);
    let taken = given_out
        .zip(FIRST..)
        .take_while(|(used, number)| used == number);
    let number = FIRST + taken.count() as i32;
    all.insert(number, descriptor);
    number
}

/// What a number stands for.
pub fn get(number: i32) -> Option<Descriptor> {
    all().get(&number).cloned()
}

/// Gives a number to something else. What it stood for is closed.
pub fn replace(number: i32, descriptor: Descriptor) {
    // Closed when the table is no longer locked.
    let old = all().insert(number, descriptor);
    drop(old);
}

/// The end of a pipe that a number stands for.
pub fn connection(number: i32) -> Option<End> {
    match get(number) {
        Some(Descriptor::Connection(end)) => Some(end),
        _ => None,
    }
}

/// Frees a number and what it stood for; returns whether it stood for anything.
pub fn close(number: i32) -> bool {
    keep_unread(number, Vec::new());
    // Closed when the table is no longer locked.
    let closed = all().remove(&number);
    closed.is_some()
}

/// For each pipe, the rest of a message of which only the beginning was asked for.
static UNREAD: Mutex<BTreeMap<i32, Vec<u8>>> = Mutex::new(BTreeMap::new());

fn unread() -> MutexGuard<'static, BTreeMap<i32, Vec<u8>>> {
    UNREAD
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Takes what was not yet read of a pipe's last message.
pub fn take_unread(number: i32) -> Option<Vec<u8>> {
    unread().remove(&number)
}

/// Keeps what was not yet read of a pipe's last message.
pub fn keep_unread(number: i32, bytes: Vec<u8>) {
    if bytes.is_empty() {
        unread().remove(&number);
    } else {
        unread().insert(number, bytes);
    }
}

/// The positions of the pipes of which something was received and not yet read.
pub fn with_unread(numbers: &[i32]) -> Vec<usize> {
    let unread = unread();
    let all = (0..numbers.len()).filter(|position| unread.contains_key(&numbers[*position]));
    all.collect()
}

/// Waits until one of these is ready, for at most `timeout`; the positions of those
/// that are.
///
/// # Errors
/// As [`connection::wait`].
pub fn wait(all: &[Descriptor], timeout: Option<Duration>) -> Result<Vec<usize>, Error> {
    // Files are always ready.
    let is_file = |one: &Descriptor| matches!(one, Descriptor::File(_));
    let (files, others): (Vec<usize>, Vec<usize>) =
        (0..all.len()).partition(|position| is_file(&all[*position]));
    let mut ends: Vec<Box<dyn connection::Waitable>> = Vec::new();
    for position in &others {
        match &all[*position] {
            Descriptor::Connection(end) => ends.push(Box::new(end.get()?)),
            Descriptor::Sentinel(sentinel) => ends.push(Box::new(*sentinel)),
            Descriptor::Block(_) => {
                return Err(Error::OSError("shared memory cannot be waited for".into()));
            }
            Descriptor::File(_) => {}
        }
    }
    let ends: Vec<&dyn connection::Waitable> = ends.iter().map(|end| &**end).collect();
    let timeout = if files.is_empty() {
        timeout
    } else {
        Some(Duration::ZERO)
    };
    let ready = connection::wait(&ends, timeout)?;
    let mut ready: Vec<usize> = ready.into_iter().map(|position| others[position]).collect();
    ready.extend(files);
    ready.sort_unstable();
    Ok(ready)
}
