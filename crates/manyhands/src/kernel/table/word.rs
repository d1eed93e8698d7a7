//! The state word of a slot: a state, the slot number of whoever claims it, and a
//! generation.
//!
//! This module must not know the other fields of a slot, nor the arena.

/// The states of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// The slot has no process and no worker.
    Free = 0,
    /// A process is filling in the slot for a new child.
    Claimed = 1,
    /// The process is entered. Its worker is being created, or a warm worker has been
    /// told to begin.
    Starting = 2,
    /// The process runs.
    Running = 3,
    /// It has ended and waits to be reaped.
    Zombie = 4,
    /// A warm worker is being created.
    Warming = 5,
    /// A warm worker waits for a process.
    Warm = 6,
    /// Somebody holds the right to write how the process ended ([`super::EndClaim`])
    /// and is doing so. A process that was not running before never runs.
    Ending = 7,
}

const STATE_BITS: u32 = 4;
const CLAIMER_BITS: u32 = 10;
pub(super) const GENERATION: u32 = 1 << (STATE_BITS + CLAIMER_BITS);

/// The value of a slot's state word.
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
            7 => State::Ending,
            _ => State::Free,
        }
    }

    /// Is there a process whose end has not been written yet?
    pub fn has_process(self) -> bool {
        matches!(
            self.state(),
            State::Starting | State::Running | State::Ending
        )
    }

    /// The same generation with another state.
    pub fn with(self, state: State) -> Word {
        Word(self.0 & !(GENERATION - 1) | state as u32)
    }

    pub(super) fn claimed_by(self, claimer: u32) -> Word {
        Word(self.with(State::Claimed).0 | claimer << STATE_BITS)
    }

    pub(super) fn claimer(self) -> u32 {
        self.0 >> STATE_BITS & ((1 << CLAIMER_BITS) - 1)
    }

    pub(super) fn freed(self) -> Word {
        Word(self.with(State::Free).0.wrapping_add(GENERATION))
    }

    /// Do both words have the same generation, which means that they are about the same
    /// process?
    pub fn same_process(self, other: Word) -> bool {
        self.with(State::Free) == other.with(State::Free)
    }

    /// The value of a slot's signal field: these signals, for the process of this
    /// generation.
    pub(super) fn signals(self, signals: u32) -> u32 {
        self.0 & !(GENERATION - 1) | signals
    }
}
