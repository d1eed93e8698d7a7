//! What other processes do to a channel: they complete the work of a dead writer or
//! reader, and free a channel that nobody holds.

use super::{
    COUNT, FINAL, FIRST, FRAME, Frame, HEAD, HEAD_SEGMENT, LINK, NEW_SEGMENT, ONE, PUT, PUT_BYTES,
    READ_LOCK, SLEEPERS, SPARE, TAIL, TAIL_SEGMENT, TAKEN, TAKEN_BYTES, WRITE_LOCK, aligned,
};
use crate::kernel::{
    arena::Memory,
    handle::Handle,
    heap::Heap,
    lock::Lock,
    wait::{change, wake},
};

/// Completes what a dead process was doing under the channel's locks. `owner` is the
/// number under which it took them.
pub fn recover<M: Memory>(memory: &M, heap: &Heap<M>, at: u32, owner: u32) {
    let at = aligned(at);
    let get = |field: u32| memory.load(at + field);
    let set = |field: u32, value: u32| memory.store(at + field, value);
    let inside = |place: u32, segment: u32| (segment..memory.load(segment)).contains(&place);
    if Lock(at + WRITE_LOCK).is_held_by(memory, owner) {
        let new = get(NEW_SEGMENT);
        if new != 0 {
            let tail = get(TAIL);
            if get(TAIL_SEGMENT) == new || memory.load(tail) == LINK {
                set(TAIL_SEGMENT, new);
                if !inside(tail, new) {
                    set(TAIL, new + FIRST);
                }
            } else {
                heap.free(new);
            }
            set(NEW_SEGMENT, 0);
        }
        let tail = get(TAIL);
        let length = memory.load(tail);
        if length != 0 && length != LINK {
            set(PUT_BYTES, memory.load(tail + 8));
            let put = memory.load(tail + 4).wrapping_add(ONE);
            let _ = change(memory, at + PUT, SLEEPERS, |old| Some(old & FINAL | put));
            set(TAIL, tail + FRAME + (length - 1).next_multiple_of(FRAME));
        }
        Lock(at + WRITE_LOCK).release(memory);
    }
    if Lock(at + READ_LOCK).is_held_by(memory, owner) {
        let segment = get(HEAD_SEGMENT);
        if !inside(get(HEAD), segment) {
            set(HEAD, segment + FIRST);
        }
        let head = get(HEAD);
        let length = memory.load(head);
        if length != 0 && length != LINK {
            let (length, bytes) = (length - 1, memory.load(head + 8));
            if get(TAKEN) & COUNT == memory.load(head + 4) {
                // The message stays, so the bytes taken are those of all messages
                // before it.
                set(TAKEN_BYTES, bytes.wrapping_sub(length));
            } else {
                set(TAKEN_BYTES, bytes);
                set(HEAD, head + FRAME + length.next_multiple_of(FRAME));
            }
        }
        Lock(at + READ_LOCK).release(memory);
    }
    for word in [WRITE_LOCK, READ_LOCK] {
        Lock(at + word).wake_all(memory);
    }
    for word in [PUT, TAKEN] {
        wake(memory, at + word);
    }
}

/// Frees the segments of a channel that nobody holds; `on_unread` gets the handles in
/// messages that were never read. It can be called again if the process that called it
/// first died in between, because each part is unlinked before it is freed.
pub fn dispose<M: Memory>(memory: &M, heap: &Heap<M>, at: u32, mut on_unread: impl FnMut(Handle)) {
    let at = aligned(at);
    loop {
        let segment = memory.load(at + HEAD_SEGMENT);
        if segment == 0 {
            break;
        }
        if !(segment..memory.load(segment)).contains(&memory.load(at + HEAD)) {
            memory.store(at + HEAD, segment + FIRST);
        }
        let frame = memory.load(at + HEAD);
        match memory.load(frame) {
            kind @ (0 | LINK) => {
                let next = if kind == LINK {
                    memory.load(frame + 4)
                } else {
                    0
                };
                memory.store(at + HEAD_SEGMENT, next);
                heap.free(segment);
            }
            length => {
                let lost = Frame::at(memory, frame).handles(memory, frame);
                let next = frame + FRAME + (length - 1).next_multiple_of(FRAME);
                memory.store(at + HEAD, next);
                lost.into_iter().for_each(&mut on_unread);
            }
        }
    }
    heap.free(memory.exchange(at + SPARE, 0));
}
