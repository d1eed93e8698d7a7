//! References to objects: what keeps an object alive in this process and in flight.
//!
//! This module must not know what the objects are.

use super::{
    arena::Arena,
    blocking, current,
    handle::{Handle, Kind},
    object::Objects,
};
use crate::Error;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::{Rc, Weak},
};

/// An object that this process holds, until the last clone of this is dropped. It
/// travels as an attachment of a message: see [`super::attachment`].
#[derive(Clone, Debug)]
pub(crate) struct ObjectRef(Rc<HeldObject>);

#[derive(Debug)]
struct HeldObject {
    handle: Handle,
    entry: u32,
    /// A number for this process's own use: see [`ObjectRef::process_local`].
    process_local: Cell<u32>,
}

thread_local! {
    static HELD_OBJECTS: RefCell<HashMap<Handle, Weak<HeldObject>>> = RefCell::default();
}

fn slot() -> u32 {
    current::with(|current| current.map_or(current::HOST_SLOT, |current| current.slot))
}

impl Drop for HeldObject {
    fn drop(&mut self) {
        // When the thread is ending, the map may be gone already.
        let _ = HELD_OBJECTS.try_with(|held| held.borrow_mut().remove(&self.handle));
        current::objects().release(self.entry, slot());
    }
}

impl ObjectRef {
    /// Creates an object with a body of `bytes` bytes, all 0.
    pub(crate) fn create(kind: Kind, bytes: usize) -> Result<ObjectRef, Error> {
        super::host::ensure()?;
        blocking::check_signal();
        let objects = current::objects();
        let made = u32::try_from(bytes).ok();
        let made = made.and_then(|bytes| objects.create(kind, bytes, slot()));
        let (handle, entry) = made.ok_or_else(|| current::no_room(bytes))?;
        Ok(ObjectRef::remember(handle, entry))
    }

    fn remember(handle: Handle, entry: u32) -> ObjectRef {
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
        let known = HELD_OBJECTS.with_borrow(|all| all.get(&handle).and_then(Weak::upgrade));
        if let Some(held) = known {
            return Ok(ObjectRef(held));
        }
        let objects = current::objects();
        if !objects.is_valid(handle) {
            return Err(Error::ValueError(
                "the shared object is gone: nobody held it any more".into(),
            ));
        }
        let entry = objects
            .acquire(handle, slot())
            .ok_or_else(|| current::no_room(512))?;
        Ok(ObjectRef::remember(handle, entry))
    }

    /// The object's handle.
    pub(crate) fn handle(&self) -> Handle {
        self.0.handle
    }

    /// A number that this process keeps with the object for its own use, 0 at first.
    /// Reading it needs no access to the arena.
    pub(crate) fn process_local(&self) -> &Cell<u32> {
        &self.0.process_local
    }

    /// The address of a byte of the object's body.
    pub(crate) fn at(&self, offset: u32) -> u32 {
        self.0.handle.body(offset)
    }

    /// Is this the only reference to the object: no other process holds it and no
    /// handle is in flight?
    pub(crate) fn is_last(&self) -> bool {
        Rc::strong_count(&self.0) == 1 && !current::objects().is_held(self.handle(), Some(slot()))
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
