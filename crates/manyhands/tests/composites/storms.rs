//! Stress tests: many killed workers during one call, many pools, and endless inputs.

use super::run_in_process;
use manyhands::*;
use serde::{Deserialize, Serialize};
use std::{cell::Cell, hint::black_box, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

const ITEMS: u32 = if cfg!(debug_assertions) {
    3_000
} else {
    20_000
};

fn mix(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    (x ^ (x >> 15)).wrapping_mul(0x846c_a68b) ^ (x >> 16)
}

/// A message to the process that kills workers.
#[derive(Serialize, Deserialize)]
enum Message {
    /// A worker with this pid has started.
    Started(u32),
    /// The worker with this pid will not finish its item.
    Stuck(u32),
    /// Any worker may be killed now.
    MayKill,
    /// The test is over.
    Over,
}

/// The kinds of item; the input has a few of each.
#[derive(PartialEq)]
enum Item {
    /// An endless loop without a call of the library.
    Loops,
    /// Waits for an event that is never set.
    Waits,
    /// Allows the killing of any worker while it runs.
    AllowsKill,
    Plain,
}

fn kind(x: u32) -> Item {
    match mix(x) % (ITEMS / 5) {
        0 => Item::Loops,
        1 | 2 => Item::Waits,
        3..8 => Item::AllowsKill,
        _ => Item::Plain,
    }
}

fn report_start(messages: Queue<Message>) {
    messages
        .put(&Message::Started(current_process().pid))
        .unwrap();
}

fn work((messages, never): (Queue<Message>, Event), x: u32) -> (u32, u32) {
    let stuck = || {
        messages
            .put(&Message::Stuck(current_process().pid))
            .unwrap()
    };
    match kind(x) {
        Item::Loops => {
            stuck();
            while black_box(true) {}
        }
        Item::Waits => {
            stuck();
            never.wait().unwrap();
        }
        Item::AllowsKill => messages.put(&Message::MayKill).unwrap(),
        Item::Plain => {}
    }
    (x, mix(x))
}

/// Kills every worker that is stuck and, after each of these or when a message allows it,
/// one of the others half of the time. Returns the number of kills.
fn kill_workers(messages: Queue<Message>) -> u32 {
    let (mut living, mut random, mut killed) = (Vec::new(), 7, 0);
    loop {
        match messages.get().unwrap() {
            Message::Over => return killed,
            Message::Started(pid) => {
                living.push(pid);
                continue;
            }
            // An error says that the worker is dead already.
            Message::Stuck(pid) => killed += u32::from(kill(pid).is_ok()),
            Message::MayKill => {}
        }
        random = mix(random + 1);
        if random % 2 == 0 && !living.is_empty() {
            let pid = living.swap_remove(random as usize / 2 % living.len());
            killed += u32::from(kill(pid).is_ok());
        }
    }
}

/// Workers are killed at random moments. Every item has the right result or a typed error,
/// and the pool goes on.
#[test]
async fn random_kills_lose_only_the_items_in_progress() {
    fn program() {
        let messages = Queue::new(0).unwrap();
        let killer = Process::spawn(kill_workers, messages.clone()).unwrap();
        let builder = Pool::builder().processes(3);
        let pool = builder
            .initializer(report_start, messages.clone())
            .build()
            .unwrap();
        let never = Event::new().unwrap();
        let step = partial(work, (messages.clone(), never));
        let results = pool.imap_unordered(step, 0..ITEMS).unwrap();
        let mut outcomes = vec![None; ITEMS as usize];
        for result in results {
            let (item, good) = match result {
                Ok((item, mixed)) => {
                    assert_eq!(mixed, mix(item));
                    (item as usize, true)
                }
                Err(Error::TaskError(error)) => {
                    let worker = error.worker.as_ref().unwrap();
                    let end = (worker.reason, worker.exit_code);
                    assert_eq!(end, (Reason::Killed, -9), "{error}");
                    (error.index, false)
                }
                Err(error) => panic!("{error}"),
            };
            assert_eq!(outcomes[item].replace(good), None, "{item} came twice");
        }
        messages.put(&Message::Over).unwrap();
        let killed = killer.join().unwrap();
        let mut lost = 0;
        for (item, outcome) in outcomes.into_iter().enumerate() {
            let good = outcome.unwrap_or_else(|| panic!("{item} never came"));
            lost += u32::from(!good);
            if matches!(kind(item as u32), Item::Loops | Item::Waits) {
                assert!(!good, "{item} has no end");
            }
        }
        let all_kinds = [Item::Loops, Item::Waits, Item::AllowsKill];
        let some = |of: &Item| (0..ITEMS).any(|item| kind(item) == *of);
        assert!(all_kinds.iter().all(some));
        // Each kill loses at most one item, the one that was running.
        assert!(lost <= killed, "{lost} of {killed}");
        assert_eq!(pool.map(mix, 0..100).unwrap()[99], mix(99));
        let pids = pool.map(|_: u32| current_process().pid, 0..100).unwrap();
        assert!(pids.iter().all(|pid| pool.pids().contains(pid)));
        pool.close();
        pool.join().unwrap();
        assert_eq!(active_children(), []);
    }
    run_in_process(program).await;
}

const POOLS: u32 = if cfg!(debug_assertions) { 60 } else { 500 };

/// Pools are closed, terminated or dropped, with a running task or without one.
#[test]
async fn pools_leave_nothing_behind() {
    fn program() {
        let used = || diagnostics().arena_bytes_used;
        let once = |number: u32| {
            let pool = Pool::new(1 + number % 2).unwrap();
            assert_eq!(pool.map(mix, 0..10).unwrap()[9], mix(9));
            let wait = |event: Event| event.wait().unwrap();
            let under_way = || pool.apply_async(wait, Event::new().unwrap()).unwrap();
            match number % 5 {
                0 => {
                    pool.close();
                    pool.join().unwrap();
                }
                1 => {
                    let never = under_way();
                    pool.terminate();
                    pool.join().unwrap();
                    assert!(matches!(never.get(), Err(Error::ValueError(_))));
                }
                2 => pool.terminate(),
                3 => drop(under_way()),
                _ => {}
            }
        };
        // If a process stays alive, this loops until the test's time-out.
        let all_are_gone = || while !active_children().is_empty() {};
        let others = diagnostics().processes;
        (0..10).for_each(once);
        all_are_gone();
        let before = used();
        for number in 0..POOLS {
            once(number);
            // Limits the number of processes at one time.
            if number % 10 == 9 {
                all_are_gone();
            }
        }
        all_are_gone();
        assert_eq!(diagnostics().processes, others);
        assert!(used() <= before + (1 << 16), "{before}, then {}", used());
    }
    run_in_process(program).await;
}

/// An endless iterator, and the number of items that were drawn from it.
fn endless() -> (impl Iterator<Item = u32>, Rc<Cell<usize>>) {
    let drawn = Rc::new(Cell::new(0));
    let count = drawn.clone();
    let source = (0..).inspect(move |_| count.set(count.get() + 1));
    (source, drawn)
}

/// The largest number of chunks that run or whose results have not been taken.
const WINDOW: usize = 64;

/// `imap` draws only as many items as its window allows, for both chunk sizes and orders,
/// and also if the results are taken slowly.
#[test]
async fn imap_draws_from_an_endless_source_as_it_goes() {
    fn large(x: u32) -> Vec<u32> {
        vec![x; 256]
    }
    fn program() {
        let pool = Pool::new(2).unwrap();
        assert_eq!(pool.map(mix, 0..10).unwrap().len(), 10);
        let before = diagnostics().arena_bytes_used;
        let mut most = before;
        for size in [1, 16] {
            let by = pool.chunk_size(size).unwrap();
            for ordered in [true, false] {
                let (source, drawn) = endless();
                let mut results = match ordered {
                    true => by.imap(large, source),
                    false => by.imap_unordered(large, source),
                }
                .unwrap();
                let bound = |taken: u32| taken as usize + (WINDOW + 1) * size;
                for taken in 0..ITEMS {
                    let result = results.next().unwrap().unwrap();
                    assert!(!ordered || result == large(taken));
                    assert!(drawn.get() <= bound(taken), "{} of {taken}", drawn.get());
                    most = most.max(diagnostics().arena_bytes_used);
                }
                // The pool works while no result is taken.
                for _ in 0..100 {
                    pool.apply(mix, 1).unwrap();
                }
                assert!(drawn.get() <= bound(ITEMS), "{}", drawn.get());
            }
        }
        // The window has at most 1024 results of 1 KiB. The limit allows twice that; all
        // results together are many times more.
        assert!(most <= before + (2 << 20), "{before}, at most {most}");
        assert_eq!(pool.apply(mix, 3), Ok(mix(3)));
    }
    run_in_process(program).await;
}

/// While the first result is missing, later results wait, and `imap` stops drawing items
/// when its window is full.
#[test]
async fn a_slow_first_item_stops_imap_from_drawing() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let go = Event::new().unwrap();
        let wait = |go: Event, x: u32| {
            if x == 0 {
                go.wait().unwrap();
            }
            x
        };
        let (source, drawn) = endless();
        let mut results = pool.imap(partial(wait, go.clone()), source).unwrap();
        let soon = Duration::from_millis(1);
        for _ in 0..100 {
            assert_eq!(results.next_timeout(soon), Some(Err(Error::TimeoutError)));
        }
        assert_eq!(drawn.get(), WINDOW);
        go.set();
        for x in 0..1000 {
            assert_eq!(results.next(), Some(Ok(x)));
        }
    }
    run_in_process(program).await;
}
