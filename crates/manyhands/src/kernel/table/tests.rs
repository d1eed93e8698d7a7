//! Wherever a process is killed, the table can be recovered: afterwards every slot has
//! an owner and the end of every process has been written once.

use super::*;
use crate::kernel::{
    arena::{killable::Killable, native::Native},
    layout::HEAP,
};

const HOST: Pid = 1;
const HOST_SLOT: u32 = 0;
/// The number under which the dispatcher takes locks.
const DISPATCHER: u32 = 0xffff;

fn native() -> Native {
    let memory = Native::new(HEAP + 8192, HEAP + 65536);
    Heap::format(&memory);
    memory.store(SPAWN_LIMIT, 100);
    memory.store(NEXT_PID, 2);
    memory
}

fn table<M: Memory>(memory: &M, slot: u32) -> Table<'_, M> {
    Table::new(memory, Heap::new(memory, slot + 1, false))
}

fn new_process(parent: Pid) -> NewProcess<'static> {
    NewProcess {
        parent,
        process: 0,
        entry: 7,
        payload: b"\0\0\0\0born",
        dispositions: Dispositions::default(),
    }
}

fn ending(exit_code: i32, reason: Reason) -> EndRecord {
    EndRecord {
        exit_code,
        reason,
        outcome: Some(b"\0\0\0\0an outcome".to_vec()),
    }
}

/// Starts a process with this parent; returns its slot, its state word while it runs,
/// and its pid.
fn start(memory: &Native, parent: Pid) -> (u32, Word, Pid) {
    let table = table(memory, HOST_SLOT);
    let (slot, starting, pid, _) = table
        .enter(HOST_SLOT, &new_process(parent), false, |_| ())
        .unwrap();
    let running = starting.with(State::Running);
    assert!(table.advance(slot, starting, running));
    (slot, running, pid)
}

/// What the dispatcher does when a worker no longer exists.
fn dispatch_death(memory: &impl Memory, slot: u32, word: Word, has_worker: bool) {
    Heap::recover(memory, slot + 1);
    let held = Heap::try_lock(memory, DISPATCHER).expect("nobody holds the heap's lock");
    let table = Table::new(memory, held.heap());
    if let Some(claim) = table.claim_end_of_dead(slot, word) {
        let pid = table.pid(&claim);
        table.release_claims(&claim, |_, _| has_worker);
        table.end(claim, &ending(-9, Reason::Killed));
        table.forget_children_of(pid);
    }
}

/// Kills a process before its first step, then before its second, and so on until it
/// completes.
fn at_every_step(check: impl Fn(u32) -> bool) {
    let steps = (0..).find(|changes| check(*changes)).unwrap();
    assert!(steps > 5, "{steps}");
}

#[test]
fn a_process_killed_while_it_ends_has_ended_once() {
    at_every_step(|changes| {
        let memory = native();
        let (slot, running, _) = start(&memory, HOST);
        let killable = Killable::new(&memory, changes);
        let completed = killable.run_until_killed(|| {
            let table = table(&killable, slot);
            let claim = table.claim_end(slot, running).unwrap();
            table.end(claim, &ending(3, Reason::Exited));
        });
        let dispatcher = Killable::new(&memory, u32::MAX);
        dispatch_death(&dispatcher, slot, running, false);
        // Its parent may be asleep until the process has ended, so somebody must have
        // woken it.
        let state = slot_field(slot, slot::STATE);
        assert!(completed.is_some() || dispatcher.has_notified(state));
        let parent = table(&memory, HOST_SLOT);
        let ended = parent.reap(slot, running).expect("it has ended");
        assert!(parent.reap(slot, running).is_none());
        // Either the process or the dispatcher wrote the record, as a whole.
        match ended.reason {
            Reason::Exited => assert_eq!(ended.exit_code, 3),
            _ => assert_eq!((ended.exit_code, ended.reason), (-9, Reason::Killed)),
        }
        assert_eq!(ended.outcome.unwrap(), b"\0\0\0\0an outcome");
        assert_eq!(parent.word(slot).state(), State::Free);
        completed.is_some()
    });
}

#[test]
fn a_process_killed_while_it_starts_another_leaves_no_claim() {
    for warm in [false, true] {
        at_every_step(|changes| {
            let memory = native();
            let (slot, running, pid) = start(&memory, HOST);
            if warm {
                let table = table(&memory, HOST_SLOT);
                let (slot, warming) = table.enter_warm().unwrap();
                assert!(table.advance(slot, warming, warming.with(State::Warm)));
            }
            let killable = Killable::new(&memory, changes);
            let completed = killable.run_until_killed(|| {
                table(&killable, slot)
                    .enter(slot, &new_process(pid), warm, |_| ())
                    .unwrap();
            });
            dispatch_death(&memory, slot, running, warm);
            let dispatcher = Killable::new(&memory, u32::MAX);
            let table = table(&dispatcher, HOST_SLOT);
            assert_eq!(table.count(&[State::Claimed, State::Ending]), 0);
            // A child that was entered is found, because the dead process may not have
            // asked for a worker for it.
            let children: Vec<(u32, Word)> = table.starting_children_of_dead(pid).collect();
            assert_eq!(children.len() as u32, table.count(&[State::Starting]));
            assert!(children.len() == 1 || completed.is_none());
            for (slot, word) in children {
                // The child's warm worker sleeps until it may begin, so somebody must
                // have woken it.
                assert!(dispatcher.has_notified(slot_field(slot, slot::STATE)));
                assert_eq!(table.take_payload(slot), b"\0\0\0\0born");
                assert!(table.claim_end(slot, word).is_some());
            }
            assert!(table.starting_children_of_dead(pid).next().is_none());
            completed.is_some()
        });
    }
}

/// Only the claims of the dead process are given back, not those of the next process in
/// its slot.
#[test]
fn the_claims_of_a_slot_s_next_process_stay() {
    let memory = native();
    let (slot, running, _) = start(&memory, HOST);
    let host = table(&memory, HOST_SLOT);
    let claim = host.claim_end(slot, running).unwrap();
    host.end(claim, &ending(0, Reason::Exited));
    host.reap(slot, running).unwrap();
    let (next, next_running, _) = start(&memory, HOST);
    assert_eq!(next, slot);
    // The next process claims a slot and stops there: the block of its payload is
    // allocated and the slot is claimed.
    let (claimed, ..) = table(&memory, next).claim(next, false).unwrap();
    dispatch_death(&memory, slot, running, false);
    assert_eq!(host.word(claimed).state(), State::Claimed);
    dispatch_death(&memory, next, next_running, false);
    assert_eq!(host.word(claimed).state(), State::Free);
}

#[test]
fn a_process_whose_end_is_claimed_still_counts_and_gets_no_signal() {
    let memory = native();
    let (slot, running, pid) = start(&memory, HOST);
    let table = table(&memory, HOST_SLOT);
    let claim = table.claim_end(slot, running).unwrap();
    assert!(table.claim_end(slot, running).is_none());
    assert!(!table.signal(slot, running, Signal::SIGKILL, false));
    assert_eq!(table.pid_of(slot, running), pid);
    memory.store(SPAWN_LIMIT, 1);
    let refused = table.enter(HOST_SLOT, &new_process(HOST), false, |_| ());
    assert_eq!(refused.unwrap_err(), Refused::Limit(1));
    table.end(claim, &ending(0, Reason::Exited));
    assert!(
        table
            .enter(HOST_SLOT, &new_process(HOST), false, |_| ())
            .is_ok()
    );
}

#[test]
fn a_signal_does_what_the_process_decided() {
    let memory = native();
    let (slot, word, _) = start(&memory, HOST);
    let table = table(&memory, HOST_SLOT);
    let send = |signal| table.signal(slot, word, signal, false);
    assert_eq!(
        table.set_action(slot, Signal::SIGINT, Action::Catch),
        Action::Default
    );
    table.set_action(slot, Signal::SIGUSR1, Action::Ignore);
    assert!(!send(Signal::SIGUSR1));
    assert!(!send(Signal::SIGCHLD));
    assert!(send(Signal::SIGINT));
    assert!(send(Signal::SIGINT));
    assert_eq!(table.fatal_signal(slot, word), None);
    assert_eq!(table.take_signal(slot, word), Some(Signal::SIGINT));
    assert_eq!(table.take_signal(slot, word), None);
    assert_eq!(table.get(slot, slot::SIGNAL), 0);
    // What is pending when the decision changes has the new effect.
    assert!(send(Signal::SIGINT));
    assert_eq!(
        table.set_action(slot, Signal::SIGINT, Action::Default),
        Action::Catch
    );
    assert_eq!(table.fatal_signal(slot, word), Some(Signal::SIGINT));
    table.set_action(slot, Signal::SIGINT, Action::Ignore);
    assert_eq!(table.fatal_signal(slot, word), None);
    assert_eq!(table.take_signal(slot, word), None);
    assert_eq!(table.get(slot, slot::SIGNAL), 0);
}

#[test]
fn a_process_keeps_the_signal_by_which_it_must_end() {
    let memory = native();
    let (slot, word, _) = start(&memory, HOST);
    let table = table(&memory, HOST_SLOT);
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGKILL] {
        assert!(table.signal(slot, word, signal, false));
        assert_eq!(table.fatal_signal(slot, word), Some(Signal::SIGTERM));
    }
    // It catches the first one at the last moment, but not the last one.
    table.set_action(slot, Signal::SIGTERM, Action::Catch);
    assert_eq!(table.fatal_signal(slot, word), Some(Signal::SIGKILL));
    assert_eq!(table.take_signal(slot, word), Some(Signal::SIGTERM));
}

#[test]
fn a_forced_signal_ends_a_process_that_catches_it() {
    let memory = native();
    let (slot, word, _) = start(&memory, HOST);
    let table = table(&memory, HOST_SLOT);
    for action in [Action::Catch, Action::Ignore] {
        table.set_action(slot, Signal::SIGABRT, action);
        assert!(table.signal(slot, word, Signal::SIGABRT, true));
        assert_eq!(table.fatal_signal(slot, word), Some(Signal::SIGABRT));
    }
}

#[test]
fn a_child_ignores_what_its_parent_ignores_and_catches_nothing() {
    let all = Dispositions::default()
        .with(Signal::SIGINT, Action::Ignore)
        .with(Signal::SIGTERM, Action::Catch)
        .inherited();
    assert_eq!(all.action(Signal::SIGINT), Action::Ignore);
    assert_eq!(all.action(Signal::SIGTERM), Action::Default);
}

#[test]
fn signals_have_the_numbers_that_they_have_on_linux() {
    for signal in Signal::ALL {
        assert_eq!(Signal::try_from(signal.number()).unwrap(), signal);
    }
    for number in [-1, 0, 4, 16, 64] {
        assert!(Signal::try_from(number).is_err());
    }
}
