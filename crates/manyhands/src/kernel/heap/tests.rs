//! The heap's blocks never overlap and none is lost, whatever is requested, and
//! wherever a process that holds its lock is killed.

use super::*;
use crate::kernel::arena::{killable::Killable, native::Native};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Action {
    Allocate(u32),
    Free(usize),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        (0u32..5000).prop_map(Action::Allocate),
        any::<usize>().prop_map(Action::Free),
    ];
    proptest::collection::vec(action, 1..200)
}

/// Performs actions. Each block is filled with a number of its own, which must be
/// unchanged when the block is freed.
fn play<M: Memory>(heap: &Heap<M>, memory: &M, actions: &[Action]) {
    let mut live: Vec<(u32, u32, u8)> = Vec::new();
    for (number, action) in actions.iter().enumerate() {
        match action {
            Action::Allocate(size) => {
                if let Some(block) = heap.allocate(*size) {
                    assert!(live.iter().all(|(other, length, _)| {
                        block + size <= *other || other + length <= block
                    }));
                    memory.write(block, &vec![number as u8; *size as usize]);
                    live.push((block, *size, number as u8));
                }
            }
            Action::Free(index) if !live.is_empty() => {
                let (block, size, number) = live.swap_remove(index % live.len());
                let mut bytes = vec![0; size as usize];
                memory.read(block, &mut bytes);
                assert!(bytes.iter().all(|byte| *byte == number));
                heap.free(block);
            }
            Action::Free(_) => {}
        }
    }
    for (block, _, _) in live {
        heap.free(block);
    }
}

const START: u32 = HEAP + 4096;
const MAXIMUM: u32 = HEAP + 65536;

fn native() -> Native {
    let memory = Native::new(START, MAXIMUM);
    Heap::format(&memory);
    memory
}

proptest! {
    #[test]
    fn blocks_stay_apart_and_come_back(actions in actions()) {
        let memory = native();
        let heap = Heap::new(&memory, 1, false);
        play(&heap, &memory, &actions);
        prop_assert_eq!(heap.used(), 0);
        // All of it can be allocated again as one block.
        prop_assert!(heap.allocate(MAXIMUM - HEAP - HEADER).is_some());
    }

    #[test]
    fn a_killed_holder_leaves_a_heap_that_recovers(
        actions in actions(),
        stores in 0u32..400,
        later in actions(),
    ) {
        let memory = native();
        let killable = Killable::new(&memory, stores);
        let victim = Heap::new(&killable, 7, false);
        killable.run_until_killed(|| play(&victim, &killable, &actions));
        let heap = Heap::new(&memory, 1, false);
        Heap::recover(&memory, 7);
        // The victim's blocks stay allocated, but the heap is in order.
        let lost = heap.used();
        play(&heap, &memory, &later);
        prop_assert_eq!(heap.used(), lost);
    }
}

#[test]
fn exhaustion_is_an_answer() {
    let memory = native();
    let heap = Heap::new(&memory, 1, false);
    assert_eq!(heap.allocate(MAXIMUM), None);
    assert_eq!(heap.allocate(u32::MAX), None);
    assert!(heap.allocate(100).is_some());
}

#[test]
fn a_block_freed_twice_is_freed_once() {
    let memory = native();
    let heap = Heap::new(&memory, 1, false);
    let block = heap.allocate(10).unwrap();
    heap.free(block);
    heap.free(block);
    heap.free(0);
    assert_ne!(heap.allocate(10), heap.allocate(10));
}
