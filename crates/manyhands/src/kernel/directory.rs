//! The directory: names of shared objects. Objects of different kinds have different
//! names: a listener may have the name of a shared memory.
//!
//! It is a linked list of entries with one lock. An entry counts as a handle in flight,
//! so an object with a name stays although no process holds it. Every change is a
//! single store, so the list is in order even if a process is killed during a change:
//! the worst that can happen is that an entry's block, or its object, is never freed.
//!
//! This module must not know what the objects are.

use super::{
    arena::Memory,
    handle::Handle,
    heap::Heap,
    layout::{DIRECTORY, DIRECTORY_LOCK},
    lock::Lock,
};

/// An entry's fields: the next entry, the object's handle, the length of the name, the
/// name.
const NEXT: u32 = 0;
const AT: u32 = 4;
const TAG: u32 = 8;
const LENGTH: u32 = 12;
const NAME: u32 = 16;

const LOCK: Lock = Lock(DIRECTORY_LOCK);

/// Why a name was not entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The name is in use.
    Exists,
    /// The arena has no room.
    Memory,
}

/// Another process uses the directory at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// The directory, as used by one process.
pub struct Directory<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
    owner: u32,
    may_sleep: bool,
}

impl<'a, M: Memory> Directory<'a, M> {
    /// The directory, for a process that takes locks as `owner`.
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

    /// The first entry that is the one, and the address of the word that points to it.
    fn find(&self, is_it: impl Fn(u32) -> bool) -> Option<(u32, u32)> {
        let mut link = DIRECTORY;
        loop {
            let entry = self.memory.load(link);
            if entry == 0 {
                return None;
            }
            if is_it(entry) {
                return Some((link, entry));
            }
            link = entry + NEXT;
        }
    }

    /// The entry of the object of one of these kinds that has this name.
    fn find_name(&self, name: &str, kinds: u32) -> Option<(u32, u32)> {
        self.find(|entry| {
            let length = self.memory.load(entry + LENGTH) as usize;
            if length != name.len() || !self.handle(entry).is_one_of(kinds) {
                return false;
            }
            let mut bytes = vec![0; length];
            self.memory.read(entry + NAME, &mut bytes);
            bytes == name.as_bytes()
        })
    }

    /// Takes an entry out of the list; returns the object's handle.
    fn unlink(&self, (link, entry): (u32, u32)) -> Handle {
        let handle = self.handle(entry);
        self.memory.store(link, self.memory.load(entry + NEXT));
        self.heap.free(entry);
        handle
    }

    fn handle(&self, entry: u32) -> Handle {
        Handle {
            at: self.memory.load(entry + AT),
            tag: self.memory.load(entry + TAG),
        }
    }

    /// Writes an entry that no other points to yet.
    fn entry(&self, name: &str, handle: Handle, next: u32) -> Result<u32, Refused> {
        let length = u32::try_from(name.len()).map_err(|_| Refused::Memory)?;
        let size = NAME.checked_add(length).ok_or(Refused::Memory)?;
        let entry = self.heap.allocate(size).ok_or(Refused::Memory)?;
        self.memory.store(entry + NEXT, next);
        self.memory.store(entry + AT, handle.at);
        self.memory.store(entry + TAG, handle.tag);
        self.memory.store(entry + LENGTH, length);
        self.memory.write(entry + NAME, name.as_bytes());
        Ok(entry)
    }

    /// Gives an object a name that no object of these kinds has. If the name is free,
    /// `retain` is called, which must count the object's handle as in flight.
    pub fn enter(
        &self,
        name: &str,
        kinds: u32,
        handle: Handle,
        retain: impl FnOnce(),
    ) -> Result<(), Refused> {
        self.locked(|| {
            if self.find_name(name, kinds).is_some() {
                return Err(Refused::Exists);
            }
            let entry = self.entry(name, handle, self.memory.load(DIRECTORY))?;
            retain();
            self.memory.store(DIRECTORY, entry);
            Ok(())
        })
    }

    /// Gives the name of one object of these kinds to another. If the name is in use,
    /// `retain` is called, which must count the new object's handle as in flight. Returns
    /// the old object's handle, which the caller must release as in [`Directory::remove`].
    pub fn replace(
        &self,
        name: &str,
        kinds: u32,
        handle: Handle,
        retain: impl FnOnce(),
    ) -> Result<Option<Handle>, Refused> {
        self.locked(|| {
            let Some((link, old)) = self.find_name(name, kinds) else {
                return Ok(None);
            };
            let next = self.memory.load(old + NEXT);
            let entry = self.entry(name, handle, next)?;
            let replaced = self.handle(old);
            retain();
            self.memory.store(link, entry);
            self.heap.free(old);
            Ok(Some(replaced))
        })
    }

    /// The names of all objects of these kinds.
    pub fn names(&self, kinds: u32) -> Vec<String> {
        self.locked(|| {
            let mut names = Vec::new();
            let mut entry = self.memory.load(DIRECTORY);
            while entry != 0 {
                if self.handle(entry).is_one_of(kinds) {
                    let mut bytes = vec![0; self.memory.load(entry + LENGTH) as usize];
                    self.memory.read(entry + NAME, &mut bytes);
                    names.push(String::from_utf8_lossy(&bytes).into_owned());
                }
                entry = self.memory.load(entry + NEXT);
            }
            names
        })
    }

    /// Calls `f` with the object of one of these kinds that has this name. It is kept
    /// during the call.
    pub fn look_up<R>(&self, name: &str, kinds: u32, f: impl FnOnce(Handle) -> R) -> Option<R> {
        self.locked(|| {
            let (_, entry) = self.find_name(name, kinds)?;
            Some(f(self.handle(entry)))
        })
    }

    /// Removes the name of an object of one of these kinds. The caller must then call
    /// `release_in_flight` with the handle.
    pub fn remove(&self, name: &str, kinds: u32) -> Option<Handle> {
        self.locked(|| Some(self.unlink(self.find_name(name, kinds)?)))
    }

    /// Removes the name of the first object for which `f` returns true. The caller must
    /// then call `release_in_flight` with the handle.
    pub fn remove_where(&self, f: impl Fn(Handle) -> bool) -> Option<Handle> {
        if is_empty(self.memory) {
            return None;
        }
        self.locked(|| Some(self.unlink(self.find(|entry| f(self.handle(entry)))?)))
    }

    /// [`Directory::remove_where`] for the dispatcher, which may not wait for the lock:
    /// `Err` if another process has it.
    pub fn try_remove_where(&self, f: impl Fn(Handle) -> bool) -> Result<Option<Handle>, Busy> {
        if !LOCK.try_acquire(self.memory, self.owner) {
            return Err(Busy);
        }
        let found = self.find(|entry| f(self.handle(entry)));
        let removed = found.map(|found| self.unlink(found));
        LOCK.release(self.memory);
        Ok(removed)
    }
}

/// Does no object have a name, as in most programs?
pub fn is_empty(memory: &impl Memory) -> bool {
    memory.load(DIRECTORY) == 0
}

/// Releases the directory's lock if the dead process held it.
pub fn recover(memory: &impl Memory, dead: u32) {
    if LOCK.is_held_by(memory, dead) {
        LOCK.release(memory);
    }
    LOCK.wake_all(memory);
}
