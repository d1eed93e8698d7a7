//! The buffer of the last message, kept for the next one: to allocate and free one
//! per message takes longer than most messages.
//!
//! This room must not know what stands in a buffer.

use std::cell::Cell;

thread_local! {
    /// The buffer of the last message, for the next one.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A larger buffer is not kept.
const MOST_SPARE: usize = 1 << 16;

/// An empty buffer, with room if one was given back.
pub(super) fn empty() -> Vec<u8> {
    let mut buffer = SPARE.take();
    buffer.clear();
    buffer
}

/// A buffer of so many bytes, whatever they are: to be overwritten.
pub(super) fn of_length(length: usize) -> Vec<u8> {
    let mut buffer = SPARE.take();
    // Only what was not in it is cleared, which takes its time.
    buffer.resize(length, 0);
    buffer
}

/// Gives a buffer to the next message.
pub(crate) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() <= MOST_SPARE {
        SPARE.set(buffer);
    }
}
