//! Handles: shared objects, and functions, as plain data.
//!
//! A handle is an address and a tag. The tag holds the kind and a generation, so
//! that a handle that arrives can be checked without a look at the object.
//!
//! This room must not know what the objects do: `object` and `channel` are above
//! it.

use super::layout;

/// What an object is used as. It is part of the object's handle, so that one that
/// arrives can be checked without a look at the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    // Segments: bytes.
    /// A named block of bytes.
    SharedMemory = 1,
    /// A named block of bytes that holds a list.
    ShareableList,
    /// An array of numbers.
    Array,
    /// A single number.
    Value,
    /// Bytes that a benchmark works on.
    RawSegment,
    // Words that are waited on.
    /// Permits.
    Semaphore,
    /// Permits of which there are never more than at first.
    BoundedSemaphore,
    /// A flag.
    Event,
    /// Those who wait for a condition.
    Condition,
    /// The unfinished tasks of a queue.
    Tasks,
    /// No word at all: it is only held.
    Token,
    // Words of which the first says who owns it: see [`owned`].
    /// A lock.
    Lock,
    /// A lock that its owner can take again.
    RLock,
    /// A barrier.
    Barrier,
    // Channels: framed messages, first in, first out.
    /// A queue.
    Queue,
    /// A queue that is bounded by bytes.
    SimpleQueue,
    /// One direction of a pipe.
    Pipe,
    // One end of a pipe: the channel it reads, the one it writes.
    /// One end of a pipe.
    End,
}

impl Kind {
    /// Every kind, by number from 1.
    pub const ALL: [Kind; 18] = [
        Kind::SharedMemory,
        Kind::ShareableList,
        Kind::Array,
        Kind::Value,
        Kind::RawSegment,
        Kind::Semaphore,
        Kind::BoundedSemaphore,
        Kind::Event,
        Kind::Condition,
        Kind::Tasks,
        Kind::Token,
        Kind::Lock,
        Kind::RLock,
        Kind::Barrier,
        Kind::Queue,
        Kind::SimpleQueue,
        Kind::Pipe,
        Kind::End,
    ];

    /// The kind as a member of a set of kinds.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Its name, for an error's text.
    pub fn name(self) -> &'static str {
        match self {
            Kind::SharedMemory => "SharedMemory",
            Kind::ShareableList => "ShareableList",
            Kind::Array => "RawArray",
            Kind::Value => "RawValue",
            Kind::RawSegment => "RawSegment",
            Kind::Semaphore => "Semaphore",
            Kind::BoundedSemaphore => "BoundedSemaphore",
            Kind::Event => "Event",
            Kind::Condition => "Condition",
            Kind::Tasks => "JoinableQueue's task count",
            Kind::Token => "token",
            Kind::Lock => "Lock",
            Kind::RLock => "RLock",
            Kind::Barrier => "Barrier",
            Kind::Queue => "Queue",
            Kind::SimpleQueue => "SimpleQueue",
            Kind::Pipe => "pipe",
            Kind::End => "Connection",
        }
    }
}

/// The segments.
pub const SEGMENTS: u32 = Kind::SharedMemory.bit()
    | Kind::ShareableList.bit()
    | Kind::Array.bit()
    | Kind::Value.bit()
    | Kind::RawSegment.bit();
/// Those whose first word says who owns them.
pub const OWNED: u32 = Kind::Lock.bit() | Kind::RLock.bit() | Kind::Barrier.bit();
/// The channels.
pub const CHANNELS: u32 = Kind::Queue.bit() | Kind::SimpleQueue.bit() | Kind::Pipe.bit();

/// Instead of a kind: not an object, but a function.
const FUNCTION: u32 = KIND_MASK - 1;

/// An object, as plain data; or a function, which travels in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// The block's address.
    pub at: u32,
    /// Kind and generation: another object at the same place has another tag.
    pub tag: u32,
}

impl Handle {
    /// Bytes of a handle in an envelope.
    pub const SIZE: usize = 8;

    /// As bytes.
    pub fn to_bytes(self) -> [u8; Handle::SIZE] {
        (u64::from(self.tag) << 32 | u64::from(self.at)).to_le_bytes()
    }

    /// From bytes.
    pub fn from_bytes(bytes: [u8; Handle::SIZE]) -> Handle {
        let number = u64::from_le_bytes(bytes);
        Handle {
            at: number as u32,
            tag: (number >> 32) as u32,
        }
    }

    fn kind(self) -> u32 {
        self.tag & KIND_MASK
    }

    /// Is the object of one of these kinds (see [`Kind::bit`])?
    pub fn is_one_of(self, kinds: u32) -> bool {
        1 << self.kind() & kinds != 0
    }

    /// The name of its kind, for an error's text.
    pub fn name(self) -> &'static str {
        let kind = Kind::ALL.get((self.kind() as usize).wrapping_sub(1));
        kind.map_or("something else", |kind| kind.name())
    }

    /// A function: its index in the function table and the number of its type.
    pub fn of_function(index: u32, number: u32) -> Handle {
        Handle {
            at: index,
            tag: number << KIND_BITS | FUNCTION,
        }
    }

    /// Is it a function?
    pub fn is_function(self) -> bool {
        self.kind() == FUNCTION
    }

    /// The index of a function whose type has this number.
    pub fn function(self, number: u32) -> Option<u32> {
        (self == Handle::of_function(self.at, number)).then_some(self.at)
    }

    /// The address of a byte of its body.
    pub fn body(self, offset: u32) -> u32 {
        self.at + layout::object::BODY + offset
    }
}

/// The low bits of a tag hold the kind, the others the generation.
pub const KIND_BITS: u32 = 5;
/// The kind in a tag.
pub const KIND_MASK: u32 = (1 << KIND_BITS) - 1;
