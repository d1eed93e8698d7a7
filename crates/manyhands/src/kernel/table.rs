//! The process table.
//!
//! Each process has a slot. The slot's state word holds a state, the slot number of
//! whoever claims it, and a generation, which changes when the slot is freed. A handle
//! from before that change fails its compare-exchange, so it cannot touch the slot's
//! next process. Every change of state is one such compare-exchange: the process, its
//! parent and the dispatcher may all try, and one of them succeeds. Whoever wants to
//! write the other fields of a slot claims it first in the same way
//! ([`State::Claimed`], [`State::Ending`]). See `PROTOCOL.md`.
//!
//! This module must not know workers or JavaScript.

mod signal;
mod word;

pub use signal::{Action, Dispositions, Pending, Signal};
pub use word::{State, Word};

use super::{
    arena::Memory,
    envelope,
    heap::Heap,
    layout::{
        FIRST_GROUP, NEXT_PID, RING_GROUP_COUNT, RING_GROUPS, SLOT_COUNT, SPAWN_LIMIT, slot,
        slot_field,
    },
    object::Objects,
    trace::{Pid, RING_SIZE, Ring},
    wait::wake,
};
use crate::error::Reason;

/// The sole right to write how the process in a slot ended.
///
/// Only [`Table::claim_end`] and [`Table::claim_end_of_dead`] make one, by a
/// compare-exchange to [`State::Ending`]. While it exists, the slot and everything that
/// is identified by the slot's number (locks, the list of held objects) belong to that
/// process and to nobody else.
#[derive(Debug)]
#[must_use]
pub struct EndClaim {
    slot: u32,
    word: Word,
}

impl EndClaim {
    /// The slot of the process that ends.
    pub fn slot(&self) -> u32 {
        self.slot
    }
}

/// How a process ended. Its slot stores this.
#[derive(Clone, Debug)]
pub struct EndRecord {
    /// The exit code.
    pub exit_code: i32,
    /// Why it ended.
    pub reason: Reason,
    /// The result of the target if it returned (an envelope), or else a text that says
    /// why the process ended.
    pub outcome: Option<Vec<u8>>,
}

impl EndRecord {
    /// The record of a process that never began; `text` says why.
    pub fn never_began(reason: Reason, text: String) -> EndRecord {
        EndRecord {
            exit_code: 1,
            reason,
            outcome: Some(text.into_bytes()),
        }
    }
}

/// What a process is entered into the table with.
pub struct NewProcess<'a> {
    /// The pid of its parent.
    pub parent: Pid,
    /// For a thread, the pid of the process whose memory it shares; otherwise 0.
    pub process: Pid,
    /// The function-table index of the function that the new process calls first.
    pub entry: u32,
    /// The bytes that this function gets.
    pub payload: &'a [u8],
    /// Which signals it ignores from the beginning.
    pub dispositions: Dispositions,
}

/// The value of a slot's `WAITS_ON` word for a process that sleeps on the word at `at`.
/// `is_interruptible` says whether a signal that the process catches ends the wait.
pub fn sleeps_on(at: u32, is_interruptible: bool) -> u32 {
    // The address itself may be 0, and all addresses of words are multiples of 4.
    at | ASLEEP | if is_interruptible { INTERRUPTIBLE } else { 0 }
}

const ASLEEP: u32 = 2;
const INTERRUPTIBLE: u32 = 1;

/// Why a process could not be entered into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The limit on living processes, which is this number, is reached.
    Limit(u32),
    /// The arena has no room for the payload.
    Memory,
}

/// The process table, for one user of the heap's lock.
pub struct Table<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
}

impl<'a, M: Memory> Table<'a, M> {
    /// The table; `heap` is where it allocates payloads, results and rings.
    pub fn new(memory: &'a M, heap: Heap<'a, M>) -> Self {
        Table { memory, heap }
    }

    /// Reads a field of a slot.
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

    /// [`Table::advance`], but wakes nobody.
    fn exchange(&self, slot: u32, from: Word, to: Word) -> bool {
        let at = slot_field(slot, slot::STATE);
        self.memory.compare_exchange(at, from.0, to.0) == from.0
    }

    /// Changes a slot's state from `from` to `to` and wakes whoever waits for that.
    /// Returns `false`, without a change, if the state word is no longer `from`.
    pub fn advance(&self, slot: u32, from: Word, to: Word) -> bool {
        let done = self.exchange(slot, from, to);
        if done {
            wake(self.memory, slot_field(slot, slot::STATE));
        }
        done
    }

    /// Does the slot still belong to the process that `word` is about?
    fn is_of(&self, slot: u32, word: Word) -> bool {
        self.word(slot).same_process(word)
    }

    /// The pid of the process in the slot that `word` was read from, or 0 if there is
    /// no process or the slot has its next process by now.
    pub fn pid_of(&self, slot: u32, word: Word) -> Pid {
        let pid = self.get(slot, slot::PID);
        // The pid is read before the word: a new process claims the slot before it
        // writes the pid, so a pid of another generation is noticed here.
        if self.word(slot).has_process() && self.is_of(slot, word) {
            pid
        } else {
            0
        }
    }

    /// All slots but the host's (which is slot 0), with their state words.
    pub fn slots(&self) -> impl Iterator<Item = (u32, Word)> {
        (1..SLOT_COUNT).map(|slot| (slot, self.word(slot)))
    }

    /// Claims a free slot, or, if `warm` allows it, one whose warm worker waits for a
    /// process. A warm one is preferred. The flag says whether the slot has a warm
    /// worker.
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

    /// Enters a process into the table. Its slot is [`State::Starting`] then. The flag
    /// says whether a warm worker runs the process; if not, a worker must be created.
    /// `announce` is called with the pid before the process can begin.
    pub fn enter(
        &self,
        claimer: u32,
        new_process: &NewProcess,
        warm: bool,
        announce: impl FnOnce(Pid),
    ) -> Result<(u32, Word, Pid, bool), Refused> {
        let payload = self.put(new_process.payload).ok_or(Refused::Memory)?;
        let (slot, word, was_warm) = self.claim(claimer, warm).inspect_err(|_| {
            self.heap.free(payload);
        })?;
        let pid = self.memory.add(NEXT_PID, 1);
        for (field, value) in [
            (slot::PID, pid),
            (slot::PARENT, new_process.parent),
            (slot::PROCESS, new_process.process),
            (slot::SIGNAL, 0),
            (slot::DISPOSITIONS, new_process.dispositions.0),
            (slot::WAITS_ON, 0),
            (slot::OUTCOME, 0),
            (slot::PAYLOAD, payload),
            (slot::PAYLOAD_LENGTH, new_process.payload.len() as u32),
            (slot::ENTRY, new_process.entry),
        ] {
            self.set(slot, field, value);
        }
        announce(pid);
        let starting = word.with(State::Starting);
        // Cannot fail: nobody else changes a claimed slot while its claimer lives.
        self.advance(slot, word, starting);
        Ok((slot, starting, pid, was_warm))
    }

    /// Claims a free slot for a new warm worker.
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

    /// Frees the slot of a warm worker, which notices that and ends.
    pub fn retire(&self, slot: u32, warm: Word) {
        self.advance(slot, warm, warm.freed());
    }

    /// How many slots are in one of these states.
    pub fn count(&self, states: &[State]) -> u32 {
        self.slots()
            .filter(|(_, word)| states.contains(&word.state()))
            .count() as u32
    }

    /// How many processes, threads and warm workers start or compute, that is, do not sleep
    /// on a word.
    pub fn busy(&self) -> u32 {
        let busy = self.slots().filter(|(slot, word)| match word.state() {
            State::Starting | State::Warming => true,
            State::Running => self.get(*slot, slot::WAITS_ON) == 0,
            _ => false,
        });
        busy.count() as u32
    }

    /// The bytes that the process gets. They stay in the slot, so that whoever writes
    /// the process's end knows which handles had not arrived.
    pub fn payload(&self, slot: u32) -> Vec<u8> {
        let mut bytes = vec![0; self.get(slot, slot::PAYLOAD_LENGTH) as usize];
        let block = self.get(slot, slot::PAYLOAD);
        if block != 0 {
            self.memory.read(block, &mut bytes);
        }
        bytes
    }

    /// Takes the bytes that the process gets out of the slot.
    pub fn take_payload(&self, slot: u32) -> Vec<u8> {
        let length = self.get(slot, slot::PAYLOAD_LENGTH);
        self.take_block(slot, slot::PAYLOAD, length)
            .unwrap_or_default()
    }

    /// Claims the right to write how a process ended, if its state word is still
    /// `from`. A process that was [`State::Starting`] never runs after this. Wakes
    /// nobody, because nothing that others wait for has happened yet.
    pub fn claim_end(&self, slot: u32, from: Word) -> Option<EndClaim> {
        let word = from.with(State::Ending);
        self.exchange(slot, from, word)
            .then_some(EndClaim { slot, word })
    }

    /// The same for a process whose worker no longer exists, whatever state it left its
    /// slot in: it may have died while it held the claim itself. Returns `None` if the
    /// process had written its end before it died. In that case it may have died before
    /// it woke those who wait for its end, so this wakes them.
    pub fn claim_end_of_dead(&self, slot: u32, word: Word) -> Option<EndClaim> {
        loop {
            let now = self.word(slot);
            let is_unrecorded =
                now.has_process() || matches!(now.state(), State::Warming | State::Warm);
            if !is_unrecorded || !now.same_process(word) {
                wake(self.memory, slot_field(slot, slot::STATE));
                return None;
            }
            // Only one thing can change the word in between: somebody claims the warm
            // worker.
            if let Some(claim) = self.claim_end(slot, now) {
                return Some(claim);
            }
        }
    }

    /// Whether somebody is filling in this slot in order to give it to the warm worker
    /// that `word` was made for.
    pub fn is_being_filled(&self, slot: u32, word: Word) -> bool {
        let now = self.word(slot);
        now.state() == State::Claimed && now.same_process(word)
    }

    /// The pid of the process whose end is claimed; 0 for a warm worker that has no
    /// process.
    pub fn pid(&self, claim: &EndClaim) -> Pid {
        self.get(claim.slot, slot::PID)
    }

    /// Stores how a process ended, with its result or the text of its error, for its
    /// parent. If the arena has no room for that, only its length is stored
    /// ([`Table::outcome_length`]). Returns the exit code, which is 1 if a result was
    /// lost, as after an error.
    pub fn keep_outcome(&self, claim: &EndClaim, ending: &EndRecord) -> i32 {
        let slot = claim.slot;
        let outcome = ending.outcome.as_deref().unwrap_or_default();
        let block = self.put(outcome);
        let is_lost = block.is_none() && ending.reason == Reason::Returned;
        if is_lost {
            self.release_unopened(outcome);
        }
        let block = block.unwrap_or(0);
        let old = self.memory.exchange(slot_field(slot, slot::OUTCOME), block);
        self.heap.free(old);
        self.set(slot, slot::OUTCOME_LENGTH, outcome.len() as u32);
        let exit_code = if is_lost { 1 } else { ending.exit_code };
        self.set(slot, slot::EXIT_CODE, exit_code as u32);
        self.set(slot, slot::REASON, ending.reason as u32);
        exit_code
    }

    /// Writes how a process ended and gives up the claim: [`Table::keep_outcome`], then
    /// [`Table::end_kept`]. The slot of a warm worker without a process is free
    /// afterwards.
    pub fn end(&self, claim: EndClaim, ending: &EndRecord) {
        if self.pid(&claim) == 0 {
            self.advance(claim.slot, claim.word, claim.word.freed());
            return;
        }
        self.keep_outcome(&claim, ending);
        self.end_kept(claim);
    }

    /// Gives up the claim, after it was stored how the process ended. The slot is then a
    /// zombie, which waits to be reaped.
    pub fn end_kept(&self, claim: EndClaim) {
        let EndClaim { slot, word } = claim;
        let length = self.get(slot, slot::PAYLOAD_LENGTH);
        if let Some(payload) = self.take_block(slot, slot::PAYLOAD, length) {
            self.release_unopened(&payload);
        }
        // Cannot fail: this caller held the claim. It must be the last access, because
        // the slot may have its next process immediately afterwards.
        self.advance(slot, word, word.with(State::Zombie));
    }

    /// The length of a zombie's outcome, even if the arena had no room for the outcome.
    pub fn outcome_length(&self, slot: u32) -> u32 {
        self.get(slot, slot::OUTCOME_LENGTH)
    }

    /// Takes a zombie's record and frees its slot. Only one party may do so for each
    /// zombie: its parent while the parent lives, and the dispatcher afterwards.
    pub fn reap(&self, slot: u32, word: Word) -> Option<EndRecord> {
        let zombie = word.with(State::Zombie);
        if self.word(slot) != zombie {
            return None;
        }
        let length = self.get(slot, slot::OUTCOME_LENGTH);
        let ending = EndRecord {
            exit_code: self.get(slot, slot::EXIT_CODE) as i32,
            reason: Reason::from_u32(self.get(slot, slot::REASON)),
            outcome: self.take_block(slot, slot::OUTCOME, length),
        };
        self.advance(slot, zombie, zombie.freed()).then_some(ending)
    }

    /// Reaps a zombie whose parent will not ask for it any more.
    pub fn forget(&self, slot: u32, word: Word) {
        if let Some(EndRecord {
            reason: Reason::Returned,
            outcome: Some(outcome),
            ..
        }) = self.reap(slot, word)
        {
            self.release_unopened(&outcome);
        }
    }

    /// Releases the handles in an envelope that nobody will ever open.
    fn release_unopened(&self, envelope: &[u8]) {
        let objects = Objects::new(self.memory, self.heap);
        for handle in envelope::open(envelope).0 {
            objects.release_in_flight(handle);
        }
    }

    /// Sends a signal to a process and wakes the process, so that it notices. A process
    /// that must end by an earlier signal keeps that one. If `forced`, the signal ends
    /// the process even if the process catches or ignores it. Returns `false` if the
    /// process is no longer there or ignores the signal. The generation of the process is
    /// stored together with the signals: the slot may get its next process between the
    /// check and the write, and that process must not receive the signal.
    pub fn signal(&self, slot: u32, word: Word, signal: Signal, forced: bool) -> bool {
        let now = self.word(slot);
        if !now.same_process(word) || !matches!(now.state(), State::Starting | State::Running) {
            return false;
        }
        let at = slot_field(slot, slot::SIGNAL);
        loop {
            let seen = self.memory.load(at);
            let dispositions = self.dispositions(slot);
            // Checked after the loads, so that both are about this process, and `seen` is
            // older than the slot's next process: the compare-exchange then fails instead
            // of overwriting that process's signals.
            if !self.is_of(slot, word) {
                return false;
            }
            if dispositions.ignores(signal) && !forced {
                return false;
            }
            let pending = Pending::of(seen, word);
            // `SIGKILL` is stored in any case: the process may be about to catch the
            // signal by which it would end.
            let keeps = signal != Signal::SIGKILL && !forced;
            let new = pending.with(signal, forced).value(word);
            if keeps && pending.fatal(dispositions).is_some()
                || self.memory.compare_exchange(at, seen, new) == seen
            {
                self.wake_sleeper(slot);
                return true;
            }
        }
    }

    /// The signals that are pending for the process that `word` belongs to.
    fn pending(&self, slot: u32, word: Word) -> Pending {
        Pending::of(self.get(slot, slot::SIGNAL), word)
    }

    /// The signal by which the process that `word` belongs to must end.
    pub fn fatal_signal(&self, slot: u32, word: Word) -> Option<Signal> {
        self.pending(slot, word).fatal(self.dispositions(slot))
    }

    /// A pending signal that the process catches.
    pub fn caught_signal(&self, slot: u32, word: Word) -> Option<Signal> {
        self.pending(slot, word).caught(self.dispositions(slot))
    }

    /// Takes a pending signal that this process catches. Signals that it ignores are
    /// discarded. Only the process itself may call this.
    pub fn take_signal(&self, slot: u32, word: Word) -> Option<Signal> {
        let at = slot_field(slot, slot::SIGNAL);
        loop {
            let seen = self.memory.load(at);
            let dispositions = self.dispositions(slot);
            let pending = Pending::of(seen, word);
            let taken = pending.caught(dispositions);
            let mut left = pending.without_ignored(dispositions);
            if let Some(signal) = taken {
                left = left.without(signal);
            }
            if self.memory.compare_exchange(at, seen, left.value(word)) == seen {
                return taken;
            }
        }
    }

    /// Which signals the process in a slot catches and ignores.
    pub fn dispositions(&self, slot: u32) -> Dispositions {
        Dispositions(self.get(slot, slot::DISPOSITIONS))
    }

    /// Decides what a signal does to the process in a slot; returns what it did before.
    /// Only the process itself may call this, with any of its threads.
    pub fn set_action(&self, slot: u32, signal: Signal, action: Action) -> Action {
        let at = slot_field(slot, slot::DISPOSITIONS);
        loop {
            let seen = self.dispositions(slot);
            let new = seen.with(signal, action).0;
            if self.memory.compare_exchange(at, seen.0, new) == seen.0 {
                return seen.action(signal);
            }
        }
    }

    /// Wakes the process from its sleep, whichever word it sleeps on. Returns whether the
    /// process was in a wait that a signal which it catches ends.
    pub fn wake_sleeper(&self, slot: u32) -> bool {
        let waits_on = self.get(slot, slot::WAITS_ON);
        if waits_on & ASLEEP != 0 {
            let at = waits_on & !(ASLEEP | INTERRUPTIBLE);
            self.memory.notify(at, u32::MAX);
        }
        waits_on & INTERRUPTIBLE != 0
    }

    /// The slot of the process with this pid, while it starts or runs.
    pub fn find(&self, pid: Pid) -> Option<(u32, Word)> {
        self.slots().find(|(slot, word)| {
            matches!(word.state(), State::Starting | State::Running)
                && self.get(*slot, slot::PID) == pid
        })
    }

    /// The threads of the process `pid` that have not ended.
    pub fn threads(&self, pid: Pid) -> impl Iterator<Item = (u32, Word)> {
        self.slots()
            .filter(move |(slot, word)| word.has_process() && self.get(*slot, slot::PROCESS) == pid)
    }

    /// Reaps the zombies whose parent `pid` has ended, since that parent will not reap
    /// them.
    pub fn forget_children_of(&self, pid: Pid) {
        for (slot, word) in self.slots() {
            if word.state() == State::Zombie && self.get(slot, slot::PARENT) == pid {
                self.forget(slot, word);
            }
        }
    }

    /// The children that the dead process `pid` has entered and that do not run yet. It
    /// may have died before it woke a warm worker that it gave a child to, so this
    /// wakes those workers.
    pub fn starting_children_of_dead(&self, pid: Pid) -> impl Iterator<Item = (u32, Word)> {
        let children = self.slots().filter(move |(slot, word)| {
            word.state() == State::Starting && self.get(*slot, slot::PARENT) == pid
        });
        children.inspect(|(slot, _)| wake(self.memory, slot_field(*slot, slot::STATE)))
    }

    /// Gives back the slots that a dead process was filling in. `has_worker` says
    /// whether a warm worker waits in such a slot. While the end of the dead process is
    /// claimed, no other process has its slot number, so the claims found here are its
    /// own.
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

    /// The slot's trace ring, which is created if the slot has none; 0 if the arena has
    /// no room.
    pub fn ring(&self, slot: u32) -> u32 {
        let ring = self.get(slot, slot::RING);
        if ring != 0 {
            return ring;
        }
        let Some(ring) = self.new_ring(slot) else {
            return 0;
        };
        Ring::new(self.memory, ring).format();
        self.set(slot, slot::RING, ring);
        ring
    }

    /// Room for the ring of a slot that has none. Rings are never freed, so the rings of
    /// a group of slots are one block: a block for each would divide the heap into pieces
    /// that are too small for a large message.
    fn new_ring(&self, slot: u32) -> Option<u32> {
        let (word, first, count) = ring_groups().find(|(_, first, count)| slot < first + count)?;
        let mut group = self.memory.load(word);
        if group == 0 {
            let Some(new) = self.heap.allocate(count * RING_SIZE) else {
                return self.heap.allocate(RING_SIZE);
            };
            group = match self.memory.compare_exchange(word, 0, new) {
                0 => new,
                another => {
                    self.heap.free(new);
                    another
                }
            };
        }
        Some(group + (slot - first) * RING_SIZE)
    }

    /// How many bytes of the heap are set aside for the rings.
    pub fn ring_bytes(&self) -> u32 {
        ring_groups()
            .filter(|(word, ..)| self.memory.load(*word) != 0)
            .map(|(_, _, count)| count * RING_SIZE)
            .sum()
    }

    /// Copies bytes into a block of their own and returns its address; 0 for no bytes,
    /// `None` if the arena has no room.
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

/// The groups of slots whose rings are in one block: the address of the word with the
/// block's address, the first slot, and how many slots.
fn ring_groups() -> impl Iterator<Item = (u32, u32, u32)> {
    (0..RING_GROUP_COUNT).map(|group| {
        let first = match group {
            0 => 0,
            _ => FIRST_GROUP << (group - 1),
        };
        (RING_GROUPS + 4 * group, first, first.max(FIRST_GROUP))
    })
}

#[cfg(all(test, feature = "model"))]
mod model;
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests;
