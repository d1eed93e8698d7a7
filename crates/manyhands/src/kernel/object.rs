//! Shared objects: blocks of the arena with a kind, a generation and holders.
//!
//! A handle is an address and a tag: plain data that can travel. The object has one bit
//! for each process, which says whether that process holds the object. The bit is set
//! before the process uses the object and cleared when the process releases it. Each
//! process also keeps a list, in the arena, of the objects that it holds; when the
//! process dies, its bits are cleared with the help of this list. To set or clear a bit
//! twice does no harm, so a process may die between any two instructions: the worst
//! that can happen is that a block is never freed.
//!
//! A handle in flight (in a message or an argument) belongs to no process. The object
//! counts its handles in flight.
//!
//! This module must not know the Rust types above it.

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

/// Replaces the tag, together with a slot number, while the process in that slot frees
/// the object. If the process dies meanwhile, its list of held objects still contains
/// the object, so the dispatcher can complete the work.
const BEING_FREED: u32 = 0xdead_0000 | KIND_MASK;
/// A number that no slot has: nobody completes the work. With it, the low half of the
/// word has all bits set.
const NOBODY: u32 = 0x7ff;
const _: () = assert!(SLOT_COUNT <= NOBODY && NOBODY << KIND_BITS < 1 << 16);

fn being_freed_by(slot: u32) -> u32 {
    BEING_FREED | slot << KIND_BITS
}

/// A list of held objects is a chain of blocks. Each begins with the address of the
/// next one; entries follow, of an address and a tag each. Address 0 marks a free
/// entry.
const ENTRIES: u32 = 63;
const ENTRY: u32 = 8;
/// How many bytes of a body, from its start, may contain words that processes sleep on.
const WAITABLE_BYTES: u32 = 64;

/// The shared objects, for one user of the heap's lock.
pub struct Objects<'a, M: Memory> {
    memory: &'a M,
    heap: Heap<'a, M>,
}

impl<'a, M: Memory> Objects<'a, M> {
    /// The objects; `heap` is where their blocks are allocated.
    pub fn new(memory: &'a M, heap: Heap<'a, M>) -> Self {
        Objects { memory, heap }
    }

    /// Creates an object with a body of `length` bytes, all 0, which the process in
    /// slot `holder` holds. Also returns the address of the entry in that process's
    /// list. `None` if the arena has no room.
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

    /// Is the object still the one that this handle was made for?
    pub fn is_valid(&self, handle: Handle) -> bool {
        self.has_tag(handle, handle.tag)
    }

    fn has_tag(&self, handle: Handle, tag: u32) -> bool {
        handle.at != 0
            && handle.at.is_multiple_of(4)
            && (handle.at.checked_add(BODY)).is_some_and(|end| end <= self.memory.size())
            && self.memory.load(handle.at + TAG) == tag
    }

    /// Is this a listener's channel from which nobody can accept connections any more?
    pub fn is_closed_listener(&self, handle: Handle) -> bool {
        handle.is_one_of(Kind::Listener.bit())
            && self.is_valid(handle)
            && !channel::has_reader(self.memory, handle.body(0))
    }

    /// The length of the object's body in bytes.
    pub fn length(&self, handle: Handle) -> u32 {
        self.memory.load(handle.at + LENGTH)
    }

    /// Makes the process in slot `holder` hold the object; returns the address of the
    /// entry in its list. The caller must know that somebody holds the object or that a
    /// handle of it is in flight. `None` if the arena has no room for a longer list.
    pub fn acquire(&self, handle: Handle, holder: u32) -> Option<u32> {
        let entry = self.free_entry(holder)?;
        self.memory.store(entry + 4, handle.tag);
        self.memory.store(entry, handle.at);
        self.set_bit(handle, holder, true);
        Some(entry)
    }

    /// Releases the object of an entry in the holder's list.
    pub fn release(&self, entry: u32, holder: u32) {
        let handle = Handle {
            at: self.memory.load(entry),
            tag: self.memory.load(entry + 4),
        };
        if self.is_valid(handle) {
            self.set_bit(handle, holder, false);
            self.free_if_unheld(handle, holder);
        } else if self.has_tag(handle, being_freed_by(holder)) {
            self.dispose(handle);
        }
        self.memory.store(entry, 0);
    }

    /// Releases everything that the process `pid` in slot `holder` held. The process is
    /// dead, or this is the last thing that it does. Repairs objects that it was
    /// changing when it died, and wakes whoever waits for something that it will not do
    /// any more.
    pub fn release_all(&self, pid: Pid, holder: u32) {
        let first = slot_field(holder, slot::HELD);
        // All objects are repaired before the first is released, because to release an
        // end of a pipe closes its channels, which must be in order by then.
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

    /// Repairs the object of an entry that a dead process was changing: marks a lock as
    /// abandoned by its owner, completes the work on a channel, and wakes all sleepers.
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

    /// Counts a handle as in flight: its object is kept until the handle has arrived.
    /// Has no effect for a function, which always exists.
    pub fn retain_in_flight(&self, handle: Handle) {
        if handle.is_function() {
            return;
        }
        self.memory.add(handle.at + IN_FLIGHT, 1);
        // After the count of handles in flight: see `is_held`.
        self.memory.add(handle.at + DEPARTURES, 1);
    }

    /// A handle has arrived (its receiver holds the object by now), or was lost.
    pub fn release_in_flight(&self, handle: Handle) {
        if !handle.is_function() && self.is_valid(handle) {
            self.memory.add(handle.at + IN_FLIGHT, 1u32.wrapping_neg());
            self.free_if_unheld(handle, NOBODY);
        }
    }

    fn entries(block: u32) -> impl Iterator<Item = u32> {
        (0..ENTRIES).map(move |index| block + ENTRY * (1 + index))
    }

    /// A free entry in the list of the process in slot `holder`. Only that process
    /// writes the list while it lives.
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
        // The new block goes to the front, so that a process with many objects finds
        // room at once.
        let block = self.heap.allocate(ENTRY * (1 + ENTRIES))?;
        for word in (0..ENTRY * (1 + ENTRIES)).step_by(4) {
            self.memory.store(block + word, 0);
        }
        self.memory.store(block, self.memory.load(first));
        self.memory.store(first, block);
        Self::entries(block).next()
    }

    /// Records in the object whether the process in slot `holder` holds it.
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

    /// Does any process hold the object, other than the one in slot `but`, or is a
    /// handle in flight? A sender may put a handle in flight after this has read that
    /// count and release the object before this reads the sender's bit; this would then
    /// miss both. So it reads again if a departure was counted meanwhile. (A new holder
    /// always comes from a handle in flight.)
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

    /// Does the process in this slot hold the object?
    pub fn is_held_by(&self, handle: Handle, holder: u32) -> bool {
        let word = self.memory.load(handle.at + HOLDERS + 4 * (holder / 32));
        word & 1 << (holder % 32) != 0
    }

    /// Frees an object that nobody holds. If several processes find that nobody holds
    /// it, one of them frees it.
    fn free_if_unheld(&self, handle: Handle, holder: u32) {
        let at = handle.at + TAG;
        if !self.is_held(handle, None)
            && self
                .memory
                .compare_exchange(at, handle.tag, being_freed_by(holder))
                == handle.tag
        {
            self.dispose(handle);
        }
    }

    /// Frees the object's contents and its block. It can be called again if the process
    /// that called it first died in between.
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

    /// Closes the channels of a pipe's end that has lost its last holder.
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
