//! The arena's allocator.
//!
//! Blocks of a multiple of 16 bytes, free ones in bins by size, under one
//! lock. Any process may be ended between any two instructions, so the order
//! of the stores matters: at every moment the headers alone describe the whole
//! heap, and the bins are only a short cut that [`Heap::sweep`] can make anew.
//!
//! This room must not know processes; whose death leaves the lock held is
//! told from outside.

use super::{
    arena::Memory,
    layout::{BIN_COUNT, BINS, HEAP, HEAP_END, HEAP_LOCK},
    lock::Lock,
};

/// The header: size in bytes with it (bit 0: in use), then the next free block.
const HEADER: u32 = 16;
const USED: u32 = 1;
const NEXT: u32 = 4;
/// How many blocks of a bin are looked at before the next one is tried.
const SEARCH: u32 = 8;

/// The heap's lock.
pub const LOCK: Lock = Lock(HEAP_LOCK);

/// The heap, as used by one owner of the lock.
pub struct Heap<'a, M: Memory> {
    memory: &'a M,
    owner: u32,
    may_sleep: bool,
    /// Does its user hold the lock already, for several operations?
    is_held: bool,
}

/// The heap while its lock is held, which ends with this.
pub struct Held<'a, M: Memory>(Heap<'a, M>);

impl<'a, M: Memory> Held<'a, M> {
    /// The heap, to be used as long as this lives.
    pub fn heap(&self) -> Heap<'a, M> {
        self.0
    }
}

impl<M: Memory> Drop for Held<'_, M> {
    fn drop(&mut self) {
        LOCK.release(self.0.memory);
    }
}

impl<M: Memory> Clone for Heap<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Memory> Copy for Heap<'_, M> {}

impl<'a, M: Memory> Heap<'a, M> {
    /// The heap for `owner` (the number it takes locks under).
    pub fn new(memory: &'a M, owner: u32, may_sleep: bool) -> Self {
        Heap {
            memory,
            owner,
            may_sleep,
            is_held: false,
        }
    }

    /// The heap for several operations of `owner`, who may not wait for the lock;
    /// `None` if that is not free within a few µs.
    pub fn try_hold(memory: &'a M, owner: u32) -> Option<Held<'a, M>> {
        LOCK.try_acquire(memory, owner).then(|| {
            Held(Heap {
                is_held: true,
                ..Heap::new(memory, owner, false)
            })
        })
    }

    /// The number under which its user takes locks, and whether it may sleep.
    pub fn user(&self) -> (u32, bool) {
        (self.owner, self.may_sleep)
    }

    /// Makes an empty heap.
    pub fn format(memory: &M) {
        for bin in 0..BIN_COUNT {
            memory.store(BINS + 4 * bin, 0);
        }
        memory.store(HEAP_END, HEAP);
    }

    /// A block of at least `size` bytes, not cleared; `None` when the arena
    /// has grown to its maximum and has no room.
    pub fn allocate(&self, size: u32) -> Option<u32> {
        let total = size.checked_add(HEADER + 15)? & !15;
        self.locked(|| {
            self.take(total).or_else(|| self.extend(total)).or_else(|| {
                self.sweep();
                self.take(total).or_else(|| self.extend(total))
            })
        })
    }

    /// Gives a block back. An address that is none, or was given back before,
    /// is left alone.
    pub fn free(&self, block: u32) {
        if block < HEAP + HEADER {
            return;
        }
        self.locked(|| {
            let block = block - HEADER;
            let size = self.memory.load(block);
            if size & USED != 0 {
                self.memory.store(block, size & !USED);
                self.push(block, size & !USED);
            }
        });
    }

    /// Bytes in use, headers included.
    pub fn used(&self) -> u32 {
        self.locked(|| {
            self.blocks()
                .filter(|(_, size)| size & USED != 0)
                .map(|(_, size)| size & !USED)
                .sum()
        })
    }

    /// Takes the lock over from a dead owner and repairs what it left half done.
    /// Nobody is waited for: who holds the lock is either dead or another one.
    pub fn recover(memory: &'a M, dead: u32) {
        if LOCK.is_held_by(memory, dead) {
            Heap::new(memory, dead, false).sweep();
            LOCK.release(memory);
        }
        LOCK.wake_all(memory);
    }

    fn locked<R>(&self, f: impl FnOnce() -> R) -> R {
        if self.is_held {
            return f();
        }
        LOCK.acquire(self.memory, self.owner, self.may_sleep);
        let result = f();
        LOCK.release(self.memory);
        result
    }

    fn bin_of(size: u32) -> u32 {
        let class = (size / 16).ilog2();
        BINS + 4 * class.min(BIN_COUNT - 1)
    }

    fn push(&self, block: u32, size: u32) {
        let bin = Self::bin_of(size);
        self.memory.store(block + NEXT, self.memory.load(bin));
        self.memory.store(bin, block);
    }

    /// A free block from the bins, cut to `total`.
    fn take(&self, total: u32) -> Option<u32> {
        let mut bin = Self::bin_of(total);
        while bin < BINS + 4 * BIN_COUNT {
            let mut link = bin;
            for _ in 0..SEARCH {
                let block = self.memory.load(link);
                if block == 0 {
                    break;
                }
                let size = self.memory.load(block);
                if size >= total {
                    self.memory.store(link, self.memory.load(block + NEXT));
                    return Some(self.cut(block, size, total) + HEADER);
                }
                link = block + NEXT;
            }
            bin += 4;
        }
        None
    }

    /// Marks a free block used and gives back what is over.
    fn cut(&self, block: u32, size: u32, total: u32) -> u32 {
        let rest = size - total;
        if rest >= 2 * HEADER {
            // The rest's header comes first: until the block's own size
            // changes, nobody walks into it.
            self.memory.store(block + total, rest);
            self.memory.store(block, total | USED);
            self.push(block + total, rest);
        } else {
            self.memory.store(block, size | USED);
        }
        block
    }

    /// A new block at the heap's end.
    fn extend(&self, total: u32) -> Option<u32> {
        let end = self.memory.load(HEAP_END);
        let new_end = end.checked_add(total)?;
        if new_end > self.memory.size() {
            // Ask for more than is needed, then for just enough.
            let eager = self
                .memory
                .size()
                .saturating_add(self.memory.size() / 2)
                .max(new_end);
            if !self.memory.grow(eager) && !self.memory.grow(new_end) {
                return None;
            }
        }
        self.memory.store(end, total | USED);
        self.memory.store(HEAP_END, new_end);
        Some(end + HEADER)
    }

    fn blocks(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut next = HEAP;
        std::iter::from_fn(move || {
            let block = next;
            if block >= self.memory.load(HEAP_END) {
                return None;
            }
            let size = self.memory.load(block);
            next = block + (size & !USED).max(HEADER);
            Some((block, size))
        })
    }

    /// Joins free neighbours and makes the bins anew, from the headers alone.
    fn sweep(&self) {
        for bin in 0..BIN_COUNT {
            self.memory.store(BINS + 4 * bin, 0);
        }
        let mut free: Option<(u32, u32)> = None;
        for (block, size) in self.blocks() {
            if size & USED == 0 {
                let (start, length) = free.unwrap_or((block, 0));
                self.memory.store(start, length + size);
                free = Some((start, length + size));
            } else if let Some((start, length)) = free.take() {
                self.push(start, length);
            }
        }
        if let Some((start, _)) = free {
            self.memory.store(HEAP_END, start);
        }
    }
}

#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests;
