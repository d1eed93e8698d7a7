//! The arena's allocator.
//!
//! Blocks have a multiple of 16 bytes. Free blocks are in lists (bins) by size. There
//! is one lock. A process may be ended between any two instructions, so the order of
//! the stores matters: at every moment the block headers alone describe the whole heap,
//! and [`Heap::sweep`] can build the bins again from them.
//!
//! This module must not know processes: its callers say whose death left the lock held.

use super::{
    arena::Memory,
    layout::{BIN_COUNT, BINS, HEAP, HEAP_END, HEAP_LOCK},
    lock::Lock,
};

/// A block's header: its size in bytes including the header (bit 0: in use), then the
/// next free block.
const HEADER: u32 = 16;
const USED: u32 = 1;
const NEXT: u32 = 4;
/// How many blocks of a bin are examined before the next bin.
const SEARCH: u32 = 8;

/// The heap's lock.
pub const LOCK: Lock = Lock(HEAP_LOCK);

/// The heap, for one user of its lock.
pub struct Heap<'a, M: Memory> {
    memory: &'a M,
    owner: u32,
    may_sleep: bool,
    /// Does the user hold the lock already, for several operations?
    is_held: bool,
}

/// The heap while its lock is held; dropping this releases the lock.
pub struct LockedHeap<'a, M: Memory>(Heap<'a, M>);

impl<'a, M: Memory> LockedHeap<'a, M> {
    /// The heap, for use while this exists.
    pub fn heap(&self) -> Heap<'a, M> {
        self.0
    }
}

impl<M: Memory> Drop for LockedHeap<'_, M> {
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
    /// The heap for `owner`, which is the number under which it takes locks.
    pub fn new(memory: &'a M, owner: u32, may_sleep: bool) -> Self {
        Heap {
            memory,
            owner,
            may_sleep,
            is_held: false,
        }
    }

    /// Locks the heap for several operations of `owner`, which must not wait for the
    /// lock; `None` if the lock is not free within a few µs.
    pub fn try_lock(memory: &'a M, owner: u32) -> Option<LockedHeap<'a, M>> {
        LOCK.try_acquire(memory, owner).then(|| {
            LockedHeap(Heap {
                is_held: true,
                ..Heap::new(memory, owner, false)
            })
        })
    }

    /// The number under which its user takes locks, and whether the user may sleep.
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

    /// A block of at least `size` bytes, with unspecified contents; `None` if the arena
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

    /// Frees a block. An address that is not a block's, or whose block is free already,
    /// has no effect.
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

    /// Releases the lock for a dead owner and repairs what that left incomplete. It
    /// waits for nobody: whoever holds the lock is either the dead owner or somebody
    /// else.
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

    /// Takes a free block from the bins and cuts it to `total` bytes.
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

    /// Marks a free block as used and frees what exceeds `total`.
    fn cut(&self, block: u32, size: u32, total: u32) -> u32 {
        let rest = size - total;
        if rest >= 2 * HEADER {
            // The header of the rest is written first: until the block's own size
            // changes, no walk over the blocks reaches it.
            self.memory.store(block + total, rest);
            self.memory.store(block, total | USED);
            self.push(block + total, rest);
        } else {
            self.memory.store(block, size | USED);
        }
        block
    }

    /// Adds a block at the end of the heap.
    fn extend(&self, total: u32) -> Option<u32> {
        let end = self.memory.load(HEAP_END);
        let new_end = end.checked_add(total)?;
        if new_end > self.memory.size() {
            // Tries to grow by more than is needed, then by exactly what is needed.
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

    /// Joins adjacent free blocks and builds the bins again, from the headers alone.
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
