//! Looking at shared objects from outside: which one it is, what state it is in, and which
//! processes hold it. Nothing here keeps an object alive, waits for it, or changes it.
//!
//! This module must not know what the objects are used for.

use crate::kernel::{
    arena::{Arena, Memory},
    channel, current,
    handle::{CHANNELS, Handle, Kind},
    host,
    layout::SLOT_COUNT,
    trace::Pid,
};

/// The number of permits of a semaphore is in its first word, under a flag.
const PERMITS: u32 = (1 << 31) - 1;

/// Which shared object it is: plain data, which does not keep the object alive.
///
/// No two objects have the same one, even if one of them takes the place of the other.
/// Whoever has it may ask for the object's state at any time; once the object is gone,
/// there is no answer.
///
/// ```no_run
/// use manyhands::{Error, Semaphore};
///
/// fn main_program() -> Result<(), Error> {
///     let semaphore = Semaphore::new(3)?;
///     let id = semaphore.id();
///     assert_eq!(id.permits(), Some(3));
///     drop(semaphore);
///     assert_eq!(id.permits(), None);
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectId(Handle);

/// What waits in one direction of a pipe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// How many messages were sent and not received.
    pub messages: u32,
    /// How many bytes these have.
    pub bytes: u32,
}

/// The objects that an end of a pipe consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionIds {
    /// The end itself: it closes when its last holder is gone.
    pub end: Option<ObjectId>,
    /// What is received from; `None` for an end that can only send.
    pub reads: Option<ObjectId>,
    /// What is sent to; `None` for an end that can only receive.
    pub writes: Option<ObjectId>,
}

impl ObjectId {
    pub(crate) fn new(handle: Handle) -> ObjectId {
        ObjectId(handle)
    }

    /// As two numbers. The first one alone tells the objects apart that exist at the same
    /// time; it is not 0.
    pub fn to_numbers(self) -> [u32; 2] {
        [self.0.at, self.0.tag]
    }

    /// From [`ObjectId::to_numbers`]. With any other numbers, it is an object that does not
    /// exist, or another object than was meant.
    pub fn from_numbers([at, tag]: [u32; 2]) -> ObjectId {
        ObjectId(Handle { at, tag })
    }

    /// Whether the object exists: some process holds it, or it is on its way in a message.
    pub fn exists(self) -> bool {
        host::is_up() && !self.0.is_function() && current::objects().is_valid(self.0)
    }

    /// What `read` returns, if the object is of one of these kinds and existed all the
    /// while.
    fn read<T>(self, kinds: u32, read: impl FnOnce() -> T) -> Option<T> {
        if !self.0.is_one_of(kinds) || !self.exists() {
            return None;
        }
        let value = read();
        self.exists().then_some(value)
    }

    /// The free permits of a semaphore.
    pub fn permits(self) -> Option<u32> {
        let kinds = Kind::Semaphore.bit() | Kind::BoundedSemaphore.bit();
        self.read(kinds, || Arena.load(self.0.body(0)) & PERMITS)
    }

    /// What waits in a queue or in one direction of a pipe.
    pub fn unread(self) -> Option<Unread> {
        self.read(CHANNELS, || {
            let (messages, bytes) = channel::unread(&Arena, self.0.body(0));
            Unread { messages, bytes }
        })
    }

    /// The pids of the processes and threads that hold the object, in the order of their
    /// pids; the page is [`HOST`](crate::trace::HOST). Nobody holds an object that is on
    /// its way in a message.
    pub fn holders(self) -> Vec<Pid> {
        if !self.exists() {
            return Vec::new();
        }
        let table = current::table();
        let objects = current::objects();
        let held = (0..SLOT_COUNT).filter(|slot| objects.is_held_by(self.0, *slot));
        let mut pids: Vec<Pid> = held
            .map(|slot| match slot {
                current::HOST_SLOT => crate::trace::HOST,
                _ => table.pid_of(slot, table.word(slot)),
            })
            .filter(|pid| *pid != 0)
            .collect();
        pids.sort_unstable();
        pids
    }
}
