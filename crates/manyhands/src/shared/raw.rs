//! `RawValue` and `RawArray`: shared numbers without a lock.
//!
//! This module must not import locks.

use super::element::{Element, Integer};
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::{ObjectOf, refused},
        blocking,
        handle::{Kind, SEGMENTS},
        object_ref::ObjectRef,
        record,
        trace::Op,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{marker::PhantomData, ops::Range};

/// A number in shared memory, without a lock (Python's `RawValue`, and
/// `Value(…, lock=False)`).
///
/// It can be sent to other processes, as an argument or through pipes and queues. All
/// processes that have it see the same number.
#[derive(Debug, PartialEq, Serialize)]
#[serde(bound = "T: Element")]
pub struct RawValue<T>(RawArray<T>);

impl<'de, T: Element> Deserialize<'de> for RawValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let array = RawArray::deserialize_kind::<{ Kind::Value.bit() }, D>(deserializer)?;
        match array.len() {
            1 => Ok(RawValue(array)),
            _ => Err(refused(Error::PicklingError(
                "an array was sent, which cannot be received as a single number".into(),
            ))),
        }
    }
}

impl<T> Clone for RawValue<T> {
    fn clone(&self) -> Self {
        RawValue(self.0.clone())
    }
}

impl<T: Element> RawValue<T> {
    /// A new shared number with this value.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(value: T) -> Result<RawValue<T>, Error> {
        let array = RawArray::create(Kind::Value, 1)?;
        T::store(array.start(), value);
        Ok(RawValue(array))
    }

    fn address(&self) -> u32 {
        blocking::check_signal();
        self.0.start()
    }

    /// [`RawValue::get`] without a check for signals, for a caller that has just acquired
    /// a lock.
    pub(super) fn get_locked(&self) -> T {
        load_traced(self.0.start())
    }

    /// [`RawValue::set`] without a check for signals, for a caller that is about to
    /// release a lock.
    pub(super) fn set_locked(&self, value: T) {
        store_traced(self.0.start(), value);
    }

    /// The number (Python's `.value`).
    pub fn get(&self) -> T {
        load_traced(self.address())
    }

    /// Stores a number.
    pub fn set(&self, value: T) {
        store_traced(self.address(), value);
    }

    /// Does what `value += amount` does in Python: loads, adds, stores. Two processes that
    /// do this at the same time can lose updates. An integer wraps.
    pub fn add(&self, amount: T) {
        self.set(self.get().plus(amount));
    }

    /// Adds in one atomic step; returns the number as it was before. Not in Python, where
    /// a lock is needed.
    pub fn fetch_add(&self, amount: T) -> T {
        self.fetch_update(|value| Some(value.plus(amount)))
            .unwrap_or_else(|value| value)
    }

    /// Stores `new` if the number has the bits of `expected`, in one atomic step; returns
    /// the number as it was before. Not in Python.
    ///
    /// # Errors
    /// The number as it is, if it is not `expected`.
    pub fn compare_exchange(&self, expected: T, new: T) -> Result<T, T> {
        self.0.compare_exchange_at(self.address(), expected, new)
    }

    /// Replaces the number by the result of `f`, in one atomic step; returns the number as
    /// it was before. `f` may be called several times. Not in Python.
    ///
    /// # Errors
    /// The number as it is, if `f` returned `None`.
    pub fn fetch_update(&self, f: impl FnMut(T) -> Option<T>) -> Result<T, T> {
        self.0.update_at(self.address(), f)
    }
}

impl<T: Integer> RawValue<T> {
    /// Stores the low bits of a number, as Python does with a number that does not fit:
    /// 200 in an `i8` is −56.
    pub fn set_wrapping(&self, number: i64) {
        self.set(T::wrap(number));
    }
}

/// Loads an element and records the access in the trace.
fn load_traced<T: Element>(at: u32) -> T {
    let value = T::load(at);
    record::trace_op(Op::Load, at, size_of::<T>() as u32);
    value
}

/// Stores an element and records the access in the trace.
fn store_traced<T: Element>(at: u32, value: T) {
    T::store(at, value);
    record::trace_op(Op::Store, at, size_of::<T>() as u32);
}

/// Numbers in shared memory, without a lock (Python's `RawArray`, and
/// `Array(…, lock=False)`). Its length is fixed.
///
/// It can be sent to other processes, as an argument or through pipes and queues. All
/// processes that have it see the same numbers.
#[derive(Debug, PartialEq)]
pub struct RawArray<T> {
    object: ObjectRef,
    offset: u32,
    length: u32,
    elements: PhantomData<fn(T) -> T>,
}

/// The form in which an array is sent: the segment, the byte offset of the first element,
/// the number of elements, and the type code.
type EncodedArray<const KINDS: u32> = (ObjectOf<KINDS>, u32, u32, char);

/// The kinds of object that an array can be part of; one of them is a named block.
const ARRAY_KINDS: u32 = SEGMENTS & !Kind::RawSegment.bit();

impl<T: Element> Serialize for RawArray<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let segment = ObjectOf::new(self.object.clone());
        let encoded: EncodedArray<ARRAY_KINDS> =
            (segment, self.offset, self.length, T::type_code().code());
        encoded.serialize(serializer)
    }
}

impl<'de, T: Element> Deserialize<'de> for RawArray<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawArray::deserialize_kind::<{ ARRAY_KINDS & !Kind::Value.bit() }, D>(deserializer)
    }
}

impl<T> Clone for RawArray<T> {
    fn clone(&self) -> Self {
        RawArray {
            object: self.object.clone(),
            elements: PhantomData,
            ..*self
        }
    }
}

impl<T: Element> RawArray<T> {
    const SIZE: u32 = size_of::<T>() as u32;

    /// An array of `length` zeros.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(length: usize) -> Result<RawArray<T>, Error> {
        RawArray::create(Kind::Array, length)
    }

    fn create(kind: Kind, length: usize) -> Result<RawArray<T>, Error> {
        let bytes = length.saturating_mul(size_of::<T>());
        let object = ObjectRef::create(kind, bytes)?;
        Ok(RawArray::part_of(object, 0, length as u32))
    }

    /// An array of these numbers.
    ///
    /// # Errors
    /// As [`RawArray::new`].
    pub fn from_slice(values: &[T]) -> Result<RawArray<T>, Error> {
        let array = RawArray::new(values.len())?;
        array.write(0, values)?;
        Ok(array)
    }

    /// Reads an array from a message. Its segment must be of one of these kinds, its
    /// elements must have the type that the sender used, and they must lie within the
    /// segment.
    fn deserialize_kind<'de, const KINDS: u32, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<RawArray<T>, D::Error> {
        let (segment, offset, length, code) = EncodedArray::<KINDS>::deserialize(deserializer)?;
        let text = if code != T::type_code().code() {
            format!(
                "numbers of type code '{code}' were sent, which cannot be received as '{}'",
                T::type_code()
            )
        } else if !offset.is_multiple_of(Self::SIZE)
            || u64::from(offset) + u64::from(length) * u64::from(Self::SIZE)
                > segment.length().into()
        {
            "an array was sent that is not within its shared memory".into()
        } else {
            return Ok(RawArray::part_of(segment.into_object_ref(), offset, length));
        };
        Err(refused(Error::PicklingError(text)))
    }

    /// `length` elements that begin at byte `offset` of an object.
    pub(super) fn part_of(object: ObjectRef, offset: u32, length: u32) -> RawArray<T> {
        RawArray {
            object,
            offset,
            length,
            elements: PhantomData,
        }
    }

    fn start(&self) -> u32 {
        self.object.at(self.offset)
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn element_address(&self, index: usize) -> Result<u32, Error> {
        self.range_address(index..index.saturating_add(1))
    }

    /// The address of the first element of a range.
    ///
    /// # Errors
    /// [`Error::IndexError`] for a range that is not within the array.
    fn range_address(&self, range: Range<usize>) -> Result<u32, Error> {
        blocking::check_signal();
        if range.start > range.end || range.end > self.len() {
            return Err(Error::IndexError(format!(
                "invalid index: elements {} to {} of an array of {}",
                range.start, range.end, self.length
            )));
        }
        Ok(self.start() + range.start as u32 * Self::SIZE)
    }

    /// The number at `index`, from 0.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn get(&self, index: usize) -> Result<T, Error> {
        Ok(load_traced(self.element_address(index)?))
    }

    /// Stores a number.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn set(&self, index: usize, value: T) -> Result<(), Error> {
        store_traced(self.element_address(index)?, value);
        Ok(())
    }

    /// Does what `array[index] += amount` does in Python: loads, adds, stores. Two
    /// processes that do this at the same time can lose updates. An integer wraps.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn add(&self, index: usize, amount: T) -> Result<(), Error> {
        let at = self.element_address(index)?;
        store_traced(at, load_traced::<T>(at).plus(amount));
        Ok(())
    }

    /// Adds in one atomic step; returns the number as it was before. Not in Python.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn fetch_add(&self, index: usize, amount: T) -> Result<T, Error> {
        let added = self.fetch_update(index, |value| Some(value.plus(amount)))?;
        Ok(added.unwrap_or_else(|value| value))
    }

    /// Stores `new` at `index` if the number there has the bits of `expected`, in one
    /// atomic step. Returns the number as it was before, in an inner `Err` if it was not
    /// `expected`. Not in Python.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn compare_exchange(
        &self,
        index: usize,
        expected: T,
        new: T,
    ) -> Result<Result<T, T>, Error> {
        Ok(self.compare_exchange_at(self.element_address(index)?, expected, new))
    }

    /// Replaces the number at `index` by the result of `f`, in one atomic step. `f` may be
    /// called several times. Returns the number as it was before, in an inner `Err` if `f`
    /// returned `None`. Not in Python.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn fetch_update(
        &self,
        index: usize,
        f: impl FnMut(T) -> Option<T>,
    ) -> Result<Result<T, T>, Error> {
        Ok(self.update_at(self.element_address(index)?, f))
    }

    fn compare_exchange_at(&self, at: u32, expected: T, new: T) -> Result<T, T> {
        let old = T::compare_exchange(at, expected, new);
        record::trace_op(Op::Store, at, Self::SIZE);
        if old.same_bits(expected) {
            Ok(old)
        } else {
            Err(old)
        }
    }

    fn update_at(&self, at: u32, mut f: impl FnMut(T) -> Option<T>) -> Result<T, T> {
        let mut old = T::load(at);
        loop {
            match f(old) {
                None => return Err(old),
                Some(new) => match self.compare_exchange_at(at, old, new) {
                    Ok(old) => return Ok(old),
                    Err(seen) => old = seen,
                },
            }
        }
    }

    /// The numbers in `range` (Python's `array[start:end]`), in one copy.
    ///
    /// # Errors
    /// [`Error::IndexError`] for a range beyond the end (Python clips it).
    pub fn slice(&self, range: Range<usize>) -> Result<Vec<T>, Error> {
        let at = self.range_address(range.clone())?;
        let mut values = vec![T::zeroed(); range.len()];
        Arena.read(at, bytemuck::cast_slice_mut(&mut values));
        record::trace_op(Op::Load, at, size_of_val(&values[..]) as u32);
        Ok(values)
    }

    /// All numbers, in one copy.
    pub fn to_vec(&self) -> Vec<T> {
        self.slice(0..self.len()).unwrap_or_default()
    }

    /// Fills `into` with the numbers from index `start` on, in one copy.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn read(&self, start: usize, into: &mut [T]) -> Result<(), Error> {
        let at = self.range_address(start..start.saturating_add(into.len()))?;
        Arena.read(at, bytemuck::cast_slice_mut(into));
        record::trace_op(Op::Load, at, size_of_val(into) as u32);
        Ok(())
    }

    /// Stores `values` from index `start` on (Python's `array[start:end] = values`),
    /// in one copy.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn write(&self, start: usize, values: &[T]) -> Result<(), Error> {
        let at = self.range_address(start..start.saturating_add(values.len()))?;
        Arena.write(at, bytemuck::cast_slice(values));
        record::trace_op(Op::Store, at, size_of_val(values) as u32);
        Ok(())
    }
}

impl RawArray<u32> {
    /// The number at `index`, or 0 beyond the end. Unlike [`RawArray::get`], it neither
    /// checks for a signal nor writes to the trace, so it is cheap in a loop.
    pub(crate) fn get_untraced(&self, index: usize) -> u32 {
        match index < self.len() {
            true => Arena.load(self.start() + 4 * index as u32),
            false => 0,
        }
    }

    /// Stores a number at `index`; does nothing beyond the end. Unlike [`RawArray::set`],
    /// it neither checks for a signal nor writes to the trace, and other processes may see
    /// the number a little later.
    pub(crate) fn set_untraced(&self, index: usize, value: u32) {
        if index < self.len() {
            Arena.store_relaxed(self.start() + 4 * index as u32, value);
        }
    }
}

impl<T: Integer> RawArray<T> {
    /// Stores the low bits of a number, as Python does with a number that does not fit:
    /// 200 in an `i8` is −56.
    ///
    /// # Errors
    /// [`Error::IndexError`].
    pub fn set_wrapping(&self, index: usize, number: i64) -> Result<(), Error> {
        self.set(index, T::wrap(number))
    }
}
