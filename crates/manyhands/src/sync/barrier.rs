//! `Barrier`.

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

/// Words: who runs the action, and the meeting.
const ACTOR: u32 = 0;
const MEETING: u32 = 4;

/// In the meeting's word, from the low end: how many have come, two flags,
/// which of the last 8 meetings failed (the last one lowest), the meeting's
/// number, which wraps.
const COUNT: u32 = (1 << 10) - 1;
const BROKEN: u32 = 1 << 10;
const SLEEPERS: u32 = 1 << 11;
const FAILED: u32 = 1 << 12;
const FAILED_BITS: u32 = 8;
const ONE: u32 = FAILED << FAILED_BITS;

/// A meeting point of so many processes (Python's `multiprocessing.Barrier`):
/// all wait until the last has come, then a new meeting begins.
///
/// ```no_run
/// use manyhands::{Barrier, Error, println};
///
/// fn race() -> Result<Barrier, Error> {
///     Ok(Barrier::new(3)?.with_action(|| println!("go!")))
/// }
/// ```
///
/// A process that died while it waited has come: the others meet without it.
/// One that dies before it comes is waited for, as in Python: give a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Barrier {
    parties: u32,
    action: Option<Function>,
    timeout: Option<Duration>,
    words: ObjectOf<{ Kind::Barrier.bit() }>,
}

/// Who has come: its number, and the meeting's.
#[derive(Clone, Copy)]
struct Arrival {
    number: u32,
    meeting: u32,
}

impl Barrier {
    /// A barrier for so many.
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

    /// With something that runs in one of them, the last to come, when all are
    /// there and before any goes on (Python's `action`). It captures nothing; if
    /// the process dies of it, the barrier is broken.
    #[must_use]
    pub fn with_action(self, action: fn()) -> Barrier {
        Barrier {
            action: Some(Function::new(action)),
            ..self
        }
    }

    /// With a time for every [`Barrier::wait`] that names none (Python's
    /// `timeout`).
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

    fn actor_died(&self) -> bool {
        self.get(ACTOR) & owned::DEAD != 0
    }

    /// Changes the meeting's word, from what it is seen to be.
    fn advance(&self, seen: u32, to: u32) -> bool {
        let at = self.words.at(MEETING);
        let seen = seen & !SLEEPERS;
        change(&Arena, at, SLEEPERS, |now| (now == seen).then_some(to)).is_ok()
    }

    /// Waits for the meeting to change, or, when all have come, for the actor.
    fn until_changed<T>(&self, seen: u32, actor: u32) -> Step<T> {
        if seen & COUNT == self.parties && actor != 0 {
            // Its death is seen in its own word, and nowhere else.
            return Step::Wait {
                at: self.words.at(ACTOR),
                seen: actor,
                arm: Arm::Owned,
            };
        }
        Step::Wait {
            at: self.words.at(MEETING),
            seen,
            arm: Arm::Bit(SLEEPERS),
        }
    }

    /// The word of the meeting after this one, which failed or did not.
    fn next_meeting(seen: u32, failed: bool) -> u32 {
        let number = (seen & !(ONE - 1)).wrapping_add(ONE);
        let before = (seen & (ONE - FAILED)) << 1 & (ONE - FAILED);
        number | before | if failed { FAILED } else { 0 }
    }

    /// Comes; `Ok(None)` when this one was the last.
    fn arrive(&self) -> Step<Result<(u32, Option<Arrival>), Error>> {
        loop {
            let seen = self.get(MEETING);
            let actor = self.get(ACTOR);
            let (number, meeting) = (seen & COUNT, seen / ONE);
            if seen & BROKEN != 0 || actor & owned::DEAD != 0 {
                return Step::Ready(Err(Error::BrokenBarrierError));
            }
            if number == self.parties {
                // The action of the meeting before runs.
                return self.until_changed(seen, actor);
            }
            let last = number + 1 == self.parties;
            match self.action {
                _ if !last => {
                    if self.advance(seen, (seen & !SLEEPERS) + 1) {
                        let arrival = Arrival { number, meeting };
                        return Step::Ready(Ok((number, Some(arrival))));
                    }
                }
                None => {
                    if self.advance(seen, Self::next_meeting(seen, false)) {
                        return Step::Ready(Ok((number, None)));
                    }
                }
                Some(action) => {
                    let actor = self.words.at(ACTOR);
                    if Arena.compare_exchange(actor, 0, current::pid()) != 0 {
                        continue;
                    }
                    let full = (seen & !SLEEPERS) + 1;
                    let came = self.advance(seen, full);
                    let mut met = false;
                    if came {
                        action.call();
                        // Unless it was broken or reset meanwhile.
                        met = self.advance(full, Self::next_meeting(full, false));
                    }
                    // Last: whoever sees all here sees who acts, too.
                    let _ = change(&Arena, actor, owned::SLEEPERS, |_| Some(0));
                    if came {
                        let met = met.then_some((number, None));
                        return Step::Ready(met.ok_or(Error::BrokenBarrierError));
                    }
                }
            }
        }
    }

    fn met(&self, arrival: Arrival) -> Step<Result<u32, Error>> {
        let seen = self.get(MEETING);
        let actor = self.get(ACTOR);
        let Arrival { number, meeting } = arrival;
        let since = (seen / ONE).wrapping_sub(meeting) % (u32::MAX / ONE + 1);
        let fine = if since > 0 {
            since > FAILED_BITS || ((seen / FAILED) >> (since - 1)) & 1 == 0
        } else if seen & BROKEN == 0 && actor & owned::DEAD == 0 {
            return self.until_changed(seen, actor);
        } else {
            false
        };
        let number = fine.then_some(number);
        Step::Ready(number.ok_or(Error::BrokenBarrierError))
    }

    /// Comes and waits for the others, as something to try again.
    fn step(&self, arrived: &mut Option<Arrival>) -> Step<Result<u32, Error>> {
        let arrival = match *arrived {
            Some(arrival) => arrival,
            None => match self.arrive() {
                Step::Ready(Ok((_, Some(arrival)))) => *arrived.insert(arrival),
                Step::Ready(Ok((number, None))) => return Step::Ready(Ok(number)),
                Step::Ready(Err(error)) => return Step::Ready(Err(error)),
                Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
            },
        };
        self.met(arrival)
    }

    /// Waits for the others; the number of this one, from 0, in the order in
    /// which they came.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`] when it is broken, or breaks: it was
    /// aborted or reset, one waited too long, or died of the action;
    /// [`Error::BlockingOnPage`].
    pub fn wait(&self) -> Result<u32, Error> {
        self.wait_within(self.timeout)
    }

    /// [`Barrier::wait`] for at most so long: then it breaks, for all.
    ///
    /// # Errors
    /// As [`Barrier::wait`].
    pub fn wait_timeout(&self, timeout: Duration) -> Result<u32, Error> {
        self.wait_within(Some(timeout))
    }

    fn wait_within(&self, timeout: Option<Duration>) -> Result<u32, Error> {
        let time = timeout.map(microseconds);
        let mut arrived = None;
        let waited = blocking::wait("Barrier::wait", "Barrier::wait_async", time, || {
            self.step(&mut arrived)
        });
        self.conclude(arrived, waited)
    }

    /// [`Barrier::wait`] for the page.
    ///
    /// # Errors
    /// [`Error::BrokenBarrierError`].
    pub async fn wait_async(&self) -> Result<u32, Error> {
        let time = self.timeout.map(microseconds);
        let mut arrived = None;
        let waited = host::wait_async(time, || self.step(&mut arrived)).await;
        self.conclude(arrived, Ok(waited))
    }

    /// Who waits no longer breaks the meeting, unless it has just taken place.
    fn conclude(
        &self,
        arrived: Option<Arrival>,
        waited: Result<Option<Result<u32, Error>>, Error>,
    ) -> Result<u32, Error> {
        if let Ok(Some(met)) = waited {
            return met;
        }
        let mine = |now: u32| arrived.is_none_or(|arrival| arrival.meeting == now / ONE);
        let at = self.words.at(MEETING);
        let broken = change(&Arena, at, SLEEPERS, |now| {
            mine(now).then_some(now | BROKEN)
        });
        waited?;
        match arrived.map(|arrival| self.met(arrival)) {
            Some(Step::Ready(met)) if broken.is_err() => met,
            _ => Err(Error::BrokenBarrierError),
        }
    }

    /// Makes it new; who waits gets [`Error::BrokenBarrierError`].
    pub fn reset(&self) {
        let actor = self.words.at(ACTOR);
        let word = Arena.load(actor);
        if word & owned::DEAD != 0 {
            Arena.compare_exchange(actor, word, 0);
        }
        loop {
            let seen = self.get(MEETING);
            if seen & (COUNT | BROKEN) == 0 {
                return;
            }
            if self.advance(seen, Self::next_meeting(seen, true)) {
                return;
            }
        }
    }

    /// Breaks it, for all who wait and will wait.
    pub fn abort(&self) {
        let at = self.words.at(MEETING);
        let _ = change(&Arena, at, SLEEPERS, |now| Some(now | BROKEN));
    }

    /// How many it is for.
    pub fn parties(&self) -> u32 {
        self.parties
    }

    /// How many wait at this moment.
    pub fn n_waiting(&self) -> u32 {
        let seen = self.get(MEETING);
        if seen & BROKEN == 0 { seen & COUNT } else { 0 }
    }

    /// Is it broken?
    pub fn broken(&self) -> bool {
        self.get(MEETING) & BROKEN != 0 || self.actor_died()
    }
}
