//! `Barrier`.

use super::{Condition, microseconds};
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        current,
        hold::Hold,
        object::Kind,
    },
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Words: how many are there, and the state (as in `threading.Barrier`).
const COUNT: u32 = 0;
const STATE: u32 = 4;

const FILLING: u32 = 0;
const DRAINING: u32 = 1;
const RESETTING: u32 = 2;
const BROKEN: u32 = 3;

/// A meeting point of so many processes (Python's `multiprocessing.Barrier`):
/// all wait until the last has come.
///
/// The action is given to [`Barrier::wait_then`] and runs in one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Barrier {
    parties: u32,
    condition: Condition,
    words: Hold,
}

impl Barrier {
    /// A barrier for so many.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0, [`Error::NotIsolated`],
    /// [`Error::MemoryError`].
    pub fn new(parties: u32) -> Result<Barrier, Error> {
        if parties == 0 {
            return Err(Error::ValueError("parties must be > 0".into()));
        }
        Ok(Barrier {
            parties,
            condition: Condition::new()?,
            words: Hold::create(Kind::Words, 8)?,
        })
    }

    fn get(&self, word: u32) -> u32 {
        Arena.load(self.words.at(word))
    }

    fn set(&self, word: u32, value: u32) {
        Arena.store(self.words.at(word), value);
    }

    /// Waits for the others; the number of this one, from 0, in the order in
    /// which they came.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`] when it is broken, or breaks;
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<u32, Error> {
        self.wait_then(None, || ())
    }

    /// [`Barrier::wait`] for at most so long: then it breaks, for all.
    ///
    /// # Errors
    /// As [`Barrier::wait`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<u32, Error> {
        self.wait_then(Some(timeout), || ())
    }

    /// Waits for the others; in the last to come, `action` runs before any goes
    /// on.
    ///
    /// # Errors
    /// As [`Barrier::wait`].
    pub fn wait_then(
        &self,
        timeout: Option<Duration>,
        action: impl FnOnce(),
    ) -> Result<u32, Error> {
        let deadline = timeout.map(|timeout| current::now_us() + microseconds(timeout));
        let left = || {
            deadline.map(|deadline| {
                let left = (deadline - current::now_us()).max(0.0);
                Duration::from_nanos((left * 1e3) as u64)
            })
        };
        let _lock = self.condition.lock()?;
        // Those of the last meeting leave first.
        let open = || !matches!(self.get(STATE), DRAINING | RESETTING);
        self.condition.wait_for(open, None)?;
        if self.get(STATE) == BROKEN {
            return Err(Error::BrokenBarrierError);
        }
        let number = self.get(COUNT);
        self.set(COUNT, number + 1);
        let met = if number + 1 == self.parties {
            action();
            self.set(STATE, DRAINING);
            self.condition.notify_all()?;
            Ok(())
        } else {
            let moved = self
                .condition
                .wait_for(|| self.get(STATE) != FILLING, left());
            match moved {
                Ok(true) if self.get(STATE) == DRAINING => Ok(()),
                Ok(true) => Err(Error::BrokenBarrierError),
                Ok(false) => {
                    self.break_it()?;
                    Err(Error::BrokenBarrierError)
                }
                Err(error) => {
                    let _ = self.break_it();
                    Err(error)
                }
            }
        };
        let count = self.get(COUNT) - 1;
        self.set(COUNT, count);
        if count == 0 && matches!(self.get(STATE), DRAINING | RESETTING) {
            self.set(STATE, FILLING);
            self.condition.notify_all()?;
        }
        met.map(|()| number)
    }

    fn break_it(&self) -> Result<(), Error> {
        self.set(STATE, BROKEN);
        self.condition.notify_all()
    }

    /// Makes it new; who waits gets [`Error::BrokenBarrierError`].
    ///
    /// # Errors
    /// [`Error::OwnerDied`], [`Error::BlockingOnPage`].
    pub fn reset(&self) -> Result<(), Error> {
        let _lock = self.condition.lock()?;
        if self.get(COUNT) == 0 {
            self.set(STATE, FILLING);
        } else if self.get(STATE) != DRAINING {
            self.set(STATE, RESETTING);
        }
        self.condition.notify_all()
    }

    /// Breaks it, for all who wait and will wait.
    ///
    /// # Errors
    /// As [`Barrier::reset`].
    pub fn abort(&self) -> Result<(), Error> {
        let _lock = self.condition.lock()?;
        self.break_it()
    }

    /// How many it is for.
    pub fn parties(&self) -> u32 {
        self.parties
    }

    /// How many wait at this moment.
    pub fn n_waiting(&self) -> u32 {
        if self.get(STATE) == FILLING {
            self.get(COUNT)
        } else {
            0
        }
    }

    /// Is it broken?
    pub fn broken(&self) -> bool {
        self.get(STATE) == BROKEN
    }
}
