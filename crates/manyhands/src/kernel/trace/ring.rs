//! The ring that one process writes and the host reads.
//!
//! A ring consists of units of 32 bytes. An event is one unit. A piece of text is a
//! head unit and as many units as its bytes fill. Events that find the ring full are
//! counted and dropped. Text waits for room, as a print to a full pipe does.
//!
//! This module must not know whose ring it is.

use super::event::{Event, Op, Pid};
use crate::kernel::{
    arena::Memory,
    wait::{Arm, Sleeper, Step, block},
};

const UNIT: u32 = 32;
/// How many units a ring holds.
const CAPACITY: u32 = 1024;
/// A longer text is written in pieces of this many bytes, so that no piece needs the
/// whole ring.
const PIECE: usize = 8192;

/// Offsets in the ring's header, which takes one unit.
const WRITTEN: u32 = 0;
const READ: u32 = 4;
const LOST: u32 = 8;

/// The size of a ring in bytes.
pub const SIZE: u32 = UNIT * (CAPACITY + 1);

/// This bit in a unit's operation marks the head unit of a text.
const TEXT: u32 = 1 << 31;
/// This bit means that more of the same line follows.
const CONTINUES: u32 = 1 << 30;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A printed line.
    Stdout = 0,
    /// A line for the standard error stream.
    Stderr = 1,
    /// The process's name.
    Name = 2,
    /// Printed text that does not end its line.
    StdoutPart = 3,
    /// … for the standard error stream.
    StderrPart = 4,
}

/// What is read from a ring.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// An event.
    Event(Event),
    /// A whole text, joined from its pieces.
    Text {
        /// As in [`Event`].
        sequence: u32,
        /// As in [`Event`].
        time_us: f64,
        /// As in [`Event`].
        pid: Pid,
        /// What kind of text it is.
        kind: TextKind,
        /// The text.
        text: String,
    },
}

impl Item {
    /// The item's sequence number, which orders items over all processes.
    pub fn sequence(&self) -> u32 {
        match self {
            Item::Event(event) => event.sequence,
            Item::Text { sequence, .. } => *sequence,
        }
    }
}

struct Unit {
    sequence: u32,
    operation: u32,
    time_us: f64,
    pid: u32,
    object: u32,
    operands: [u32; 2],
}

impl Unit {
    fn bytes(&self) -> [u8; UNIT as usize] {
        let mut bytes = [0; UNIT as usize];
        let words = [self.sequence, self.operation];
        let tail = [self.pid, self.object, self.operands[0], self.operands[1]];
        for (index, word) in words.iter().enumerate() {
            bytes[4 * index..][..4].copy_from_slice(&word.to_le_bytes());
        }
        bytes[8..16].copy_from_slice(&self.time_us.to_le_bytes());
        for (index, word) in tail.iter().enumerate() {
            bytes[16 + 4 * index..][..4].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; UNIT as usize]) -> Unit {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Unit {
            sequence: word(0),
            operation: word(4),
            time_us: f64::from_bits(u64::from(word(8)) | u64::from(word(12)) << 32),
            pid: word(16),
            object: word(20),
            operands: [word(24), word(28)],
        }
    }
}

/// A ring in the arena.
pub struct Ring<'a, M: Memory> {
    memory: &'a M,
    at: u32,
}

impl<'a, M: Memory> Ring<'a, M> {
    /// The ring at `at`.
    pub fn new(memory: &'a M, at: u32) -> Self {
        Ring { memory, at }
    }

    /// Makes an empty ring.
    pub fn format(&self) {
        for word in [WRITTEN, READ, LOST] {
            self.memory.store(self.at + word, 0);
        }
    }

    fn place(&self, index: u32) -> u32 {
        self.at + UNIT * (1 + index % CAPACITY)
    }

    fn free_units(&self) -> u32 {
        let written = self.memory.load(self.at + WRITTEN);
        CAPACITY - written.wrapping_sub(self.memory.load(self.at + READ))
    }

    /// Records an event, or counts it as lost. Only the ring's own process may call
    /// this.
    pub fn push(&self, event: &Event) {
        if self.free_units() == 0 {
            self.memory.add(self.at + LOST, 1);
            return;
        }
        let written = self.memory.load(self.at + WRITTEN);
        let unit = Unit {
            sequence: event.sequence,
            operation: event.op as u32,
            time_us: event.time_us,
            pid: event.pid,
            object: event.object,
            operands: event.operands,
        };
        self.memory.write(self.place(written), &unit.bytes());
        self.memory
            .store(self.at + WRITTEN, written.wrapping_add(1));
    }

    /// Writes a text. If there is a `sleeper`, it waits for room; without one, text
    /// that finds no room is counted as lost.
    pub fn push_text(
        &self,
        stamp: &mut dyn FnMut() -> (u32, f64),
        pid: Pid,
        kind: TextKind,
        text: &str,
        sleeper: Option<&impl Sleeper>,
        wake_reader: &dyn Fn(),
    ) {
        let mut pieces = text.as_bytes().chunks(PIECE).peekable();
        if pieces.peek().is_none() {
            self.push_piece(stamp(), pid, kind, &[], false, sleeper, wake_reader);
        }
        while let Some(piece) = pieces.next() {
            let more = pieces.peek().is_some();
            self.push_piece(stamp(), pid, kind, piece, more, sleeper, wake_reader);
        }
    }

    #[allow(clippy::too_many_arguments)] // one private step of `push_text`
    fn push_piece(
        &self,
        (sequence, time_us): (u32, f64),
        pid: Pid,
        kind: TextKind,
        piece: &[u8],
        more: bool,
        sleeper: Option<&impl Sleeper>,
        wake_reader: &dyn Fn(),
    ) {
        let units = 1 + (piece.len() as u32).div_ceil(UNIT);
        let room = || {
            let seen = self.memory.load(self.at + READ);
            if self.free_units() >= units {
                Step::Ready(())
            } else {
                wake_reader();
                Step::Wait {
                    at: self.at + READ,
                    seen,
                    arm: Arm::Nothing,
                }
            }
        };
        match sleeper {
            Some(sleeper) => {
                block(self.memory, sleeper, None, room);
            }
            None if self.free_units() < units => {
                self.memory.add(self.at + LOST, 1);
                return;
            }
            None => {}
        }
        let written = self.memory.load(self.at + WRITTEN);
        let head = Unit {
            sequence,
            operation: TEXT | if more { CONTINUES } else { 0 } | kind as u32,
            time_us,
            pid,
            object: piece.len() as u32,
            operands: [0, 0],
        };
        self.memory.write(self.place(written), &head.bytes());
        for (index, part) in (1u32..).zip(piece.chunks(UNIT as usize)) {
            self.memory
                .write(self.place(written.wrapping_add(index)), part);
        }
        self.memory
            .store(self.at + WRITTEN, written.wrapping_add(units));
    }

    /// How many events were lost since the last call.
    pub fn take_lost(&self) -> u32 {
        self.memory.exchange(self.at + LOST, 0)
    }

    /// Reads everything in the ring. `unfinished` keeps the beginning of a line whose
    /// end has not arrived until the next call. Only the host may call this.
    pub fn drain(&self, unfinished: &mut Vec<u8>, items: &mut Vec<Item>) {
        let written = self.memory.load(self.at + WRITTEN);
        let mut read = self.memory.load(self.at + READ);
        if read == written {
            return;
        }
        while read != written {
            let mut bytes = [0; UNIT as usize];
            self.memory.read(self.place(read), &mut bytes);
            read = read.wrapping_add(1);
            let unit = Unit::from_bytes(&bytes);
            let Unit {
                sequence,
                time_us,
                pid,
                object,
                operands,
                ..
            } = unit;
            if unit.operation & TEXT == 0 {
                if let Some(op) = Op::from_u32(unit.operation) {
                    items.push(Item::Event(Event {
                        sequence,
                        time_us,
                        pid,
                        op,
                        object,
                        operands,
                    }));
                }
                continue;
            }
            let mut left = object as usize;
            while left > 0 && read != written {
                self.memory.read(self.place(read), &mut bytes);
                read = read.wrapping_add(1);
                unfinished.extend(&bytes[..left.min(UNIT as usize)]);
                left = left.saturating_sub(UNIT as usize);
            }
            if unit.operation & CONTINUES == 0 {
                let kind = match unit.operation & 7 {
                    0 => TextKind::Stdout,
                    1 => TextKind::Stderr,
                    3 => TextKind::StdoutPart,
                    4 => TextKind::StderrPart,
                    _ => TextKind::Name,
                };
                let text = String::from_utf8_lossy(unfinished).into_owned();
                unfinished.clear();
                items.push(Item::Text {
                    sequence,
                    time_us,
                    pid,
                    kind,
                    text,
                });
            }
        }
        self.memory.store(self.at + READ, read);
        self.memory.notify(self.at + READ, 1);
    }
}
