//! Shared objects that travel beside pickled bytes.
//!
//! A pickle is bytes, and bytes keep no shared object alive. So a pickle only names
//! what it refers to, and the objects themselves travel with it in a [`Parcel`],
//! where the library counts them:
//!
//! - A semaphore has a name, as in POSIX (`SemLock.name`), which is in its pickle.
//! - A connection that is pickled gets a token ([`share`]), which is in its pickle.
//!   Whoever unpickles it takes it by that token, once ([`take`]).
//! - Shared memory without a name of its own has one that is in its pickle ([`inherited`]).
//!
//! What a message refers to is found by looking for these names and tokens in its
//! bytes. It is therefore all the same how many pickles were made before one is sent.

use crate::{buffers::inherited, names::MAIN};
use manyhands::{Connection, Error, ProcessWide, Semaphore, SharedBuffer};
use rustpython_vm::vm::thread::line_in;
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        LazyLock, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

/// An end of a pipe that several descriptors, parcels and threads of this process may
/// use.
pub type End = ProcessWide<Connection>;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum SharedObject {
    Semaphore(ProcessWide<Semaphore>),
    Connection(End),
    Memory(SharedBuffer),
}

/// How many bytes a one-way pipe holds, as on Linux.
pub const PIPE_CAPACITY: u32 = 1 << 16;

/// A message that is longer than a pipe goes through it in pieces of this many bytes, as
/// bytes do in other systems: to send it takes until most of it has been received. The
/// library would let a single message in, whatever its length.
const PIECE: usize = 1 << 15;

/// Bytes and the shared objects that are named in them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parcel {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    /// Does another piece of the same message follow?
    more: bool,
    objects: Vec<(String, SharedObject)>,
    /// The pid of the sender, and the line of the program that sent it; 0 for none.
    from: [u32; 2],
}

/// What a [`Parcel`] is read from, without a copy of the bytes.
#[derive(Serialize)]
pub struct Outgoing<'a> {
    #[serde(with = "serde_bytes")]
    bytes: &'a [u8],
    more: bool,
    objects: Vec<(String, SharedObject)>,
    from: [u32; 2],
}

impl Outgoing<'_> {
    /// Sends it, or what is left of it after an error. Two threads that send through the
    /// same connection at once must have a lock, as in CPython.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send(&mut self, end: &Connection) -> Result<(), Error> {
        while self.bytes.len() > PIPE_CAPACITY as usize {
            let (bytes, rest) = self.bytes.split_at(PIECE);
            let piece = Outgoing {
                bytes,
                more: true,
                objects: std::mem::take(&mut self.objects),
                from: self.from,
            };
            if let Err(error) = end.send(&piece) {
                self.objects = piece.objects;
                return Err(error);
            }
            self.bytes = rest;
        }
        end.send(&self)
    }

    /// As a value of its own, for the arguments of a process.
    pub fn into_parcel(self) -> Parcel {
        Parcel {
            bytes: self.bytes.to_vec(),
            more: false,
            objects: self.objects,
            from: self.from,
        }
    }
}

impl Parcel {
    /// Receives a message, or what is left of it after an error: `begun` is what was
    /// received before, and in the end the whole.
    ///
    /// # Errors
    /// As [`Connection::recv`].
    pub fn receive(end: &Connection, begun: &mut Option<Parcel>) -> Result<(), Error> {
        let whole = match begun {
            Some(whole) => whole,
            None => begun.insert(end.recv()?),
        };
        while whole.more {
            let next: Parcel = end.recv().map_err(|error| match error {
                Error::EOFError => Error::OSError("got end of file during message".into()),
                other => other,
            })?;
            whole.bytes.extend(next.bytes);
            whole.more = next.more;
        }
        Ok(())
    }

    /// The pid of the sender, and the line of the program that sent it; 0 for none.
    pub fn from(&self) -> [u32; 2] {
        self.from
    }

    /// Remembers the objects under their names, for the unpickling that follows, and
    /// returns the bytes.
    pub fn open(self) -> Vec<u8> {
        for (name, object) in self.objects {
            match object {
                SharedObject::Connection(end) => {
                    lock(&ARRIVED).insert(name, end);
                }
                SharedObject::Memory(buffer) => inherited::arrived(name, buffer),
                SharedObject::Semaphore(semaphore) => {
                    lock(&SEMAPHORES).entry(name).or_insert((semaphore, 0));
                }
            }
        }
        self.bytes
    }
}

/// A table of this process by name. Its lock is held for single operations only.
type Table<T> = LazyLock<Mutex<HashMap<String, T>>>;

/// The semaphores of this process by name, and by how many `SemLock`s each is used.
static SEMAPHORES: Table<(ProcessWide<Semaphore>, usize)> = LazyLock::new(Mutex::default);
/// Connections that were pickled and not sent yet.
static SHARED: Table<End> = LazyLock::new(Mutex::default);
/// Connections that came with a message and were not unpickled yet.
static ARRIVED: Table<End> = LazyLock::new(Mutex::default);

fn lock<T>(table: &Table<T>) -> MutexGuard<'_, HashMap<String, T>> {
    table
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A message, with the connections that its bytes name. These count as sent.
pub fn message(bytes: &[u8]) -> Outgoing<'_> {
    let mut shared = lock(&SHARED);
    let named = shared.extract_if(|token, _| contains(bytes, token));
    let objects = named
        .map(|(token, end)| (token, SharedObject::Connection(end)))
        .collect();
    Outgoing {
        bytes,
        more: false,
        objects,
        from: [manyhands::current_process().pid, line_in(MAIN)],
    }
}

/// What a process starts with: semaphores and shared memory may come along as well, which
/// Python pickles for a new process only.
pub fn start_message(bytes: &[u8]) -> Outgoing<'_> {
    let mut outgoing = message(bytes);
    for (name, (semaphore, _)) in lock(&SEMAPHORES).iter() {
        if contains(bytes, name) {
            let object = SharedObject::Semaphore(semaphore.clone());
            outgoing.objects.push((name.clone(), object));
        }
    }
    let memory = inherited::in_pickle(|name| contains(bytes, name)).into_iter();
    let memory = memory.map(|(name, buffer)| (name, SharedObject::Memory(buffer)));
    outgoing.objects.extend(memory);
    outgoing
}

fn contains(bytes: &[u8], name: &str) -> bool {
    memchr::memmem::find(bytes, name.as_bytes()).is_some()
}

/// Keeps a connection until the pickle that names it is sent; returns its token. No
/// two processes and no two calls make the same one.
pub fn share(end: End) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let pid = manyhands::current_process().pid;
    let token = format!("connection:{pid:08x}:{number:016x}");
    lock(&SHARED).insert(token.clone(), end);
    token
}

/// The connection of a token, once: of one that arrived, or of one that was pickled
/// here and never sent.
pub fn take(token: &str) -> Option<End> {
    let arrived = lock(&ARRIVED).remove(token);
    arrived.or_else(|| lock(&SHARED).get(token).cloned())
}

/// How many semaphores a thread keeps at hand.
const AT_HAND: usize = 16;

thread_local! {
    /// Semaphores that this thread has used, by the numbers of their [`NamedSemaphore`]s:
    /// to get one takes several times as long as to acquire it. A semaphore that is kept
    /// here for a while longer than it is used changes nothing for others.
    static SEMAPHORES_AT_HAND: RefCell<[Option<(u64, Semaphore)>; AT_HAND]> =
        const { RefCell::new([const { None }; AT_HAND]) };
}

/// A semaphore of this process under its name, for as long as this value lives.
#[derive(Debug)]
pub struct NamedSemaphore {
    /// No two of this process have the same number.
    number: u64,
    name: String,
    semaphore: ProcessWide<Semaphore>,
}

impl NamedSemaphore {
    /// Gives a new semaphore its name. `None` if the name is taken.
    ///
    /// # Errors
    /// As [`ProcessWide::new`].
    pub fn new(name: String, semaphore: &Semaphore) -> Result<Option<NamedSemaphore>, Error> {
        let semaphore = ProcessWide::new(semaphore)?;
        let mut all = lock(&SEMAPHORES);
        if all.contains_key(&name) {
            return Ok(None);
        }
        all.insert(name.clone(), (semaphore.clone(), 1));
        Ok(Some(NamedSemaphore::of(name, semaphore)))
    }

    /// The semaphore of this name that this process has.
    pub fn open(name: &str) -> Option<NamedSemaphore> {
        let mut all = lock(&SEMAPHORES);
        let (semaphore, uses) = all.get_mut(name)?;
        *uses += 1;
        Some(NamedSemaphore::of(name.to_owned(), semaphore.clone()))
    }

    fn of(name: String, semaphore: ProcessWide<Semaphore>) -> NamedSemaphore {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        NamedSemaphore {
            number: COUNT.fetch_add(1, Ordering::Relaxed),
            name,
            semaphore,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The semaphore, for the thread that asks.
    ///
    /// # Errors
    /// As [`ProcessWide::get`].
    pub fn get(&self) -> Result<Semaphore, Error> {
        SEMAPHORES_AT_HAND.with_borrow_mut(|all| {
            let place = &mut all[self.number as usize % AT_HAND];
            if let Some((number, semaphore)) = place
                && *number == self.number
            {
                return Ok(semaphore.clone());
            }
            let semaphore = self.semaphore.get()?;
            *place = Some((self.number, semaphore.clone()));
            Ok(semaphore)
        })
    }
}

impl Drop for NamedSemaphore {
    fn drop(&mut self) {
        let mut all = lock(&SEMAPHORES);
        if let Some((_, uses)) = all.get_mut(&self.name) {
            *uses -= 1;
            if *uses == 0 {
                all.remove(&self.name);
            }
        }
    }
}
