//! The descriptors of this process: small numbers for what it can wait for, as file
//! descriptors are. Python's `Connection`s and sentinels are such numbers.

use crate::{buffers::block::Block, files::OpenFile, objects::End};
use manyhands::{
    Connection, Error, Sentinel,
    connection::{self, Listener, Waitable},
};
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
    /// A block of shared memory.
    Block(Block),
    /// A file.
    File(Arc<OpenFile>),
    /// A socket that listens.
    Listener(Arc<Listener>),
    /// A socket that is neither bound nor connected.
    Unconnected,
}

/// The first descriptor that is given out: the standard streams come before it.
const FIRST: i32 = 3;

static ALL: Mutex<BTreeMap<i32, Descriptor>> = Mutex::new(BTreeMap::new());

/// What is left of messages of which a part was taken, by descriptor; never empty bytes.
static UNREAD: Mutex<BTreeMap<i32, Vec<u8>>> = Mutex::new(BTreeMap::new());

fn unread() -> MutexGuard<'static, BTreeMap<i32, Vec<u8>>> {
    UNREAD
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

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

/// Lets a number stand for something else. What it stood for is closed.
pub fn replace(number: i32, descriptor: Descriptor) {
    let old = all().insert(number, descriptor);
    // Closed when the table is no longer locked.
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

/// Takes what was not yet read of a connection's last message.
pub fn take_unread(number: i32) -> Option<Vec<u8>> {
    unread().remove(&number)
}

/// Keeps what was not yet read of a connection's last message.
pub fn keep_unread(number: i32, bytes: Vec<u8>) {
    if bytes.is_empty() {
        unread().remove(&number);
    } else {
        unread().insert(number, bytes);
    }
}

/// What [`connection::wait`] waits for, in the place of a descriptor.
enum Waited {
    Connection(Connection),
    Sentinel(Sentinel),
    Listener(Arc<Listener>),
}

impl Waited {
    fn as_waitable(&self) -> &dyn Waitable {
        match self {
            Waited::Connection(end) => end,
            Waited::Sentinel(sentinel) => sentinel,
            Waited::Listener(listener) => &**listener,
        }
    }
}

/// Waits until one of these is ready, for at most `timeout`; the positions of those
/// that are. `None` if a number stands for nothing.
///
/// # Errors
/// As [`connection::wait`].
pub fn wait(numbers: &[i32], timeout: Option<Duration>) -> Result<Option<Vec<usize>>, Error> {
    let (mut ready, mut waited) = (Vec::new(), Vec::new());
    for (position, number) in numbers.iter().enumerate() {
        let one = match get(*number) {
            None => return Ok(None),
            _ if unread().contains_key(number) => None,
            // To read from the one is possible at once, and from the other fails at once.
            Some(Descriptor::File(_) | Descriptor::Unconnected) => None,
            Some(Descriptor::Block(_)) => {
                return Err(Error::OSError("shared memory cannot be waited for".into()));
            }
            Some(Descriptor::Connection(end)) => Some(Waited::Connection(end.get()?)),
            Some(Descriptor::Sentinel(sentinel)) => Some(Waited::Sentinel(sentinel)),
            Some(Descriptor::Listener(listener)) => Some(Waited::Listener(listener)),
        };
        match one {
            Some(one) => waited.push((position, one)),
            None => ready.push(position),
        }
    }
    let timeout = match ready[..] {
        [] => timeout,
        [..] => Some(Duration::ZERO),
    };
    let all: Vec<&dyn Waitable> = waited.iter().map(|(_, one)| one.as_waitable()).collect();
    let found = connection::wait(&all, timeout)?;
    ready.extend(found.into_iter().map(|index| waited[index].0));
    ready.sort_unstable();
    Ok(Some(ready))
}
