//! The process table.
//!
//! A slot's state word holds a state, the slot number of whoever claims it,
//! and a generation that moves on when the slot is freed, so that a stale
//! handle fails its compare-exchange instead of touching a stranger. Every
//! change of state is one such exchange: the process, its parent and the
//! dispatcher may all try, and one of them wins.
//!
//! This room must not know workers or JavaScript.

use super::{
    arena::Memory,
    heap::Heap,
    hold,
    layout::{NEXT_PID, SLOT_COUNT, SLOT_SIZE, SPAWN_LIMIT, TABLE, slot},
    object::Objects,
    trace::Pid,
    wait::wake,
};
use crate::error::Reason;

/// The states of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// Nobody's.
    Free = 0,
    /// Somebody fills it in.
    Claimed = 1,
    /// Its worker is on the way, or has the word to begin.
    Starting = 2,
    /// The process runs.
    Running = 3,
    /// It has ended and waits to be reaped.
    Zombie = 4,
    /// A warm worker is on the way.
    Warming = 5,
    /// A warm worker waits for a process.
    Warm = 6,
}

const STATE_BITS: u32 = 4;
const CLAIMER_BITS: u32 = 10;
const GENERATION: u32 = 1 << (STATE_BITS + CLAIMER_BITS);

/// A state word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub u32);

impl Word {
    /// The state in the word.
    pub fn state(self) -> State {
        match self.0 & ((1 << STATE_BITS) - 1) {
            1 => State::Claimed,
            2 => State::Starting,
            3 => State::Running,
            4 => State::Zombie,
            5 => State::Warming,
            6 => State::Warm,
            _ => State::Free,
        }
    }

    /// The same generation in another state.
    pub fn with(self, state: State) -> Word {
        Word(self.0 & !(GENERATION - 1) | state as u32)
    }

    fn claimed_by(self, claimer: u32) -> Word {
        Word(self.with(State::Claimed).0 | claimer << STATE_BITS)
    }

    fn claimer(self) -> u32 {
        self.0 >> STATE_BITS & ((1 << CLAIMER_BITS) - 1)
    }

    fn freed(self) -> Word {
        Word(self.with(State::Free).0.wrapping_add(GENERATION))
    }

    /// Are the two of one generation, that is, about the same process?
    pub fn same_process(self, other: Word) -> bool {
        self.with(State::Free) == other.with(State::Free)
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

    /// The address of a slot's field.
    pub fn field(slot: u32, field: u32) -> u32 {
        TABLE + slot * SLOT_SIZE + field
    }

    /// Reads a field.
    pub fn get(&self, slot: u32, field: u32) -> u32 {
        self.memory.load(Self::field(slot, field))
    }

    fn set(&self, slot: u32, field: u32, value: u32) {
        self.memory.store(Self::field(slot, field), value);
    }

    /// A slot's state word.
    pub fn word(&self, slot: u32) -> Word {
        Word(self.get(slot, slot::STATE))
    }

    /// One step in a slot's life; `false` if it was no longer as `from` says.
    pub fn advance(&self, slot: u32, from: Word, to: Word) -> bool {
        let at = Self::field(slot, slot::STATE);
        let done = self.memory.compare_exchange(at, from.0, to.0) == from.0;
        if done {
            wake(self.memory, at);
        }
        done
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
                    State::Starting | State::Running | State::Claimed => alive += 1,
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

    /// Frees a claimed slot whose warm worker did not come up.
    pub fn give_back(&self, slot: u32, warming: Word) {
        self.advance(slot, warming, warming.freed());
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

    /// What a process is born with. It stays, so that whoever buries the process
    /// knows which handles had not arrived.
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

    /// Ends a process, whoever finds out first: `false` if it had ended.
    pub fn end(&self, slot: u32, word: Word, ending: &Ending) -> bool {
        let now = self.word(slot);
        if !now.same_process(word) || matches!(now.state(), State::Zombie | State::Free) {
            return false;
        }
        let outcome = ending.outcome.as_deref().unwrap_or_default();
        // An outcome that finds no room is lost; the exit code says the rest.
        let block = self.put(outcome).unwrap_or(0);
        let old = self
            .memory
            .exchange(Self::field(slot, slot::OUTCOME), block);
        self.heap.free(old);
        self.set(slot, slot::OUTCOME_LENGTH, outcome.len() as u32);
        self.set(slot, slot::EXIT_CODE, ending.exit_code as u32);
        self.set(slot, slot::REASON, ending.reason as u32);
        let length = self.get(slot, slot::PAYLOAD_LENGTH);
        if let Some(payload) = self.take_block(slot, slot::PAYLOAD, length) {
            self.lose(&payload);
        }
        // The last touch: a moment later the slot may be somebody else's.
        self.advance(slot, now, now.with(State::Zombie))
    }

    /// Takes a zombie's ending and frees its slot.
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
        self.set(slot, slot::PID, 0);
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
        for handle in hold::open(envelope).0 {
            objects.land(handle);
        }
    }

    /// Raises a signal and wakes the process to look at it. A stronger one
    /// already raised stays; `false` if the process is no longer there.
    pub fn signal(&self, slot: u32, word: Word, signal: u32) -> bool {
        let now = self.word(slot);
        if !now.same_process(word) || !matches!(now.state(), State::Starting | State::Running) {
            return false;
        }
        self.memory
            .compare_exchange(Self::field(slot, slot::SIGNAL), 0, signal);
        self.rouse(slot);
        true
    }

    /// Wakes whatever word the process sleeps on.
    pub fn rouse(&self, slot: u32) {
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

    /// Clears up after the death of `pid`, which lived in `dead_slot`:
    /// zombies that nobody will reap any more, slots it was filling in.
    /// `has_worker` says whether a claimed slot holds a warm worker.
    pub fn bury(&self, pid: Pid, dead_slot: u32, has_worker: impl Fn(u32) -> bool) {
        for (slot, word) in self.slots() {
            match word.state() {
                State::Zombie if self.get(slot, slot::PARENT) == pid => {
                    self.forget(slot, word);
                }
                State::Claimed if word.claimer() == dead_slot => {
                    let next = if has_worker(slot) {
                        word.with(State::Warm)
                    } else {
                        word.freed()
                    };
                    self.advance(slot, word, next);
                }
                _ => {}
            }
        }
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
        let block = self.memory.exchange(Self::field(slot, field), 0);
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
mod model {
    use super::*;
    use crate::kernel::{
        arena::native::{Native, bounded},
        layout::HEAP,
    };
    use loom::{sync::Arc, thread};

    const PARENT: Pid = 1;

    fn memory(limit: u32) -> Arc<Native> {
        let memory = Native::new(HEAP + 4096, HEAP + 4096);
        Heap::format(&memory);
        memory.store(SPAWN_LIMIT, limit);
        memory.store(NEXT_PID, 2);
        Arc::new(memory)
    }

    fn table(memory: &Native, owner: u32) -> Table<'_, Native> {
        Table::new(memory, Heap::new(memory, owner, true))
    }

    fn birth() -> Birth<'static> {
        Birth {
            parent: PARENT,
            process: 0,
            entry: 7,
            payload: b"",
        }
    }

    fn ending(exit_code: i32) -> Ending {
        Ending {
            exit_code,
            reason: Reason::Exited,
            outcome: None,
        }
    }

    /// Two parents that start a child each at the same moment get two slots.
    #[test]
    fn two_parents_never_share_a_slot() {
        bounded(3, || {
            let memory = memory(3);
            let other = {
                let memory = memory.clone();
                thread::spawn(move || table(&memory, 2).enter(2, &birth(), false).unwrap())
            };
            let mine = table(&memory, 1).enter(1, &birth(), false).unwrap();
            let others = other.join().unwrap();
            assert_ne!(mine.0, others.0);
            assert_ne!(mine.2, others.2);
        });
    }

    /// A process that ends, its parent that reaps it and at once starts
    /// another: the new one's fields are its own.
    #[test]
    fn an_end_does_not_touch_the_slot_s_next_process() {
        bounded(3, || {
            let memory = memory(1);
            let (slot, starting, ..) = table(&memory, 1).enter(0, &birth(), false).unwrap();
            let child = {
                let memory = memory.clone();
                thread::spawn(move || {
                    let table = table(&memory, 2);
                    let running = starting.with(State::Running);
                    assert!(table.advance(slot, starting, running));
                    table.end(slot, running, &ending(7));
                })
            };
            let table = table(&memory, 1);
            let ended = loop {
                match table.reap(slot, starting) {
                    Some(ended) => break ended,
                    None => thread::yield_now(),
                }
            };
            assert_eq!(ended.exit_code, 7);
            let payload = Birth {
                payload: b"born",
                ..birth()
            };
            let (slot, ..) = table.enter(0, &payload, false).unwrap();
            child.join().unwrap();
            assert_eq!(table.take_payload(slot), b"born");
        });
    }

    /// A killer that gives up on a process which just then begins to run: one
    /// of the two wins, and the table knows which.
    #[test]
    fn a_start_and_a_refusal_exclude_each_other() {
        bounded(3, || {
            let memory = memory(1);
            let (slot, starting, ..) = table(&memory, 1).enter(0, &birth(), false).unwrap();
            let child = {
                let memory = memory.clone();
                thread::spawn(move || {
                    table(&memory, 2).advance(slot, starting, starting.with(State::Running))
                })
            };
            let table = table(&memory, 1);
            let refused = table.advance(slot, starting, starting.with(State::Zombie));
            assert_ne!(child.join().unwrap(), refused);
        });
    }
}
