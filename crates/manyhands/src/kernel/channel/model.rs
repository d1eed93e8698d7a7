//! The channel under the model checker: a writer against a reader.

use super::*;
use crate::kernel::{
    arena::native::{Native, bounded},
    layout::HEAP,
    wait::{Sleeper, block},
};
use loom::{sync::Arc, thread};

struct Nobody;

impl Sleeper for Nobody {
    fn before_sleep(&self, _: u32) -> bool {
        true
    }
    fn after_wake(&self) {}
    fn now_us(&self) -> f64 {
        0.0
    }
}

/// The address of the channel's body: the start of the process table, which this test
/// does not use.
const AT: u32 = crate::kernel::layout::TABLE;

fn with<R>(memory: &Native, owner: u32, f: impl FnOnce(Channel<Native>) -> R) -> R {
    let heap = Heap::new(memory, owner, true);
    f(Channel::new(memory, &heap, AT, owner, true))
}

fn memory(max_items: u32) -> Arc<Native> {
    let memory = Native::new(HEAP + 512, HEAP + 512);
    Heap::format(&memory);
    with(&memory, 1, |channel| channel.format(max_items, 0)).unwrap();
    Arc::new(memory)
}

fn put(memory: &Native, owner: u32, number: u8) {
    with(memory, owner, |channel| {
        let put = block(memory, &Nobody, None, || channel.put(&[], &[number], || ()));
        assert_eq!(put, Some(Ok(())));
    });
}

fn take(memory: &Native, owner: u32) -> Option<u8> {
    with(memory, owner, |channel| {
        let taken = block(memory, &Nobody, None, || {
            assert!(channel.len() <= 2);
            channel.take()
        });
        taken.flatten().map(|message| message.bytes[0])
    })
}

fn start<R: 'static>(
    memory: &Arc<Native>,
    f: impl FnOnce(&Native) -> R + 'static,
) -> thread::JoinHandle<R> {
    let memory = memory.clone();
    thread::spawn(move || f(&memory))
}

/// There is room for one message: the writer sleeps until it was read, and the reader
/// until the next one is there.
fn one_of_each(messages: u8) {
    let memory = memory(1);
    let writer = start(&memory, move |memory| {
        (0..messages).for_each(|number| put(memory, 2, number));
    });
    for number in 0..messages {
        assert_eq!(take(&memory, 1), Some(number));
    }
    writer.join().unwrap();
    with(&memory, 1, |channel| assert_eq!(channel.len(), 0));
}

#[test]
fn one_writer_and_one_reader_with_three_preemptions() {
    bounded(3, || one_of_each(2));
}

#[test]
fn one_writer_and_one_reader_over_several_segments() {
    bounded(2, || one_of_each(4));
}

/// Each writer puts one message. The readers, of which this thread is one, share them.
fn crowd(writers: u32, others: u32) {
    let memory = memory(1);
    let writing: Vec<_> = (2..2 + writers)
        .map(|owner| start(&memory, move |memory| put(memory, owner, owner as u8)))
        .collect();
    let reading: Vec<_> = (0..others)
        .map(|other| start(&memory, move |memory| take(memory, 2 + writers + other)))
        .collect();
    let mut got: Vec<_> = (others..writers).map(|_| take(&memory, 1)).collect();
    got.extend(reading.into_iter().map(|one| one.join().unwrap()));
    got.sort_unstable();
    assert!(
        got.iter()
            .copied()
            .eq((2..2 + writers).map(|owner| Some(owner as u8)))
    );
    for one in writing {
        one.join().unwrap();
    }
    with(&memory, 1, |channel| assert_eq!(channel.len(), 0));
}

#[test]
fn two_writers_and_a_reader_with_two_preemptions() {
    bounded(2, || crowd(2, 0));
}

#[test]
fn two_writers_and_two_readers_with_one_preemption() {
    bounded(1, || crowd(2, 1));
}

/// A reader that sleeps learns that there will never be another message, after it has
/// read those that were there.
#[test]
fn a_sleeping_reader_hears_of_the_end() {
    bounded(3, || {
        let memory = memory(0);
        let writer = start(&memory, |memory| {
            put(memory, 2, 7);
            close(memory, AT, Side::Writers);
        });
        assert_eq!(take(&memory, 1), Some(7));
        assert_eq!(take(&memory, 1), None);
        writer.join().unwrap();
    });
}

/// A writer that sleeps until there is room learns that no reader is left.
#[test]
fn a_sleeping_writer_hears_of_the_end() {
    bounded(3, || {
        let memory = memory(1);
        put(&memory, 2, 7);
        let reader = start(&memory, |memory| close(memory, AT, Side::Readers));
        let refused = with(&memory, 2, |channel| {
            block(&*memory, &Nobody, None, || channel.put(&[], &[8], || ()))
        });
        assert_eq!(refused, Some(Err(Refused::NoReader)));
        reader.join().unwrap();
    });
}
