//! The table under the model checker: two threads try the same thing at the same
//! moment.

use super::*;
use crate::kernel::{
    arena::native::{Native, bounded},
    layout::HEAP,
};
use loom::{sync::Arc, thread};

const PARENT: Pid = 1;

fn memory(limit: u32) -> Arc<Native> {
    let memory = Native::new(HEAP + 4096, HEAP + 4096);
    Heap::format(&memory);
    memory.store(SPAWN_LIMIT, limit);
    memory.store(NEXT_PID, 2);
    Arc::new(memory)
}

fn table(memory: &Native, owner: u32) -> Table<'_, Native> {
    Table::new(memory, Heap::new(memory, owner, true))
}

fn new_process() -> NewProcess<'static> {
    NewProcess {
        parent: PARENT,
        process: 0,
        entry: 7,
        payload: b"",
    }
}

fn ending(exit_code: i32) -> EndRecord {
    EndRecord {
        exit_code,
        reason: Reason::Exited,
        outcome: None,
    }
}

/// Two parents that start a child each at the same moment get two different slots.
#[test]
fn two_parents_never_share_a_slot() {
    bounded(3, || {
        let memory = memory(3);
        let other = {
            let memory = memory.clone();
            thread::spawn(move || table(&memory, 2).enter(2, &new_process(), false).unwrap())
        };
        let mine = table(&memory, 1).enter(1, &new_process(), false).unwrap();
        let others = other.join().unwrap();
        assert_ne!(mine.0, others.0);
        assert_ne!(mine.2, others.2);
    });
}

/// A process ends, and its parent reaps it and immediately starts another one in the
/// same slot: the late steps of the first do not change the fields of the second.
#[test]
fn an_end_does_not_touch_the_slot_s_next_process() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1).enter(0, &new_process(), false).unwrap();
        let child = {
            let memory = memory.clone();
            thread::spawn(move || {
                let table = table(&memory, 2);
                let running = starting.with(State::Running);
                assert!(table.advance(slot, starting, running));
                let claim = table.claim_end(slot, running).unwrap();
                table.end(claim, &ending(7));
            })
        };
        let table = table(&memory, 1);
        let ended = loop {
            match table.reap(slot, starting) {
                Some(ended) => break ended,
                None => thread::yield_now(),
            }
        };
        assert_eq!(ended.exit_code, 7);
        let payload = NewProcess {
            payload: b"born",
            ..new_process()
        };
        let (slot, ..) = table.enter(0, &payload, false).unwrap();
        child.join().unwrap();
        assert_eq!(table.take_payload(slot), b"born");
    });
}

/// A process begins to run at the moment when the dispatcher gives up its start: one of
/// the two wins, and only the winner writes how the process ended.
#[test]
fn a_start_and_a_refusal_exclude_each_other() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1).enter(0, &new_process(), false).unwrap();
        let child = {
            let memory = memory.clone();
            thread::spawn(move || {
                let table = table(&memory, 2);
                let running = starting.with(State::Running);
                let runs = table.advance(slot, starting, running);
                if runs {
                    let claim = table.claim_end(slot, running).unwrap();
                    table.end(claim, &ending(7));
                }
                runs
            })
        };
        let table = table(&memory, 1);
        let claim = table.claim_end(slot, starting);
        let refused = claim.is_some();
        if let Some(claim) = claim {
            table.end(claim, &ending(1));
        }
        assert_ne!(child.join().unwrap(), refused);
        let ended = table.reap(slot, starting).unwrap();
        assert_eq!(ended.exit_code, if refused { 1 } else { 7 });
    });
}

/// A parent gives a process to a warm worker at the moment when the dispatcher gives
/// that worker up.
#[test]
fn a_warm_worker_is_given_up_or_taken_up() {
    bounded(3, || {
        let memory = memory(3);
        let (slot, warming) = table(&memory, 1).enter_warm().unwrap();
        let worker = {
            let memory = memory.clone();
            thread::spawn(move || {
                table(&memory, 2).advance(slot, warming, warming.with(State::Warm))
            })
        };
        let table = table(&memory, 1);
        let claim = table.claim_end(slot, warming);
        let given_up = claim.is_some();
        if let Some(claim) = claim {
            assert_eq!(table.pid(&claim), 0);
            table.end(claim, &ending(1));
        }
        assert_ne!(worker.join().unwrap(), given_up);
        let (entered, _, _, was_warm) = table.enter(0, &new_process(), true).unwrap();
        assert_eq!((entered, was_warm), (slot, !given_up));
    });
}

/// A worker that was to be killed had written its end before it died. If the dispatcher
/// learns of its death when the slot already has its next process, it must not touch
/// that process.
#[test]
fn a_late_death_does_not_touch_the_slot_s_next_process() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1).enter(0, &new_process(), false).unwrap();
        let running = starting.with(State::Running);
        assert!(table(&memory, 2).advance(slot, starting, running));
        let claim = table(&memory, 2).claim_end(slot, running).unwrap();
        table(&memory, 2).end(claim, &ending(7));
        let dispatcher = {
            let memory = memory.clone();
            thread::spawn(move || {
                let table = table(&memory, 3);
                assert!(table.claim_end_of_dead(slot, starting).is_none());
                assert_eq!(table.pid_of(slot, starting), 0);
            })
        };
        let table = table(&memory, 1);
        assert_eq!(table.reap(slot, starting).unwrap().exit_code, 7);
        let (slot, next, pid, _) = table.enter(0, &new_process(), false).unwrap();
        dispatcher.join().unwrap();
        assert_eq!(table.word(slot), next);
        assert_eq!(table.pid_of(slot, next), pid);
    });
}

/// A signal that arrives when the slot already has its next process does not reach that
/// process, and does not replace that process's own signal.
#[test]
fn a_late_signal_is_not_for_the_slot_s_next_process() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1).enter(0, &new_process(), false).unwrap();
        let running = starting.with(State::Running);
        assert!(table(&memory, 2).advance(slot, starting, running));
        let killer = {
            let memory = memory.clone();
            thread::spawn(move || table(&memory, 3).signal(slot, starting, 9))
        };
        let claim = table(&memory, 2).claim_end(slot, running).unwrap();
        table(&memory, 2).end(claim, &ending(7));
        let table = table(&memory, 1);
        assert_eq!(table.reap(slot, starting).unwrap().exit_code, 7);
        let (slot, next, ..) = table.enter(0, &new_process(), false).unwrap();
        assert_eq!(table.signal_of(slot, next), 0);
        assert!(table.signal(slot, next, 15));
        assert_eq!(table.signal_of(slot, next), 15);
        killer.join().unwrap();
        assert_eq!(table.signal_of(slot, next), 15);
    });
}
