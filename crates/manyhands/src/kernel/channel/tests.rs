//! A channel is a queue of whole messages, whatever is put and taken, and wherever a
//! writer or a reader is killed.

use super::*;
use crate::kernel::{
    arena::native::Native,
    handle::Kind,
    layout::{slot, slot_field},
    object::tests::{
        SURVIVOR, VICTIM, at_every_step, block, heap_of, left_behind, native, object, objects_of,
        release_all, with_channel,
    },
};
use proptest::prelude::*;
use std::{cell::Cell, collections::VecDeque};

const ROOM: u32 = 1 << 20;
/// The body size of the object whose handles travel with messages.
const LOAD: u32 = 40;

#[derive(Clone, Debug)]
enum Act {
    Put { size: u32, handles: usize },
    Take,
    TakeInto(usize),
    Peek,
}

fn content(number: u32, size: u32) -> Vec<u8> {
    (0..size)
        .map(|index| (index.wrapping_mul(31) ^ number.wrapping_mul(0x9e37)) as u8)
        .collect()
}

/// The expected contents of a channel, as a plain queue.
#[derive(Clone, Debug, Default)]
struct Plain {
    max_items: u32,
    max_bytes: u32,
    fixture: VecDeque<Message>,
    number: u32,
    closed: Option<Side>,
}

impl Plain {
    fn length(message: &Message) -> u32 {
        (message.bytes.len() + Handle::SIZE * message.handles.len()) as u32
    }

    fn bytes(&self) -> u32 {
        self.fixture.iter().map(Plain::length).sum()
    }

    /// The message that is put next.
    fn next(&self, size: u32, handles: &[Handle]) -> Message {
        Message {
            handles: handles.to_vec(),
            bytes: content(self.number, size),
        }
    }

    /// `None` where the channel would have to wait.
    fn put(&mut self, message: Message) -> Option<Result<(), Refused>> {
        if self.closed == Some(Side::Readers) {
            return Some(Err(Refused::NoReader));
        }
        let full = self.max_items != 0 && self.fixture.len() as u32 >= self.max_items
            || self.max_bytes != 0
                && !self.fixture.is_empty()
                && self.bytes() + Plain::length(&message) > self.max_bytes;
        if full {
            return None;
        }
        self.number += 1;
        self.fixture.push_back(message);
        Some(Ok(()))
    }

    fn take(&mut self) -> Option<Option<Message>> {
        match self.fixture.pop_front() {
            None if self.closed == Some(Side::Writers) => Some(None),
            message => message.map(Some),
        }
    }
}

fn ready<T>(step: Step<T>) -> Option<T> {
    match step {
        Step::Ready(value) => Some(value),
        Step::Wait { arm, .. } => {
            let bit = match arm {
                Arm::Bit(bit) => bit,
                _ => 0,
            };
            assert_eq!(bit, SLEEPERS);
            None
        }
    }
}

/// A channel, and an object whose handles travel with its messages.
#[derive(Clone, Copy)]
struct Fixture {
    channel: Handle,
    load: Handle,
}

impl Fixture {
    /// The survivor and the victim both hold the channel and the object.
    fn new(memory: &Native, max_items: u32, max_bytes: u32) -> Fixture {
        let objects = objects_of(memory, SURVIVOR);
        let create = |kind, bytes| objects.create(kind, bytes, SURVIVOR).unwrap().0;
        let fixture = Fixture {
            channel: create(Kind::Queue, SIZE),
            load: create(Kind::Array, LOAD),
        };
        fixture.with(memory, SURVIVOR, |channel| {
            channel.format(max_items, max_bytes).unwrap();
        });
        for handle in [fixture.channel, fixture.load] {
            objects_of(memory, VICTIM).acquire(handle, VICTIM).unwrap();
        }
        fixture
    }

    fn with<M: Memory, R>(&self, memory: &M, slot: u32, f: impl FnOnce(Channel<M>) -> R) -> R {
        with_channel(memory, slot, self.channel, f)
    }

    /// Does one act with the channel and with the plain queue; the two must agree.
    fn act<M: Memory>(&self, memory: &M, slot: u32, act: &Act, plain: &mut Plain) {
        let objects = objects_of(memory, slot);
        let release = |handles: &[Handle]| {
            handles
                .iter()
                .for_each(|handle| objects.release_in_flight(*handle))
        };
        self.with(memory, slot, |channel| match act {
            Act::Put { size, handles } => {
                let message = plain.next(*size, &vec![self.load; *handles]);
                let retain = || (0..*handles).for_each(|_| objects.retain_in_flight(self.load));
                let put = channel.put(&message.handles, &message.bytes, retain);
                assert_eq!(ready(put), plain.put(message));
            }
            Act::Take => {
                let taken = ready(channel.take());
                assert_eq!(taken, plain.take());
                if let Some(Some(message)) = taken {
                    release(&message.handles);
                }
            }
            Act::TakeInto(size) => {
                let mut into = vec![0; *size];
                let taken = ready(channel.take_into(&mut into));
                let needed = plain
                    .fixture
                    .front()
                    .map_or(0, |message| message.bytes.len());
                if needed > *size {
                    assert_eq!(taken, Some(Some(Err(needed))));
                    return;
                }
                let expected = plain.take();
                let found = taken.map(|taken| taken.map(Result::unwrap));
                let found = found.map(|found| {
                    found.map(|(length, handles)| Message {
                        handles,
                        bytes: into[..length].to_vec(),
                    })
                });
                assert_eq!(found, expected);
                if let Some(Some(message)) = found {
                    release(&message.handles);
                }
            }
            Act::Peek => {
                let expected = match plain.fixture.front() {
                    None if plain.closed == Some(Side::Writers) => Some(false),
                    message => message.map(|_| true),
                };
                assert_eq!(ready(channel.peek()), expected);
            }
        });
    }

    fn agrees(&self, memory: &Native, plain: &Plain) {
        self.with(memory, SURVIVOR, |channel| {
            assert_eq!(channel.len(), plain.fixture.len() as u32);
            let full = plain.max_items != 0 && plain.fixture.len() as u32 >= plain.max_items;
            assert_eq!(channel.is_full(), full);
        });
    }

    /// Takes all messages.
    fn drain(&self, memory: &Native) -> VecDeque<Message> {
        let objects = objects_of(memory, SURVIVOR);
        let mut all = VecDeque::new();
        self.with(memory, SURVIVOR, |channel| {
            loop {
                let there = channel.len();
                assert_eq!(ready(channel.peek()), (there > 0).then_some(true));
                match ready(channel.take()) {
                    Some(Some(message)) => all.push_back(message),
                    other => {
                        assert_eq!((other, there), (None, 0));
                        break;
                    }
                }
            }
        });
        for message in &all {
            for handle in &message.handles {
                assert!(objects.is_valid(*handle));
                objects.release_in_flight(*handle);
            }
        }
        all
    }
}

/// Message sizes at the boundaries, and some in between.
fn size() -> impl Strategy<Value = u32> {
    let edge = |place: u32| (place.saturating_sub(40)..place + 20).boxed();
    prop_oneof![
        6 => 0u32..200,
        2 => edge(SMALL),
        2 => edge(USUAL),
        1 => edge(USUAL / 2),
        1 => 0u32..100_000,
    ]
}

fn act(size: impl Strategy<Value = u32> + 'static) -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (size, 0usize..4).prop_map(|(size, handles)| Act::Put { size, handles }),
        4 => Just(Act::Take),
        1 => (0usize..70_000).prop_map(Act::TakeInto),
        1 => Just(Act::Peek),
    ]
}

fn bounds() -> impl Strategy<Value = (u32, u32)> {
    (
        prop_oneof![Just(0), 1u32..4],
        prop_oneof![Just(0), 1u32..300, Just(USUAL)],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn it_is_a_queue(
        (max_items, max_bytes) in bounds(),
        acts in proptest::collection::vec(act(size()), 1..80),
        close in proptest::option::of((0usize..80, any::<bool>())),
    ) {
        let memory = native(16 << 20);
        let fixture = Fixture::new(&memory, max_items, max_bytes);
        let used = heap_of(&memory, SURVIVOR).used();
        let mut plain = Plain { max_items, max_bytes, ..Plain::default() };
        for (index, act) in acts.iter().enumerate() {
            if let Some((_, readers)) = close.filter(|(at, _)| *at == index) {
                let side = if readers { Side::Readers } else { Side::Writers };
                super::close(&memory, fixture.channel.body(0), side);
                plain.closed = Some(side);
            }
            let writes = matches!(act, Act::Put { .. });
            // No process is left on this side.
            if plain.closed == Some(if writes { Side::Writers } else { Side::Readers }) {
                continue;
            }
            fixture.act(&memory, SURVIVOR, act, &mut plain);
            fixture.agrees(&memory, &plain);
        }
        prop_assert!(heap_of(&memory, SURVIVOR).used() <= used + plain.bytes() + 3 * USUAL
            + plain.fixture.len() as u32 * 2 * USUAL);
        release_all(&memory, VICTIM);
        prop_assert_eq!(left_behind(&memory), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_message_may_be_large(
        sizes in proptest::collection::vec(prop_oneof![0u32..(3 << 20), size()], 1..5),
    ) {
        let memory = native(40 << 20);
        let fixture = Fixture::new(&memory, 0, USUAL);
        let used = heap_of(&memory, SURVIVOR).used();
        let mut plain = Plain { max_bytes: USUAL, ..Plain::default() };
        for size in sizes {
            fixture.act(&memory, SURVIVOR, &Act::Put { size, handles: 1 }, &mut plain);
            fixture.agrees(&memory, &plain);
            fixture.act(&memory, SURVIVOR, &Act::Take, &mut plain);
            // What is read to its end does not stay until the next message is taken.
            prop_assert!(heap_of(&memory, SURVIVOR).used() <= used + 3 * USUAL);
        }
        release_all(&memory, VICTIM);
        prop_assert_eq!(left_behind(&memory), 0);
    }

    /// All sizes from 0 up to more than the first segment holds.
    #[test]
    fn every_size_in_a_row(start in 0u32..64, step in 1u32..40) {
        let memory = native(4 << 20);
        let fixture = Fixture::new(&memory, 0, 0);
        let mut plain = Plain::default();
        for size in (start..SMALL + 200).step_by(step as usize * 8) {
            for handles in [0, 2] {
                fixture.act(&memory, SURVIVOR, &Act::Put { size, handles }, &mut plain);
            }
            fixture.act(&memory, SURVIVOR, &Act::Take, &mut plain);
        }
        fixture.agrees(&memory, &plain);
        prop_assert_eq!(fixture.drain(&memory), plain.fixture);
        release_all(&memory, VICTIM);
        prop_assert_eq!(left_behind(&memory), 0);
    }
}

#[test]
fn exhaustion_is_an_answer_and_all_that_was_put_is_there() {
    let memory = native(300_000);
    let fixture = Fixture::new(&memory, 0, 0);
    let mut plain = Plain::default();
    let mut refused = 0;
    let sizes = (0..60).map(|number| (number * 7919) % 20_000);
    for size in sizes.chain([400_000, 40_000]) {
        let message = plain.next(size, &[fixture.load]);
        let retained = Cell::new(false);
        let used = heap_of(&memory, SURVIVOR).used();
        let put = fixture.with(&memory, SURVIVOR, |channel| {
            let retain = || {
                retained.set(true);
                objects_of(&memory, SURVIVOR).retain_in_flight(fixture.load);
            };
            ready(channel.put(&message.handles, &message.bytes, retain))
        });
        if put == Some(Err(Refused::Memory)) {
            refused += 1;
            assert!(!retained.get());
            assert_eq!(heap_of(&memory, SURVIVOR).used(), used);
        } else {
            assert_eq!(put, Some(Ok(())));
            plain.put(message);
        }
        fixture.agrees(&memory, &plain);
    }
    assert!(refused > 2);
    assert_eq!(fixture.drain(&memory), plain.fixture);
    release_all(&memory, VICTIM);
    assert_eq!(left_behind(&memory), 0);
}

/// What may stay unfreed after the victim's death, besides what it was about to own: at
/// most one segment of a channel, and the objects of the one message that it was
/// putting, taking or discarding.
fn check(memory: &Native, fixture: Fixture, expected: &[Plain], largest: u32, carried: usize) {
    let limits = &expected[0];
    let writers = Lock(fixture.channel.body(WRITE_LOCK));
    let readers = Lock(fixture.channel.body(READ_LOCK));
    assert_eq!((writers.holder(memory), readers.holder(memory)), (0, 0));
    let found: Vec<_> = {
        let there = fixture.with(memory, SURVIVOR, |channel| channel.len());
        let all = fixture.drain(memory);
        assert_eq!(
            there,
            all.len() as u32,
            "len() disagrees with what there was"
        );
        all.into()
    };
    let agrees = expected.iter().any(|plain| plain.fixture.iter().eq(&found));
    assert!(
        agrees,
        "{} messages; expected one of {:?}",
        found.len(),
        expected
            .iter()
            .map(|plain| plain.fixture.len())
            .collect::<Vec<_>>()
    );
    // The channel works as before and counts its bytes and messages correctly.
    let mut plain = Plain {
        fixture: VecDeque::new(),
        ..limits.clone()
    };
    for (size, handles) in [(3, 0), (70_000, 2), (0, 0), (100, 1), (5, 0)] {
        fixture.act(memory, SURVIVOR, &Act::Put { size, handles }, &mut plain);
        fixture.agrees(memory, &plain);
        if size == 0 {
            fixture.act(memory, SURVIVOR, &Act::Take, &mut plain);
        }
    }
    for _ in 0..6 {
        fixture.act(memory, SURVIVOR, &Act::Take, &mut plain);
        fixture.agrees(memory, &plain);
    }
    let left = left_behind(memory);
    let segment = block(USUAL.max(largest + Handle::SIZE as u32 * carried as u32 + 64));
    let load = if carried > 0 { object(LOAD) } else { 0 };
    assert!(left <= segment + load, "{left} left");
}

/// The survivor does `before`; then the victim does `acts` and is killed before each of
/// its steps.
fn kill(max_items: u32, max_bytes: u32, before: &[Act], acts: &[Act]) -> u32 {
    let puts = |act: &Act| matches!(act, Act::Put { .. });
    let room = (before.iter().chain(acts).filter(|act| puts(act)).count() as u32 + 5) * 2 * USUAL;
    let size_of = |act: &Act| match act {
        Act::Put { size, .. } => *size,
        _ => 0,
    };
    let carried = |act: &Act| match act {
        Act::Put { handles, .. } => *handles,
        _ => 0,
    };
    let all = || before.iter().chain(acts);
    let largest = all().map(size_of).max().unwrap_or(0);
    let carried = all().map(carried).max().unwrap_or(0);
    let prepare = |memory: &Native| {
        let fixture = Fixture::new(memory, max_items, max_bytes);
        let mut plain = Plain {
            max_items,
            max_bytes,
            ..Plain::default()
        };
        for act in before {
            fixture.act(memory, SURVIVOR, act, &mut plain);
        }
        // The states that the victim may leave: before and after each act.
        let mut states = vec![plain.clone()];
        for act in acts {
            let message =
                |plain: &Plain, size, handles| plain.next(size, &vec![fixture.load; handles]);
            match act {
                Act::Put { size, handles } => {
                    let message = message(&plain, *size, *handles);
                    plain.put(message);
                }
                Act::Take => drop(plain.take()),
                Act::TakeInto(size) => {
                    let front = plain.fixture.front();
                    if front.is_some_and(|message| message.bytes.len() <= *size) {
                        plain.take();
                    }
                }
                Act::Peek => {}
            }
            states.push(plain.clone());
        }
        (fixture, states, Cell::new(0))
    };
    at_every_step(
        room,
        prepare,
        |memory, (fixture, states, done)| {
            for act in acts {
                fixture.act(memory, VICTIM, act, &mut states[done.get()].clone());
                done.set(done.get() + 1);
            }
        },
        |memory, (fixture, states, done), _| {
            let end = (done.get() + 2).min(states.len());
            check(memory, fixture, &states[done.get()..end], largest, carried);
        },
    )
}

const PUT: fn(u32, usize) -> Act = |size, handles| Act::Put { size, handles };

#[test]
fn killed_while_it_puts() {
    let near_the_end = [PUT(3000, 0), PUT(1000, 1)];
    let with_a_spare = [
        PUT(4000, 0),
        PUT(60_000, 0),
        PUT(60_000, 0),
        Act::Take,
        Act::Take,
        Act::Take,
    ];
    for before in [&[][..], &[PUT(7, 0)], &near_the_end, &with_a_spare] {
        for (size, handles) in [(0, 0), (5, 1), (5000, 3), (66_000, 1)] {
            let steps = kill(0, 0, before, &[PUT(size, handles)]);
            assert!(steps > 5);
        }
        // The same several times in succession, up to the bound.
        kill(before.len() as u32 + 1, 0, before, &[PUT(5, 0), PUT(1, 0)]);
    }
}

#[test]
fn killed_while_it_takes() {
    let one = [PUT(5, 1)];
    let two = [PUT(5, 0), PUT(6, 2)];
    let next_segment = [PUT(4000, 0), PUT(5000, 1), PUT(4, 0)];
    let large = [PUT(100_000, 1), PUT(90_000, 0), PUT(1, 0)];
    let usual = [PUT(4000, 0), PUT(60_000, 0), PUT(60_000, 1), PUT(60_000, 0)];
    for before in [&one[..], &two, &next_segment, &large, &usual] {
        for bound in [0, before.len() as u32] {
            let takes = vec![Act::Take; before.len()];
            let steps = kill(bound, 0, before, &takes);
            assert!(steps > 4);
            kill(
                bound,
                USUAL * 4,
                before,
                &[Act::TakeInto(5), Act::Peek, Act::TakeInto(70_000)],
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn killed_whatever_it_does(
        (max_items, max_bytes) in bounds(),
        before in proptest::collection::vec(act(size()), 0..12),
        acts in proptest::collection::vec(act(size()), 1..4),
    ) {
        kill(max_items, max_bytes, &before, &acts);
    }
}

/// The last holder frees the channel with all unread messages.
#[test]
fn killed_while_it_throws_the_channel_away() {
    for release in [false, true] {
        at_every_step(
            ROOM,
            |memory| {
                let fixture = Fixture::new(memory, 0, 0);
                let mut plain = Plain::default();
                for (size, handles) in [(4000, 1), (60_000, 2), (60_000, 1), (80_000, 1), (4, 3)] {
                    fixture.act(memory, SURVIVOR, &PUT(size, handles), &mut plain);
                }
                for _ in 0..3 {
                    fixture.act(memory, SURVIVOR, &Act::Take, &mut plain);
                }
                let spared = memory.load(fixture.channel.body(SPARE));
                assert_ne!(spared, 0);
                release_all(memory, SURVIVOR);
            },
            |memory, ()| {
                let objects = objects_of(memory, VICTIM);
                if release {
                    objects.release_all(100 + VICTIM, VICTIM);
                } else {
                    // The first entry of the victim's list is the channel.
                    let first = slot_field(VICTIM, slot::HELD);
                    objects.release(memory.load(first) + 8, VICTIM);
                }
            },
            |memory, (), _| {
                let left = left_behind(memory);
                // One segment, and the object that one message carried.
                assert!(left <= block(80_064) + object(LOAD), "{left} left");
            },
        );
    }
}
