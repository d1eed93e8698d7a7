//! The descriptors of this process: small numbers for what it can wait for, as file
//! descriptors are. Python's `Connection`s and sentinels are such numbers.

use crate::{buffers::named::Block, objects::End};
use manyhands::{Error, Sentinel, connection};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

/// What a descriptor stands for.
#[derive(Clone, Debug)]
pub enum Descriptor {
    /// An end of a pipe.
    Connection(End),
    /// The end of a process.
    Sentinel(Sentinel),
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
    let taken = all
        .keys()
        .zip(FIRST..)
        .take_while(|(used, number)| *used == number);
    let number = FIRST + taken.count() as i32;
    all.insert(number, descriptor);
    number
}

/// What a number stands for.
pub fn get(number: i32) -> Option<Descriptor> {
    all().get(&number).cloned()
}

/// Gives a number that is in use to something else.
pub fn replace(number: i32, descriptor: Descriptor) {
    if let Some(old) = all().get_mut(&number) {
        *old = descriptor;
    }
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
    all().remove(&number).is_some()
}

/// Waits until one of these is ready, for at most `timeout`; the positions of those
/// that are.
///
/// # Errors
/// As [`connection::wait`].
pub fn wait(all: &[Descriptor], timeout: Option<Duration>) -> Result<Vec<usize>, Error> {
    let ends = all
        .iter()
        .map(|one| -> Result<Box<dyn connection::Waitable>, Error> {
            Ok(match one {
                Descriptor::Connection(end) => Box::new(end.get()?),
                Descriptor::Sentinel(sentinel) => Box::new(*sentinel),
                Descriptor::Block(_) => {
                    return Err(Error::OSError("shared memory cannot be waited for".into()));
                }
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let ends: Vec<&dyn connection::Waitable> = ends.iter().map(|end| &**end).collect();
    connection::wait(&ends, timeout)
}
