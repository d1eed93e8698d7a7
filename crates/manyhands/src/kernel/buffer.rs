//! The buffer of the last message is kept for the next one, because allocating and
//! freeing a buffer for each message takes longer than handling most messages.
//!
//! This module must not know what a buffer contains.

use std::cell::Cell;

thread_local! {
    /// The buffer of the last message, for the next one.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The size in bytes above which a buffer is freed and not kept.
const MAX_SPARE: usize = 1 << 16;

/// An empty buffer, with capacity if one was given back.
pub(super) fn empty() -> Vec<u8> {
    let mut buffer = SPARE.take();
    buffer.clear();
    buffer
}

/// A buffer of `length` bytes with unspecified contents, which the caller overwrites.
pub(super) fn of_length(length: usize) -> Vec<u8> {
    let mut buffer = SPARE.take();
    // Only bytes that were not in the buffer before are cleared, because clearing takes
    // time.
    buffer.resize(length, 0);
    buffer
}

/// Keeps a buffer for the next message.
pub(crate) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() <= MAX_SPARE {
        SPARE.set(buffer);
    }
}
