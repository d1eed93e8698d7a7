//! The kernel's protocols on real threads, repeated many times. This covers orders of
//! memory accesses that the model checker does not see, as far as this machine, or
//! Miri, which tries more of them, produces them. See `PROTOCOL.md`.

use super::{
    arena::{Memory, native::Native},
    channel::{self, Channel},
    handle::{Handle, Kind},
    heap::Heap,
    layout::{HEAP, NEXT_PID, SPAWN_LIMIT},
    lock::Lock,
    object::Objects,
    table::{Dispositions, EndRecord, NewProcess, Signal, State, Table},
    wait::{Arm, Sleeper, Step, block, change},
};
use crate::error::Reason;
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

/// How often each thread repeats its part.
const ROUNDS: u32 = if cfg!(miri) { 12 } else { 3000 };

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

fn native() -> Native {
    let memory = Native::new(HEAP + (1 << 12), HEAP + (1 << 19));
    Heap::format(&memory);
    memory.store(NEXT_PID, 2);
    memory.store(SPAWN_LIMIT, 1000);
    memory
}

fn heap(memory: &Native, slot: u32) -> Heap<'_, Native> {
    Heap::new(memory, slot + 1, true)
}

#[test]
fn what_a_lock_guards_is_seen_by_its_next_owner() {
    const WORDS: usize = 5;
    let memory = native();
    let at = heap(&memory, 0).allocate(128).unwrap();
    let (lock, guarded) = (Lock(at), at + 64);
    memory.store(at, 0);
    memory.write(guarded, &[0; 4 * WORDS]);
    thread::scope(|scope| {
        for owner in 1..=3 {
            let memory = &memory;
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    lock.acquire(memory, owner, owner != 1);
                    let mut words = [0u32; WORDS];
                    memory.read(guarded, bytemuck::bytes_of_mut(&mut words));
                    assert_eq!(words, [words[0]; WORDS]);
                    words = words.map(|word| word + 1);
                    memory.write(guarded, bytemuck::bytes_of(&words));
                    lock.release(memory);
                }
            });
        }
    });
    let mut count = [0; 4];
    memory.read(guarded, &mut count);
    assert_eq!(u32::from_le_bytes(count), 3 * ROUNDS);
    assert_eq!(memory.load(at), 0);
}

#[test]
fn no_wake_up_is_lost() {
    const SLEEPERS: u32 = 1 << 31;
    let memory = native();
    let at = heap(&memory, 0).allocate(16).unwrap();
    memory.store(at, 0);
    let take = |memory: &Native| {
        loop {
            let seen = memory.load(at);
            if seen & !SLEEPERS == 0 {
                let arm = Arm::Bit(SLEEPERS);
                return Step::Wait { at, seen, arm };
            }
            if memory.compare_exchange(at, seen, seen - 1) == seen {
                return Step::Ready(());
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            let memory = &memory;
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    block(memory, &Nobody, None, || take(memory)).unwrap();
                }
            });
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    change(memory, at, SLEEPERS, |count| Some(count + 1)).unwrap();
                }
            });
        }
    });
    assert_eq!(memory.load(at) & !SLEEPERS, 0);
}

/// Two writers and two readers of a channel that is soon full: every message arrives
/// once and whole, and those of each writer in order.
#[test]
fn messages_arrive_once_whole_and_in_order() {
    let memory = native();
    let objects = Objects::new(&memory, heap(&memory, 0));
    let (handle, _) = objects.create(Kind::Queue, channel::SIZE, 1).unwrap();
    let with = |memory: &Native, slot: u32, f: &mut dyn FnMut(Channel<Native>)| {
        let heap = heap(memory, slot);
        f(Channel::new(memory, &heap, handle.body(0), slot + 1, true));
    };
    with(&memory, 0, &mut |channel| channel.format(3, 0).unwrap());
    let content = |writer: u32, number: u32| {
        let mut bytes = vec![(writer ^ number) as u8; (number * 37 % 301) as usize];
        bytes.extend(writer.to_le_bytes());
        bytes.extend(number.to_le_bytes());
        bytes
    };
    let taken: Vec<(u32, u32)> = thread::scope(|scope| {
        let memory = &memory;
        let with = &with;
        for writer in 0..2 {
            scope.spawn(move || {
                for number in 0..ROUNDS {
                    let bytes = content(writer, number);
                    with(memory, 1 + writer, &mut |channel| {
                        let put = block(memory, &Nobody, None, || {
                            channel.put(&[] as &[Handle], &bytes, || ())
                        });
                        assert_eq!(put, Some(Ok(())));
                    });
                }
            });
        }
        let readers: Vec<_> = (0..2)
            .map(|reader| {
                scope.spawn(move || {
                    let mut taken = Vec::new();
                    for _ in 0..ROUNDS {
                        with(memory, 3 + reader, &mut |channel| {
                            channel.stays_empty();
                            let message = block(memory, &Nobody, None, || channel.take());
                            let bytes = message.flatten().unwrap().bytes;
                            let number = |at: usize| {
                                u32::from_le_bytes(
                                    bytes[bytes.len() - at..][..4].try_into().unwrap(),
                                )
                            };
                            let (writer, number) = (number(8), number(4));
                            assert_eq!(bytes, content(writer, number));
                            taken.push((writer, number));
                        });
                    }
                    for writer in 0..2 {
                        let mine = taken.iter().filter(|(from, _)| *from == writer);
                        assert!(mine.is_sorted());
                    }
                    taken
                })
            })
            .collect();
        let taken = readers.into_iter().map(|reader| reader.join().unwrap());
        taken.flatten().collect()
    });
    assert_eq!(taken.len() as u32, 2 * ROUNDS);
    assert_eq!(
        taken.into_iter().collect::<BTreeSet<_>>().len() as u32,
        2 * ROUNDS
    );
}

/// Parents start, signal and reap children that end by themselves: every child has its
/// own pid and its own end, and gets only its own signal.
#[test]
fn slots_that_are_used_again_at_once_are_nobody_else_s() {
    let memory = native();
    let done = AtomicBool::new(false);
    let pids: Vec<u32> = thread::scope(|scope| {
        let (memory, done) = (&memory, &done);
        // Signals a process that it saw some time ago.
        scope.spawn(move || {
            let table = Table::new(memory, heap(memory, 90));
            let mut seen = Vec::new();
            while !done.load(SeqCst) {
                for (slot, word) in std::mem::take(&mut seen) {
                    table.signal(slot, word, Signal::SIGKILL, false);
                }
                seen = table.slots().take(4).collect();
                thread::yield_now();
            }
        });
        let parents: Vec<_> = (1..=2)
            .map(|parent| {
                scope.spawn(move || {
                    let table = Table::new(memory, heap(memory, 90 + parent));
                    let mut pids = Vec::new();
                    for round in 0..ROUNDS / 2 {
                        let payload = [0, 0, 0, 0, round as u8, parent as u8];
                        let new_process = NewProcess {
                            dispositions: Dispositions::default(),
                            parent,
                            process: 0,
                            entry: round,
                            payload: &payload,
                        };
                        let (slot, starting, pid, _) = table
                            .enter(90 + parent, &new_process, false, |_| ())
                            .unwrap();
                        let child = scope.spawn(move || {
                            let table = Table::new(memory, heap(memory, slot));
                            let running = starting.with(State::Running);
                            assert!(table.advance(slot, starting, running));
                            assert_eq!(table.take_payload(slot), payload);
                            assert!(matches!(
                                table.fatal_signal(slot, running),
                                None | Some(Signal::SIGKILL)
                            ));
                            let claim = table.claim_end(slot, running).unwrap();
                            assert_eq!(table.pid(&claim), pid);
                            let ending = EndRecord {
                                exit_code: pid as i32,
                                reason: Reason::Exited,
                                outcome: Some(pid.to_le_bytes().to_vec()),
                            };
                            table.end(claim, &ending);
                        });
                        let ended = loop {
                            match table.reap(slot, starting) {
                                Some(ended) => break ended,
                                None => thread::yield_now(),
                            }
                        };
                        assert_eq!(ended.exit_code, pid as i32);
                        assert_eq!(ended.outcome.unwrap(), pid.to_le_bytes());
                        // That process has ended, whichever process has its slot now.
                        assert!(table.claim_end_of_dead(slot, starting).is_none());
                        assert!(!table.signal(slot, starting, Signal::SIGTERM, false));
                        child.join().unwrap();
                        pids.push(pid);
                    }
                    pids
                })
            })
            .collect();
        let pids = parents
            .into_iter()
            .flat_map(|parent| parent.join().unwrap())
            .collect();
        done.store(true, SeqCst);
        pids
    });
    assert_eq!(pids.len() as u32, ROUNDS / 2 * 2);
    assert_eq!(pids.iter().collect::<BTreeSet<_>>().len(), pids.len());
    let table = Table::new(&memory, heap(&memory, 0));
    assert!(table.slots().all(|(_, word)| word.state() == State::Free));
    assert_eq!(heap(&memory, 0).used(), 0);
}

/// Two processes pass one object back and forth and release it each time: it exists as
/// long as it is held or in flight, and is freed afterwards.
#[test]
fn an_object_on_its_way_stays() {
    let memory = native();
    let objects = Objects::new(&memory, heap(&memory, 0));
    let (queue, _) = objects.create(Kind::Queue, channel::SIZE, 0).unwrap();
    {
        let heap = heap(&memory, 0);
        let channel = Channel::new(&memory, &heap, queue.body(0), 1, true);
        channel.format(2, 0).unwrap();
    }
    let before = heap(&memory, 0).used();
    thread::scope(|scope| {
        let memory = &memory;
        scope.spawn(move || {
            let heap = heap(memory, 1);
            let objects = Objects::new(memory, heap);
            let channel = Channel::new(memory, &heap, queue.body(0), 2, true);
            for _ in 0..ROUNDS {
                let (handle, entry) = objects.create(Kind::Semaphore, 8, 1).unwrap();
                let retain = || objects.retain_in_flight(handle);
                let put = block(memory, &Nobody, None, || {
                    channel.put(&[handle], &[], retain)
                });
                assert_eq!(put, Some(Ok(())));
                objects.release(entry, 1);
            }
        });
        scope.spawn(move || {
            let heap = heap(memory, 2);
            let objects = Objects::new(memory, heap);
            let channel = Channel::new(memory, &heap, queue.body(0), 3, true);
            for _ in 0..ROUNDS {
                let message = block(memory, &Nobody, None, || channel.take()).flatten();
                let handle = message.unwrap().handles[0];
                assert!(objects.is_valid(handle));
                let entry = objects.acquire(handle, 2).unwrap();
                objects.release_in_flight(handle);
                assert!(objects.is_valid(handle));
                objects.release(entry, 2);
            }
        });
    });
    objects.release_all(100, 1);
    objects.release_all(101, 2);
    // The channel may have kept a segment, but no object.
    assert!(heap(&memory, 0).used() < before + (1 << 17));
}
