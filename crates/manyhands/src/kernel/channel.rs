//! A channel: a queue of messages, first in, first out, with any number of writers and
//! readers.
//!
//! Messages are frames in a chain of segments, which are heap blocks. A message of any
//! size is one frame and is copied once on each side. The writers have a lock and the
//! readers have another; each is held for the time of a copy and never while a process
//! waits. Writing a frame's first word commits the message: a writer that is killed
//! before it has put nothing, and one that is killed after it has put the whole message
//! ([`recover`] completes the counts and addresses).
//!
//! This module must not know what is in a message, except for the handles in front of
//! it.

mod recovery;

pub use recovery::{dispose, recover};

use super::{
    arena::Memory,
    buffer,
    handle::Handle,
    heap::Heap,
    lock::Lock,
    spin,
    wait::{Arm, Step, change, wake},
};

// The body has four cache lines, because moving a line between the caches of two cores
// takes longer than all the rest. One line is only the writers' and one only the
// readers'; the other two are written once per message.

/// How many messages were ever put, with flags. Readers sleep on it.
const PUT: u32 = 0;

const WRITE_LOCK: u32 = 64;
/// Where the next frame will be written, and the segment that this is in.
const TAIL: u32 = 68;
const TAIL_SEGMENT: u32 = 72;
const PUT_BYTES: u32 = 76;
/// How many messages may wait, and how many bytes; 0 means any number.
const MAX_ITEMS: u32 = 80;
const MAX_BYTES: u32 = 84;
/// The counts of taken messages and bytes when a writer last read them. They may have
/// grown since.
const SEEN_TAKEN: u32 = 88;
const SEEN_TAKEN_BYTES: u32 = 92;
/// 1 when no reader is left.
const NO_READER: u32 = 96;
/// A segment that is being linked to the chain, 0 for none.
const NEW_SEGMENT: u32 = 100;
/// An empty segment of the usual size, kept for the next need; 0 for none.
const SPARE: u32 = 104;

const READ_LOCK: u32 = 128;
/// The next frame to be read, and the segment that it is in.
const HEAD: u32 = 132;
const HEAD_SEGMENT: u32 = 136;

/// How many messages were ever taken, with flags. Writers sleep on it.
const TAKEN: u32 = 192;
const TAKEN_BYTES: u32 = 196;

const LINE: u32 = 64;
/// The size of a channel's body in bytes, including what is needed to align it.
pub const SIZE: u32 = 4 * LINE + LINE - 16;

fn aligned(body: u32) -> u32 {
    body.next_multiple_of(LINE)
}

/// In a count: the count will never change again.
const FINAL: u32 = 1;
/// In a count: a process may be asleep until the count changes.
const SLEEPERS: u32 = 2;
/// In a count: the value of one message. Counts wrap around.
const ONE: u32 = 4;
const COUNT: u32 = !(ONE - 1);

/// One side of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those who take messages.
    Readers = TAKEN as isize,
    /// Those who put messages.
    Writers = PUT as isize,
}

/// A segment's first frame, after a header with the address of the segment's end.
const FIRST: u32 = 16;
/// The size of a frame's header: the frame's length plus 1 (0: not committed), the
/// number of its message, the sum of the bytes of all messages up to this one, and how
/// many handles come first.
const FRAME: u32 = 16;
/// In place of a length: the next word is the address of the next segment.
const LINK: u32 = u32::MAX;
/// The sizes of the first segment and of the others. The model checker, whose work
/// grows with every byte, gets segments that hold one message and two.
const SMALL: u32 = if cfg!(feature = "model") { 64 } else { 4096 };
const USUAL: u32 = if cfg!(feature = "model") { 96 } else { 1 << 16 };

/// Why a message was not put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No reader is left.
    NoReader,
    /// The arena has no room.
    Memory,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The handles that travelled with it. They are still in flight.
    pub handles: Vec<Handle>,
    /// The bytes of the message.
    pub bytes: Vec<u8>,
}

/// How many bytes were taken, and the handles that travelled with them; or, as an
/// error, the size of the message when it does not fit.
pub type TakenInto = Result<(usize, Vec<Handle>), usize>;

/// A channel, as used by one process.
pub struct Channel<'a, M: Memory> {
    memory: &'a M,
    heap: &'a Heap<'a, M>,
    at: u32,
    /// The number under which the process takes locks.
    owner: u32,
    may_sleep: bool,
}

impl<'a, M: Memory> Channel<'a, M> {
    /// The channel whose body is at `at`.
    pub fn new(memory: &'a M, heap: &'a Heap<'a, M>, at: u32, owner: u32, may_sleep: bool) -> Self {
        Channel {
            memory,
            heap,
            at: aligned(at),
            owner,
            may_sleep,
        }
    }

    /// Makes an empty channel out of a body of zeros; `None` if the arena has no room.
    pub fn format(&self, max_items: u32, max_bytes: u32) -> Option<()> {
        let segment = self.new_segment(SMALL)?;
        for (field, value) in [
            (HEAD, segment + FIRST),
            (HEAD_SEGMENT, segment),
            (TAIL, segment + FIRST),
            (TAIL_SEGMENT, segment),
            (MAX_ITEMS, max_items),
            (MAX_BYTES, max_bytes),
        ] {
            self.set(field, value);
        }
        Some(())
    }

    fn get(&self, field: u32) -> u32 {
        self.memory.load(self.at + field)
    }

    fn set(&self, field: u32, value: u32) {
        self.memory.store(self.at + field, value);
    }

    fn set_relaxed(&self, field: u32, value: u32) {
        self.memory.store_relaxed(self.at + field, value);
    }

    fn locked<R>(&self, lock: u32, f: impl FnOnce() -> R) -> R {
        let lock = Lock(self.at + lock);
        lock.acquire(self.memory, self.owner, self.may_sleep);
        let result = f();
        lock.release(self.memory);
        result
    }

    /// An empty segment of `size` bytes, possibly a reused one.
    fn new_segment(&self, size: u32) -> Option<u32> {
        let segment = match self.memory.exchange(self.at + SPARE, 0) {
            0 => self.heap.allocate(size)?,
            spare if size <= USUAL => spare,
            spare => {
                self.heap.free(spare);
                self.heap.allocate(size)?
            }
        };
        // A reused segment holds the address of its end already.
        let end = segment + size;
        if size != USUAL || self.memory.load(segment) != end {
            self.memory.store(segment, end);
        }
        self.memory.store(segment + FIRST, 0);
        Some(segment)
    }

    /// How many messages wait.
    pub fn len(&self) -> u32 {
        let taken = self.get(TAKEN) & COUNT;
        waiting(self.get(PUT) & COUNT, taken)
    }

    /// How many messages were ever taken. The number wraps around and grows by [`ONE`]
    /// for each message.
    pub fn taken(&self) -> u32 {
        self.get(TAKEN) & COUNT
    }

    /// Ready when the number of taken messages is no longer `before`.
    pub fn taken_since(&self, before: u32) -> Step<()> {
        let seen = self.get(TAKEN);
        if seen & COUNT != before || seen & FINAL != 0 {
            return Step::Ready(());
        }
        Step::Wait {
            at: self.at + TAKEN,
            seen,
            arm: Arm::Bit(SLEEPERS),
        }
    }

    /// Is it full?
    pub fn is_full(&self) -> bool {
        let most = self.get(MAX_ITEMS);
        most != 0 && self.len() >= most
    }

    /// Puts a message that consists of `handles` and bytes. Calls `retain` when there
    /// is room: from then on the handles must be in flight. They must not be while this
    /// waits, because nobody would release them if the process were killed while it
    /// sleeps.
    pub fn put(
        &self,
        handles: &[Handle],
        bytes: &[u8],
        retain: impl FnOnce(),
    ) -> Step<Result<(), Refused>> {
        let length = (Handle::SIZE * handles.len() + bytes.len()) as u32;
        self.locked(WRITE_LOCK, || {
            let put = self.get(PUT) & COUNT;
            // All words are read at once, because reading each by itself takes as long.
            let mut own = [0u32; 8];
            let into = bytemuck::bytes_of_mut(&mut own);
            self.memory.read(self.at + TAIL, into);
            let [
                tail,
                segment,
                put_bytes,
                max_items,
                max_bytes,
                seen @ ..,
                no_reader,
            ] = own;
            if no_reader != 0 {
                return Step::Ready(Err(Refused::NoReader));
            }
            // An empty channel accepts one message of any size.
            let full = |[taken, taken_bytes]: [u32; 2]| {
                let waiting = waiting(put, taken);
                max_items != 0 && waiting >= max_items
                    || max_bytes != 0
                        && waiting != 0
                        && put_bytes.wrapping_sub(taken_bytes).saturating_add(length) > max_bytes
            };
            // Reads the readers' lines only if there seems to be no room.
            if full(seen) {
                let taken = self.get(TAKEN);
                let now = [taken & COUNT, self.get(TAKEN_BYTES)];
                if taken & FINAL != 0 {
                    return Step::Ready(Err(Refused::NoReader));
                }
                if full(now) {
                    return Step::Wait {
                        at: self.at + TAKEN,
                        seen: taken,
                        arm: Arm::Bit(SLEEPERS),
                    };
                }
                self.set_relaxed(SEEN_TAKEN_BYTES, now[1]);
                self.set_relaxed(SEEN_TAKEN, now[0]);
            }
            let Some(at) = self.room(length, tail, segment) else {
                return Step::Ready(Err(Refused::Memory));
            };
            retain();
            let put_bytes = put_bytes.wrapping_add(length);
            let next = self.write_frame(at, length, [put, put_bytes], handles, bytes);
            self.memory.store(at, length + 1);
            self.set_relaxed(PUT_BYTES, put_bytes);
            self.count(PUT, put.wrapping_add(ONE));
            // Last: until then the frame at the tail shows what is left to do.
            self.set_relaxed(TAIL, next);
            if length > USUAL {
                // The next message begins in another segment, so that whoever takes
                // this message can free its segment at once. If there is no room for
                // that, the segment is freed later.
                let _ = self.room(0, next, self.get(TAIL_SEGMENT));
            }
            Step::Ready(Ok(()))
        })
    }

    /// Writes a whole frame except its commit, and the 0 after it; returns where the
    /// next frame begins.
    fn write_frame(
        &self,
        at: u32,
        length: u32,
        [number, put_bytes]: [u32; 2],
        handles: &[Handle],
        bytes: &[u8],
    ) -> u32 {
        let padded = length.next_multiple_of(FRAME);
        let next = at + FRAME + padded;
        let head = [number, put_bytes, handles.len() as u32];
        self.memory.store_relaxed(next, 0);
        self.memory.write(at + 4, bytemuck::bytes_of(&head));
        let mut place = at + FRAME;
        for handle in handles {
            self.memory.write(place, &handle.to_bytes());
            place += Handle::SIZE as u32;
        }
        self.memory.write(place, bytes);
        next
    }

    /// Sets a count of messages and wakes those who sleep until it changes.
    fn count(&self, word: u32, count: u32) {
        if self.memory.exchange(self.at + word, count) & SLEEPERS != 0 {
            wake(self.memory, self.at + word);
        }
    }

    /// The address at which a frame of `length` bytes can be written, in a new segment if
    /// necessary; `None` if the arena has no room.
    fn room(&self, length: u32, at: u32, segment: u32) -> Option<u32> {
        let size = FRAME.checked_add(length.checked_next_multiple_of(FRAME)?)?;
        let end = self.memory.load(segment);
        if at + FRAME <= end && size <= end - at - FRAME {
            return Some(at);
        }
        let least = size.checked_add(FIRST + FRAME)?;
        // If the arena is nearly full, a segment for this frame alone may still find room.
        let new = (self.new_segment(USUAL.max(least))).or_else(|| self.new_segment(least))?;
        self.set(NEW_SEGMENT, new);
        self.memory.store(at + 4, new);
        self.memory.store(at, LINK);
        self.set(TAIL_SEGMENT, new);
        self.set(TAIL, new + FIRST);
        self.set(NEW_SEGMENT, 0);
        Some(new + FIRST)
    }

    /// Ready with `true` when a message has been counted, and with `false` when there
    /// will never be one.
    fn next_message(&self) -> Step<bool> {
        // In this order: if the two counts agree, there is no message.
        let taken = self.get(TAKEN) & COUNT;
        let seen = self.get(PUT);
        if waiting(seen & COUNT, taken) != 0 {
            return Step::Ready(true);
        }
        if seen & FINAL != 0 {
            return Step::Ready(false);
        }
        Step::Wait {
            at: self.at + PUT,
            seen,
            arm: Arm::Bit(SLEEPERS),
        }
    }

    /// Looks for a few microseconds whether a message comes, if looking has tended to
    /// succeed; `true` if none came. It reads only the place of the next frame, so that
    /// the writers' other words stay in their core's cache.
    pub fn stays_empty(&self) -> bool {
        let next = self.get(HEAD);
        let is_there = || self.memory.load(next) != 0;
        !is_there() && !spin::look_until(self.at + PUT, spin::LOOKS, is_there)
    }

    /// The address of the first frame, and whether a committed message is there. If so,
    /// it can be taken even if it is not counted yet, and the writers' lines need not
    /// be read.
    fn committed_head(&self) -> (u32, bool) {
        let at = self.get(HEAD);
        (at, !matches!(self.memory.load(at), 0 | LINK))
    }

    /// The address of the first message's frame, or the place of the next frame if
    /// there is no message. Frees segments that have been read completely. The caller
    /// must hold the readers' lock.
    fn head(&self) -> u32 {
        loop {
            let at = self.get(HEAD);
            if self.memory.load(at) != LINK {
                return at;
            }
            let segment = self.get(HEAD_SEGMENT);
            let next = self.memory.load(at + 4);
            self.set(HEAD_SEGMENT, next);
            self.set(HEAD, next + FIRST);
            let usual = self.memory.load(segment) == segment + USUAL;
            let old = if usual {
                self.memory.exchange(self.at + SPARE, segment)
            } else {
                segment
            };
            self.heap.free(old);
        }
    }

    /// Counts the message at the head as taken and moves the head to the next frame.
    fn advance_head(&self, at: u32, frame: &Frame) {
        // Before the count, because writers that sleep on the count wake when it
        // changes.
        self.set_relaxed(TAKEN_BYTES, frame.put_bytes);
        self.count(TAKEN, frame.number.wrapping_add(ONE));
        // Last: until then the count and the frame show what is left to do.
        self.set_relaxed(HEAD, at + FRAME + frame.length.next_multiple_of(FRAME));
        if frame.length > USUAL {
            self.head();
        }
    }

    /// Ready with `true` when there is a message, and with `false` when there will
    /// never be one.
    pub fn peek(&self) -> Step<bool> {
        self.next_message()
    }

    /// Takes a message; `None` if there will never be one.
    pub fn take(&self) -> Step<Option<Message>> {
        self.take_with(|length, handles, at| {
            let from = at + (Handle::SIZE * handles.len()) as u32;
            let mut bytes = buffer::of_length((length - (from - at)) as usize);
            self.memory.read(from, &mut bytes);
            Some(Message { handles, bytes })
        })
        .map(Option::flatten)
    }

    /// Takes a message's bytes directly into `into`. Returns how many bytes, and the
    /// handles that travelled with them. If the message is longer than `into`, it
    /// stays, and its size is returned as an error.
    pub fn take_into(&self, into: &mut [u8]) -> Step<Option<TakenInto>> {
        let mut needed = None;
        let step = self.take_with(|length, handles, at| {
            let from = at + (Handle::SIZE * handles.len()) as u32;
            let length = (length - (from - at)) as usize;
            match into.get_mut(..length) {
                Some(into) => self.memory.read(from, into),
                None => {
                    needed = Some(length);
                    return None;
                }
            }
            Some((length, handles))
        });
        step.map(|taken| taken.map(|taken| taken.ok_or(needed.unwrap_or_default())))
    }

    /// Takes a message if `f` returns a value for its length, handles and address; if
    /// `f` returns `None`, the message stays.
    fn take_with<T>(
        &self,
        f: impl FnOnce(u32, Vec<Handle>, u32) -> Option<T>,
    ) -> Step<Option<Option<T>>> {
        // The lock is not needed to find that there is no message.
        if !self.committed_head().1 {
            match self.next_message() {
                Step::Ready(true) => {}
                Step::Ready(false) => return Step::Ready(None),
                Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
            }
        }
        self.locked(READ_LOCK, || {
            let (mut at, is_there) = self.committed_head();
            if !is_there {
                match self.next_message() {
                    Step::Ready(true) => at = self.head(),
                    Step::Ready(false) => return Step::Ready(None),
                    Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
                }
            }
            let frame = Frame::at(self.memory, at);
            let result = f(frame.length, frame.handles(self.memory, at), at + FRAME);
            if result.is_some() {
                self.advance_head(at, &frame);
            }
            Step::Ready(Some(result))
        })
    }
}

/// How many messages wait, calculated from the two counts. A message may be taken
/// before it is counted as put.
fn waiting(put: u32, taken: u32) -> u32 {
    (put.wrapping_sub(taken).cast_signed().max(0)).cast_unsigned() / ONE
}

/// The header of a committed frame.
struct Frame {
    length: u32,
    number: u32,
    put_bytes: u32,
    handles: u32,
}

impl Frame {
    fn at(memory: &impl Memory, at: u32) -> Frame {
        let mut words = [0u32; 4];
        memory.read(at, bytemuck::bytes_of_mut(&mut words));
        let [committed, number, put_bytes, handles] = words;
        Frame {
            length: committed.wrapping_sub(1),
            number,
            put_bytes,
            handles,
        }
    }

    fn handles(&self, memory: &impl Memory, at: u32) -> Vec<Handle> {
        (0..self.handles)
            .map(|index| {
                let mut bytes = [0; Handle::SIZE];
                memory.read(at + FRAME + index * Handle::SIZE as u32, &mut bytes);
                Handle::from_bytes(bytes)
            })
            .collect()
    }
}

/// Closes one side of a channel: no process is left that could use it.
pub fn close(memory: &impl Memory, at: u32, side: Side) {
    let at = aligned(at);
    if side == Side::Readers {
        memory.store(at + NO_READER, 1);
    }
    let word = at + side as u32;
    let _ = change(memory, word, SLEEPERS, |count| Some(count | FINAL));
}

/// Is a process left that could take messages?
pub fn has_reader(memory: &impl Memory, at: u32) -> bool {
    memory.load(aligned(at) + NO_READER) == 0
}

/// How many messages wait, and how many bytes these have, as far as one can tell without a
/// lock.
pub fn unread(memory: &impl Memory, at: u32) -> (u32, u32) {
    let get = |field| memory.load(aligned(at) + field);
    // What was taken is read first, and what was put afterwards: so neither is less than 0.
    let (taken, taken_bytes) = (get(TAKEN) & COUNT, get(TAKEN_BYTES));
    let messages = waiting(get(PUT) & COUNT, taken);
    let bytes = get(PUT_BYTES).wrapping_sub(taken_bytes).cast_signed();
    (messages, bytes.max(0).cast_unsigned())
}

#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests;

#[cfg(all(test, feature = "model"))]
mod model;
