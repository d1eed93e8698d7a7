//! `Array`.
//!
//! This module must not import `Value` or shared memory.

use super::{element::Element, raw::RawArray};
use crate::{
    Error,
    sync::{RLock, RLockGuard},
};
use serde::{Deserialize, Serialize};
use std::ops::{Deref, Range};

/// Numbers in shared memory with an [`RLock`] (Python's
/// `multiprocessing.Array`). Its length is fixed.
///
/// Every call acquires the lock for itself. To hold the lock over several calls, use
/// [`Array::lock`]:
///
/// ```no_run
/// use manyhands::{Array, Error};
///
/// fn swap(array: &Array<f64>) -> Result<(), Error> {
///     let numbers = array.lock()?;
///     let first = numbers.get(0)?;
///     numbers.set(0, numbers.get(1)?)?;
///     numbers.set(1, first)
/// }
/// ```
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Element")]
#[serde(rename = "=")]
pub struct Array<T> {
    raw: RawArray<T>,
    lock: RLock,
}

impl<T> Clone for Array<T> {
    fn clone(&self) -> Self {
        Array {
            raw: self.raw.clone(),
            lock: self.lock.clone(),
        }
    }
}

impl<T: Element> Array<T> {
    /// An array of `length` zeros with a new lock.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(length: usize) -> Result<Array<T>, Error> {
        Ok(Array::with_lock(RawArray::new(length)?, RLock::new()?))
    }

    /// An array of these numbers with a new lock.
    ///
    /// # Errors
    /// As [`Array::new`].
    pub fn from_slice(values: &[T]) -> Result<Array<T>, Error> {
        Ok(Array::with_lock(
            RawArray::from_slice(values)?,
            RLock::new()?,
        ))
    }

    /// An array of existing numbers with an existing lock (Python's
    /// `Array(…, lock=lock)`).
    pub fn with_lock(raw: RawArray<T>, lock: RLock) -> Array<T> {
        Array { raw, lock }
    }

    /// Its lock.
    pub fn get_lock(&self) -> &RLock {
        &self.lock
    }

    /// The numbers without the lock (Python's `get_obj`).
    pub fn get_obj(&self) -> &RawArray<T> {
        &self.raw
    }

    /// Acquires the lock; the guard gives access to the numbers.
    ///
    /// # Errors
    /// As [`RLock::acquire`].
    pub fn lock(&self) -> Result<ArrayGuard<'_, T>, Error> {
        let lock = self.lock.lock()?;
        let raw = &self.raw;
        Ok(ArrayGuard { raw, _lock: lock })
    }

    /// [`Array::lock`] for the page.
    ///
    /// # Errors
    /// As [`RLock::acquire_async`].
    pub async fn lock_async(&self) -> Result<ArrayGuard<'_, T>, Error> {
        let lock = self.lock.lock_async().await?;
        let raw = &self.raw;
        Ok(ArrayGuard { raw, _lock: lock })
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The number at `index`, from 0.
    ///
    /// # Errors
    /// [`Error::IndexError`]; as [`Array::lock`].
    pub fn get(&self, index: usize) -> Result<T, Error> {
        self.lock()?.get(index)
    }

    /// Stores a number.
    ///
    /// # Errors
    /// As [`Array::get`].
    pub fn set(&self, index: usize, value: T) -> Result<(), Error> {
        self.lock()?.set(index, value)
    }

    /// Does what `array[index] += amount` does in Python: acquires the lock to load,
    /// releases it, adds, and acquires it again to store. Two processes that do this at
    /// the same time can lose updates.
    ///
    /// # Errors
    /// As [`Array::get`].
    pub fn add(&self, index: usize, amount: T) -> Result<(), Error> {
        self.set(index, self.get(index)?.plus(amount))
    }

    /// The numbers in `range` (Python's `array[start:end]`), in one copy.
    ///
    /// # Errors
    /// As [`Array::get`], also for a range beyond the end, which Python clips.
    pub fn slice(&self, range: Range<usize>) -> Result<Vec<T>, Error> {
        self.lock()?.slice(range)
    }

    /// Stores `values` from index `start` on (Python's `array[start:end] = values`),
    /// in one copy.
    ///
    /// # Errors
    /// As [`Array::get`].
    pub fn write(&self, start: usize, values: &[T]) -> Result<(), Error> {
        self.lock()?.write(start, values)
    }

    /// All numbers, in one copy.
    ///
    /// # Errors
    /// As [`Array::lock`].
    pub fn to_vec(&self) -> Result<Vec<T>, Error> {
        Ok(self.lock()?.to_vec())
    }
}

/// Access to the numbers while the lock is held; dropping it releases the lock.
#[derive(Debug)]
pub struct ArrayGuard<'a, T> {
    raw: &'a RawArray<T>,
    _lock: RLockGuard<'a>,
}

impl<T> Deref for ArrayGuard<'_, T> {
    type Target = RawArray<T>;

    fn deref(&self) -> &RawArray<T> {
        self.raw
    }
}
