//! `Semaphore` and `BoundedSemaphore`.
//!
//! This module must not import the other primitives.

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        record,
        trace::Op,
        wait::{Arm, Step, change},
    },
    observe::ObjectId,
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The offsets of the semaphore's words: the number of permits with the flag
/// [`SLEEPERS`], and the largest number of permits that is allowed.
const VALUE: u32 = 0;
const BOUND: u32 = 4;
/// Flag in the word [`VALUE`]: a process may be sleeping until there is a permit.
const SLEEPERS: u32 = 1 << 31;
/// The largest number of permits, as in Python (`SEM_VALUE_MAX`).
const MAX_VALUE: u32 = SLEEPERS - 1;

/// A number of permits that processes acquire and release (Python's
/// `multiprocessing.Semaphore`). Permits have no owner. If a process dies after it has
/// acquired a permit, the permit stays taken, because the semaphore cannot know whether
/// the process would have released it. Another process, such as the parent, can release
/// it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "SemaphoreObject", into = "SemaphoreObject")]
pub struct Semaphore(ObjectRef);

/// A bounded semaphore can be received as a semaphore, but not the other way round.
type SemaphoreObject = ObjectOf<{ Kind::Semaphore.bit() | Kind::BoundedSemaphore.bit() }>;

impl From<SemaphoreObject> for Semaphore {
    fn from(semaphore: SemaphoreObject) -> Semaphore {
        Semaphore(semaphore.into_object_ref())
    }
}

impl From<Semaphore> for SemaphoreObject {
    fn from(semaphore: Semaphore) -> SemaphoreObject {
        ObjectOf::new(semaphore.0)
    }
}

impl Semaphore {
    /// A semaphore with `value` permits.
    ///
    /// # Errors
    /// [`Error::ValueError`] for more than 2 147 483 647 permits,
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(value: u32) -> Result<Semaphore, Error> {
        Semaphore::of_kind(Kind::Semaphore, value, MAX_VALUE)
    }

    fn of_kind(kind: Kind, value: u32, bound: u32) -> Result<Semaphore, Error> {
        if value > MAX_VALUE {
            return Err(Error::ValueError(format!(
                "a semaphore's initial value must be at most {MAX_VALUE}"
            )));
        }
        let object = ObjectRef::create(kind, 8)?;
        Arena.store(object.at(VALUE), value);
        Arena.store(object.at(BOUND), bound);
        Ok(Semaphore(object))
    }

    /// One step of acquiring a permit: ready when there was one.
    fn step(&self) -> Step<()> {
        let at = self.0.at(VALUE);
        let mut seen = Arena.load(at);
        while seen & !SLEEPERS != 0 {
            match Arena.compare_exchange(at, seen, seen - 1) {
                old if old == seen => {
                    record::trace_op(Op::Acquire, at, 0);
                    return Step::Ready(());
                }
                old => seen = old,
            }
        }
        Step::Wait {
            at,
            seen,
            arm: Arm::Bit(SLEEPERS),
        }
    }

    /// Acquires a permit. Waits until there is one.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn acquire(&self) -> Result<(), Error> {
        let call = "Semaphore::acquire";
        blocking::wait(call, "Semaphore::acquire_async", None, || self.step())?;
        Ok(())
    }

    /// Like [`Semaphore::acquire`], but returns `false` if there is no permit within
    /// `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let call = "Semaphore::acquire_timeout";
        let time = Some(microseconds(timeout));
        let instead = "Semaphore::acquire_timeout_async";
        let taken = blocking::wait(call, instead, time, || self.step())?;
        Ok(taken.is_some())
    }

    /// Acquires a permit if there is one, without waiting. Returns whether it acquired
    /// one.
    pub fn try_acquire(&self) -> bool {
        blocking::check_signal();
        matches!(self.step(), Step::Ready(()))
    }

    /// [`Semaphore::acquire`] for the page.
    pub async fn acquire_async(&self) {
        host::wait_async(None, || self.step()).await;
    }

    /// [`Semaphore::acquire_timeout`] for the page.
    pub async fn acquire_timeout_async(&self, timeout: Duration) -> bool {
        let time = Some(microseconds(timeout));
        host::wait_async(time, || self.step()).await.is_some()
    }

    /// Releases a permit.
    ///
    /// # Errors
    /// [`Error::ValueError`] when a [`BoundedSemaphore`] has all of its permits already,
    /// or a [`Semaphore`] has 2 147 483 647.
    pub fn release(&self) -> Result<(), Error> {
        let bound = Arena.load(self.0.at(BOUND));
        let one_more = |value| (value < bound).then_some(value + 1);
        change(&Arena, self.0.at(VALUE), SLEEPERS, one_more)
            .map_err(|_| Error::ValueError("semaphore or lock released too many times".into()))?;
        record::trace_op(Op::Release, self.0.at(VALUE), 0);
        Ok(())
    }

    /// The number of free permits at this moment (Python's `get_value`).
    pub fn get_value(&self) -> u32 {
        Arena.load(self.0.at(VALUE)) & !SLEEPERS
    }

    /// Which object it is.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(self.0.handle())
    }

    /// Whether there is no free permit at this moment.
    pub fn locked(&self) -> bool {
        self.get_value() == 0
    }
}

/// A [`Semaphore`] that never has more permits than it was made with (Python's
/// `BoundedSemaphore`). Releasing more permits than were acquired is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "BoundedSemaphoreObject", into = "BoundedSemaphoreObject")]
pub struct BoundedSemaphore(Semaphore);

type BoundedSemaphoreObject = ObjectOf<{ Kind::BoundedSemaphore.bit() }>;

impl From<BoundedSemaphoreObject> for BoundedSemaphore {
    fn from(semaphore: BoundedSemaphoreObject) -> BoundedSemaphore {
        BoundedSemaphore(Semaphore(semaphore.into_object_ref()))
    }
}

impl From<BoundedSemaphore> for BoundedSemaphoreObject {
    fn from(semaphore: BoundedSemaphore) -> BoundedSemaphoreObject {
        ObjectOf::new(semaphore.0.0)
    }
}

impl BoundedSemaphore {
    /// A semaphore with `value` permits, which is also its limit.
    ///
    /// # Errors
    /// As [`Semaphore::new`].
    pub fn new(value: u32) -> Result<BoundedSemaphore, Error> {
        let semaphore = Semaphore::of_kind(Kind::BoundedSemaphore, value, value)?;
        Ok(BoundedSemaphore(semaphore))
    }
}

impl std::ops::Deref for BoundedSemaphore {
    type Target = Semaphore;

    fn deref(&self) -> &Semaphore {
        &self.0
    }
}
