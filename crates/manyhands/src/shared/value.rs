//! `Value`.
//!
//! This module must not import arrays or shared memory.

use super::{
    element::{Element, Integer},
    raw::RawValue,
};
use crate::{
    Error,
    sync::{RLock, RLockGuard},
};
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// A number in shared memory with an [`RLock`] (Python's
/// `multiprocessing.Value`).
///
/// Each [`Value::get`] and each [`Value::set`] acquires the lock for itself. Python's
/// `value += 1` is one of each ([`Value::add`]), so it is *not* one atomic step, here or
/// in Python: another process may store between the two, and its update is lost. To
/// avoid this, keep the lock over both:
///
/// ```no_run
/// use manyhands::{Error, Process, Value};
///
/// fn count(value: Value<i32>) {
///     for _ in 0..10_000 {
///         *value.lock().unwrap() += 1;
///     }
/// }
///
/// fn main_program() -> Result<i32, Error> {
///     let value = Value::new(0)?;
///     let two: Vec<_> = (0..2)
///         .map(|_| Process::spawn(count, value.clone()))
///         .collect::<Result<_, _>>()?;
///     for process in two {
///         process.join()?;
///     }
///     value.get() // 20 000
/// }
/// ```
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Element")]
#[serde(rename = "=")]
pub struct Value<T> {
    raw: RawValue<T>,
    lock: RLock,
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Value {
            raw: self.raw.clone(),
            lock: self.lock.clone(),
        }
    }
}

impl<T: Element> Value<T> {
    /// A shared number with a new lock.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(value: T) -> Result<Value<T>, Error> {
        Value::with_lock(value, RLock::new()?)
    }

    /// A shared number with an existing lock (Python's `Value(…, lock=lock)`).
    ///
    /// # Errors
    /// As [`Value::new`].
    pub fn with_lock(value: T, lock: RLock) -> Result<Value<T>, Error> {
        let raw = RawValue::new(value)?;
        Ok(Value { raw, lock })
    }

    /// Its lock.
    pub fn get_lock(&self) -> &RLock {
        &self.lock
    }

    /// The number without the lock (Python's `get_obj`).
    pub fn get_obj(&self) -> &RawValue<T> {
        &self.raw
    }

    /// Acquires the lock. The guard gives access to a copy of the number, which is stored
    /// when the guard is dropped.
    ///
    /// # Errors
    /// As [`RLock::acquire`].
    pub fn lock(&self) -> Result<ValueGuard<'_, T>, Error> {
        Ok(self.guard(self.lock.lock()?))
    }

    /// [`Value::lock`] for the page.
    ///
    /// # Errors
    /// As [`RLock::acquire_async`].
    pub async fn lock_async(&self) -> Result<ValueGuard<'_, T>, Error> {
        Ok(self.guard(self.lock.lock_async().await?))
    }

    fn guard<'a>(&'a self, lock: RLockGuard<'a>) -> ValueGuard<'a, T> {
        ValueGuard {
            raw: &self.raw,
            value: self.raw.get_locked(),
            _lock: lock,
        }
    }

    /// Loads the number with the lock held (Python's `.value`).
    ///
    /// # Errors
    /// As [`Value::lock`].
    pub fn get(&self) -> Result<T, Error> {
        let _lock = self.lock.lock()?;
        Ok(self.raw.get())
    }

    /// [`Value::get`] for the page.
    ///
    /// # Errors
    /// As [`Value::lock_async`].
    pub async fn get_async(&self) -> Result<T, Error> {
        let _lock = self.lock.lock_async().await?;
        Ok(self.raw.get())
    }

    /// Stores a number with the lock held.
    ///
    /// # Errors
    /// As [`Value::lock`].
    pub fn set(&self, value: T) -> Result<(), Error> {
        let _lock = self.lock.lock()?;
        self.raw.set(value);
        Ok(())
    }

    /// [`Value::set`] for the page.
    ///
    /// # Errors
    /// As [`Value::lock_async`].
    pub async fn set_async(&self, value: T) -> Result<(), Error> {
        let _lock = self.lock.lock_async().await?;
        self.raw.set(value);
        Ok(())
    }

    /// Does what `value += amount` does in Python: acquires the lock to load, releases it,
    /// adds, and acquires it again to store. Two processes that do this at the same time
    /// can lose updates.
    ///
    /// # Errors
    /// As [`Value::lock`].
    pub fn add(&self, amount: T) -> Result<(), Error> {
        self.set(self.get()?.plus(amount))
    }

    /// [`Value::add`] for the page.
    ///
    /// # Errors
    /// As [`Value::lock_async`].
    pub async fn add_async(&self, amount: T) -> Result<(), Error> {
        let sum = self.get_async().await?.plus(amount);
        self.set_async(sum).await
    }

    /// Adds in one atomic step, without the lock; returns the number as it was before. Not
    /// in Python.
    pub fn fetch_add(&self, amount: T) -> T {
        self.raw.fetch_add(amount)
    }
}

impl<T: Integer> Value<T> {
    /// Stores the low bits of a number with the lock held, as Python does with a number
    /// that does not fit: 200 in an `i8` is −56.
    ///
    /// # Errors
    /// As [`Value::lock`].
    pub fn set_wrapping(&self, number: i64) -> Result<(), Error> {
        self.set(T::wrap(number))
    }

    /// [`Value::set_wrapping`] for the page.
    ///
    /// # Errors
    /// As [`Value::lock_async`].
    pub async fn set_wrapping_async(&self, number: i64) -> Result<(), Error> {
        self.set_async(T::wrap(number)).await
    }
}

/// A copy of the number while the lock is held. Dropping it stores the copy and releases
/// the lock.
#[derive(Debug)]
pub struct ValueGuard<'a, T: Element> {
    raw: &'a RawValue<T>,
    value: T,
    _lock: RLockGuard<'a>,
}

impl<T: Element> Deref for ValueGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Element> DerefMut for ValueGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: Element> Drop for ValueGuard<'_, T> {
    fn drop(&mut self) {
        self.raw.set_locked(self.value);
    }
}
