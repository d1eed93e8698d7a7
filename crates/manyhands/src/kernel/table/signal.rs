//! Signals, and what a process has decided to do with each of them.
//!
//! A slot has two words for this. `SIGNAL` says which signals are pending, as one bit
//! each, together with the generation of the process for which they are meant. Others
//! write it. `DISPOSITIONS` says which signals the process catches and which it ignores.
//! The process writes it, and its parent before it exists.
//!
//! This module must not know who sends or receives a signal.

use super::word::{GENERATION, Word};
use crate::Error;

/// A signal, with its number on Linux (Python's `signal.Signals`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u32)]
#[expect(missing_docs, reason = "these are POSIX's names")]
pub enum Signal {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGABRT = 6,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGCHLD = 17,
}

impl Signal {
    /// All signals, in the order of their numbers. The index of a signal is the number of
    /// its bit.
    pub const ALL: [Signal; 13] = [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGABRT,
        Signal::SIGFPE,
        Signal::SIGKILL,
        Signal::SIGUSR1,
        Signal::SIGSEGV,
        Signal::SIGUSR2,
        Signal::SIGPIPE,
        Signal::SIGALRM,
        Signal::SIGTERM,
        Signal::SIGCHLD,
    ];

    /// The signal's number.
    pub fn number(self) -> i32 {
        self as i32
    }

    fn bit(self) -> u32 {
        match Signal::ALL.iter().position(|signal| *signal == self) {
            Some(index) => 1 << index,
            None => 0,
        }
    }
}

impl TryFrom<i32> for Signal {
    type Error = Error;

    /// # Errors
    /// [`Error::ValueError`] if no signal has this number.
    fn try_from(number: i32) -> Result<Signal, Error> {
        let found = Signal::ALL
            .into_iter()
            .find(|signal| signal.number() == number);
        found.ok_or_else(|| {
            Error::ValueError(format!(
                "there is no signal {number} here: a process can be sent SIGHUP, SIGINT, \
                 SIGQUIT, SIGABRT, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, \
                 SIGALRM, SIGTERM and SIGCHLD"
            ))
        })
    }
}

/// What a signal does to a process (Python's `SIG_DFL`, `SIG_IGN`, or a handler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The signal ends the process, whose exit code is then the negative number of the
    /// signal; `SIGCHLD` does nothing.
    Default,
    /// The signal does nothing.
    Ignore,
    /// The signal is pending until the process takes it.
    Catch,
}

/// A process's decision about each signal: the value of its `DISPOSITIONS` word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispositions(pub u32);

/// How many bits of each word are about signals.
const BITS: u32 = Signal::ALL.len() as u32;
const MASK: u32 = (1 << BITS) - 1;

impl Dispositions {
    fn caught(self) -> u32 {
        self.0 & MASK
    }

    /// The signals that the process was told to ignore, and those that do nothing unless
    /// it catches them.
    fn ignored(self) -> u32 {
        (self.0 >> BITS | Signal::SIGCHLD.bit()) & MASK & !self.caught()
    }

    /// Does this signal do nothing?
    pub fn ignores(self, signal: Signal) -> bool {
        self.ignored() & signal.bit() != 0
    }

    /// What this signal does.
    pub fn action(self, signal: Signal) -> Action {
        if self.caught() & signal.bit() != 0 {
            Action::Catch
        } else if self.0 >> BITS & signal.bit() != 0 {
            Action::Ignore
        } else {
            Action::Default
        }
    }

    /// With another decision about one signal.
    /// `SIGKILL` always ends the process.
    pub fn with(self, signal: Signal, action: Action) -> Dispositions {
        let (caught, ignored) = (signal.bit(), signal.bit() << BITS);
        let rest = self.0 & !(caught | ignored);
        Dispositions(match action {
            Action::Default => rest,
            Action::Ignore => rest | ignored,
            Action::Catch => rest | caught,
        })
    }

    /// What a child begins with: it ignores what its parent ignores, as after `exec`.
    pub fn inherited(self) -> Dispositions {
        Dispositions(self.0 & MASK << BITS)
    }
}

/// Pending signals: the value of a slot's `SIGNAL` word without the generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending(u32);

/// The process must end by its signals, whatever it decided about them.
const FORCED: u32 = 1 << BITS;

const _: () = assert!(FORCED < GENERATION);

impl Pending {
    /// The signals in a slot's `SIGNAL` word that are meant for the process of `word`.
    pub fn of(value: u32, word: Word) -> Pending {
        let is_of = value != 0 && Word(value).same_process(word);
        Pending(if is_of { value & (GENERATION - 1) } else { 0 })
    }

    /// The value of the `SIGNAL` word for the process of `word`; 0 if nothing is pending.
    pub fn value(self, word: Word) -> u32 {
        match self.0 {
            0 => 0,
            signals => word.signals(signals),
        }
    }

    /// With one signal more, which ends the process in any case if it is `forced`.
    pub fn with(self, signal: Signal, forced: bool) -> Pending {
        Pending(self.0 | signal.bit() | if forced { FORCED } else { 0 })
    }

    /// Without this signal.
    pub fn without(self, signal: Signal) -> Pending {
        Pending(self.0 & !signal.bit())
    }

    /// Without the signals that do nothing.
    pub fn without_ignored(self, dispositions: Dispositions) -> Pending {
        if self.0 & FORCED != 0 {
            return self;
        }
        Pending(self.0 & !dispositions.ignored())
    }

    /// The signal by which the process must end. Of several it is not `SIGKILL`, which is
    /// the only one that is added when there is another.
    pub fn fatal(self, dispositions: Dispositions) -> Option<Signal> {
        let spared = match self.0 & FORCED {
            0 => (dispositions.caught() | dispositions.ignored()) & !Signal::SIGKILL.bit(),
            _ => 0,
        };
        let fatal = self.0 & !spared & MASK;
        lowest(fatal & !Signal::SIGKILL.bit()).or_else(|| lowest(fatal))
    }

    /// The pending signal with the lowest number that the process catches.
    pub fn caught(self, dispositions: Dispositions) -> Option<Signal> {
        lowest(self.0 & dispositions.caught())
    }
}

fn lowest(bits: u32) -> Option<Signal> {
    Signal::ALL.get(bits.trailing_zeros() as usize).copied()
}
