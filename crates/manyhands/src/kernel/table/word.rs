//! The state word of a slot: a state, the slot number of whoever claims it, and a
//! generation.
//!
//! This room must not know the other fields of a slot, nor the arena.

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
    /// Somebody has the right to write how the process ended, and does so: see
    /// [`super::EndClaim`]. Nothing that was not running before begins to run now.
    Ending = 7,
}

const STATE_BITS: u32 = 4;
const CLAIMER_BITS: u32 = 10;
pub(super) const GENERATION: u32 = 1 << (STATE_BITS + CLAIMER_BITS);

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
            7 => State::Ending,
            _ => State::Free,
        }
    }

    /// Is there a process whose end has not been told yet?
    pub fn has_process(self) -> bool {
        matches!(
            self.state(),
            State::Starting | State::Running | State::Ending
        )
    }

    /// The same generation in another state.
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

    /// Are the two of one generation, that is, about the same process?
    pub fn same_process(self, other: Word) -> bool {
        self.with(State::Free) == other.with(State::Free)
    }

    /// A signal to the process of this generation, as its slot holds it.
    pub(super) fn signal(self, signal: u32) -> u32 {
        self.0 & !(GENERATION - 1) | signal
    }
}
