//! The objects that this process holds, whichever of its threads uses them.
//!
//! For the arena a thread is a process that shares memory: it has a slot, and a list of
//! the objects that it holds itself. An object that threads pass to each other must not
//! depend on the one that made it, so it is held in the list of the process: the list
//! in the slot of the process's first thread, which also holds its own objects there.
//! Every thread may change that list, and the lock of [`HELD`] orders the changes.
//!
//! The list is released when the process ends. A thread may still run at that moment,
//! because it is ended after its process. So a process that ends by itself closes the
//! list first ([`close`]), and no thread changes a closed list; for a process that
//! cannot, the dispatcher waits until its threads no longer exist.
//!
//! A thread that uses an object of this list must hold the object itself meanwhile
//! ([`while_open`]), because the process may end while it does.
//!
//! This module must not know the types that refer to objects.

use super::{
    current::{self, HOST_SLOT},
    handle::{Handle, Kind},
};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, TryLockError,
        atomic::{AtomicU32, Ordering},
    },
};

/// An object of the list.
struct HeldObject {
    /// The address of its entry in the slot's list.
    entry: u32,
    /// How many references this process has.
    count: usize,
}

#[derive(Default)]
struct Held {
    /// Does the process end?
    closed: bool,
    objects: BTreeMap<Handle, HeldObject>,
}

static HELD: Mutex<Held> = Mutex::new(Held {
    closed: false,
    objects: BTreeMap::new(),
});

/// The slot of this process's first thread.
static SLOT: AtomicU32 = AtomicU32::new(HOST_SLOT);

/// Sets the slot of this process, by its first thread.
pub(super) fn set_slot(slot: u32) {
    SLOT.store(slot, Ordering::Relaxed);
}

/// The slot of this process's first thread.
pub(crate) fn slot_of_process() -> u32 {
    SLOT.load(Ordering::Relaxed)
}

/// Does this thread hold its objects in the process's list: is it the first one?
pub(crate) fn is_first_thread() -> bool {
    current::with(|current| current.is_none_or(|current| current.identity.process.is_none()))
}

/// Locks a mutex of this memory for a few instructions. The page may not sleep, so it
/// looks until the mutex is free.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    loop {
        let locked = match current::owner().1 {
            true => mutex.lock().map_err(TryLockError::Poisoned),
            false => mutex.try_lock(),
        };
        match locked {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
        }
    }
}

/// Creates an object with a body of `length` bytes, which this process holds. `None` if
/// the arena has no room.
pub(super) fn create(kind: Kind, length: u32) -> Option<Handle> {
    let mut held = lock(&HELD);
    let slot = SLOT.load(Ordering::Relaxed);
    let (handle, entry) = current::objects().create(kind, length, slot)?;
    held.objects.insert(handle, HeldObject { entry, count: 1 });
    Some(handle)
}

/// Adds a reference to an object that somebody holds during this call. `None` if the
/// arena has no room, or the process is ending.
pub(super) fn acquire(handle: Handle) -> Option<()> {
    let mut held = lock(&HELD);
    if held.closed && !is_first_thread() {
        return None;
    }
    if let Some(object) = held.objects.get_mut(&handle) {
        object.count += 1;
        return Some(());
    }
    let slot = SLOT.load(Ordering::Relaxed);
    let entry = current::objects().acquire(handle, slot)?;
    held.objects.insert(handle, HeldObject { entry, count: 1 });
    Some(())
}

/// Takes a reference back; with the last one the process releases the object.
pub(super) fn release(handle: Handle) {
    let mut held = lock(&HELD);
    if held.closed && !is_first_thread() {
        return;
    }
    let Some(object) = held.objects.get_mut(&handle) else {
        return;
    };
    object.count -= 1;
    if object.count == 0 {
        let entry = object.entry;
        held.objects.remove(&handle);
        current::objects().release(entry, SLOT.load(Ordering::Relaxed));
    }
}

/// Does this process have exactly one reference to the object, and does no other
/// process or thread hold it, nor is a handle in flight?
pub(super) fn is_last(handle: Handle) -> bool {
    let held = lock(&HELD);
    held.objects
        .get(&handle)
        .is_some_and(|object| object.count == 1)
        && !current::objects().is_held(handle, Some(SLOT.load(Ordering::Relaxed)))
}

/// Calls `f` while the process does not end and no object leaves its list. `None` if
/// the process is ending. `f` must not use this module.
pub(super) fn while_open<R>(f: impl FnOnce() -> R) -> Option<R> {
    let held = lock(&HELD);
    (!held.closed).then(f)
}

/// Closes the list: from here on only the first thread changes it. Called by that
/// thread, before it writes the end of the process.
pub(super) fn close() {
    lock(&HELD).closed = true;
}
