//! `Semaphore` and `BoundedSemaphore`.

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
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Words: how many permits there are, whether somebody sleeps for one, how
/// many there may be.
const VALUE: u32 = 0;
const BOUND: u32 = 4;
/// In the value: somebody may sleep until there is one.
const SLEEPERS: u32 = 1 << 31;
/// The most permits there can be, as in Python (`SEM_VALUE_MAX`).
const MOST: u32 = SLEEPERS - 1;

/// A count of permits (Python's `multiprocessing.Semaphore`). Permits have no
/// owner: those that a dead process had taken are not given back, because
/// nobody can know whether it would have; a guard of another process, or the
/// dead one's parent, can release in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "OfKind", into = "OfKind")]
pub struct Semaphore(ObjectRef);

/// A bounded semaphore is a semaphore, too; not the other way round.
type OfKind = ObjectOf<{ Kind::Semaphore.bit() | Kind::BoundedSemaphore.bit() }>;

impl From<OfKind> for Semaphore {
    fn from(semaphore: OfKind) -> Semaphore {
        Semaphore(semaphore.into_object_ref())
    }
}

impl From<Semaphore> for OfKind {
    fn from(semaphore: Semaphore) -> OfKind {
        ObjectOf::new(semaphore.0)
    }
}

impl Semaphore {
    /// A semaphore with so many permits.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(value: u32) -> Result<Semaphore, Error> {
        Semaphore::of_kind(Kind::Semaphore, value, MOST)
    }

    fn of_kind(kind: Kind, value: u32, bound: u32) -> Result<Semaphore, Error> {
        if value > MOST {
            return Err(Error::ValueError(format!(
                "a semaphore's initial value must be at most {MOST}"
            )));
        }
        let object = ObjectRef::create(kind, 8)?;
        Arena.store(object.at(VALUE), value);
        Arena.store(object.at(BOUND), bound);
        Ok(Semaphore(object))
    }

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

    /// Takes a permit; waits for one.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn acquire(&self) -> Result<(), Error> {
        let call = "Semaphore::acquire";
        blocking::wait(call, "Semaphore::acquire_async", None, || self.step())?;
        Ok(())
    }

    /// [`Semaphore::acquire`], but `false` if none came within `timeout`.
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<bool, Error> {
        let call = "Semaphore::acquire_timeout";
        let time = Some(microseconds(timeout));
        let taken = blocking::wait(call, "Semaphore::acquire_async", time, || self.step())?;
        Ok(taken.is_some())
    }

    /// Takes a permit if there is one now; did it?
    pub fn try_acquire(&self) -> bool {
        blocking::check_signal();
        matches!(self.step(), Step::Ready(()))
    }

    /// [`Semaphore::acquire`] for the page.
    pub async fn acquire_async(&self) {
        host::wait_async(None, || self.step()).await;
    }

    /// Gives a permit.
    ///
    /// # Errors
    /// [`Error::ValueError`] when a [`BoundedSemaphore`] has all of its own, or
    /// any has 2 147 483 647.
    pub fn release(&self) -> Result<(), Error> {
        let bound = Arena.load(self.0.at(BOUND));
        let one_more = |value| (value < bound).then_some(value + 1);
        change(&Arena, self.0.at(VALUE), SLEEPERS, one_more)
            .map_err(|_| Error::ValueError("semaphore or lock released too many times".into()))?;
        record::trace_op(Op::Release, self.0.at(VALUE), 0);
        Ok(())
    }

    /// How many permits there are at this moment (Python's `get_value`).
    pub fn get_value(&self) -> u32 {
        Arena.load(self.0.at(VALUE)) & !SLEEPERS
    }

    /// Is there none at this moment?
    pub fn locked(&self) -> bool {
        self.get_value() == 0
    }
}

/// A [`Semaphore`] that never has more permits than at first (Python's
/// `BoundedSemaphore`): to release what was not taken is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "OfBoundedKind", into = "OfBoundedKind")]
pub struct BoundedSemaphore(Semaphore);

type OfBoundedKind = ObjectOf<{ Kind::BoundedSemaphore.bit() }>;

impl From<OfBoundedKind> for BoundedSemaphore {
    fn from(semaphore: OfBoundedKind) -> BoundedSemaphore {
        BoundedSemaphore(Semaphore(semaphore.into_object_ref()))
    }
}

impl From<BoundedSemaphore> for OfBoundedKind {
    fn from(semaphore: BoundedSemaphore) -> OfBoundedKind {
        ObjectOf::new(semaphore.0.0)
    }
}

impl BoundedSemaphore {
    /// A semaphore with so many permits.
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
