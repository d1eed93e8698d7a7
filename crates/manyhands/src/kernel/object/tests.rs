//! An object lives as long as somebody holds it, whichever process is killed.
//!
//! Each test kills a process before its first change to the memory, then before its
//! second, and so on, and releases its references as the dispatcher does.

use super::*;
use crate::kernel::{
    arena::{killable::Killable, native::Native},
    channel::Channel,
    directory::{self, Directory},
    heap,
    layout::{DIRECTORY_LOCK, HEAP},
    lock::Lock,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The slots of the process that survives and of the one that is killed.
pub const SURVIVOR: u32 = 1;
pub const VICTIM: u32 = 2;
const DISPATCHER: u32 = 0xffff - 1;

fn pid(slot: u32) -> Pid {
    100 + slot
}

/// An empty arena that can grow by `bytes` bytes beyond its tables.
pub fn native(bytes: u32) -> Native {
    let memory = Native::new(HEAP + bytes.min(4096), HEAP + bytes);
    Heap::format(&memory);
    memory
}

pub fn heap_of<M: Memory>(memory: &M, slot: u32) -> Heap<'_, M> {
    Heap::new(memory, slot + 1, false)
}

pub fn objects_of<M: Memory>(memory: &M, slot: u32) -> Objects<'_, M> {
    Objects::new(memory, heap_of(memory, slot))
}

fn directory_of<M: Memory>(memory: &M, slot: u32) -> Directory<'_, M> {
    Directory::new(memory, heap_of(memory, slot), slot + 1, false)
}

/// Calls `f` with the channel as the process in `slot` uses it.
pub fn with_channel<M: Memory, R>(
    memory: &M,
    slot: u32,
    channel: Handle,
    f: impl FnOnce(Channel<M>) -> R,
) -> R {
    let heap = heap_of(memory, slot);
    let at = channel.body(0);
    f(Channel::new(memory, &heap, at, slot + 1, false))
}

/// Releases the references of a dead process, as the dispatcher does.
pub fn release_all(memory: &Native, slot: u32) {
    Heap::recover(memory, slot + 1);
    directory::recover(memory, slot + 1);
    objects_of(memory, DISPATCHER).release_all(pid(slot), slot);
    for lock in [heap::LOCK, Lock(DIRECTORY_LOCK)] {
        assert_eq!(lock.holder(memory), 0, "a lock of the dead");
    }
}

/// Kills `act` before its first change, then before its second, and so on until it
/// completes; `check` examines what is left each time. Returns how many changes there
/// were.
pub fn at_every_step<S, R>(
    bytes: u32,
    prepare: impl Fn(&Native) -> S,
    act: impl Fn(&Killable, &S) -> R,
    check: impl Fn(&Native, S, Option<R>),
) -> u32 {
    for changes in 0.. {
        let memory = native(bytes);
        let state = prepare(&memory);
        let killable = Killable::new(&memory, changes);
        let result = killable.run_until_killed(|| act(&killable, &state));
        let done = result.is_some();
        release_all(&memory, VICTIM);
        check(&memory, state, result);
        if done {
            return changes;
        }
    }
    unreachable!("it never comes to its end")
}

/// How many bytes are still in use when no process is left. Checks that the heap is in
/// order.
pub fn left_behind(memory: &Native) -> u32 {
    release_all(memory, SURVIVOR);
    let heap = heap_of(memory, SURVIVOR);
    let used = heap.used();
    let blocks: Vec<(u32, u32)> = (1..30)
        .filter_map(|number| Some((heap.allocate(number * 97)?, number)))
        .collect();
    for (block, number) in &blocks {
        memory.write(*block, &vec![*number as u8; *number as usize * 97]);
    }
    for (block, number) in &blocks {
        let mut bytes = vec![0; *number as usize * 97];
        memory.read(*block, &mut bytes);
        assert!(bytes.iter().all(|byte| byte == &(*number as u8)));
        heap.free(*block);
    }
    assert_eq!(heap.used(), used);
    used
}

/// How many heap bytes a block of `bytes` bytes takes.
pub fn block(bytes: u32) -> u32 {
    16 + bytes.next_multiple_of(16)
}

pub fn object(bytes: u32) -> u32 {
    block(BODY + bytes)
}

const HELD: u32 = ENTRY * (1 + ENTRIES);
const ROOM: u32 = 1 << 20;

fn create<M: Memory>(memory: &M, slot: u32, kind: Kind, bytes: u32) -> (Handle, u32) {
    objects_of(memory, slot).create(kind, bytes, slot).unwrap()
}

/// Whether some process holds the object or a handle of it is in flight.
fn is_there(memory: &Native, handle: Handle) -> bool {
    objects_of(memory, SURVIVOR).is_valid(handle)
}

#[test]
fn killed_while_it_makes_an_object() {
    let steps = at_every_step(
        ROOM,
        |_| (),
        |memory, ()| create(memory, VICTIM, Kind::Array, 10_000),
        |memory, (), made| {
            assert!(made.is_none_or(|(handle, _)| !is_there(memory, handle)));
            // The object, if it is not in the list of held objects yet, and perhaps a
            // block for that list.
            let bound = [object(10_000), object(10_000) + block(HELD)];
            let left = left_behind(memory);
            assert!(left == 0 || bound.contains(&left), "{left}");
        },
    );
    assert!(steps > 100);
}

#[test]
fn killed_while_it_takes_hold() {
    at_every_step(
        ROOM,
        |memory| create(memory, SURVIVOR, Kind::Semaphore, 8),
        |memory, (handle, _)| objects_of(memory, VICTIM).acquire(*handle, VICTIM),
        |memory, (handle, entry), _| {
            assert!(is_there(memory, handle));
            objects_of(memory, SURVIVOR).release(entry, SURVIVOR);
            assert!(!is_there(memory, handle));
            let left = left_behind(memory);
            assert!([0, block(HELD)].contains(&left), "{left}");
        },
    );
}

#[test]
fn killed_while_it_lets_go() {
    for shared in [false, true] {
        at_every_step(
            ROOM,
            |memory| {
                let (handle, entry) = create(memory, VICTIM, Kind::Array, 100);
                let kept = shared.then(|| {
                    let objects = objects_of(memory, SURVIVOR);
                    objects.acquire(handle, SURVIVOR).unwrap()
                });
                (handle, entry, kept)
            },
            |memory, (_, entry, _)| objects_of(memory, VICTIM).release(*entry, VICTIM),
            |memory, (handle, _, kept), _| {
                assert_eq!(is_there(memory, handle), kept.is_some());
                let left = left_behind(memory);
                // The process may have died between its last look at the object and the
                // release of the object's block.
                assert!(left == 0 || !shared && left == object(100), "{left}");
            },
        );
    }
}

/// A process is killed while it releases its objects at its own end.
#[test]
fn killed_while_its_objects_are_released() {
    const MANY: u32 = ENTRIES + 5;
    at_every_step(
        ROOM,
        |memory| {
            let mut kept = Vec::new();
            for number in 0..MANY {
                let (handle, _) = create(memory, VICTIM, Kind::Semaphore, 8);
                if number % 10 == 0 {
                    objects_of(memory, SURVIVOR).acquire(handle, SURVIVOR);
                    kept.push(handle);
                }
            }
            kept
        },
        |memory, _| objects_of(memory, VICTIM).release_all(pid(VICTIM), VICTIM),
        |memory, kept, _| {
            assert!(kept.iter().all(|handle| is_there(memory, *handle)));
            let left = left_behind(memory);
            assert!([0, block(HELD), object(8)].contains(&left), "{left}");
        },
    );
}

#[test]
fn killed_while_it_sends_and_receives_a_handle() {
    at_every_step(
        ROOM,
        |memory| create(memory, VICTIM, Kind::Semaphore, 8),
        |memory, (handle, entry)| {
            let objects = objects_of(memory, VICTIM);
            objects.retain_in_flight(*handle);
            objects.release(*entry, VICTIM);
            objects.acquire(*handle, VICTIM).unwrap();
            objects.release_in_flight(*handle);
        },
        |memory, (handle, _), _| {
            // A process that was killed while the handle was in flight leaves it in
            // flight.
            let left = left_behind(memory);
            assert!([0, object(8)].contains(&left), "{left}");
            assert_eq!(is_there(memory, handle), left > 0);
        },
    );
}

/// The other end of the pipe learns of it, wherever the last holder of this end is
/// killed.
#[test]
fn killed_while_it_hangs_up() {
    for release in [false, true] {
        at_every_step(
            ROOM,
            |memory| {
                let channels = [0, 8].map(|offset| {
                    let (channel, _) = create(memory, SURVIVOR, Kind::Queue, channel::SIZE);
                    objects_of(memory, VICTIM).acquire(channel, VICTIM);
                    with_channel(memory, SURVIVOR, channel, |channel| channel.format(0, 64));
                    (offset, channel)
                });
                let (end, entry) = create(memory, VICTIM, Kind::End, 16);
                for (offset, channel) in channels {
                    memory.store(end.body(offset + 4), channel.tag);
                    memory.store(end.body(offset), channel.at);
                }
                (channels, entry)
            },
            |memory, (_, entry)| {
                let objects = objects_of(memory, VICTIM);
                if release {
                    objects.release_all(pid(VICTIM), VICTIM);
                } else {
                    objects.release(*entry, VICTIM);
                }
            },
            |memory, ([(_, reads), (_, writes)], _), _| {
                let refused = with_channel(memory, SURVIVOR, reads, |channel| {
                    matches!(
                        channel.put(&[], b"?", || ()),
                        crate::kernel::wait::Step::Ready(Err(channel::Refused::NoReader))
                    )
                });
                assert!(refused, "who writes was not told");
                let end = with_channel(memory, SURVIVOR, writes, |channel| {
                    matches!(channel.take(), crate::kernel::wait::Step::Ready(None))
                });
                assert!(end, "who reads was not told");
                let left = left_behind(memory);
                assert!([0, object(16), block(HELD)].contains(&left), "{left}");
            },
        );
    }
}

const ARRAY: u32 = Kind::Array.bit();

#[test]
fn killed_while_it_gives_and_takes_a_name() {
    at_every_step(
        ROOM,
        |memory| {
            let (other, _) = create(memory, SURVIVOR, Kind::Array, 8);
            let retain = || objects_of(memory, SURVIVOR).retain_in_flight(other);
            let directory = directory_of(memory, SURVIVOR);
            directory.enter("other", ARRAY, other, retain).unwrap();
            (create(memory, VICTIM, Kind::Array, 100).0, other)
        },
        |memory, (handle, _)| {
            let objects = objects_of(memory, VICTIM);
            let directory = directory_of(memory, VICTIM);
            let retain = || objects.retain_in_flight(*handle);
            directory.enter("name", ARRAY, *handle, retain).unwrap();
            let removed = directory.remove("name", ARRAY).unwrap();
            objects.release_in_flight(removed);
        },
        |memory, (handle, other), _| {
            let directory = directory_of(memory, SURVIVOR);
            let objects = objects_of(memory, SURVIVOR);
            assert_eq!(
                directory.look_up("other", ARRAY, |found| found),
                Some(other)
            );
            if let Some(found) = directory.remove("name", ARRAY) {
                assert_eq!(found, handle);
                assert!(objects.is_valid(found));
                objects.release_in_flight(found);
            }
            assert_eq!(directory.remove("name", ARRAY), None);
            // The name can be used again.
            let (new, _) = create(memory, SURVIVOR, Kind::Array, 8);
            let retain = || objects.retain_in_flight(new);
            assert_eq!(directory.enter("name", ARRAY, new, retain), Ok(()));
            for name in ["name", "other"] {
                objects.release_in_flight(directory.remove(name, ARRAY).unwrap());
            }
            let left = left_behind(memory);
            let entry = block(16 + 4);
            let bound = [0, entry, object(100), object(100) + entry];
            assert!(bound.contains(&left), "{left}");
        },
    );
}

#[test]
fn the_lock_of_the_dead_says_so() {
    for sleepers in [0, owned::SLEEPERS] {
        let memory = native(ROOM);
        let (lock, _) = create(&memory, SURVIVOR, Kind::Barrier, 8);
        objects_of(&memory, VICTIM).acquire(lock, VICTIM).unwrap();
        memory.store(lock.body(0), pid(VICTIM) | sleepers);
        release_all(&memory, VICTIM);
        assert_eq!(memory.load(lock.body(0)), pid(VICTIM) | owned::DEAD);
        // A lock that another process owns is not changed.
        memory.store(lock.body(0), pid(SURVIVOR));
        objects_of(&memory, VICTIM).acquire(lock, VICTIM).unwrap();
        release_all(&memory, VICTIM);
        assert_eq!(memory.load(lock.body(0)), pid(SURVIVOR));
    }
}

#[test]
fn a_stale_handle_is_found_out() {
    let memory = native(ROOM);
    let objects = objects_of(&memory, SURVIVOR);
    let (old, entry) = create(&memory, SURVIVOR, Kind::Semaphore, 8);
    objects.release(entry, SURVIVOR);
    assert!(!objects.is_valid(old));
    let (new, _) = create(&memory, SURVIVOR, Kind::Semaphore, 8);
    assert_eq!(new.at, old.at, "the block is used again");
    assert!(!objects.is_valid(old));
    assert!(objects.is_valid(new));
    // To release it has no effect on the new object.
    objects.release_in_flight(old);
    assert!(objects.is_valid(new));
    for at in [0, 2, u32::MAX, memory.size()] {
        assert!(!objects.is_valid(Handle { at, ..new }));
    }
}

#[test]
fn exhaustion_is_an_answer_and_leaves_nothing_behind() {
    let memory = native(8192);
    let heap = heap_of(&memory, SURVIVOR);
    let objects = objects_of(&memory, SURVIVOR);
    for bytes in [8192, u32::MAX, u32::MAX - BODY] {
        assert_eq!(objects.create(Kind::Array, bytes, SURVIVOR), None);
        assert_eq!(heap.used(), 0);
    }
    // There is room for the object, but not for the list of held objects.
    let fits = 8192 - object(0) - 16;
    assert_eq!(objects.create(Kind::Array, fits, SURVIVOR), None);
    assert_eq!(heap.used(), 0);
    // Then objects are created until nothing more fits, and all are released again.
    let mut entries = Vec::new();
    while let Some((_, entry)) = objects.create(Kind::Semaphore, 8, SURVIVOR) {
        entries.push(entry);
    }
    assert!(entries.len() > 20);
    let full = heap.used();
    assert_eq!(objects.create(Kind::Semaphore, 8, SURVIVOR), None);
    assert_eq!(heap.used(), full);
    for entry in entries {
        objects.release(entry, SURVIVOR);
    }
    assert_eq!(heap.used(), block(HELD));
}

#[derive(Clone, Debug)]
enum Action {
    Create(u32),
    Acquire(usize, u32),
    Release(usize),
    RetainInFlight(usize),
    ReleaseInFlight(usize),
    Die(u32),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let slot = 1u32..6;
    let action = prop_oneof![
        3 => slot.clone().prop_map(Action::Create),
        3 => (any::<usize>(), slot.clone()).prop_map(|(which, slot)| Action::Acquire(which, slot)),
        3 => any::<usize>().prop_map(Action::Release),
        2 => any::<usize>().prop_map(Action::RetainInFlight),
        2 => any::<usize>().prop_map(Action::ReleaseInFlight),
        1 => slot.prop_map(Action::Die),
    ];
    proptest::collection::vec(action, 1..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// An object exists exactly as long as a process holds it or a handle of it is in
    /// flight.
    #[test]
    fn an_object_lives_as_long_as_it_is_held(actions in actions()) {
        let memory = native(ROOM);
        let mut held: Vec<(Handle, u32, u32)> = Vec::new();
        let mut flying: Vec<Handle> = Vec::new();
        let mut made = BTreeSet::new();
        for action in actions {
            match action {
                Action::Create(slot) => {
                    let (handle, entry) = create(&memory, slot, Kind::Semaphore, 8);
                    prop_assert!(made.insert(handle));
                    held.push((handle, entry, slot));
                }
                Action::Acquire(which, slot) if !held.is_empty() => {
                    let (handle, _, _) = held[which % held.len()];
                    // A process holds an object once; repeated holds are counted in a
                    // module above.
                    if !held.iter().any(|one| one.0 == handle && one.2 == slot) {
                        let entry = objects_of(&memory, slot).acquire(handle, slot).unwrap();
                        held.push((handle, entry, slot));
                    }
                }
                Action::Release(which) if !held.is_empty() => {
                    let (_, entry, slot) = held.swap_remove(which % held.len());
                    objects_of(&memory, slot).release(entry, slot);
                }
                Action::RetainInFlight(which) if !held.is_empty() => {
                    let (handle, _, slot) = held[which % held.len()];
                    objects_of(&memory, slot).retain_in_flight(handle);
                    flying.push(handle);
                }
                Action::ReleaseInFlight(which) if !flying.is_empty() => {
                    let handle = flying.swap_remove(which % flying.len());
                    objects_of(&memory, SURVIVOR).release_in_flight(handle);
                }
                Action::Die(slot) => {
                    release_all(&memory, slot);
                    held.retain(|one| one.2 != slot);
                }
                _ => {}
            }
            for handle in &made {
                let kept = held.iter().any(|one| one.0 == *handle) || flying.contains(handle);
                prop_assert_eq!(is_there(&memory, *handle), kept);
            }
        }
        for handle in flying {
            objects_of(&memory, SURVIVOR).release_in_flight(handle);
        }
        for slot in 1..6 {
            release_all(&memory, slot);
        }
        prop_assert_eq!(heap_of(&memory, SURVIVOR).used(), 0);
    }
}

/// A listener's process binds a name, is connected to, and closes the listener. Wherever
/// it is killed, the name can be removed and bound again, and the connection that was not
/// accepted is lost.
#[test]
fn killed_while_it_binds_and_closes_a_listener() {
    const LISTENERS: u32 = Kind::Listener.bit();
    at_every_step(
        ROOM,
        |memory| create(memory, SURVIVOR, Kind::Token, 0),
        |memory, (connection, _)| {
            let objects = objects_of(memory, VICTIM);
            let directory = directory_of(memory, VICTIM);
            let (handle, channel) = create(memory, VICTIM, Kind::Listener, channel::SIZE);
            with_channel(memory, VICTIM, handle, |channel| channel.format(0, 0));
            let (end, entry) = create(memory, VICTIM, Kind::End, 16);
            memory.store(end.body(4), handle.tag);
            memory.store(end.body(0), handle.at);
            let retain = || objects.retain_in_flight(handle);
            directory.enter("name", LISTENERS, handle, retain).unwrap();
            objects.release(channel, VICTIM);
            with_channel(memory, VICTIM, handle, |channel| {
                let retain = || objects.retain_in_flight(*connection);
                let put = channel.put(&[*connection], b"connection", retain);
                assert!(matches!(put, crate::kernel::wait::Step::Ready(Ok(()))));
            });
            objects.release(entry, VICTIM);
            let closed = directory.remove_where(|handle| objects.is_closed_listener(handle));
            objects.release_in_flight(closed.unwrap());
        },
        |memory, (connection, entry), result| {
            let objects = objects_of(memory, SURVIVOR);
            let directory = directory_of(memory, SURVIVOR);
            let is_closed = |handle| objects.is_closed_listener(handle);
            if let Ok(Some(closed)) = directory.try_remove_where(is_closed) {
                objects.release_in_flight(closed);
            }
            assert_eq!(directory.look_up("name", LISTENERS, |found| found), None);
            objects.release(entry, SURVIVOR);
            if result.is_some() {
                assert!(!is_there(memory, connection));
            }
            let (new, _) = create(memory, SURVIVOR, Kind::Array, 8);
            assert_eq!(directory.enter("name", LISTENERS, new, || ()), Ok(()));
            assert_eq!(directory.remove_where(|found| found == new), Some(new));
        },
    );
}
