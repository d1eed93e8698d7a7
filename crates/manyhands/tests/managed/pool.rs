//! Pools in a server.

use super::there;
use manyhands::*;
use std::{cell::Cell, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

fn odd(x: u32) -> Result<u32, String> {
    if x % 2 == 1 {
        Ok(x)
    } else {
        Err(format!("{x} is even"))
    }
}

fn value_error(text: &str) -> Error {
    Error::ValueError(text.into())
}

#[test]
async fn it_does_what_a_pool_does() {
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        assert_eq!(pool.processes(), 2);
        let squares: Vec<u64> = (0..500).map(square).collect();
        assert_eq!(pool.map(square, 0..500).unwrap(), squares);
        for size in [1, 7, 499, 500, 5000] {
            let by = pool.chunk_size(size).unwrap();
            assert_eq!(by.map(square, 0..500).unwrap(), squares, "chunks of {size}");
            let streamed: Result<Vec<_>, _> = by.imap(square, 0..500).collect();
            assert_eq!(streamed.unwrap(), squares, "chunks of {size}");
            let unordered = by.imap_unordered(square, 0..500);
            let mut unordered: Vec<_> = unordered.map(Result::unwrap).collect();
            unordered.sort_unstable();
            assert_eq!(unordered, squares, "chunks of {size}");
        }
        assert!(pool.map(square, []).unwrap().is_empty());
        let power = |base: u64, exponent: u32| base.pow(exponent);
        assert_eq!(pool.starmap(power, [(2, 5), (3, 2)]).unwrap(), [32, 9]);
        assert_eq!(pool.map(partial(power, 2), [1, 2, 3]).unwrap(), [2, 4, 8]);
        assert_eq!(pool.apply(power, (2, 10)).unwrap(), 1024);
        // Its workers are children of the server's, and daemons.
        let server = manager.process().pid().unwrap();
        let who = || (parent_process().unwrap().pid, current_process().daemon);
        assert_eq!(pool.apply(who, ()), Ok((server, true)));
        assert_eq!(manager.number_of_objects(), Ok(1));
        drop(pool);
        assert_eq!(manager.number_of_objects(), Ok(0));
        assert!(matches!(manager.pool(0), Err(Error::ValueError(_))));
    }
    there(program, ()).await;
}

#[test]
async fn what_fails_names_its_item() {
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let by = pool.chunk_size(3).unwrap();
        let failed = by.try_map(odd, [1, 3, 5, 7, 8, 10, 11]).unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        let said = (error.index, error.text.as_str(), error.worker);
        assert_eq!(said, (4, "8 is even", None));
        // A panic ends its worker, of which the error tells.
        let boom = |x: u32| assert_ne!(x, 6, "six");
        let failed = by.map(boom, 0..10).unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        let worker = error.worker.as_ref().unwrap();
        assert_eq!(
            (error.index, worker.exit_code, worker.reason),
            (6, 1, Reason::Panicked)
        );
        assert!(error.to_string().contains("six"), "{error}");
        // One by one: in its own place, and the others go on.
        let by = pool.chunk_size(1).unwrap();
        let results: Vec<_> = by.imap(boom, 4..8).collect();
        let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, true]);
        let Err(Error::TaskError(error)) = &results[2] else {
            panic!("{results:?}")
        };
        assert_eq!(error.index, 2);
        // With larger chunks it ends there.
        let by = pool.chunk_size(3).unwrap();
        let mut results = by.imap(boom, 3..);
        let good = results.by_ref().take_while(Result::is_ok);
        assert_eq!(good.count(), 3);
        assert_eq!(results.next(), None);
    }
    there(program, ()).await;
}

#[test]
async fn results_are_asked_for_later() {
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let (begun, go) = (Queue::new(0).unwrap(), Event::new().unwrap());
        let wait = |(begun, go): (Queue<()>, Event), x: u64| {
            begun.put(&()).unwrap();
            go.wait().unwrap();
            x
        };
        let step = partial(wait, (begun.clone(), go.clone()));
        let first = pool.map_async(step.clone(), 0..4).unwrap();
        let second = pool.apply_async(square, 9).unwrap();
        assert_eq!(first.ready(), Ok(false));
        let soon = Duration::from_millis(5);
        assert_eq!(first.get_timeout(soon), Err(Error::TimeoutError));
        assert!(first.successful().is_err());
        go.set();
        // In any order.
        assert_eq!(second.get(), Ok(81));
        assert_eq!(first.wait(None), Ok(true));
        assert_eq!(first.ready(), Ok(true));
        assert_eq!(first.successful(), Ok(true));
        assert_eq!(first.get().unwrap(), [0, 1, 2, 3]);
        assert_eq!(first.get(), Err(value_error("the result was taken before")));
        let failed = pool.try_map_async(odd, [1, 2]).unwrap();
        failed.wait(None).unwrap();
        assert_eq!(failed.successful(), Ok(false));
        assert!(matches!(failed.get(), Err(Error::TaskError(_))));
        // Cancelled: what runs ends after its item, what waits does not begin.
        go.clear();
        while begun.try_get().is_ok() {}
        let by = pool.chunk_size(10).unwrap();
        let cancelled = by.map_async(step, 0..100).unwrap();
        begun.get().unwrap();
        begun.get().unwrap();
        cancelled.cancel();
        assert_eq!(cancelled.get(), Err(Error::CancelledError));
        go.set();
        assert_eq!(pool.apply(square, 5), Ok(25));
        assert_eq!(begun.qsize(), 0);
        // Dropped: done all the same.
        drop(pool.apply_async(|begun: Queue<()>| begun.put(&()).unwrap(), begun.clone()));
        begun.get().unwrap();
    }
    there(program, ()).await;
}

#[test]
async fn it_is_closed_then_joined_by_anybody() {
    fn close_and_join(pool: PoolProxy) {
        pool.close().unwrap();
        pool.join().unwrap();
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let early = value_error("Pool is still running");
        assert_eq!(pool.join(), Err(early));
        let result = pool.map_async(square, 0..50).unwrap();
        let other = Process::spawn(close_and_join, pool.clone()).unwrap();
        other.join().unwrap();
        assert_eq!(result.get().unwrap().len(), 50);
        let closed = value_error("Pool not running");
        assert_eq!(pool.map(square, 0..1), Err(closed.clone()));
        assert_eq!(pool.map(square, []), Err(closed.clone()));
        let results: Vec<_> = pool.imap(square, 0..).collect();
        assert_eq!(results, [Err(closed)]);
        pool.join().unwrap();

        let pool = manager.pool(1).unwrap();
        let spin = || while may_block() {};
        let never = pool.apply_async(spin, ()).unwrap();
        pool.terminate().unwrap();
        pool.join().unwrap();
        let terminated = value_error("the pool was terminated");
        assert_eq!(never.get(), Err(terminated));
        assert!(pool.chunk_size(0).is_err());
    }
    there(program, ()).await;
}

#[test]
async fn workers_begin_with_the_initializer() {
    fn say(log: Queue<u32>) {
        log.put(&current_process().pid).unwrap();
    }
    fn fail() {
        panic!("no");
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let log = Queue::new(0).unwrap();
        let builder = Pool::builder().processes(1).max_tasks_per_child(2);
        let pool = manager.pool_with(builder.initializer(say, log.clone()));
        let by = pool.unwrap().chunk_size(1).unwrap();
        let pids = by.map(|_: u32| current_process().pid, 0..4).unwrap();
        let said: Vec<u32> = (0..2).map(|_| log.get().unwrap()).collect();
        assert_eq!(pids, [said[0], said[0], said[1], said[1]]);
        let builder = Pool::builder().processes(1);
        let broken = manager.pool_with(builder.initializer(fail, ()));
        let result = broken.unwrap().map(square, 0..3);
        assert!(
            matches!(result, Err(Error::BrokenProcessPool(_))),
            "{result:?}"
        );
    }
    there(program, ()).await;
}

const CLIENTS: u64 = 5;

/// Many clients use one pool, which travels in other objects, too.
#[test]
async fn many_share_a_pool() {
    fn work(pools: DictProxy<u8, PoolProxy>, from: u64) -> Vec<u32> {
        let pool = pools.get(&1).unwrap();
        let squares: Vec<u64> = (from..from + 100).map(square).collect();
        for _ in 0..5 {
            assert_eq!(pool.map(square, from..from + 100).unwrap(), squares);
            let streamed: Result<Vec<_>, _> = pool.imap(square, from..from + 100).collect();
            assert_eq!(streamed.unwrap(), squares);
        }
        pool.pids().unwrap()
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let pools = manager.dict().unwrap();
        let pool = manager.pool(2).unwrap();
        pools.set(&1, &pool).unwrap();
        assert_eq!(pools.get(&1).unwrap(), pool);
        let start = |client| Process::spawn(work, (pools.clone(), 1000 * client)).unwrap();
        let clients: Vec<_> = (0..CLIENTS).map(start).collect();
        let pids = pool.pids().unwrap();
        for client in clients {
            assert_eq!(client.join().unwrap(), pids);
        }
    }
    there(program, ()).await;
}

/// A task may use the manager's objects, also as bound arguments.
#[test]
async fn tasks_are_clients_themselves() {
    fn program() {
        let manager = Manager::new().unwrap();
        let (pool, sums) = (manager.pool(2).unwrap(), manager.dict().unwrap());
        let add = |sums: DictProxy<u32, u32>, x: u32| {
            let add = |sum: &mut u32, by: u32| *sum += by;
            sums.mutate_or(&(x % 3), 0, add, x).unwrap();
            sums
        };
        let task = partial(add, sums.clone());
        let back = pool.map(task, 0..30).unwrap();
        assert!(back.iter().all(|dict| *dict == sums));
        drop(back);
        let mut items = sums.items().unwrap();
        items.sort_unstable();
        assert_eq!(items, [(0, 135), (1, 145), (2, 155)]);
    }
    there(program, ()).await;
}

/// All workers are at something that does not end: the server serves others.
#[test]
async fn a_slow_job_holds_up_nobody() {
    fn program() {
        let manager = Manager::new().unwrap();
        let (slow, fast) = (manager.pool(1).unwrap(), manager.pool(1).unwrap());
        let (list, go) = (manager.list(&[]).unwrap(), Event::new().unwrap());
        let wait = |go: Event| go.wait().unwrap();
        let waits = slow.map_async(wait, vec![go.clone(); 3]).unwrap();
        for number in 0..200u64 {
            list.append(&number).unwrap();
        }
        assert_eq!(fast.map(square, 0..100).unwrap()[99], 99 * 99);
        assert_eq!(list.len(), Ok(200));
        assert_eq!(waits.ready(), Ok(false));
        go.set();
        assert_eq!(waits.get().unwrap().len(), 3);
    }
    there(program, ()).await;
}

/// Results are drawn as they are taken, and what is left over is given up.
#[test]
async fn an_endless_source_is_drawn_as_it_goes() {
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let drawn = Rc::new(Cell::new(0u64));
        let used = || diagnostics().arena_bytes_used;
        let round = || {
            let count = drawn.clone();
            count.set(0);
            let source = (0..).inspect(move |_| count.set(count.get() + 1));
            let mut results = pool.imap(square, source);
            for x in 0..1000 {
                assert_eq!(results.next(), Some(Ok(x * x)));
            }
            assert!(drawn.get() < 1100, "{}", drawn.get());
        };
        round();
        assert_eq!(pool.apply(square, 3), Ok(9));
        let before = used();
        for _ in 0..10 {
            round();
        }
        assert_eq!(pool.apply(square, 3), Ok(9));
        // The spare segments of four pipes may come or go; what 10 000 items
        // leave behind would be more.
        let after = used();
        assert!(after <= before + (1 << 19), "{before} and then {after}");
    }
    there(program, ()).await;
}

#[test]
async fn the_page_drives_a_pool_of_a_server() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let pool = manager.pool(2).unwrap();
    let (first, second) = (
        pool.map_async(square, 0..100).unwrap(),
        pool.apply_async(square, 7).unwrap(),
    );
    let blocking = Error::BlockingOnPage {
        call: "AsyncResultProxy::get",
        instead: "AsyncResultProxy::get_async",
    };
    assert_eq!(
        pool.apply(|go: Event| go.wait().unwrap(), Event::new().unwrap()),
        Err(blocking)
    );
    assert_eq!(second.get_async().await, Ok(49));
    assert_eq!(first.await.unwrap()[99], 99 * 99);
    let mut results = pool.imap(square, 0..);
    for x in 0..200 {
        assert_eq!(results.next_async().await, Some(Ok(x * x)));
    }
    drop(results);
    pool.terminate_async().await.unwrap();
    pool.join_async().await.unwrap();
    let closed = pool.map_async(square, 0..1).unwrap().await;
    assert_eq!(closed, Err(value_error("Pool not running")));
    manager.shutdown_async().await.unwrap();
    let gone = pool.map_async(square, 0..1);
    assert!(matches!(gone, Err(Error::ManagerDied { .. })), "{gone:?}");
}
