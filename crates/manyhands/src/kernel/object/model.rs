//! Objects under the model checker: a handle is sent or arrives while other processes
//! release its object.

use super::*;
use crate::kernel::{arena::native::Native, layout::HEAP};
use loom::{sync::Arc, thread};

fn objects(memory: &Native, slot: u32) -> Objects<'_, Native> {
    Objects::new(memory, Heap::new(memory, slot + 1, true))
}

/// One process sends an object and releases it while another releases it too: the
/// object stays while the handle is in flight, and is freed when the handle is lost.
#[test]
fn a_handle_that_sets_out_keeps_its_object() {
    loom::model(|| {
        let memory = Native::new(HEAP + 4096, HEAP + 4096);
        Heap::format(&memory);
        let memory = Arc::new(memory);
        let (handle, mine) = objects(&memory, 1).create(Kind::Semaphore, 8, 1).unwrap();
        let other = objects(&memory, 2).acquire(handle, 2).unwrap();
        let receiver = {
            let memory = memory.clone();
            thread::spawn(move || objects(&memory, 2).release(other, 2))
        };
        let here = objects(&memory, 1);
        here.retain_in_flight(handle);
        here.release(mine, 1);
        receiver.join().unwrap();
        assert!(here.is_valid(handle));
        here.release_in_flight(handle);
        assert!(!here.is_valid(handle));
    });
}

/// A handle arrives while other processes release its object.
#[test]
fn a_handle_that_arrives_keeps_its_object() {
    loom::model(|| {
        let memory = Native::new(HEAP + 4096, HEAP + 4096);
        Heap::format(&memory);
        let memory = Arc::new(memory);
        let (handle, mine) = objects(&memory, 1).create(Kind::Semaphore, 8, 1).unwrap();
        objects(&memory, 1).retain_in_flight(handle);
        let receiver = {
            let memory = memory.clone();
            thread::spawn(move || {
                let objects = objects(&memory, 2);
                let entry = objects.acquire(handle, 2).unwrap();
                objects.release_in_flight(handle);
                assert!(objects.is_valid(handle));
                entry
            })
        };
        objects(&memory, 1).release(mine, 1);
        let entry = receiver.join().unwrap();
        let there = objects(&memory, 2);
        assert!(there.is_valid(handle));
        there.release(entry, 2);
        assert!(!there.is_valid(handle));
    });
}
