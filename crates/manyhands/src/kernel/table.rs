//! The process table.
//!
//! A slot's state word holds a state, the slot number of whoever claims it,
//! and a generation that moves on when the slot is freed, so that a stale
//! handle fails its compare-exchange instead of touching a stranger. Every
//! change of state is one such exchange: the process, its parent and the
//! dispatcher may all try, and one of them wins. Whoever wants to write the
//! other fields of a slot claims it first, by such an exchange
//! ([`State::Claimed`], [`State::Ending`]); see `PROTOCOL.md`.
//!
//! This room must not know workers or JavaScript.

mod word;

pub use word::{State, Word};

use super::{
    arena::Memory,
    envelope,
    heap::Heap,
    layout::{NEXT_PID, SLOT_COUNT, SPAWN_LIMIT, slot, slot_field},
    object::Objects,
    trace::{Pid, RING_SIZE, Ring},
    wait::wake,
};
use crate::error::Reason;
use word::GENERATION;

/// The sole right to write how the process in a slot ended.
///
/// Only [`Table::claim_end`] and [`Table::claim_end_of_dead`] make one, by a
/// compare-exchange to [`State::Ending`]. As long as it lasts, the slot and all
/// that goes by its number (locks, the list of held objects) belong to that
/// process and to nobody else.
#[derive(Debug)]
#[must_use]
pub struct EndClaim {
    slot: u32,
    word: Word,
}

impl EndClaim {
    /// The slot.
    pub fn slot(&self) -> u32 {
        self.slot
    }
}

/// How a process ended, as its slot says.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The exit code.
    pub exit_code: i32,
    /// Why it ended.
    pub reason: Reason,
    /// A result, or a text.
    pub outcome: Option<Vec<u8>>,
}

impl Ending {
    /// The end of a process that never began; `text` says why.
    pub fn never_began(reason: Reason, text: String) -> Ending {
        Ending {
            exit_code: 1,
            reason,
            outcome: Some(text.into_bytes()),
        }
    }
}

/// What a new process is to be.
pub struct Birth<'a> {
    /// Its parent.
    pub parent: Pid,
    /// Of a thread, the process whose memory it shares; else 0.
    pub process: Pid,
    /// The function-table index of its entry.
    pub entry: u32,
    /// What the entry gets.
    pub payload: &'a [u8],
}

/// Why a process could not be entered into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// As many live as may.
    Limit(u32),
    /// The arena has no room for the payload.
    Memory,
}

/// The table, as used by one owner of locks.
pub struct Table<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
}

impl<'a, M: Memory> Table<'a, M> {
    /// The table, with the heap its blocks come from.
    pub fn new(memory: &'a M, heap: Heap<'a, M>) -> Self {
        Table { memory, heap }
    }

    /// Reads a field.
    pub fn get(&self, slot: u32, field: u32) -> u32 {
        self.memory.load(slot_field(slot, field))
    }

    fn set(&self, slot: u32, field: u32, value: u32) {
        self.memory.store(slot_field(slot, field), value);
    }

    /// A slot's state word.
    pub fn word(&self, slot: u32) -> Word {
        Word(self.get(slot, slot::STATE))
    }

    /// [`Table::advance`], waking nobody.
    fn exchange(&self, slot: u32, from: Word, to: Word) -> bool {
        let at = slot_field(slot, slot::STATE);
        self.memory.compare_exchange(at, from.0, to.0) == from.0
    }

    /// One step in a slot's life; `false` if it was no longer as `from` says.
    pub fn advance(&self, slot: u32, from: Word, to: Word) -> bool {
        let done = self.exchange(slot, from, to);
        if done {
            wake(self.memory, slot_field(slot, slot::STATE));
        }
        done
    }

    /// Does the slot still belong to the process that `word` was taken from?
    fn is_of(&self, slot: u32, word: Word) -> bool {
        self.word(slot).same_process(word)
    }

    /// The process in the slot that `word` was taken from; 0 if there is none, or
    /// another one by now.
    pub fn pid_of(&self, slot: u32, word: Word) -> Pid {
        let pid = self.get(slot, slot::PID);
        // In this order: a slot changes hands before its fields are written.
        if self.word(slot).has_process() && self.is_of(slot, word) {
            pid
        } else {
            0
        }
    }

    /// Slots from 1 (0 is the host's) and their words.
    pub fn slots(&self) -> impl Iterator<Item = (u32, Word)> {
        (1..SLOT_COUNT).map(|slot| (slot, self.word(slot)))
    }

    /// Claims a slot: a warm one first if `warm` allows it.
    fn claim(&self, claimer: u32, warm: bool) -> Result<(u32, Word, bool), Refused> {
        let limit = self.memory.load(SPAWN_LIMIT);
        loop {
            let (mut alive, mut free, mut ready) = (0, None, None);
            for (slot, word) in self.slots() {
                match word.state() {
                    State::Free => free = free.or(Some((slot, word))),
                    State::Warm => ready = ready.or(Some((slot, word))),
                    State::Starting | State::Running | State::Ending | State::Claimed => alive += 1,
                    State::Zombie | State::Warming => {}
                }
            }
            if alive >= limit {
                return Err(Refused::Limit(limit));
            }
            let chosen = if warm { ready.or(free) } else { free };
            let (slot, word) = chosen.ok_or(Refused::Limit(limit))?;
            let claimed = word.claimed_by(claimer);
            if self.advance(slot, word, claimed) {
                return Ok((slot, claimed, word.state() == State::Warm));
            }
        }
    }

    /// Enters a process. The slot is then [`State::Starting`]; the flag says
    /// whether a warm worker has taken it up already, or one must be made.
    pub fn enter(
        &self,
        claimer: u32,
        birth: &Birth,
        warm: bool,
    ) -> Result<(u32, Word, Pid, bool), Refused> {
        let payload = self.put(birth.payload).ok_or(Refused::Memory)?;
        let (slot, word, was_warm) = self.claim(claimer, warm).inspect_err(|_| {
            self.heap.free(payload);
        })?;
        let pid = self.memory.add(NEXT_PID, 1);
        for (field, value) in [
            (slot::PID, pid),
            (slot::PARENT, birth.parent),
            (slot::PROCESS, birth.process),
            (slot::SIGNAL, 0),
            (slot::WAITS_ON, 0),
            (slot::OUTCOME, 0),
            (slot::PAYLOAD, payload),
            (slot::PAYLOAD_LENGTH, birth.payload.len() as u32),
            (slot::ENTRY, birth.entry),
        ] {
            self.set(slot, field, value);
        }
        let starting = word.with(State::Starting);
        // Cannot fail: a claimed slot is its claimer's while that lives.
        self.advance(slot, word, starting);
        Ok((slot, starting, pid, was_warm))
    }

    /// Claims a slot for a warm worker.
    pub fn enter_warm(&self) -> Option<(u32, Word)> {
        self.slots().find_map(|(slot, word)| {
            let warming = word.with(State::Warming);
            (word.state() == State::Free && self.advance(slot, word, warming)).then(|| {
                self.set(slot, slot::SIGNAL, 0);
                self.set(slot, slot::PID, 0);
                self.set(slot, slot::PROCESS, 0);
                (slot, warming)
            })
        })
    }

    /// Dismisses a warm worker: it sees that its slot is no longer its own.
    pub fn retire(&self, slot: u32, warm: Word) {
        self.advance(slot, warm, warm.freed());
    }

    /// How many slots are in one of these states.
    pub fn count(&self, states: &[State]) -> u32 {
        self.slots()
            .filter(|(_, word)| states.contains(&word.state()))
            .count() as u32
    }

    /// What a process is born with. It stays, so that whoever tells the end of the
    /// process knows which handles had not arrived.
    pub fn payload(&self, slot: u32) -> Vec<u8> {
        let mut bytes = vec![0; self.get(slot, slot::PAYLOAD_LENGTH) as usize];
        let block = self.get(slot, slot::PAYLOAD);
        if block != 0 {
            self.memory.read(block, &mut bytes);
        }
        bytes
    }

    /// Takes what a process is born with.
    pub fn take_payload(&self, slot: u32) -> Vec<u8> {
        let length = self.get(slot, slot::PAYLOAD_LENGTH);
        self.take_block(slot, slot::PAYLOAD, length)
            .unwrap_or_default()
    }

    /// Claims the right to say how a process ended, if its slot is still exactly
    /// as `from` says. From [`State::Starting`] this keeps the process from ever
    /// running. Nobody is woken: there is nothing to be seen yet.
    pub fn claim_end(&self, slot: u32, from: Word) -> Option<EndClaim> {
        let word = from.with(State::Ending);
        self.exchange(slot, from, word)
            .then_some(EndClaim { slot, word })
    }

    /// The same for a process whose worker is really gone, in whatever state it
    /// left its slot: it may have died with the claim in its hands. `None` if it
    /// had told its end before it died; it may then have died before it woke those
    /// who wait for that, so they are woken here.
    pub fn claim_end_of_dead(&self, slot: u32, word: Word) -> Option<EndClaim> {
        loop {
            let now = self.word(slot);
            let untold = now.has_process() || matches!(now.state(), State::Warming | State::Warm);
            if !untold || !now.same_process(word) {
                wake(self.memory, slot_field(slot, slot::STATE));
                return None;
            }
            // Who else may step in between is one who claims a warm worker.
            if let Some(claim) = self.claim_end(slot, now) {
                return Some(claim);
            }
        }
    }

    /// Is somebody filling in this slot, to give it to the worker that `word` was
    /// made for?
    pub fn is_being_filled(&self, slot: u32, word: Word) -> bool {
        let now = self.word(slot);
        now.state() == State::Claimed && now.same_process(word)
    }

    /// The process whose end is claimed; 0 for a warm worker without one.
    pub fn pid(&self, claim: &EndClaim) -> Pid {
        self.get(claim.slot, slot::PID)
    }

    /// Writes how a process ended, and gives up the claim: its slot waits to be
    /// reaped. That of a warm worker without a process is free.
    pub fn end(&self, claim: EndClaim, ending: &Ending) {
        let pid = self.pid(&claim);
        let EndClaim { slot, word } = claim;
        if pid == 0 {
            self.advance(slot, word, word.freed());
            return;
        }
        let outcome = ending.outcome.as_deref().unwrap_or_default();
        // An outcome that finds no room is lost; the exit code says the rest.
        let block = self.put(outcome).unwrap_or(0);
        let old = self.memory.exchange(slot_field(slot, slot::OUTCOME), block);
        self.heap.free(old);
        self.set(slot, slot::OUTCOME_LENGTH, outcome.len() as u32);
        self.set(slot, slot::EXIT_CODE, ending.exit_code as u32);
        self.set(slot, slot::REASON, ending.reason as u32);
        let length = self.get(slot, slot::PAYLOAD_LENGTH);
        if let Some(payload) = self.take_block(slot, slot::PAYLOAD, length) {
            self.lose(&payload);
        }
        // Cannot fail: the claim was this one's. It is the last touch: a moment
        // later the slot may be somebody else's.
        self.advance(slot, word, word.with(State::Zombie));
    }

    /// Takes a zombie's ending and frees its slot. A zombie has one who may do
    /// so: its parent while that lives, and the dispatcher afterwards.
    pub fn reap(&self, slot: u32, word: Word) -> Option<Ending> {
        let zombie = word.with(State::Zombie);
        if self.word(slot) != zombie {
            return None;
        }
        let length = self.get(slot, slot::OUTCOME_LENGTH);
        let ending = Ending {
            exit_code: self.get(slot, slot::EXIT_CODE) as i32,
            reason: Reason::from_u32(self.get(slot, slot::REASON)),
            outcome: self.take_block(slot, slot::OUTCOME, length),
        };
        self.advance(slot, zombie, zombie.freed()).then_some(ending)
    }

    /// Reaps a zombie that nobody asks after any more.
    pub fn forget(&self, slot: u32, word: Word) {
        if let Some(Ending {
            reason: Reason::Returned,
            outcome: Some(outcome),
            ..
        }) = self.reap(slot, word)
        {
            self.lose(&outcome);
        }
    }

    /// Nobody will ever open this envelope.
    fn lose(&self, envelope: &[u8]) {
        let objects = Objects::new(self.memory, self.heap);
        for handle in envelope::open(envelope).0 {
            objects.release_in_flight(handle);
        }
    }

    /// Raises a signal and wakes the process to look at it. A signal raised
    /// before stays; `false` if the process is no longer there. With the signal
    /// stands for whom it is: the slot may change hands between the look and the
    /// write, and its next process must not die of it.
    pub fn signal(&self, slot: u32, word: Word, signal: u32) -> bool {
        let now = self.word(slot);
        if !now.same_process(word) || !matches!(now.state(), State::Starting | State::Running) {
            return false;
        }
        let at = slot_field(slot, slot::SIGNAL);
        let new = word.signal(signal);
        loop {
            let seen = self.memory.load(at);
            // After the load: so what was seen is older than the slot's next
            // process, and what is raised for that one is not overwritten.
            if !self.is_of(slot, word) {
                return false;
            }
            let was_raised = seen != 0 && Word(seen).same_process(word);
            if was_raised || self.memory.compare_exchange(at, seen, new) == seen {
                self.wake_sleeper(slot);
                return true;
            }
        }
    }

    /// The signal raised for the process of this word; 0 for none.
    pub fn signal_of(&self, slot: u32, word: Word) -> u32 {
        let signal = self.get(slot, slot::SIGNAL);
        if Word(signal).same_process(word) {
            signal & (GENERATION - 1)
        } else {
            0
        }
    }

    /// Wakes whatever word the process sleeps on.
    pub fn wake_sleeper(&self, slot: u32) {
        let at = self.get(slot, slot::WAITS_ON);
        if at != 0 {
            self.memory.notify(at, u32::MAX);
        }
    }

    /// The slot of a living process.
    pub fn find(&self, pid: Pid) -> Option<(u32, Word)> {
        self.slots().find(|(slot, word)| {
            matches!(word.state(), State::Starting | State::Running)
                && self.get(*slot, slot::PID) == pid
        })
    }

    /// Reaps the zombies that the process `pid`, which has ended, will not reap.
    pub fn forget_children_of(&self, pid: Pid) {
        for (slot, word) in self.slots() {
            if word.state() == State::Zombie && self.get(slot, slot::PARENT) == pid {
                self.forget(slot, word);
            }
        }
    }

    /// The children that the dead process `pid` has entered and that do not run yet.
    /// It may have died before it woke a warm worker, so those are woken here.
    pub fn starting_children_of_dead(&self, pid: Pid) -> impl Iterator<Item = (u32, Word)> {
        let children = self.slots().filter(move |(slot, word)| {
            word.state() == State::Starting && self.get(*slot, slot::PARENT) == pid
        });
        children.inspect(|(slot, _)| wake(self.memory, slot_field(*slot, slot::STATE)))
    }

    /// Gives back the slots that a dead process was filling in. `has_worker` says
    /// whether a warm worker waits in one. As long as the end of the dead one is
    /// claimed, its number stands for nobody else.
    pub fn release_claims(&self, dead: &EndClaim, has_worker: impl Fn(u32, Word) -> bool) {
        for (slot, word) in self.slots() {
            if word.state() == State::Claimed && word.claimer() == dead.slot {
                let next = if has_worker(slot, word) {
                    word.with(State::Warm)
                } else {
                    word.freed()
                };
                self.advance(slot, word, next);
            }
        }
    }

    /// The slot's trace ring, made if it has none yet; 0 if the arena has no room.
    pub fn ring(&self, slot: u32) -> u32 {
        let ring = self.get(slot, slot::RING);
        if ring != 0 {
            return ring;
        }
        let Some(ring) = self.heap.allocate(RING_SIZE) else {
            return 0;
        };
        Ring::new(self.memory, ring).format();
        self.set(slot, slot::RING, ring);
        ring
    }

    /// Bytes into a block of their own; no block (0) for no bytes.
    fn put(&self, bytes: &[u8]) -> Option<u32> {
        if bytes.is_empty() {
            return Some(0);
        }
        let block = self.heap.allocate(u32::try_from(bytes.len()).ok()?)?;
        self.memory.write(block, bytes);
        Some(block)
    }

    fn take_block(&self, slot: u32, field: u32, length: u32) -> Option<Vec<u8>> {
        let block = self.memory.exchange(slot_field(slot, field), 0);
        if block == 0 {
            return (length == 0).then(Vec::new);
        }
        let mut bytes = vec![0; length as usize];
        self.memory.read(block, &mut bytes);
        self.heap.free(block);
        Some(bytes)
    }
}

#[cfg(all(test, feature = "model"))]
mod model;
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests;
