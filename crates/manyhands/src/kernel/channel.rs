//! A channel: a line of messages, first in, first out, any number of writers
//! and readers.
//!
//! Messages stand as frames in a chain of segments of the heap, so that one of
//! any size is one frame, copied once on each side. A lock for the writers and
//! one for the readers are held for the time of a copy and never while anybody
//! waits. A frame's first word is its commit: a writer killed before it has
//! put nothing, and one killed after it has put everything ([`recover`] does what
//! was left of the book-keeping).
//!
//! This room must not know what is in a message, but for the handles that
//! travel in front of it.

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

// The body is four cache lines, because a line that two cores write goes to and
// fro between them, which takes longer than all the rest: one is the writers'
// own and one the readers', and the other two are written once per message.

/// How many messages were ever put, and flags. Readers sleep on it.
const PUT: u32 = 0;

const WRITE_LOCK: u32 = 64;
/// Where the next frame will be written, and its segment.
const TAIL: u32 = 68;
const TAIL_SEGMENT: u32 = 72;
const PUT_BYTES: u32 = 76;
/// How many messages, and how many bytes, may wait; 0: any number.
const MAX_ITEMS: u32 = 80;
const MAX_BYTES: u32 = 84;
/// What was taken when a writer looked last: at least so much was.
const SEEN_TAKEN: u32 = 88;
const SEEN_TAKEN_BYTES: u32 = 92;
/// 1 when nobody will ever read again.
const NO_READER: u32 = 96;
/// A segment that is being linked.
const NEW_SEGMENT: u32 = 100;
/// An empty segment of the usual size, kept for the next need.
const SPARE: u32 = 104;

const READ_LOCK: u32 = 128;
/// The next frame to be read, and its segment.
const HEAD: u32 = 132;
const HEAD_SEGMENT: u32 = 136;

/// How many messages were ever taken, and flags. Writers sleep on it.
const TAKEN: u32 = 192;
const TAKEN_BYTES: u32 = 196;

const LINE: u32 = 64;
/// Bytes of a channel's body, with room to align it.
pub const SIZE: u32 = 4 * LINE + LINE - 16;

fn aligned(body: u32) -> u32 {
    body.next_multiple_of(LINE)
}

/// In a count: nobody will ever change it again.
const FINAL: u32 = 1;
/// In a count: somebody may sleep until it changes.
const SLEEPERS: u32 = 2;
/// In a count: one message. Counts wrap.
const ONE: u32 = 4;
const COUNT: u32 = !(ONE - 1);

/// One side of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who takes.
    Readers = TAKEN as isize,
    /// Who puts.
    Writers = PUT as isize,
}

/// A segment begins with the address of its end.
const FIRST: u32 = 16;
/// A frame: its length and one more (0: not yet there), the number of its
/// message, the bytes put so far with it, how many handles come first.
const FRAME: u32 = 16;
/// Instead of a length: the next word is the next segment.
const LINK: u32 = u32::MAX;
/// The first segment's size, and the others'. The model checker, which pays for
/// every byte, gets some that hold one message and two.
const SMALL: u32 = if cfg!(feature = "model") { 64 } else { 4096 };
const USUAL: u32 = if cfg!(feature = "model") { 96 } else { 1 << 16 };

/// Why nothing was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody will ever read it.
    NoReader,
    /// The arena has no room.
    Memory,
}

/// What was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The handles that travelled with it: they are still in flight.
    pub handles: Vec<Handle>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How many bytes were taken, and the handles that travelled with them; or how
/// many bytes there are, when they are too many.
pub type TakenInto = Result<(usize, Vec<Handle>), usize>;

/// A channel, as used by one process.
pub struct Channel<'a, M: Memory> {
    memory: &'a M,
    heap: &'a Heap<'a, M>,
    at: u32,
    /// The number under which it takes locks, and whether it may sleep.
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

    /// Makes an empty channel of a body of zeros; `None` without room.
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

    fn new_segment(&self, size: u32) -> Option<u32> {
        let segment = match self.memory.exchange(self.at + SPARE, 0) {
            0 => self.heap.allocate(size)?,
            spare if size <= USUAL => spare,
            spare => {
                self.heap.free(spare);
                self.heap.allocate(size)?
            }
        };
        // A spare one knows its end already.
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

    /// Is it full?
    pub fn is_full(&self) -> bool {
        let most = self.get(MAX_ITEMS);
        most != 0 && self.len() >= most
    }

    /// Puts a message: `handles` and bytes. `retain` is called when there is room:
    /// the handles must be in flight from then on, and not while this waits,
    /// because nobody would release them for one killed in its sleep.
    pub fn put(
        &self,
        handles: &[Handle],
        bytes: &[u8],
        retain: impl FnOnce(),
    ) -> Step<Result<(), Refused>> {
        let length = (Handle::SIZE * handles.len() + bytes.len()) as u32;
        self.locked(WRITE_LOCK, || {
            let put = self.get(PUT) & COUNT;
            // All at once: each look of its own costs as much.
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
            // One message finds room in an empty channel however large it is.
            let full = |[taken, taken_bytes]: [u32; 2]| {
                let waiting = waiting(put, taken);
                max_items != 0 && waiting >= max_items
                    || max_bytes != 0
                        && waiting != 0
                        && put_bytes.wrapping_sub(taken_bytes).saturating_add(length) > max_bytes
            };
            // Only who seems to have no room looks into the readers' lines.
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
            // Last: until then the frame at the tail tells what is left to do.
            self.set_relaxed(TAIL, next);
            Step::Ready(Ok(()))
        })
    }

    /// Writes all of a frame but its commit, and the 0 after it; where the next
    /// one begins.
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

    fn count(&self, word: u32, count: u32) {
        if self.memory.exchange(self.at + word, count) & SLEEPERS != 0 {
            wake(self.memory, self.at + word);
        }
    }

    /// Where a frame of so many bytes can be written.
    fn room(&self, length: u32, at: u32, segment: u32) -> Option<u32> {
        let size = FRAME.checked_add(length.checked_next_multiple_of(FRAME)?)?;
        let end = self.memory.load(segment);
        if at + FRAME <= end && size <= end - at - FRAME {
            return Some(at);
        }
        let new = self.new_segment(USUAL.max(size.checked_add(FIRST + FRAME)?))?;
        self.set(NEW_SEGMENT, new);
        self.memory.store(at + 4, new);
        self.memory.store(at, LINK);
        self.set(TAIL_SEGMENT, new);
        self.set(TAIL, new + FIRST);
        self.set(NEW_SEGMENT, 0);
        Some(new + FIRST)
    }

    /// Done when there is a message, counted (`true`), or there will never be one.
    fn there(&self) -> Step<bool> {
        // In this order there is none if the two agree.
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

    /// Looks for a few microseconds whether a message comes, if that has tended to
    /// pay; `true` if none came. It reads only the place of the next frame, so that
    /// the writers' other words stay in the cache of their core.
    pub fn stays_empty(&self) -> bool {
        let next = self.get(HEAD);
        let is_there = || self.memory.load(next) != 0;
        !is_there() && !spin::until(self.at + PUT, spin::LOOKS, is_there)
    }

    /// The first frame's place, and does it wait there, committed? It is there,
    /// then, counted or not, and the writers' lines need not be looked into.
    fn at_head(&self) -> (u32, bool) {
        let at = self.get(HEAD);
        (at, !matches!(self.memory.load(at), 0 | LINK))
    }

    /// The frame of the first message. Only under the readers' lock, and when it
    /// is there.
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

    fn leave(&self, at: u32, frame: &Frame) {
        // Before the count, on which writers sleep until there is room.
        self.set_relaxed(TAKEN_BYTES, frame.put_bytes);
        self.count(TAKEN, frame.number.wrapping_add(ONE));
        // Last: until then the count and the frame tell what is left to do.
        self.set_relaxed(HEAD, at + FRAME + frame.length.next_multiple_of(FRAME));
    }

    /// Is there a message, or will there never be one (`false`)?
    pub fn peek(&self) -> Step<bool> {
        self.there()
    }

    /// Takes a message; `None` when there will never be one.
    pub fn take(&self) -> Step<Option<Message>> {
        self.take_with(|length, handles, at| {
            let from = at + (Handle::SIZE * handles.len()) as u32;
            let mut bytes = buffer::of_length((length - (from - at)) as usize);
            self.memory.read(from, &mut bytes);
            Some(Message { handles, bytes })
        })
        .map(Option::flatten)
    }

    /// Takes a message's bytes straight into `into`: how many, and the handles
    /// that travelled with them; or, when they are more than `into` has, how
    /// many as an error, and the message stays.
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

    /// `f` gets length, handles and place; what it says `None` to stays.
    fn take_with<T>(
        &self,
        f: impl FnOnce(u32, Vec<Handle>, u32) -> Option<T>,
    ) -> Step<Option<Option<T>>> {
        // Nothing there is seen without the lock.
        if !self.at_head().1 {
            match self.there() {
                Step::Ready(true) => {}
                Step::Ready(false) => return Step::Ready(None),
                Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
            }
        }
        self.locked(READ_LOCK, || {
            let (mut at, is_there) = self.at_head();
            if !is_there {
                match self.there() {
                    Step::Ready(true) => at = self.head(),
                    Step::Ready(false) => return Step::Ready(None),
                    Step::Wait { at, seen, arm } => return Step::Wait { at, seen, arm },
                }
            }
            let frame = Frame::at(self.memory, at);
            let result = f(frame.length, frame.handles(self.memory, at), at + FRAME);
            if result.is_some() {
                self.leave(at, &frame);
            }
            Step::Ready(Some(result))
        })
    }
}

/// How many messages wait, by the two counts. One may be taken before it is
/// counted as put.
fn waiting(put: u32, taken: u32) -> u32 {
    (put.wrapping_sub(taken).cast_signed().max(0)).cast_unsigned() / ONE
}

/// The head of a committed frame.
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

/// Says that one side is gone for good: nobody is left who could count there.
pub fn close(memory: &impl Memory, at: u32, side: Side) {
    let at = aligned(at);
    if side == Side::Readers {
        memory.store(at + NO_READER, 1);
    }
    let word = at + side as u32;
    let _ = change(memory, word, SLEEPERS, |count| Some(count | FINAL));
}

#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests;

#[cfg(all(test, feature = "model"))]
mod model;
