//! `SharedMemory`.

use super::{element::Element, raw::RawArray};
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
use serde::{Deserialize, Deserializer, Serialize};

/// A named block of shared bytes (Python's `shared_memory.SharedMemory`). The
/// names are those of this program: its page and all its processes.
///
/// A block lives until it was unlinked *and* every process that has it has
/// closed or dropped it, or has died. As in Python, one that is never unlinked
/// stays, with its name, though nobody has it.
///
/// Difference from Python: sent to another process, it arrives even if it was
/// unlinked meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct SharedMemory {
    name: String,
    size: u32,
    /// `None` after it was closed.
    block: Option<Block>,
}

/// A list's memory is a shared memory, too; not the other way round.
type Block = ObjectOf<{ Kind::SharedMemory.bit() | Kind::ShareableList.bit() }>;

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
    /// A new block of `size` zero bytes; with a name of its own if none is
    /// given (Python's `SharedMemory(name, create=True, size=size)`).
    ///
    /// # Errors
    /// [`Error::FileExistsError`] when there is such a name,
    /// [`Error::ValueError`] for no bytes at all or an empty name,
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
        let no_room = Error::MemoryError { bytes: size };
        let size = u32::try_from(size).map_err(|_| no_room.clone())?;
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
            Refused::Memory => no_room,
        })?;
        Ok(SharedMemory::of(name, size, object))
    }

    fn of(name: String, size: u32, object: ObjectRef) -> SharedMemory {
        SharedMemory {
            name,
            size,
            block: Some(ObjectOf::new(object)),
        }
    }

    /// The block of this name (Python's `SharedMemory(name)`).
    ///
    /// # Errors
    /// [`Error::FileNotFoundError`], [`Error::NotIsolated`].
    pub fn attach(name: &str) -> Result<SharedMemory, Error> {
        crate::kernel::host::ensure()?;
        let found = current::directory().look_up(name, ObjectRef::acquire);
        let object = found.ok_or_else(|| Error::FileNotFoundError(name.into()))??;
        let size = object.length();
        Ok(SharedMemory::of(name.into(), size, object))
    }

    /// Was it made as this? A closed one is nothing any more.
    pub(super) fn is_of_kind(&self, kind: Kind) -> bool {
        (self.block.as_ref()).is_none_or(|block| block.handle().is_one_of(kind.bit()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.size as usize
    }

    fn open(&self) -> Result<&Block, Error> {
        blocking::check_signal();
        self.block.as_ref().ok_or_else(|| {
            Error::ValueError("the shared memory is closed in this process: attach again".into())
        })
    }

    /// So many elements that begin at byte `offset`, seen in place (as
    /// `numpy.ndarray(…, buffer=shm.buf)` does).
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`SharedMemory::close`] and for an offset
    /// that the element's size does not divide; [`Error::IndexError`] beyond the
    /// end.
    pub fn array<T: Element>(&self, offset: usize, length: usize) -> Result<RawArray<T>, Error> {
        let object = self.open()?.clone().into_object_ref();
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

    fn at(&self, start: usize, length: usize) -> Result<u32, Error> {
        let block = self.open()?;
        match start.checked_add(length) {
            Some(end) if end <= self.size() => Ok(block.at(start as u32)),
            _ => Err(Error::IndexError(format!(
                "{length} bytes from byte {start} on: the shared memory has {}",
                self.size
            ))),
        }
    }

    /// Copies bytes from `start` on into `into`, in one copy.
    ///
    /// # Errors
    /// [`Error::IndexError`] beyond the end; [`Error::ValueError`] after
    /// [`SharedMemory::close`].
    pub fn read(&self, start: usize, into: &mut [u8]) -> Result<(), Error> {
        let at = self.at(start, into.len())?;
        Arena.read(at, into);
        record::trace_op(Op::Load, at, into.len() as u32);
        Ok(())
    }

    /// Copies bytes to `start` and on, in one copy.
    ///
    /// # Errors
    /// As [`SharedMemory::read`].
    pub fn write(&self, start: usize, bytes: &[u8]) -> Result<(), Error> {
        let at = self.at(start, bytes.len())?;
        Arena.write(at, bytes);
        record::trace_op(Op::Store, at, bytes.len() as u32);
        Ok(())
    }

    /// Closes it here: this value is of no more use. Others, here and in other
    /// processes, are not concerned.
    pub fn close(&mut self) {
        self.block = None;
    }

    /// Takes its name away, for everybody: nobody can attach any more, and it is
    /// gone with the last that has it.
    ///
    /// # Errors
    /// [`Error::FileNotFoundError`] when somebody did it before.
    pub fn unlink(&self) -> Result<(), Error> {
        let removed = current::directory().remove(&self.name);
        let handle = removed.ok_or_else(|| Error::FileNotFoundError(self.name.clone()))?;
        current::objects().release_in_flight(handle);
        Ok(())
    }
}
