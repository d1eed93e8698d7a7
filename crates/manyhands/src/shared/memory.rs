//! `SharedMemory`.
//!
//! This module must not import values or lists.

use super::{buffer::SharedBuffer, element::Element, raw::RawArray};
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::{ObjectOf, refused},
        blocking, current,
        directory::Refused,
        handle::Kind,
        object_ref::ObjectRef,
        record,
        trace::Op,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A named block of shared bytes (Python's `shared_memory.SharedMemory`). A name is
/// valid in the whole program, that is, on the page and in all its processes.
///
/// A block is freed when it has been unlinked *and* every process that has it has closed
/// it, has dropped it, or has died. As in Python, a block that is never unlinked keeps
/// its memory and its name, even if no process uses it.
///
/// Difference from Python: a block that is sent to another process arrives even if it is
/// unlinked in the meantime.
#[derive(Clone, Debug)]
pub struct SharedMemory {
    name: String,
    size: u32,
    /// `None` after it was closed.
    block: Option<Block>,
}

/// The memory of a list can be received as a shared memory, but not the other way round.
type Block = ObjectOf<{ Kind::SharedMemory.bit() | Kind::ShareableList.bit() }>;

impl Serialize for SharedMemory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.name, self.size, &self.block).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SharedMemory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, size, block) = <(String, u32, Option<Block>)>::deserialize(deserializer)?;
        if block.as_ref().is_some_and(|block| block.length() != size) {
            let text = "a shared memory was sent under a size that it does not have";
            return Err(refused(Error::PicklingError(text.into())));
        }
        Ok(SharedMemory { name, size, block })
    }
}

impl SharedMemory {
    /// A new block of `size` zero bytes, with a generated name if `name` is `None`
    /// (Python's `SharedMemory(name, create=True, size=size)`).
    ///
    /// # Errors
    /// [`Error::FileExistsError`] when the name exists already,
    /// [`Error::ValueError`] for a size of 0 or an empty name,
    /// [`Error::MemoryError`], [`Error::NotIsolated`].
    pub fn create(name: Option<&str>, size: usize) -> Result<SharedMemory, Error> {
        SharedMemory::of_kind(Kind::SharedMemory, name, size)
    }

    pub(super) fn of_kind(
        kind: Kind,
        name: Option<&str>,
        size: usize,
    ) -> Result<SharedMemory, Error> {
        if size == 0 {
            return Err(Error::ValueError(
                "'size' must be a positive number different from zero".into(),
            ));
        }
        SharedMemory::of_any_size(kind, name, size)
    }

    fn of_any_size(kind: Kind, name: Option<&str>, size: usize) -> Result<SharedMemory, Error> {
        let object = ObjectRef::create(kind, size)?;
        let handle = object.handle();
        let name = match name {
            Some("") => return Err(Error::ValueError("a name must not be empty".into())),
            Some(name) => name.to_string(),
            // No other object of this program ever has the same handle.
            None => format!("psm_{:08x}{:08x}", handle.tag, handle.at),
        };
        let retain = || current::objects().retain_in_flight(handle);
        let entered = current::directory().enter(&name, handle, retain);
        entered.map_err(|refused| match refused {
            Refused::Exists => Error::FileExistsError(name.clone()),
            Refused::Memory => current::no_room(size),
        })?;
        Ok(SharedMemory::from_object(name, size as u32, object))
    }

    fn from_object(name: String, size: u32, object: ObjectRef) -> SharedMemory {
        SharedMemory {
            name,
            size,
            block: Some(ObjectOf::new(object)),
        }
    }

    /// Takes a name for a block of no bytes, to which [`SharedMemory::resize`] gives its
    /// size. Of several processes that do this at the same time, one gets the name
    /// (POSIX's `shm_open` with `O_CREAT | O_EXCL`).
    ///
    /// # Errors
    /// As [`SharedMemory::create`].
    pub fn reserve(name: &str) -> Result<SharedMemory, Error> {
        SharedMemory::of_any_size(Kind::SharedMemory, Some(name), 0)
    }

    /// Gives the name to a new block of this size, and this value with it (POSIX's
    /// `ftruncate`). Other handles keep the block that they have.
    ///
    /// # Errors
    /// [`Error::FileNotFoundError`] when the name was unlinked;
    /// [`Error::ValueError`] after [`SharedMemory::close`]; [`Error::MemoryError`].
    pub fn resize(&mut self, size: usize) -> Result<(), Error> {
        self.check_open()?;
        let object = ObjectRef::create(Kind::SharedMemory, size)?;
        let handle = object.handle();
        let retain = || current::objects().retain_in_flight(handle);
        let replaced = current::directory().replace(&self.name, handle, retain);
        let replaced = replaced.map_err(|_| current::no_room(size))?;
        let replaced = replaced.ok_or_else(|| Error::FileNotFoundError(self.name.clone()))?;
        current::objects().release_in_flight(replaced);
        *self = SharedMemory::from_object(std::mem::take(&mut self.name), size as u32, object);
        Ok(())
    }

    /// The names of all blocks of the whole program that were not unlinked.
    ///
    /// # Errors
    /// [`Error::NotIsolated`].
    pub fn names() -> Result<Vec<String>, Error> {
        crate::kernel::host::ensure()?;
        Ok(current::directory().names())
    }

    /// Opens the existing block with this name (Python's `SharedMemory(name)`).
    ///
    /// # Errors
    /// [`Error::FileNotFoundError`], [`Error::NotIsolated`].
    pub fn attach(name: &str) -> Result<SharedMemory, Error> {
        crate::kernel::host::ensure()?;
        let found = current::directory().look_up(name, ObjectRef::acquire);
        let object = found.ok_or_else(|| Error::FileNotFoundError(name.into()))??;
        let size = object.length();
        Ok(SharedMemory::from_object(name.into(), size, object))
    }

    /// Whether the block was made as an object of this kind; true for one that is closed.
    pub(super) fn is_of_kind(&self, kind: Kind) -> bool {
        (self.block.as_ref()).is_none_or(|block| block.handle().is_one_of(kind.bit()))
    }

    /// The block's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size in bytes.
    pub fn size(&self) -> usize {
        self.size as usize
    }

    fn check_open(&self) -> Result<&Block, Error> {
        blocking::check_signal();
        self.block.as_ref().ok_or_else(|| {
            Error::ValueError("the shared memory is closed in this process: attach again".into())
        })
    }

    /// A view of `length` elements that begin at byte `offset`, without a copy (as
    /// `numpy.ndarray(…, buffer=shm.buf)`).
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`SharedMemory::close`], and for an offset that is not
    /// a multiple of the element's size; [`Error::IndexError`] when the view would go
    /// beyond the end.
    pub fn array<T: Element>(&self, offset: usize, length: usize) -> Result<RawArray<T>, Error> {
        let object = self.check_open()?.clone().into_object_ref();
        if !offset.is_multiple_of(size_of::<T>()) {
            return Err(Error::ValueError(format!(
                "offset {offset} must be divisible by the element's {} bytes",
                size_of::<T>()
            )));
        }
        let end = length
            .checked_mul(size_of::<T>())
            .and_then(|bytes| bytes.checked_add(offset));
        if end.is_none_or(|end| end > self.size()) {
            return Err(Error::IndexError(format!(
                "{length} elements of {} bytes from byte {offset} on do not fit into {} bytes",
                size_of::<T>(),
                self.size
            )));
        }
        Ok(RawArray::part_of(object, offset as u32, length as u32))
    }

    /// The same bytes for all threads of this process.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`SharedMemory::close`]; [`Error::MemoryError`].
    pub fn buffer(&self) -> Result<SharedBuffer, Error> {
        SharedBuffer::of(self.check_open()?)
    }

    fn range_address(&self, start: usize, length: usize) -> Result<u32, Error> {
        let block = self.check_open()?;
        match start.checked_add(length) {
            Some(end) if end <= self.size() => Ok(block.at(start as u32)),
            _ => Err(Error::IndexError(format!(
                "{length} bytes from byte {start} on: the shared memory has {}",
                self.size
            ))),
        }
    }

    /// Fills `into` with the bytes from offset `start` on, in one copy.
    ///
    /// # Errors
    /// [`Error::IndexError`] when they go beyond the end; [`Error::ValueError`] after
    /// [`SharedMemory::close`].
    pub fn read(&self, start: usize, into: &mut [u8]) -> Result<(), Error> {
        let at = self.range_address(start, into.len())?;
        Arena.read(at, into);
        record::trace_op(Op::Load, at, into.len() as u32);
        Ok(())
    }

    /// Writes `bytes` at offset `start`, in one copy.
    ///
    /// # Errors
    /// As [`SharedMemory::read`].
    pub fn write(&self, start: usize, bytes: &[u8]) -> Result<(), Error> {
        let at = self.range_address(start, bytes.len())?;
        Arena.write(at, bytes);
        record::trace_op(Op::Store, at, bytes.len() as u32);
        Ok(())
    }

    /// Closes this handle; every later use of it is an error. Other handles, in this and
    /// in other processes, are not affected.
    pub fn close(&mut self) {
        self.block = None;
    }

    /// Removes the name. No process can attach to the block any more, and it is freed
    /// when its last handle is closed.
    ///
    /// # Errors
    /// [`Error::FileNotFoundError`] when it was unlinked before.
    pub fn unlink(&self) -> Result<(), Error> {
        let removed = current::directory().remove(&self.name);
        let handle = removed.ok_or_else(|| Error::FileNotFoundError(self.name.clone()))?;
        current::objects().release_in_flight(handle);
        Ok(())
    }
}
