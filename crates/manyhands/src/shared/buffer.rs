//! `SharedBuffer`.
//!
//! This module must not import values, arrays or named memory.

use super::element::Element;
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::{ObjectOf, refused},
        blocking,
        handle::{Kind, SEGMENTS},
        object_ref::{ObjectRef, ProcessRef},
        record,
        trace::Op,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// Bytes in shared memory that all processes *and all threads* that have them see at
/// once. Its length is fixed, it has no name and no lock.
///
/// The other shared types belong to the thread that has them. This one is for a program
/// whose own types are made of shared bytes, such as an interpreter: it can be cloned,
/// kept in a static, used by any thread, and sent to other processes. The memory is
/// freed when the last of them drops it or has ended.
///
/// ```no_run
/// use manyhands::{Error, Process, SharedBuffer};
///
/// fn fill(buffer: SharedBuffer) {
///     buffer.store::<f64>(8, 0.5).unwrap();
/// }
///
/// fn main_program() -> Result<f64, Error> {
///     let buffer = SharedBuffer::new(16)?;
///     Process::spawn(fill, buffer.clone())?.join()?;
///     buffer.load::<f64>(8) // 0.5
/// }
/// ```
#[derive(Clone, Debug)]
pub struct SharedBuffer {
    object: Arc<ProcessRef>,
    length: u32,
}

/// The kinds of object that can be received as a buffer.
const BUFFERS: u32 = SEGMENTS & !Kind::RawSegment.bit() & !Kind::Value.bit();

/// The most bytes that are copied in one step. During a step of a thread that is not the
/// first of its process, the process can neither end nor make shared objects.
const STEP: usize = 1 << 16;

impl Serialize for SharedBuffer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = self.object.get().map_err(serde::ser::Error::custom)?;
        ObjectOf::<BUFFERS>::new(object).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SharedBuffer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = ObjectOf::<BUFFERS>::deserialize(deserializer)?;
        SharedBuffer::of(&object).map_err(refused)
    }
}

impl SharedBuffer {
    /// A new buffer of `length` bytes, which are all 0.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(length: usize) -> Result<SharedBuffer, Error> {
        SharedBuffer::of(&ObjectRef::create(Kind::Array, length)?)
    }

    /// All bytes of an object.
    pub(super) fn of(object: &ObjectRef) -> Result<SharedBuffer, Error> {
        Ok(SharedBuffer {
            object: Arc::new(ProcessRef::new(object)?),
            length: object.length(),
        })
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The address of `length` bytes from offset `start` on.
    fn address(&self, start: usize, length: usize) -> Result<u32, Error> {
        blocking::check_signal();
        match start.checked_add(length) {
            Some(end) if end <= self.len() => Ok(self.object.at(start as u32)),
            _ => Err(Error::IndexError(format!(
                "{length} bytes from byte {start} on: the buffer has {}",
                self.length
            ))),
        }
    }

    /// Fills `into` with the bytes from offset `start` on.
    ///
    /// # Errors
    /// [`Error::IndexError`] when they go beyond the end; [`Error::OSError`] in a thread
    /// whose process has just ended.
    pub fn read(&self, start: usize, into: &mut [u8]) -> Result<(), Error> {
        let at = self.address(start, into.len())?;
        for (step, part) in (at..).step_by(STEP).zip(into.chunks_mut(STEP)) {
            self.object.while_held(|| Arena.read(step, part))?;
        }
        record::trace_op(Op::Load, at, into.len() as u32);
        Ok(())
    }

    /// Writes `bytes` at offset `start`.
    ///
    /// # Errors
    /// As [`SharedBuffer::read`].
    pub fn write(&self, start: usize, bytes: &[u8]) -> Result<(), Error> {
        let at = self.address(start, bytes.len())?;
        for (step, part) in (at..).step_by(STEP).zip(bytes.chunks(STEP)) {
            self.object.while_held(|| Arena.write(step, part))?;
        }
        record::trace_op(Op::Store, at, bytes.len() as u32);
        Ok(())
    }

    /// The address of an element of type `T` at byte `offset`.
    fn element_address<T: Element>(&self, offset: usize) -> Result<u32, Error> {
        if !offset.is_multiple_of(size_of::<T>()) {
            return Err(Error::ValueError(format!(
                "offset {offset} must be divisible by the element's {} bytes",
                size_of::<T>()
            )));
        }
        self.address(offset, size_of::<T>())
    }

    /// The element at byte `offset`. It is never one that is half written by
    /// [`SharedBuffer::store`].
    ///
    /// # Errors
    /// [`Error::ValueError`] for an offset that is not a multiple of the element's size;
    /// otherwise as [`SharedBuffer::read`].
    pub fn load<T: Element>(&self, offset: usize) -> Result<T, Error> {
        let at = self.element_address::<T>(offset)?;
        let value = self.object.while_held(|| T::load(at))?;
        record::trace_op(Op::Load, at, size_of::<T>() as u32);
        Ok(value)
    }

    /// Stores an element at byte `offset`.
    ///
    /// # Errors
    /// As [`SharedBuffer::load`].
    pub fn store<T: Element>(&self, offset: usize, value: T) -> Result<(), Error> {
        let at = self.element_address::<T>(offset)?;
        self.object.while_held(|| T::store(at, value))?;
        record::trace_op(Op::Store, at, size_of::<T>() as u32);
        Ok(())
    }
}
