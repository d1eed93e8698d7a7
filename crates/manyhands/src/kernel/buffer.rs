//! The buffers of the last two messages are kept for the next ones, because allocating and
//! freeing a buffer for each message takes longer than handling most messages. Two, because
//! the arguments of a call are encoded before the message that has them in it.
//!
//! This module must not know what a buffer contains.

use std::cell::Cell;

thread_local! {
    /// The buffer of the last message, for the next one.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// That of the message before.
    static SECOND_SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The capacity of a new buffer. Most messages fit, and the buffer does not grow while they
/// are written.
const NEW_CAPACITY: usize = 128;

fn take() -> Vec<u8> {
    let spare = SPARE.take();
    match spare.capacity() {
        0 => SECOND_SPARE.take(),
        _ => spare,
    }
}

/// The size in bytes above which a buffer is freed and not kept.
const MAX_SPARE: usize = 1 << 16;

/// An empty buffer, with capacity if one was given back.
pub(super) fn empty() -> Vec<u8> {
    let mut buffer = take();
    buffer.clear();
    buffer.reserve(NEW_CAPACITY);
    buffer
}

/// A buffer of `length` bytes with unspecified contents, which the caller overwrites.
pub(super) fn of_length(length: usize) -> Vec<u8> {
    let mut buffer = take();
    // Only bytes that were not in the buffer before are cleared, because clearing takes
    // time.
    buffer.resize(length, 0);
    buffer
}

/// Keeps a buffer for the next message.
pub(crate) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() > MAX_SPARE {
        return;
    }
    let before = SPARE.replace(buffer);
    if before.capacity() > 0 {
        SECOND_SPARE.set(before);
    }
}
