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

/// Methods of the numbers, each with the lock held, in a blocking form and in one for the
/// page.
macro_rules! locked {
    ($(
        $(#[$doc:meta])*
        $name:ident / $twin:ident $path:literal
        ($($argument:ident: $type:ty),*) -> $output:ty
    )*) => {$(
        $(#[$doc])*
        pub fn $name(&self, $($argument: $type),*) -> Result<$output, Error> {
            self.lock()?.$name($($argument),*)
        }

        #[doc = concat!("[`", $path, "`] for the page.")]
        ///
        /// # Errors
        #[doc = concat!("As [`", $path, "`].")]
        pub async fn $twin(&self, $($argument: $type),*) -> Result<$output, Error> {
            self.lock_async().await?.$name($($argument),*)
        }
    )*};
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

    locked! {
        /// The number at `index`, from 0.
        ///
        /// # Errors
        /// [`Error::IndexError`]; as [`Array::lock`].
        get / get_async "Array::get" (index: usize) -> T

        /// Stores a number.
        ///
        /// # Errors
        /// As [`Array::get`].
        set / set_async "Array::set" (index: usize, value: T) -> ()

        /// The numbers in `range` (Python's `array[start:end]`), in one copy.
        ///
        /// # Errors
        /// As [`Array::get`], also for a range beyond the end, which Python clips.
        slice / slice_async "Array::slice" (range: Range<usize>) -> Vec<T>

        /// Stores `values` from index `start` on (Python's `array[start:end] = values`),
        /// in one copy.
        ///
        /// # Errors
        /// As [`Array::get`].
        write / write_async "Array::write" (start: usize, values: &[T]) -> ()
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

    /// [`Array::add`] for the page.
    ///
    /// # Errors
    /// As [`Array::get`].
    pub async fn add_async(&self, index: usize, amount: T) -> Result<(), Error> {
        let sum = self.get_async(index).await?.plus(amount);
        self.set_async(index, sum).await
    }

    /// All numbers, in one copy.
    ///
    /// # Errors
    /// As [`Array::lock`].
    pub fn to_vec(&self) -> Result<Vec<T>, Error> {
        Ok(self.lock()?.to_vec())
    }

    /// [`Array::to_vec`] for the page.
    ///
    /// # Errors
    /// As [`Array::lock_async`].
    pub async fn to_vec_async(&self) -> Result<Vec<T>, Error> {
        Ok(self.lock_async().await?.to_vec())
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
