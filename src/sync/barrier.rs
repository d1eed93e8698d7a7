//! `Barrier`.

use super::{Condition, RLockGuard, microseconds};
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

/// Words: how many are there, whether it is broken, how many meetings came to
/// their end, and which of the last 32 were reset (a bit for each).
const COUNT: u32 = 0;
const STATE: u32 = 4;
const MEETINGS: u32 = 8;
const RESETS: u32 = 12;

const WHOLE: u32 = 0;
const BROKEN: u32 = 1;

/// A meeting point of so many processes (Python's `multiprocessing.Barrier`):
/// all wait until the last has come.
///
/// The action is given to [`Barrier::wait_then`] and runs in one of them.
///
/// Differences from Python, on purpose: a process that dies in the middle of a
/// call breaks the barrier, and one that dies while it waits only counts as
/// there until that meeting ends or [`Barrier::reset`]. (In Python both may make
/// all others wait for ever.)
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
            words: Hold::create(Kind::Words, 16)?,
        })
    }

    fn get(&self, word: u32) -> u32 {
        Arena.load(self.words.at(word))
    }

    fn set(&self, word: u32, value: u32) {
        Arena.store(self.words.at(word), value);
    }

    /// Takes the lock; from a dead owner, too, which breaks the barrier.
    fn enter(&self) -> Result<RLockGuard<'_>, Error> {
        loop {
            match self.condition.lock() {
                Err(Error::OwnerDied { .. }) if self.condition.recover() => {
                    // It has it already, and gives that back.
                    let lock = self.condition.lock();
                    self.condition.release()?;
                    self.break_it()?;
                    return lock;
                }
                // Somebody else recovered it first.
                Err(Error::OwnerDied { .. }) => {}
                other => return other,
            }
        }
    }

    /// Ends this meeting: all that wait go on.
    fn end(&self, reset: bool) -> Result<(), Error> {
        let meeting = self.get(MEETINGS);
        let others = self.get(RESETS) & !Barrier::bit(meeting);
        let own = if reset { Barrier::bit(meeting) } else { 0 };
        self.set(RESETS, others | own);
        self.set(COUNT, 0);
        self.set(MEETINGS, meeting.wrapping_add(1));
        self.condition.notify_all()
    }

    fn bit(meeting: u32) -> u32 {
        1 << (meeting % 32)
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
        let _lock = self.enter()?;
        if self.get(STATE) == BROKEN {
            return Err(Error::BrokenBarrierError);
        }
        let meeting = self.get(MEETINGS);
        let number = self.get(COUNT);
        self.set(COUNT, number + 1);
        if number + 1 == self.parties {
            action();
            self.end(false)?;
            return Ok(number);
        }
        let ended = || self.get(MEETINGS) != meeting;
        let over = || ended() || self.get(STATE) == BROKEN;
        match self.condition.wait_for(over, left()) {
            Ok(true) if ended() && self.get(RESETS) & Barrier::bit(meeting) == 0 => Ok(number),
            Ok(true) => Err(Error::BrokenBarrierError),
            Ok(false) => {
                self.break_it()?;
                Err(Error::BrokenBarrierError)
            }
            Err(Error::OwnerDied { .. }) => {
                // Breaks it, if nobody else has.
                drop(self.enter()?);
                Err(Error::BrokenBarrierError)
            }
            Err(error) => {
                let _ = self.break_it();
                Err(error)
            }
        }
    }

    fn break_it(&self) -> Result<(), Error> {
        self.set(STATE, BROKEN);
        self.condition.notify_all()
    }

    /// Makes it new; who waits gets [`Error::BrokenBarrierError`].
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn reset(&self) -> Result<(), Error> {
        let _lock = self.enter()?;
        self.set(STATE, WHOLE);
        self.end(true)
    }

    /// Breaks it, for all who wait and will wait.
    ///
    /// # Errors
    /// As [`Barrier::reset`].
    pub fn abort(&self) -> Result<(), Error> {
        let _lock = self.enter()?;
        self.break_it()
    }

    /// How many it is for.
    pub fn parties(&self) -> u32 {
        self.parties
    }

    /// How many wait at this moment.
    pub fn n_waiting(&self) -> u32 {
        if self.get(STATE) == WHOLE {
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
