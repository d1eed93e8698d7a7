//! The directory: names of objects.
//!
//! A list of entries under one lock. An entry counts as a handle in flight, so
//! that what has a name stays though nobody holds it. Every change is a single
//! store, so a process killed within it leaves the list whole: at worst an
//! entry's block, or its object, is never freed.
//!
//! This room must not know what the objects are.

use super::{
    arena::Memory,
    handle::Handle,
    heap::Heap,
    layout::{DIRECTORY, DIRECTORY_LOCK},
    lock::Lock,
};

/// An entry: the next one, the object, the name's length, the name.
const NEXT: u32 = 0;
const AT: u32 = 4;
const TAG: u32 = 8;
const LENGTH: u32 = 12;
const NAME: u32 = 16;

const LOCK: Lock = Lock(DIRECTORY_LOCK);

/// Why a name was not entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is such a name.
    Exists,
    /// The arena has no room.
    Memory,
}

/// The directory, as used by one process.
pub struct Directory<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
    owner: u32,
    may_sleep: bool,
}

impl<'a, M: Memory> Directory<'a, M> {
    /// The directory, for whoever takes locks as `owner`.
    pub fn new(memory: &'a M, heap: Heap<'a, M>, owner: u32, may_sleep: bool) -> Self {
        Directory {
            memory,
            heap,
            owner,
            may_sleep,
        }
    }

    fn locked<R>(&self, f: impl FnOnce() -> R) -> R {
        LOCK.acquire(self.memory, self.owner, self.may_sleep);
        let result = f();
        LOCK.release(self.memory);
        result
    }

    /// The entry of this name, after the word that points to it.
    fn find(&self, name: &str) -> Option<(u32, u32)> {
        let mut link = DIRECTORY;
        loop {
            let entry = self.memory.load(link);
            if entry == 0 {
                return None;
            }
            let length = self.memory.load(entry + LENGTH) as usize;
            if length == name.len() {
                let mut bytes = vec![0; length];
                self.memory.read(entry + NAME, &mut bytes);
                if bytes == name.as_bytes() {
                    return Some((link, entry));
                }
            }
            link = entry + NEXT;
        }
    }

    fn handle(&self, entry: u32) -> Handle {
        Handle {
            at: self.memory.load(entry + AT),
            tag: self.memory.load(entry + TAG),
        }
    }

    /// Gives an object a name. It must be in flight from now on: `retain` is
    /// called for that when the name is free.
    pub fn enter(&self, name: &str, handle: Handle, retain: impl FnOnce()) -> Result<(), Refused> {
        self.locked(|| {
            if self.find(name).is_some() {
                return Err(Refused::Exists);
            }
            let length = u32::try_from(name.len()).map_err(|_| Refused::Memory)?;
            let size = NAME.checked_add(length).ok_or(Refused::Memory)?;
            let entry = self.heap.allocate(size).ok_or(Refused::Memory)?;
            self.memory.store(entry + NEXT, self.memory.load(DIRECTORY));
            self.memory.store(entry + AT, handle.at);
            self.memory.store(entry + TAG, handle.tag);
            self.memory.store(entry + LENGTH, length);
            self.memory.write(entry + NAME, name.as_bytes());
            retain();
            self.memory.store(DIRECTORY, entry);
            Ok(())
        })
    }

    /// What `f` makes of the object of this name, which stays meanwhile.
    pub fn look_up<R>(&self, name: &str, f: impl FnOnce(Handle) -> R) -> Option<R> {
        self.locked(|| {
            let (_, entry) = self.find(name)?;
            Some(f(self.handle(entry)))
        })
    }

    /// Takes the name from an object, whose flight the caller then ends (`release_in_flight`).
    pub fn remove(&self, name: &str) -> Option<Handle> {
        self.locked(|| {
            let (link, entry) = self.find(name)?;
            let handle = self.handle(entry);
            self.memory.store(link, self.memory.load(entry + NEXT));
            self.heap.free(entry);
            Some(handle)
        })
    }
}

/// Takes the lock from a dead owner.
pub fn recover(memory: &impl Memory, dead: u32) {
    if LOCK.is_held_by(memory, dead) {
        LOCK.release(memory);
    }
    LOCK.wake_all(memory);
}
