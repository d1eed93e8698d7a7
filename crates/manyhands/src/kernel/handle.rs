//! Handles: shared objects, and functions, as plain data.
//!
//! A handle is an address and a tag. The tag holds the kind and a generation, so the
//! kind of a handle that arrives can be checked without reading the object.
//!
//! This module must not know what the objects do: `object` and `channel` are above it.

use super::layout;

/// What an object is used as. The kind is part of the handle, so it can be checked
/// without reading the object.
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
    /// Bytes for benchmarks.
    RawSegment,
    // Words that are waited on.
    /// The permits of a semaphore.
    Semaphore,
    /// The permits of a bounded semaphore, which never exceed the first number.
    BoundedSemaphore,
    /// A flag.
    Event,
    /// The waiters of a condition.
    Condition,
    /// The number of unfinished tasks of a queue.
    Tasks,
    /// No word: processes only hold it.
    Token,
    // Objects whose first word says who owns them: see [`owned`].
    /// A lock.
    Lock,
    /// A lock that its owner can acquire again.
    RLock,
    /// A barrier.
    Barrier,
    // Channels: framed messages, first in, first out.
    /// A queue.
    Queue,
    /// A queue that is bounded by bytes, not by a number of messages.
    SimpleQueue,
    /// One direction of a pipe.
    Pipe,
    // The ends of pipes: which channel each reads and which it writes.
    /// One end of a pipe, or the receiving end of a listener.
    End,
    /// The connections that a listener has not accepted yet: a channel.
    Listener,
}

impl Kind {
    /// Every kind, by number from 1.
    pub const ALL: [Kind; 19] = [
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
        Kind::Listener,
    ];

    /// The kind as one bit, for a set of kinds.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The name of the kind, for the text of an error.
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
            Kind::Listener => "Listener",
        }
    }
}

/// The kinds that are segments.
pub const SEGMENTS: u32 = Kind::SharedMemory.bit()
    | Kind::ShareableList.bit()
    | Kind::Array.bit()
    | Kind::Value.bit()
    | Kind::RawSegment.bit();
/// The kinds whose first word says who owns the object.
pub const OWNED: u32 = Kind::Lock.bit() | Kind::RLock.bit() | Kind::Barrier.bit();
/// The kinds that are channels.
pub const CHANNELS: u32 =
    Kind::Queue.bit() | Kind::SimpleQueue.bit() | Kind::Pipe.bit() | Kind::Listener.bit();

/// In place of a kind: the handle means a function and not an object.
const FUNCTION: u32 = KIND_MASK - 1;

/// A shared object as plain data; or a function, which travels in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// The block's address.
    pub at: u32,
    /// Kind and generation. A later object at the same address has another tag.
    pub tag: u32,
}

impl Handle {
    /// The size of a handle in an envelope, in bytes.
    pub const SIZE: usize = 8;

    /// The handle as bytes.
    pub fn to_bytes(self) -> [u8; Handle::SIZE] {
        (u64::from(self.tag) << 32 | u64::from(self.at)).to_le_bytes()
    }

    /// The handle that these bytes mean.
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

    /// The name of its kind, for the text of an error.
    pub fn name(self) -> &'static str {
        let kind = Kind::ALL.get((self.kind() as usize).wrapping_sub(1));
        kind.map_or("something else", |kind| kind.name())
    }

    /// A handle for a function: its index in the function table and the number of its
    /// type.
    pub fn of_function(index: u32, number: u32) -> Handle {
        Handle {
            at: index,
            tag: number << KIND_BITS | FUNCTION,
        }
    }

    /// Does the handle mean a function?
    pub fn is_function(self) -> bool {
        self.kind() == FUNCTION
    }

    /// The index of the function, if its type has this number.
    pub fn function(self, number: u32) -> Option<u32> {
        (self == Handle::of_function(self.at, number)).then_some(self.at)
    }

    /// The address of a byte of the object's body.
    pub fn body(self, offset: u32) -> u32 {
        self.at + layout::object::BODY + offset
    }
}

/// The low bits of a tag hold the kind, the others the generation.
pub const KIND_BITS: u32 = 5;
/// The kind in a tag.
pub const KIND_MASK: u32 = (1 << KIND_BITS) - 1;
