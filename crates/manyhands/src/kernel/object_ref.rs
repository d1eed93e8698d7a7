//! References to objects: what keeps an object alive in this process and in flight.
//!
//! A reference belongs to the thread that made it. The first thread of a process holds
//! its objects in the process's list, another thread in its own.
//!
//! This module must not know what the objects are.

use super::{
    arena::Arena,
    blocking, current,
    handle::{Handle, Kind},
    object::Objects,
    process_held,
};
use crate::Error;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    rc::{Rc, Weak},
};

/// An object that this thread holds, until the last clone of this is dropped. It
/// travels as an attachment of a message: see [`super::attachment`].
#[derive(Clone, Debug)]
pub(crate) struct ObjectRef(Rc<HeldObject>);

#[derive(Debug)]
struct HeldObject {
    handle: Handle,
    /// The address of the entry in this thread's own list. `None` if the object is in
    /// the process's list.
    entry: Option<u32>,
    /// See [`ObjectRef::process_local`].
    process_local: Cell<u32>,
}

/// A hash of the two words of a handle. Nobody can choose handles, so it need not be safe
/// from those who look for collisions.
#[derive(Default)]
struct HandleHasher(u64);

impl Hasher for HandleHasher {
    fn write_u32(&mut self, word: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32((*byte).into()));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type HeldObjects = HashMap<Handle, Weak<HeldObject>, BuildHasherDefault<HandleHasher>>;

thread_local! {
    static HELD_OBJECTS: RefCell<HeldObjects> = RefCell::default();
}

fn slot() -> u32 {
    current::with(|current| current.map_or(current::HOST_SLOT, |current| current.slot))
}

impl Drop for HeldObject {
    fn drop(&mut self) {
        // When the thread is ending, the map may be gone already.
        let _ = HELD_OBJECTS.try_with(|held| held.borrow_mut().remove(&self.handle));
        match self.entry {
            None => process_held::release(self.handle),
            Some(entry) => current::objects().release(entry, slot()),
        }
    }
}

impl ObjectRef {
    /// Creates an object with a body of `bytes` bytes, all 0.
    pub(crate) fn create(kind: Kind, bytes: usize) -> Result<ObjectRef, Error> {
        super::host::ensure()?;
        blocking::check_signal();
        let made = u32::try_from(bytes).ok();
        let made = made.and_then(|bytes| match process_held::is_first_thread() {
            true => Some((process_held::create(kind, bytes)?, None)),
            false => {
                let (handle, entry) = current::objects().create(kind, bytes, slot())?;
                Some((handle, Some(entry)))
            }
        });
        let (handle, entry) = made.ok_or_else(|| current::no_room(bytes))?;
        Ok(ObjectRef::remember(handle, entry))
    }

    fn remember(handle: Handle, entry: Option<u32>) -> ObjectRef {
        let process_local = Cell::new(0);
        let held = Rc::new(HeldObject {
            handle,
            entry,
            process_local,
        });
        HELD_OBJECTS.with_borrow_mut(|all| all.insert(handle, Rc::downgrade(&held)));
        ObjectRef(held)
    }

    /// Holds an object that somebody else keeps alive during this call.
    pub(crate) fn acquire(handle: Handle) -> Result<ObjectRef, Error> {
        super::host::ensure()?;
        if let Some(known) = ObjectRef::known(handle) {
            return Ok(known);
        }
        if !current::objects().is_valid(handle) {
            return Err(Error::ValueError(
                "the shared object is gone: nobody held it any more".into(),
            ));
        }
        ObjectRef::acquire_valid(handle)
    }

    /// The reference that this thread has already.
    fn known(handle: Handle) -> Option<ObjectRef> {
        HELD_OBJECTS
            .with_borrow(|all| all.get(&handle).and_then(Weak::upgrade))
            .map(ObjectRef)
    }

    /// Holds an object of which it is known that it exists during this call.
    fn acquire_valid(handle: Handle) -> Result<ObjectRef, Error> {
        let entry = match process_held::is_first_thread() {
            true => process_held::acquire(handle).map(|()| None),
            false => current::objects().acquire(handle, slot()).map(Some),
        };
        Ok(ObjectRef::remember(
            handle,
            entry.ok_or_else(|| current::no_room(512))?,
        ))
    }

    /// The object's handle.
    pub(crate) fn handle(&self) -> Handle {
        self.0.handle
    }

    /// A number that this process (or thread) keeps with the object for its own use, 0 at
    /// first. Reading it needs no access to the arena.
    pub(crate) fn process_local(&self) -> &Cell<u32> {
        &self.0.process_local
    }

    /// The address of a byte of the object's body.
    pub(crate) fn at(&self, offset: u32) -> u32 {
        self.0.handle.body(offset)
    }

    /// Is this the only reference to the object: no other process or thread holds it
    /// and no handle is in flight?
    pub(crate) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1
            && match self.0.entry {
                None => process_held::is_last(self.handle()),
                Some(_) => !current::objects().is_held(self.handle(), Some(slot())),
            }
    }

    /// The length of the object's body in bytes.
    pub(crate) fn length(&self) -> u32 {
        current::objects().length(self.0.handle)
    }
}

impl PartialEq for ObjectRef {
    fn eq(&self, other: &ObjectRef) -> bool {
        self.handle() == other.handle()
    }
}

/// An object that this process holds for all its threads, until this is dropped. Any
/// thread may have it.
#[derive(Debug)]
pub(crate) struct ProcessRef(Handle);

impl ProcessRef {
    /// Makes the process hold an object that this thread holds.
    pub(crate) fn new(object: &ObjectRef) -> Result<ProcessRef, Error> {
        process_held::acquire(object.handle()).ok_or_else(|| current::no_room(512))?;
        Ok(ProcessRef(object.handle()))
    }

    /// The address of a byte of the object's body.
    pub(crate) fn at(&self, offset: u32) -> u32 {
        self.0.body(offset)
    }

    /// Calls `f`, which may use the object's body: the process, and with it this
    /// reference, does not end meanwhile. `f` must not use other references.
    pub(crate) fn while_held<R>(&self, f: impl FnOnce() -> R) -> Result<R, Error> {
        // The first thread ends the process, so there it cannot end meanwhile.
        if process_held::is_first_thread() {
            return Ok(f());
        }
        process_held::while_open(f).ok_or_else(|| Error::OSError("this process has ended".into()))
    }

    /// A reference of this thread.
    pub(crate) fn get(&self) -> Result<ObjectRef, Error> {
        self.while_held(|| match ObjectRef::known(self.0) {
            Some(known) => Ok(known),
            None => ObjectRef::acquire_valid(self.0),
        })?
    }
}

impl Drop for ProcessRef {
    fn drop(&mut self) {
        process_held::release(self.0);
    }
}

/// Counts handles as in flight: their objects are kept until the handles have arrived.
pub(crate) fn retain_in_flight(handles: &[Handle]) {
    let objects = current::objects();
    for handle in handles {
        objects.retain_in_flight(*handle);
    }
}

/// The handles have arrived, or were lost.
pub(crate) fn release_in_flight(handles: &[Handle]) {
    let objects: Objects<Arena> = current::objects();
    for handle in handles {
        objects.release_in_flight(*handle);
    }
}
