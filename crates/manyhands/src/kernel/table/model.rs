//! The table under the model checker: two threads try the same thing at the same
//! moment.

use super::*;
use crate::kernel::{
    arena::native::{Native, bounded},
    layout::{HEAP, MAGIC},
    wait::{Arm, Sleeper, Step, block},
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
        dispositions: Dispositions::default(),
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
            thread::spawn(move || {
                table(&memory, 2)
                    .enter(2, &new_process(), false, |_| ())
                    .unwrap()
            })
        };
        let mine = table(&memory, 1)
            .enter(1, &new_process(), false, |_| ())
            .unwrap();
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
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
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
        let (slot, ..) = table.enter(0, &payload, false, |_| ()).unwrap();
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
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
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
        let (entered, _, _, was_warm) = table.enter(0, &new_process(), true, |_| ()).unwrap();
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
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
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
        let (slot, next, pid, _) = table.enter(0, &new_process(), false, |_| ()).unwrap();
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
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
        let running = starting.with(State::Running);
        assert!(table(&memory, 2).advance(slot, starting, running));
        let killer = {
            let memory = memory.clone();
            thread::spawn(move || table(&memory, 3).signal(slot, starting, Signal::SIGKILL, false))
        };
        let claim = table(&memory, 2).claim_end(slot, running).unwrap();
        table(&memory, 2).end(claim, &ending(7));
        let table = table(&memory, 1);
        assert_eq!(table.reap(slot, starting).unwrap().exit_code, 7);
        let (slot, next, ..) = table.enter(0, &new_process(), false, |_| ()).unwrap();
        assert_eq!(table.fatal_signal(slot, next), None);
        assert!(table.signal(slot, next, Signal::SIGTERM, false));
        assert_eq!(table.fatal_signal(slot, next), Some(Signal::SIGTERM));
        killer.join().unwrap();
        assert_eq!(table.fatal_signal(slot, next), Some(Signal::SIGTERM));
    });
}

/// A process as a sleeper whose waits end when a signal is pending that it catches, as in
/// `blocking`.
struct Interruptible {
    memory: Arc<Native>,
    slot: u32,
    word: Word,
}

impl Sleeper for Interruptible {
    fn before_sleep(&self, at: u32) -> bool {
        self.memory
            .store(slot_field(self.slot, slot::WAITS_ON), sleeps_on(at, true));
        let table = table(&self.memory, self.slot);
        table.caught_signal(self.slot, self.word).is_none()
    }

    fn after_wake(&self) {
        self.memory.store(slot_field(self.slot, slot::WAITS_ON), 0);
    }

    fn now_us(&self) -> f64 {
        0.0
    }
}

/// A signal that a process catches ends a wait of the process, whenever it arrives.
/// Nothing else would end this wait.
#[test]
fn a_caught_signal_ends_a_wait() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
        let word = starting.with(State::Running);
        let host = table(&memory, 1);
        assert!(host.advance(slot, starting, word));
        host.set_action(slot, Signal::SIGINT, Action::Catch);
        let waiter = {
            let memory = memory.clone();
            thread::spawn(move || {
                let never = || -> Step<()> {
                    let (at, seen) = (MAGIC, memory.load(MAGIC));
                    let arm = Arm::Nothing;
                    Step::Wait { at, seen, arm }
                };
                let me = Interruptible {
                    memory: memory.clone(),
                    slot,
                    word,
                };
                let waited = block(&*memory, &me, None, never);
                assert_eq!(waited, None);
                table(&memory, slot).take_signal(slot, word)
            })
        };
        assert!(host.signal(slot, word, Signal::SIGINT, false));
        // As the dispatcher does.
        while host.wake_sleeper(slot) && host.caught_signal(slot, word).is_some() {
            thread::yield_now();
        }
        assert_eq!(waiter.join().unwrap(), Some(Signal::SIGINT));
        assert_eq!(host.caught_signal(slot, word), None);
    });
}

/// Two signals are sent at once while the process takes what is pending: none is lost.
#[test]
fn no_signal_is_lost_while_another_is_taken() {
    bounded(3, || {
        let memory = memory(1);
        let (slot, starting, ..) = table(&memory, 1)
            .enter(0, &new_process(), false, |_| ())
            .unwrap();
        let word = starting.with(State::Running);
        let host = table(&memory, 1);
        assert!(host.advance(slot, starting, word));
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            host.set_action(slot, signal, Action::Catch);
        }
        let sender = {
            let memory = memory.clone();
            thread::spawn(move || {
                table(&memory, 2).signal(slot, word, Signal::SIGTERM, false);
            })
        };
        host.signal(slot, word, Signal::SIGINT, false);
        let mut taken = vec![host.take_signal(slot, word)];
        sender.join().unwrap();
        taken.extend((0..2).map(|_| host.take_signal(slot, word)));
        taken.retain(Option::is_some);
        taken.sort();
        assert_eq!(taken, [Some(Signal::SIGINT), Some(Signal::SIGTERM)]);
    });
}
