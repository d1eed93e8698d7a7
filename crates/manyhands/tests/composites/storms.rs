//! Storms: many deaths during one call, many pools, and calls without an end.

use super::there;
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

/// What the killer hears.
#[derive(Serialize, Deserialize)]
enum News {
    /// Here is one more worker.
    Born(u32),
    /// This worker will never come to an end by itself.
    Stuck(u32),
    /// Now is as good a time as any.
    Tick,
    Over,
}

/// What an item is like: a few of each kind in every storm.
#[derive(PartialEq)]
enum Item {
    /// An endless loop that never makes a call.
    Loops,
    /// It waits in a call for what never comes.
    Waits,
    /// While it is being done, any worker may be killed.
    Ticks,
    Plain,
}

fn kind(x: u32) -> Item {
    match mix(x) % (ITEMS / 5) {
        0 => Item::Loops,
        1 | 2 => Item::Waits,
        3..8 => Item::Ticks,
        _ => Item::Plain,
    }
}

fn be_born(news: Queue<News>) {
    news.put(&News::Born(current_process().pid)).unwrap();
}

fn work((news, never): (Queue<News>, Event), x: u32) -> (u32, u32) {
    let stuck = || news.put(&News::Stuck(current_process().pid)).unwrap();
    match kind(x) {
        Item::Loops => {
            stuck();
            while black_box(true) {}
        }
        Item::Waits => {
            stuck();
            never.wait().unwrap();
        }
        Item::Ticks => news.put(&News::Tick).unwrap(),
        Item::Plain => {}
    }
    (x, mix(x))
}

/// Kills who is stuck, and with each of them, or on a tick, one of the others;
/// how many.
fn kill_again_and_again(news: Queue<News>) -> u32 {
    let (mut living, mut random, mut killed) = (Vec::new(), 7, 0);
    loop {
        match news.get().unwrap() {
            News::Over => return killed,
            News::Born(pid) => {
                living.push(pid);
                continue;
            }
            // An error: it is dead already.
            News::Stuck(pid) => killed += u32::from(kill(pid).is_ok()),
            News::Tick => {}
        }
        random = mix(random + 1);
        if random % 2 == 0 && !living.is_empty() {
            let pid = living.swap_remove(random as usize / 2 % living.len());
            killed += u32::from(kill(pid).is_ok());
        }
    }
}

/// Whoever is killed, wherever: every item is right or a typed error, and the
/// pool goes on.
#[test]
async fn a_storm_of_kills_loses_only_what_was_being_done() {
    fn program() {
        let news = Queue::new(0).unwrap();
        let killer = Process::spawn(kill_again_and_again, news.clone()).unwrap();
        let builder = Pool::builder().processes(3);
        let pool = builder.initializer(be_born, news.clone()).build().unwrap();
        let never = Event::new().unwrap();
        let step = partial(work, (news.clone(), never));
        let results = pool.imap_unordered(step, 0..ITEMS).unwrap();
        let mut fates = vec![None; ITEMS as usize];
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
            assert_eq!(fates[item].replace(good), None, "{item} came twice");
        }
        news.put(&News::Over).unwrap();
        let killed = killer.join().unwrap();
        let mut lost = 0;
        for (item, fate) in fates.into_iter().enumerate() {
            let good = fate.unwrap_or_else(|| panic!("{item} never came"));
            lost += u32::from(!good);
            if matches!(kind(item as u32), Item::Loops | Item::Waits) {
                assert!(!good, "{item} has no end");
            }
        }
        let all_kinds = [Item::Loops, Item::Waits, Item::Ticks];
        let some = |of: &Item| (0..ITEMS).any(|item| kind(item) == *of);
        assert!(all_kinds.iter().all(some));
        // Each kill loses at most the one item that was being done.
        assert!(lost <= killed, "{lost} of {killed}");
        assert_eq!(pool.map(mix, 0..100).unwrap()[99], mix(99));
        let pids = pool.map(|_: u32| current_process().pid, 0..100).unwrap();
        assert!(pids.iter().all(|pid| pool.pids().contains(pid)));
        pool.close();
        pool.join().unwrap();
        assert_eq!(active_children(), []);
    }
    there(program).await;
}

const POOLS: u32 = if cfg!(debug_assertions) { 60 } else { 500 };

/// Closed, terminated or just dropped, with work under way or without.
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
        // A process that stays is waited for until the test's time is up.
        let all_are_gone = || while !active_children().is_empty() {};
        let others = diagnostics().processes;
        (0..10).for_each(once);
        all_are_gone();
        let before = used();
        for number in 0..POOLS {
            once(number);
            // No more of them than a browser can bear.
            if number % 10 == 9 {
                all_are_gone();
            }
        }
        all_are_gone();
        assert_eq!(diagnostics().processes, others);
        assert!(used() <= before + (1 << 16), "{before}, then {}", used());
    }
    there(program).await;
}

/// A source, and how many were drawn from it.
fn endless() -> (impl Iterator<Item = u32>, Rc<Cell<usize>>) {
    let drawn = Rc::new(Cell::new(0));
    let count = drawn.clone();
    let source = (0..).inspect(move |_| count.set(count.get() + 1));
    (source, drawn)
}

/// So many chunks may be on their way, or wait to be taken.
const WINDOW: usize = 64;

/// However long it goes on, with small items and large, in any order, and
/// however slowly the results are taken.
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
                // The pool runs, and nobody takes anything.
                for _ in 0..100 {
                    pool.apply(mix, 1).unwrap();
                }
                assert!(drawn.get() <= bound(ITEMS), "{}", drawn.get());
            }
        }
        // A window of 1024 results of 1 KiB, and as much again in spare parts;
        // what came through is many times that.
        assert!(most <= before + (2 << 20), "{before}, at most {most}");
        assert_eq!(pool.apply(mix, 3), Ok(mix(3)));
    }
    there(program).await;
}

/// The first result is not there: those after it wait, but not for ever more.
#[test]
async fn a_slow_first_item_stops_the_drawing() {
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
    there(program).await;
}
