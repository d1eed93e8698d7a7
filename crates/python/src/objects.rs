//! Shared objects that travel beside pickled bytes.
//!
//! A pickle is bytes, and bytes keep no shared object alive. So a pickle only names
//! what it refers to, and the objects themselves travel with it in a [`Parcel`],
//! where the library counts them:
//!
//! - A semaphore has a name, as in POSIX (`SemLock.name`), which is in its pickle.
//! - A connection that is pickled gets a token ([`share`]), which is in its pickle.
//!   Whoever unpickles it takes it by that token, once ([`take`]).
//!
//! What a message refers to is found by looking for these names and tokens in its
//! bytes. It is therefore all the same how many pickles were made before one is sent.

use manyhands::{Connection, Semaphore};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

/// An end of a pipe that several descriptors and parcels of this process may hold.
#[derive(Clone, Debug)]
pub struct End(pub Rc<Connection>);

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Connection::deserialize(deserializer).map(|connection| End(Rc::new(connection)))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum SharedObject {
    Semaphore(Semaphore),
    Connection(End),
}

/// Bytes and the shared objects that are named in them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parcel {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    objects: Vec<(String, SharedObject)>,
}

/// What a [`Parcel`] is read from, without a copy of the bytes.
#[derive(Serialize)]
pub struct Outgoing<'a> {
    #[serde(with = "serde_bytes")]
    bytes: &'a [u8],
    objects: Vec<(String, SharedObject)>,
}

impl Outgoing<'_> {
    /// As a value of its own, for the arguments of a process.
    pub fn into_parcel(self) -> Parcel {
        Parcel {
            bytes: self.bytes.to_vec(),
            objects: self.objects,
        }
    }
}

impl Parcel {
    /// Remembers the objects under their names, for the unpickling that follows, and
    /// returns the bytes.
    pub fn open(self) -> Vec<u8> {
        for (name, object) in self.objects {
            match object {
                SharedObject::Connection(end) => {
                    ARRIVED.with_borrow_mut(|all| all.insert(name, end));
                }
                SharedObject::Semaphore(semaphore) => {
                    SEMAPHORES.with_borrow_mut(|all| {
                        all.entry(name).or_insert((semaphore, 0));
                    });
                }
            }
        }
        self.bytes
    }
}

thread_local! {
    /// The semaphores of this process by name, and by how many `SemLock`s each is used.
    static SEMAPHORES: RefCell<HashMap<String, (Semaphore, usize)>> = RefCell::default();
    /// Connections that were pickled and not sent yet.
    static SHARED: RefCell<HashMap<String, End>> = RefCell::default();
    /// Connections that came with a message and were not unpickled yet.
    static ARRIVED: RefCell<HashMap<String, End>> = RefCell::default();
}

/// A message, with the connections that its bytes name. These count as sent.
pub fn message(bytes: &[u8]) -> Outgoing<'_> {
    let objects = SHARED.with_borrow_mut(|shared| {
        if shared.is_empty() {
            return Vec::new();
        }
        let named = shared.extract_if(|token, _| contains(bytes, token));
        named
            .map(|(token, end)| (token, SharedObject::Connection(end)))
            .collect()
    });
    Outgoing { bytes, objects }
}

/// What a process starts with: semaphores may come along as well, which Python
/// pickles for a new process only.
pub fn start_message(bytes: &[u8]) -> Outgoing<'_> {
    let mut outgoing = message(bytes);
    SEMAPHORES.with_borrow(|all| {
        for (name, (semaphore, _)) in all {
            if contains(bytes, name) {
                let object = SharedObject::Semaphore(semaphore.clone());
                outgoing.objects.push((name.clone(), object));
            }
        }
    });
    outgoing
}

fn contains(bytes: &[u8], name: &str) -> bool {
    memchr::memmem::find(bytes, name.as_bytes()).is_some()
}

/// Keeps a connection until the pickle that names it is sent; returns its token. No
/// two processes and no two calls make the same one.
pub fn share(end: End) -> String {
    thread_local! {
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }
    let number = COUNT.get();
    COUNT.set(number + 1);
    let pid = manyhands::current_process().pid;
    let token = format!("connection:{pid:08x}:{number:016x}");
    SHARED.with_borrow_mut(|all| all.insert(token.clone(), end));
    token
}

/// The connection of a token, once: of one that arrived, or of one that was pickled
/// here and never sent.
pub fn take(token: &str) -> Option<End> {
    let arrived = ARRIVED.with_borrow_mut(|all| all.remove(token));
    arrived.or_else(|| SHARED.with_borrow(|all| all.get(token).cloned()))
}

/// A semaphore of this process under its name, for as long as this value lives.
#[derive(Debug)]
pub struct NamedSemaphore {
    name: String,
    semaphore: Semaphore,
}

impl NamedSemaphore {
    /// Gives a new semaphore its name. `None` if the name is taken.
    pub fn new(name: String, semaphore: Semaphore) -> Option<NamedSemaphore> {
        SEMAPHORES.with_borrow_mut(|all| {
            if all.contains_key(&name) {
                return None;
            }
            all.insert(name.clone(), (semaphore.clone(), 1));
            Some(NamedSemaphore { name, semaphore })
        })
    }

    /// The semaphore of this name that this process has.
    pub fn open(name: &str) -> Option<NamedSemaphore> {
        SEMAPHORES.with_borrow_mut(|all| {
            let (semaphore, uses) = all.get_mut(name)?;
            *uses += 1;
            Some(NamedSemaphore {
                name: name.to_owned(),
                semaphore: semaphore.clone(),
            })
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::ops::Deref for NamedSemaphore {
    type Target = Semaphore;

    fn deref(&self) -> &Semaphore {
        &self.semaphore
    }
}

impl Drop for NamedSemaphore {
    fn drop(&mut self) {
        // At the process's own end the table may be gone.
        let _ = SEMAPHORES.try_with(|all| {
            let mut all = all.borrow_mut();
            if let Some((_, uses)) = all.get_mut(&self.name) {
                *uses -= 1;
                if *uses == 0 {
                    all.remove(&self.name);
                }
            }
        });
    }
}
