//! `Barrier`.
//!
//! This module must not import the other primitives.

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking, current,
        function::Function,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        wait::{Arm, Step, change, owned},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The offsets of the barrier's words: the process that runs the action (an owned word,
/// as in a lock), and the state of the current generation. A generation is one use of the
/// barrier. It ends when all processes have arrived, or when a broken barrier is reset.
const ACTION_OWNER: u32 = 0;
const STATE: u32 = 4;

/// The parts of the word [`STATE`], from bit 0: the number of processes that have arrived
/// (10 bits); a flag that this generation is broken; a flag that a process may be
/// sleeping; one bit for each of the last 8 generations, set if that generation failed
/// (the lowest bit is the last one); the number of the generation, which wraps around.
const COUNT: u32 = (1 << 10) - 1;
const BROKEN: u32 = 1 << 10;
const SLEEPERS: u32 = 1 << 11;
const LAST_FAILED: u32 = 1 << 12;
const FAILED_BITS: u32 = 8;
const ONE_GENERATION: u32 = LAST_FAILED << FAILED_BITS;

/// A barrier (Python's `multiprocessing.Barrier`): each process that calls
/// [`Barrier::wait`] waits until `parties` processes have called it. Then all go on, and
/// the barrier can be used again.
///
/// ```no_run
/// use manyhands::{Barrier, Error, println};
///
/// fn race() -> Result<Barrier, Error> {
///     Ok(Barrier::new(3)?.with_action(|| println!("go!")))
/// }
/// ```
///
/// A process that dies while it waits still counts as arrived, so the others go on. If a
/// process dies before it calls `wait`, the others wait for ever, as in Python. Set a
/// time-out against this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "=")]
pub struct Barrier {
    parties: u32,
    action: Option<Function>,
    timeout: Option<Duration>,
    words: ObjectOf<{ Kind::Barrier.bit() }>,
}

/// The arrival of one process: its index in the order of arrival, and the number of the
/// generation.
#[derive(Clone, Copy)]
struct Arrival {
    index: u32,
    generation: u32,
}

/// A wait in an `async` function. If it is dropped after the arrival, the barrier is
/// broken.
struct AsyncWait<'a> {
    barrier: &'a Barrier,
    arrived: Option<Arrival>,
}

impl Drop for AsyncWait<'_> {
    fn drop(&mut self) {
        if self.arrived.is_some() {
            let _ = self.barrier.finish_wait(self.arrived, Ok(None));
        }
    }
}

impl Barrier {
    /// A barrier for `parties` processes.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0 or more than 1023, [`Error::NotIsolated`],
    /// [`Error::MemoryError`].
    pub fn new(parties: u32) -> Result<Barrier, Error> {
        if !(1..=COUNT).contains(&parties) {
            return Err(Error::ValueError(format!(
                "parties must be > 0 and at most {COUNT}"
            )));
        }
        Ok(Barrier {
            parties,
            action: None,
            timeout: None,
            words: ObjectOf::new(ObjectRef::create(Kind::Barrier, 8)?),
        })
    }

    /// Adds a function that the last process to arrive calls before any process goes on
    /// (Python's `action`). The function captures nothing. If the process dies in it, the
    /// barrier is broken.
    #[must_use]
    pub fn with_action(self, action: fn()) -> Barrier {
        Barrier {
            action: Some(Function::new(action)),
            ..self
        }
    }

    /// Sets the time-out of every [`Barrier::wait`] (Python's `timeout`).
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Barrier {
        Barrier {
            timeout: Some(timeout),
            ..self
        }
    }

    fn get(&self, word: u32) -> u32 {
        Arena.load(self.words.at(word))
    }

    fn action_owner_died(&self) -> bool {
        self.get(ACTION_OWNER) & owned::DEAD != 0
    }

    /// Changes the state from `seen` to `to`. Returns whether it was still `seen`.
    fn replace_state(&self, seen: u32, to: u32) -> bool {
        let at = self.words.at(STATE);
        let seen = seen & !SLEEPERS;
        change(&Arena, at, SLEEPERS, |now| (now == seen).then_some(to)).is_ok()
    }

    /// Waits until the state changes or, when all have arrived, until the process that
    /// runs the action has finished or died.
    fn wait_for_change<T>(&self, seen: u32, owner: u32) -> Step<T> {
        if seen & COUNT == self.parties && owner != 0 {
            // The death of that process changes only this word.
            return Step::Wait {
                at: self.words.at(ACTION_OWNER),
                seen: owner,
                arm: Arm::Owned,
            };
        }
        Step::Wait {
            at: self.words.at(STATE),
            seen,
            arm: Arm::Bit(SLEEPERS),
        }
    }

    /// The state at the beginning of the next generation. `failed` says how this one
    /// ended.
    fn next_generation(seen: u32, failed: bool) -> u32 {
        let number = (seen & !(ONE_GENERATION - 1)).wrapping_add(ONE_GENERATION);
        let before = (seen & (ONE_GENERATION - LAST_FAILED)) << 1 & (ONE_GENERATION - LAST_FAILED);
        number | before | if failed { LAST_FAILED } else { 0 }
    }

    /// Arrives at the barrier. Returns the index of this process and, unless it was the
    /// last to arrive, the arrival whose generation it must wait for.
    fn arrive(&self) -> Step<Result<(u32, Option<Arrival>), Error>> {
        loop {
            let seen = self.get(STATE);
            let owner = self.get(ACTION_OWNER);
            let (index, generation) = (seen & COUNT, seen / ONE_GENERATION);
            if seen & BROKEN != 0 || owner & owned::DEAD != 0 {
                return Step::Ready(Err(Error::BrokenBarrierError));
            }
            if index == self.parties {
                // The action of the previous generation is still running.
                return self.wait_for_change(seen, owner);
            }
            let last = index + 1 == self.parties;
            match self.action {
                _ if !last => {
                    if self.replace_state(seen, (seen & !SLEEPERS) + 1) {
                        let arrival = Arrival { index, generation };
                        return Step::Ready(Ok((index, Some(arrival))));
                    }
                }
                None => {
                    if self.replace_state(seen, Self::next_generation(seen, false)) {
                        return Step::Ready(Ok((index, None)));
                    }
                }
                Some(action) => {
                    let owner = self.words.at(ACTION_OWNER);
                    if Arena.compare_exchange(owner, 0, current::pid()) != 0 {
                        continue;
                    }
                    let full = (seen & !SLEEPERS) + 1;
                    let arrived = self.replace_state(seen, full);
                    let mut passed = false;
                    if arrived {
                        action.call();
                        // This fails if the barrier was broken or reset meanwhile.
                        passed = self.replace_state(full, Self::next_generation(full, false));
                    }
                    // Cleared last, so that a process that sees that all have arrived
                    // also sees which process runs the action.
                    let _ = change(&Arena, owner, owned::SLEEPERS, |_| Some(0));
                    if arrived {
                        let passed = passed.then_some((index, None));
                        return Step::Ready(passed.ok_or(Error::BrokenBarrierError));
                    }
                }
            }
        }
    }

    /// How the generation of an arrival ended: ready with the index of the process or an
    /// error as soon as the generation is over.
    fn outcome(&self, arrival: Arrival) -> Step<Result<u32, Error>> {
        let seen = self.get(STATE);
        let owner = self.get(ACTION_OWNER);
        let Arrival { index, generation } = arrival;
        let generations_later =
            (seen / ONE_GENERATION).wrapping_sub(generation) % (u32::MAX / ONE_GENERATION + 1);
        let succeeded = if generations_later > 0 {
            generations_later > FAILED_BITS
                || ((seen / LAST_FAILED) >> (generations_later - 1)) & 1 == 0
        } else if seen & BROKEN == 0 && owner & owned::DEAD == 0 {
            return self.wait_for_change(seen, owner);
        } else {
            false
        };
        let index = succeeded.then_some(index);
        Step::Ready(index.ok_or(Error::BrokenBarrierError))
    }

    /// One step of [`Barrier::wait`]: arrives if this process has not arrived yet, and
    /// checks whether the generation is over.
    fn step(&self, arrived: &mut Option<Arrival>) -> Step<Result<u32, Error>> {
        let arrival = match *arrived {
            Some(arrival) => arrival,
            None => match self.arrive() {
                Step::Ready(Ok((_, Some(arrival)))) => *arrived.insert(arrival),
                Step::Ready(Ok((index, None))) => return Step::Ready(Ok(index)),
                Step::Ready(Err(error)) => return Step::Ready(Err(error)),
                Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
            },
        };
        self.outcome(arrival)
    }

    /// Waits until all parties have arrived. Returns the index of this process, from 0,
    /// in the order of arrival.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`] when the barrier is broken, or breaks during the
    /// wait: it was aborted or reset, a time-out passed, or a process died in the action.
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<u32, Error> {
        self.wait_within("Barrier::wait", "Barrier::wait_async", self.timeout)
    }

    /// Like [`Barrier::wait`], but breaks the barrier for all parties when `timeout` has
    /// passed.
    ///
    /// # Errors
    /// As [`Barrier::wait`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<u32, Error> {
        let call = "Barrier::wait_timeout";
        self.wait_within(call, "Barrier::wait_timeout_async", Some(timeout))
    }

    fn wait_within(
        &self,
        call: &'static str,
        instead: &'static str,
        timeout: Option<Duration>,
    ) -> Result<u32, Error> {
        let time = timeout.map(microseconds);
        let mut arrived = None;
        let waited = blocking::wait(call, instead, time, || self.step(&mut arrived));
        self.finish_wait(arrived, waited)
    }

    /// [`Barrier::wait`] for the page. If the future is dropped before it is ready, the
    /// barrier is broken, as by a time-out.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`].
    pub async fn wait_async(&self) -> Result<u32, Error> {
        self.wait_within_async(self.timeout).await
    }

    /// [`Barrier::wait_timeout`] for the page.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`].
    pub async fn wait_timeout_async(&self, timeout: Duration) -> Result<u32, Error> {
        self.wait_within_async(Some(timeout)).await
    }

    async fn wait_within_async(&self, timeout: Option<Duration>) -> Result<u32, Error> {
        let mut wait = AsyncWait {
            barrier: self,
            arrived: None,
        };
        let time = timeout.map(microseconds);
        let waited = host::wait_async(time, || self.step(&mut wait.arrived)).await;
        self.finish_wait(wait.arrived.take(), Ok(waited))
    }

    /// Ends a wait. If the wait stopped early (by a time-out or an error), breaks the
    /// barrier, unless the generation was completed at the last moment.
    fn finish_wait(
        &self,
        arrived: Option<Arrival>,
        waited: Result<Option<Result<u32, Error>>, Error>,
    ) -> Result<u32, Error> {
        if let Ok(Some(passed)) = waited {
            return passed;
        }
        let is_same =
            |now: u32| arrived.is_none_or(|arrival| arrival.generation == now / ONE_GENERATION);
        let at = self.words.at(STATE);
        let broken = change(&Arena, at, SLEEPERS, |now| {
            is_same(now).then_some(now | BROKEN)
        });
        waited?;
        match arrived.map(|arrival| self.outcome(arrival)) {
            Some(Step::Ready(passed)) if broken.is_err() => passed,
            _ => Err(Error::BrokenBarrierError),
        }
    }

    /// Resets the barrier so that it can be used again. Processes that are waiting get
    /// [`Error::BrokenBarrierError`].
    pub fn reset(&self) {
        let owner = self.words.at(ACTION_OWNER);
        let word = Arena.load(owner);
        if word & owned::DEAD != 0 {
            Arena.compare_exchange(owner, word, 0);
        }
        loop {
            let seen = self.get(STATE);
            if seen & (COUNT | BROKEN) == 0 {
                return;
            }
            if self.replace_state(seen, Self::next_generation(seen, true)) {
                return;
            }
        }
    }

    /// Breaks the barrier: waiting processes, and later calls of [`Barrier::wait`], get
    /// [`Error::BrokenBarrierError`] until it is reset.
    pub fn abort(&self) {
        let at = self.words.at(STATE);
        let _ = change(&Arena, at, SLEEPERS, |now| Some(now | BROKEN));
    }

    /// The number of processes that must arrive.
    pub fn parties(&self) -> u32 {
        self.parties
    }

    /// The number of processes that wait at this moment; 0 while the barrier is broken.
    pub fn n_waiting(&self) -> u32 {
        let seen = self.get(STATE);
        if seen & BROKEN == 0 { seen & COUNT } else { 0 }
    }

    /// Whether the barrier is broken.
    pub fn broken(&self) -> bool {
        self.get(STATE) & BROKEN != 0 || self.action_owner_died()
    }
}
