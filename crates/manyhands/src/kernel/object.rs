//! Shared objects: blocks of the arena with a kind, a generation and holders.
//!
//! A handle is an address and a tag, plain data that can travel. Who holds an
//! object is one bit per process *in the object*, set before it is used and
//! cleared when the process lets go; every process also keeps a list, in the
//! arena, of what it holds, from which a dead one's bits are cleared. Setting
//! and clearing a bit may be repeated without harm, so a death between any two
//! instructions leaves nothing wrong: at worst a block that is never freed.
//!
//! A handle on its way (in a message or an argument) is held by nobody; the
//! object counts those in flight.
//!
//! This room must not know the Rust types above it.

use super::{
    arena::Memory,
    channel,
    handle::{CHANNELS, Handle, KIND_BITS, KIND_MASK, Kind, OWNED, SEGMENTS},
    heap::Heap,
    layout::{
        NEXT_TAG, SLOT_COUNT,
        object::{BODY, DEPARTURES, HOLDER_WORDS, HOLDERS, IN_FLIGHT, LENGTH, TAG},
        slot, slot_field,
    },
    trace::Pid,
    wait::{owned, wake},
};

/// Stands in the place of the tag, together with a slot: the process in that slot is
/// freeing the object. If it dies meanwhile, its list of held objects still has the
/// object, so that the dispatcher can go on.
const DYING: u32 = 0xdead_0000 | KIND_MASK;
/// No slot: nobody would go on. With the slot the word's low half is full.
const NOBODY: u32 = 0x7ff;
const _: () = assert!(SLOT_COUNT <= NOBODY && NOBODY << KIND_BITS < 1 << 16);

fn dying(slot: u32) -> u32 {
    DYING | slot << KIND_BITS
}

/// A list of held objects is a chain of blocks: the next one's address, then entries
/// of an address and a tag, with address 0 for none.
const ENTRIES: u32 = 63;
const ENTRY: u32 = 8;
/// How much of a body may be slept on, in bytes.
const WAITABLE_BYTES: u32 = 64;

/// The objects, as seen by one owner of the heap's lock.
pub struct Objects<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
}

impl<'a, M: Memory> Objects<'a, M> {
    /// The objects, with the heap their blocks come from.
    pub fn new(memory: &'a M, heap: Heap<'a, M>) -> Self {
        Objects { memory, heap }
    }

    /// Makes an object with a body of so many bytes, all 0, held by the
    /// process in `holder`; with it the entry in its list. `None` when the arena
    /// has no room.
    pub fn create(&self, kind: Kind, length: u32, holder: u32) -> Option<(Handle, u32)> {
        let size = length.checked_add(BODY + 3)? & !3;
        let at = self.heap.allocate(size)?;
        const ZEROS: [u8; 4096] = [0; 4096];
        for piece in (0..size).step_by(ZEROS.len()) {
            let length = (size - piece).min(ZEROS.len() as u32);
            self.memory.write(at + piece, &ZEROS[..length as usize]);
        }
        self.memory.store(at + LENGTH, length);
        let generation = self.memory.add(NEXT_TAG, 1).wrapping_add(1);
        let tag = generation << KIND_BITS | kind as u32;
        self.memory.store(at + TAG, tag);
        let handle = Handle { at, tag };
        match self.acquire(handle, holder) {
            Some(entry) => Some((handle, entry)),
            None => {
                self.memory.store(at + TAG, 0);
                self.heap.free(at);
                None
            }
        }
    }

    /// Is the object still the one that the handle was made for?
    pub fn is_valid(&self, handle: Handle) -> bool {
        self.has_tag(handle, handle.tag)
    }

    fn has_tag(&self, handle: Handle, tag: u32) -> bool {
        handle.at != 0
            && handle.at.is_multiple_of(4)
            && (handle.at.checked_add(BODY)).is_some_and(|end| end <= self.memory.size())
            && self.memory.load(handle.at + TAG) == tag
    }

    /// The length of its body in bytes.
    pub fn length(&self, handle: Handle) -> u32 {
        self.memory.load(handle.at + LENGTH)
    }

    /// Makes the process in `holder` hold the object; the address of the
    /// entry in its list. The caller knows that somebody holds it, or that it is
    /// in flight. `None` when the arena has no room for a longer list.
    pub fn acquire(&self, handle: Handle, holder: u32) -> Option<u32> {
        let entry = self.free_entry(holder)?;
        self.memory.store(entry + 4, handle.tag);
        self.memory.store(entry, handle.at);
        self.set_bit(handle, holder, true);
        Some(entry)
    }

    /// Lets go of the object of an entry in the holder's list.
    pub fn release(&self, entry: u32, holder: u32) {
        let handle = Handle {
            at: self.memory.load(entry),
            tag: self.memory.load(entry + 4),
        };
        if self.is_valid(handle) {
            self.set_bit(handle, holder, false);
            self.free_if_unheld(handle, holder);
        } else if self.has_tag(handle, dying(holder)) {
            self.dispose(handle);
        }
        self.memory.store(entry, 0);
    }

    /// Lets go of all that the process `pid` in `holder` held, whose last act
    /// this is or who is dead; repairs what it was in the middle of, and wakes
    /// whoever waits for something it will not do any more.
    pub fn release_all(&self, pid: Pid, holder: u32) {
        let first = slot_field(holder, slot::HELD);
        // All are repaired before the first is let go of: a pipe's end closes its
        // channels, which must be whole by then.
        let mut block = self.memory.load(first);
        while block != 0 {
            for entry in Self::entries(block) {
                if self.memory.load(entry) != 0 {
                    self.recover(entry, pid, holder);
                }
            }
            block = self.memory.load(block);
        }
        let mut block = self.memory.load(first);
        while block != 0 {
            for entry in Self::entries(block) {
                if self.memory.load(entry) != 0 {
                    self.release(entry, holder);
                }
            }
            let next = self.memory.load(block);
            self.memory.store(first, next);
            self.heap.free(block);
            block = next;
        }
    }

    fn recover(&self, entry: u32, pid: Pid, holder: u32) {
        let handle = Handle {
            at: self.memory.load(entry),
            tag: self.memory.load(entry + 4),
        };
        if !self.is_valid(handle) || handle.is_one_of(SEGMENTS) {
            return;
        }
        if handle.is_one_of(OWNED) {
            let at = handle.body(0);
            let mut word = self.memory.load(at);
            while word & owned::PID == pid && word & owned::DEAD == 0 {
                let dead = word & !owned::SLEEPERS | owned::DEAD;
                word = self.memory.compare_exchange(at, word, dead);
            }
        }
        if handle.is_one_of(CHANNELS) {
            channel::recover(self.memory, &self.heap, handle.body(0), holder + 1);
        }
        for offset in (0..self.length(handle).min(WAITABLE_BYTES)).step_by(4) {
            wake(self.memory, handle.body(offset));
        }
    }

    /// A handle sets out: its object stays until it has arrived. A function
    /// stays in any case.
    pub fn retain_in_flight(&self, handle: Handle) {
        if handle.is_function() {
            return;
        }
        self.memory.add(handle.at + IN_FLIGHT, 1);
        // Second: see `is_held`.
        self.memory.add(handle.at + DEPARTURES, 1);
    }

    /// A handle has arrived (its receiver holds the object now) or was lost.
    pub fn release_in_flight(&self, handle: Handle) {
        if !handle.is_function() && self.is_valid(handle) {
            self.memory.add(handle.at + IN_FLIGHT, 1u32.wrapping_neg());
            self.free_if_unheld(handle, NOBODY);
        }
    }

    fn entries(block: u32) -> impl Iterator<Item = u32> {
        (0..ENTRIES).map(move |index| block + ENTRY * (1 + index))
    }

    /// A free entry in the list of the process in `holder`, which alone
    /// writes it while it lives.
    fn free_entry(&self, holder: u32) -> Option<u32> {
        let first = slot_field(holder, slot::HELD);
        let mut block = self.memory.load(first);
        while block != 0 {
            let mut entries = Self::entries(block);
            if let Some(entry) = entries.find(|entry| self.memory.load(*entry) == 0) {
                return Some(entry);
            }
            block = self.memory.load(block);
        }
        // In front, so that a process with many objects finds room at once.
        let block = self.heap.allocate(ENTRY * (1 + ENTRIES))?;
        for word in (0..ENTRY * (1 + ENTRIES)).step_by(4) {
            self.memory.store(block + word, 0);
        }
        self.memory.store(block, self.memory.load(first));
        self.memory.store(first, block);
        Self::entries(block).next()
    }

    fn set_bit(&self, handle: Handle, holder: u32, on: bool) {
        let at = handle.at + HOLDERS + 4 * (holder / 32);
        let bit = 1 << (holder % 32);
        let mut old = self.memory.load(at);
        loop {
            let new = if on { old | bit } else { old & !bit };
            match self.memory.compare_exchange(at, old, new) {
                seen if seen == old => return,
                seen => old = seen,
            }
        }
    }

    /// Does anybody hold it other than the process in the slot `but`, or is a
    /// handle on its way? One that sets out while its sender lets go, after this looked at the flights and before it looked
    /// at that holder, would be missed: so none must have set out
    /// meanwhile. (New holders only come from flights.)
    pub fn is_held(&self, handle: Handle, but: Option<u32>) -> bool {
        let holders = handle.at + HOLDERS;
        loop {
            let departures = self.memory.load(handle.at + DEPARTURES);
            if self.memory.load(handle.at + IN_FLIGHT) != 0
                || (0..HOLDER_WORDS).any(|word| {
                    let but = but.filter(|holder| holder / 32 == word);
                    let others = !but.map_or(0, |holder| 1 << (holder % 32));
                    self.memory.load(holders + 4 * word) & others != 0
                })
            {
                return true;
            }
            if self.memory.load(handle.at + DEPARTURES) == departures {
                return false;
            }
        }
    }

    /// Frees an object that nobody holds: of several that find it so, one.
    fn free_if_unheld(&self, handle: Handle, holder: u32) {
        let at = handle.at + TAG;
        if !self.is_held(handle, None)
            && self.memory.compare_exchange(at, handle.tag, dying(holder)) == handle.tag
        {
            self.dispose(handle);
        }
    }

    /// May begin anew where a killed one stopped.
    fn dispose(&self, handle: Handle) {
        if handle.is_one_of(CHANNELS) {
            channel::dispose(self.memory, &self.heap, handle.body(0), |lost| {
                self.release_in_flight(lost);
            });
        } else if handle.is_one_of(Kind::End.bit()) {
            self.close_channels(handle);
        }
        self.memory.store(handle.at + TAG, 0);
        self.heap.free(handle.at);
    }

    /// The last holder of a pipe's end is gone: its channels hear of it.
    fn close_channels(&self, end: Handle) {
        for (offset, side) in [(0, channel::Side::Readers), (8, channel::Side::Writers)] {
            let channel = Handle {
                at: self.memory.load(end.body(offset)),
                tag: self.memory.load(end.body(offset + 4)),
            };
            if self.is_valid(channel) {
                channel::close(self.memory, channel.body(0), side);
            }
        }
    }
}

#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
pub mod tests;

#[cfg(all(test, feature = "model"))]
mod model;
